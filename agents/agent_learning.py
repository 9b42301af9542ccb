"""The adaptive bidder: its own least price, and in first-price auctions a margin learned from outcomes."""

import math
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.errors import LearningStateUnreadable
from agents.learning import draws
from agents.learning.costs import MOST_OVERRUN, PPM, acceptance, interest, least_price

WINDOW = 64
"""The first-price outcomes of a skill that are remembered, the newest of them."""
STEPS = 256
"""First-price bids are multiples of reserve / STEPS once a rival was seen."""
BLUR = 1 / 40
"""Another day the same rival would bid a little otherwise: the spread of that, as a share of the reserve."""


_Sighting = tuple[
    Literal["at", "above", "below"],
    Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)],
]
"""Where the best rival stood, as a share of the reserve: exactly, or on one side of the own bid."""


class _Skill(BaseModel):
    """What was seen in one skill."""

    model_config = ConfigDict(extra="forbid", strict=True)

    accepted: Annotated[int, Field(ge=0)] = 0
    rejected: Annotated[int, Field(ge=0)] = 0
    estimated: Annotated[int, Field(ge=0)] = 0
    spent: Annotated[int, Field(ge=0)] = 0
    rivals: Annotated[list[_Sighting], Field(max_length=WINDOW)] = []


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    version: Literal[1]
    skills: dict[str, _Skill] = {}


