"""One learner among frozen rivals: ``ReverseAuction`` as an environment of Gymnasium.

Importing this module without Gymnasium and PettingZoo raises LibraryMissing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from agents.errors import LibraryMissing, SettingOutOfRange
from agents.learning.env.horizon import Rules
from agents.learning.env.parallel import Action, ReverseAuction, Seen

try:
    import gymnasium
    from gymnasium.vector import AutoresetMode
except ImportError as error:
    raise LibraryMissing("gymnasium", "env") from error

Rival = Callable[[Seen], Action]
"""A frozen policy: what it does on what it sees."""


class SingleLearner(gymnasium.Env[Seen, Action]):
    """The learner is the first bidder; ``rivals`` are the others' policies, one for each, or one for all.

    The environment never resets itself: a step after the end of an episode is ResetNeeded. Whoever makes a vector of
    it names the mode, and ``AUTORESET`` is the one that fits: in Gymnasium's default the step after an episode's end
    is no auction, and a learner that took it for one would learn what never happened.
    """

    AUTORESET = AutoresetMode.SAME_STEP
    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.DISABLED}  # noqa: RUF012

    def __init__(self, rivals: Sequence[Rival], rules: Rules | None = None) -> None:
        self._market = ReverseAuction(rules)
        self._name, *others = self._market.possible_agents
        if len(rivals) not in (1, len(others)):
            raise SettingOutOfRange("the number of rivals", len(rivals), f"1 or {len(others)}")
        frozen = list(rivals) * len(others) if len(rivals) == 1 else rivals
        self._rivals = dict(zip(others, frozen, strict=True))
        self._seen: dict[str, Seen] = {}
        self.observation_space = self._market.observation_space(self._name)
        self.action_space = self._market.action_space(self._name)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Seen, dict[str, Any]]:
        """A new episode. With a seed all draws begin anew; without one they go on."""
        super().reset(seed=seed)
        self._seen, infos = self._market.reset(seed, options)
        return self._seen[self._name], infos[self._name]

    def step(self, action: Action) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        """One auction; the fields are those of ``ReverseAuction``."""
        if not self._market.agents:
            raise gymnasium.error.ResetNeeded("the episode is over: call reset() before step()")
        actions = {name: policy(self._seen[name]) for name, policy in self._rivals.items()}
        self._seen, rewards, terminated, truncated, infos = self._market.step({self._name: action, **actions})
        name = self._name
        return self._seen[name], rewards[name], terminated[name], truncated[name], infos[name]
