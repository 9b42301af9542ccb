"""What an agent can do, by skill: what it claimed at first, corrected by how its work was judged."""

from collections.abc import Mapping

from agents.errors import SettingOutOfRange

MOST = 100
NEUTRAL = 50.0
"""What is believed of a skill that was never claimed."""


class Capabilities:
    """Weights by skill, 0 to 100.

    After n scores s the weight is (claim + rate * sum s) / (1 + rate * n): one score weighs ``rate`` beside
    the claim, the order of the scores does not matter, and no weight leaves the range of claim and scores.
    """

    def __init__(
        self,
        claims: Mapping[str, float],
        rate: float,
        seen: Mapping[str, tuple[int, float]] | None = None,
    ) -> None:
        for skill, weight in claims.items():
            check_share(f"capability {skill}", weight)
        self.claims, self.rate = dict(claims), rate
        self.seen = dict(seen or {})
        """By skill: the number of scores, and their sum."""

    def learn(self, skill: str, score: float) -> None:
        """Take one score into account, 0 to 100."""
        check_share(f"the score of {skill}", score)
        count, total = self.seen.get(skill, (0, 0.0))
        self.seen[skill] = count + 1, total + score

    def weight(self, skill: str) -> float:
        """What the agent can do in the skill, 0 to 100."""
        count, total = self.seen.get(skill, (0, 0.0))
        claim = self.claims.get(skill, NEUTRAL)
        weight = (claim + self.rate * total) / (1 + self.rate * count)
        return min(float(MOST), max(0.0, weight))

    def weights(self) -> dict[str, float]:
        """All of them, those claimed first, to two decimals."""
        return {skill: round(self.weight(skill), 2) for skill in dict.fromkeys([*self.claims, *self.seen])}


def check_share(name: str, value: object) -> None:
    """Raises SettingOutOfRange naming ``name`` for what is no number from 0 to 100."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= MOST:  # type: ignore[operator]  # nan is in no range
        raise SettingOutOfRange(name, value, "a number from 0 to 100")