@dataclass(slots=True)
class AdaptiveBiddingStrategy:
    """A BidPolicy that learns from settled tasks; the same outcomes give the same prices.

    ``seed`` sets agents apart in what they explore.
    """

    config: AgentLearningConfig = field(default_factory=AgentLearningConfig)
    seed: int = 0
    _state: _State = field(default_factory=lambda: _State(version=1), repr=False)
    _curves: dict[str, list[int]] = field(default_factory=dict, repr=False)

    async def quote(self, context: BidContext) -> Quote:
        """``price`` as a BidPolicy gives it; this strategy believes nothing about winning."""
        return Quote(self.price(context), source="adaptive")

    def price(self, context: BidContext) -> int | None:
        """The bid in units, from the estimated cost to the reserve, or None for no bid.

        Under second price it is the floor itself: who is paid another's price gains nothing by a
        margin. Under first price it is the bid with the greatest expected gain over the floor.
        """
        floor = self.floor_price(context)
        if floor is None or context.second_price:
            return floor
        price = self._best_reply(context.skill, floor, context.reserve)
        if not self._exploring(context.task_id):
            return price
        draw = round(self._draw(context.task_id, "margin") * PPM)
        if draw < PPM // 2:
            return floor + (price - floor) * 2 * draw // PPM
        return price + (context.reserve - price) * (2 * draw - PPM) // (2 * PPM)

    def floor_price(self, context: BidContext) -> int | None:
        """The least it would take for this task (units), or None if it would not do it for the reserve.

        The cost is corrected for the risk of rejection, (c + (1-a)L)/a, and moved towards the reserve by
        the square of the workload, since the last free slots are worth what another task would pay.
        """
        if context.workload >= 1 or context.deadline_seconds <= 0 or not self._interested(context):
            return None
        cost = context.cost_estimate * round(self.overrun(context.skill) * PPM) // PPM
        least = least_price(self.config, context.reserve, cost, self.acceptance(context))
        if least > context.reserve:
            return None
        shadow = round(self.config.workload_sensitivity * max(0.0, context.workload) ** 2 * PPM)
        return least + (context.reserve - least) * shadow // PPM

    def acceptance(self, context: BidContext) -> float:
        """The chance that its work is paid, from its standing and from what it saw."""
        seen = self._seen(context.skill)
        return acceptance(self.config, context, seen.accepted, seen.rejected)

    def overrun(self, skill: str) -> float:
        """The factor on cost estimates that past work in the skill calls for, 1 to 4."""
        seen, rate = self._seen(skill), self.config.learning_rate
        weight = rate * (seen.accepted + seen.rejected)
        factor = (1 + weight * seen.spent / max(1, seen.estimated)) / (1 + weight)
        return min(MOST_OVERRUN, max(1.0, factor))

    def observe(self, outcome: BidOutcome) -> None:
        """Learn from one bid: call it once for each, when the task has ended."""
        skill = self._state.skills.setdefault(outcome.skill, _Skill())
        if outcome.won:
            skill.accepted += outcome.paid > 0
            skill.rejected += outcome.paid <= 0
            skill.estimated += outcome.cost_estimate
            skill.spent += outcome.cost
        if not outcome.second_price:
            skill.rivals = [*skill.rivals, _sighting(outcome)][-WINDOW:]
            self._curves.pop(outcome.skill, None)

    def to_json(self) -> str:
        """All it has learned; ``from_json`` with the same config and seed gives the same prices."""
        return self._state.model_dump_json()

    @classmethod
    def from_json(cls, text: str, config: AgentLearningConfig, *, seed: int = 0) -> "AdaptiveBiddingStrategy":
        """The strategy that wrote ``text``; LearningStateUnreadable if no strategy of version 1 did."""
        try:
            state = _State.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "text"
            raise LearningStateUnreadable(f"{where}: {first['msg']}") from None
        return cls(config, seed, state)

    def _best_reply(self, skill: str, floor: int, reserve: int) -> int:
        """The bid b with the greatest (b - floor) * P(the best rival is above b)."""
        if not self._seen(skill).rivals:
            return floor + (reserve - floor) * round(self.config.margin * PPM) // PPM
        if skill not in self._curves:
            self._curves[skill] = _survival(self.config, self._seen(skill).rivals)
        bids = ((reserve * step // STEPS, chance) for step, chance in enumerate(self._curves[skill]))
        gain, lower = max(((bid - floor) * chance, -bid) for bid, chance in bids)
        return -lower if gain > 0 else floor

    def _interested(self, context: BidContext) -> bool:
        least = self.config.minimum_fit * (0.5 if self._exploring(context.task_id) else 1)
        return interest(self.config, context) >= least

    def _exploring(self, task_id: int) -> bool:
        return self._draw(task_id, "explore") < self.config.exploration_rate

    def _draw(self, task_id: int, purpose: str) -> float:
        return draws.share(self.seed, task_id, purpose)

    def _seen(self, skill: str) -> _Skill:
        return self._state.skills.get(skill, _Skill())


def _sighting(outcome: BidOutcome) -> _Sighting:
    """Where the best rival stood; the own bid bounds it if it was not revealed."""
    rival = outcome.rival_best
    if rival is None and not outcome.won:
        rival = outcome.winning_price
    seen = outcome.own_price if rival is None else rival
    share = round(min(2.0, max(0, seen) / max(1, outcome.reserve)), 6)
    return "at" if rival is not None else "above" if outcome.won else "below", share


def _survival(config: AgentLearningConfig, rivals: list[_Sighting]) -> list[int]:
    """P(the best rival is above step / STEPS of the reserve) for each step, times a constant.

    Before any outcome it is (1 - share) ** k, the law against which the profile's margin is the best
    reply; each outcome weighs ``learning_rate`` beside that. The order of the outcomes does not matter,
    and the curve never rises.
    """
    power = 1 / config.margin - 1
    prior = [(1 - step / STEPS) ** power for step in range(STEPS + 1)]
    curve = []
    for step, believed in enumerate(prior):
        seen = math.fsum(_chance(sighting, step / STEPS, power) for sighting in rivals)
        curve.append(round((believed + config.learning_rate * seen) * 10**9))
    return curve


def _chance(sighting: _Sighting, share: float, power: float) -> float:
    """The chance that the rival of a sighting would lose to a bid of ``share`` of the reserve."""
    side, at = sighting
    if side == "at":
        return 1 / (1 + math.exp((share - at) / BLUR))
    beyond = max(0.0, 1 - at) ** power
    if side == "above":
        return 1.0 if share <= at else (1 - share) ** power / beyond
    return 0.0 if share >= at else ((1 - share) ** power - beyond) / (1 - beyond)
