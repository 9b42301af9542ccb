"""Bidders that do not learn to bid: at cost, at cost plus, and by formula.

They have the adaptive bidder's beliefs about costs and acceptance, and correct these by what they see, so that
between them and it the margin alone makes the difference. In second-price auctions all of them bid their floor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from agents.agent_config import AgentLearningConfig
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.errors import SettingOutOfRange
from agents.learning.costs import PPM


@dataclass(slots=True)
class Truthful:
    """Bids what the work takes: its cost, corrected for the risk of rejection, and what bidding costs."""

    config: AgentLearningConfig = field(default_factory=AgentLearningConfig)
    _floors: AdaptiveBiddingStrategy = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Explore nothing: the same history gives the same price."""
        self._floors = AdaptiveBiddingStrategy(replace(self.config, exploration_rate=0.0))

    async def quote(self, context: BidContext) -> Quote:
        """The floor, whatever the price rule."""
        return _quote(self._floors, context, lambda floor, _: floor, "truthful")

    def observe(self, outcome: BidOutcome) -> None:
        """Correct the beliefs about costs and acceptance."""
        self._floors.observe(outcome)

    def to_json(self) -> str:
        """All it has seen; ``from_json`` with the same config gives the same prices."""
        return self._floors.to_json()

    @classmethod
    def from_json(cls, text: str, config: AgentLearningConfig) -> Self:
        """The policy that wrote ``text``; LearningStateUnreadable if none did."""
        policy = cls(config)
        policy._floors = AdaptiveBiddingStrategy.from_json(text, policy._floors.config)
        return policy


@dataclass(slots=True)
class FixedMarkup(Truthful):
    """Bids its floor and ``markup`` of it on top, or the reserve if that is less."""

    markup: float = 0.25

    def __post_init__(self) -> None:
        """Raises SettingOutOfRange."""
        Truthful.__post_init__(self)
        if not 0 <= self.markup <= 100:
            raise SettingOutOfRange("markup", self.markup, "a number from 0 to 100")

    async def quote(self, context: BidContext) -> Quote:
        """The floor plus the markup under first price, the floor under second."""
        share = round(self.markup * PPM)
        return _quote(self._floors, context, lambda floor, _: floor + floor * share // PPM, "fixed markup")


@dataclass(slots=True)
class ClosedForm(Truthful):
    """Bids the equilibrium among rivals whose floors are uniform up to the reserve: b = c + (R - c) / n.

    It takes the expected number of rivals for their number, and itself for no better and no worse than they are.
    """

    async def quote(self, context: BidContext) -> Quote:
        """The equilibrium bid and its chance, (1 - c/R)^(n-1), under first price; the floor under second."""
        others = round(max(0.0, context.rivals) * PPM)

        def equilibrium(floor: int, reserve: int) -> int:
            return floor + (reserve - floor) * PPM // (PPM + others)

        quote = _quote(self._floors, context, equilibrium, "closed form")
        if quote.price is None:
            return quote
        chance = max(0.0, 1 - quote.inputs["floor"] / context.reserve) ** max(0.0, context.rivals)
        return replace(quote, win_probability=chance)


def _quote(
    floors: AdaptiveBiddingStrategy, context: BidContext, price_of: Callable[[int, int], int], source: str
) -> Quote:
    """``price_of(floor, reserve)``, kept between the two; no bid where the floor is over the reserve."""
    context = replace(context, cost_estimate=context.cost_estimate + context.overhead)
    floor = floors.floor_price(context)
    if floor is None:
        return Quote(None, source=f"{source}: not worth the reserve")
    price = floor if context.second_price else price_of(floor, context.reserve)
    return Quote(min(max(price, floor), context.reserve), source=source, inputs={"floor": float(floor)})
