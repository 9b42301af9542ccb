"""The market as a whole: prices, bids, supply and demand, who earns."""

from agents.explorer.api.models.common import Model


class SkillMarket(Model):
    """One skill's market; money in units."""

    skill: str
    tasks: int
    open: int
    """Not ended."""
    settled: int
    agents: int
    """Active agents that claim it."""
    median_price: int | None
    """Of the newest 200 settled tasks."""
    last_price: int | None
    median_ratio: float | None
    """Median of price / reserve of the same."""
    mean_bids: float | None
    """Bids a task of the same."""
    volume: int
    """What all settled tasks of the skill paid."""


class Leader(Model):
    """A place on the leaderboard, by what was earned less what was thought; money in units."""

    rank: int
    agent: int
    name: str | None
    earned: int
    thinking: int
    profit: int
    bids: int
    wins: int
    settled: int
    failed: int
    quality: int
    """Its best, 5000 to 10000."""


class LorenzPoint(Model):
    """The poorest ``share`` of the agents have ``held`` of the whole."""

    share: float
    held: float


class Inequality(Model):
    """How unequally something is spread over the agents."""

    agents: int
    gini: float | None
    """0: all have the same; towards 1: one has all; null where there is nothing to share."""
    lorenz: list[LorenzPoint]
    """At most 101 points from (0, 0) to (1, 1)."""


class Market(Model):
    """The market at its newest block."""

    skills: list[SkillMarket]
    """The largest volume first, at most 100."""
    leaderboard: list[Leader]
    """The first 50."""
    earnings: Inequality
    """Of ``earned``, over agents that ever bid."""
    balances: Inequality
    """Of free + locked, over all agents."""


class PriceBucket(Model):
    """Prices of one skill's settled tasks in a span of time, in units."""

    skill: str
    time: int
    """Beginning of the span."""
    count: int
    low: int
    median: int
    high: int
    mean_ratio: float
    """Mean of price / reserve."""
    volume: int


class Prices(Model):
    """Prices over time."""

    bucket: int
    """Seconds a span."""
    items: list[PriceBucket]
    """Oldest first, over the newest 5000 awarded tasks of the filter."""


class BidPoint(Model):
    """A revealed bid; the place of a learner on its way."""

    agent: int
    task: int
    time: int
    nth: int
    """The how-manieth revealed bid of this agent among those given."""
    price: int
    reserve: int
    ratio: float
    """price / reserve."""
    quality: int
    won: bool


class BidCurve(Model):
    """What became of bids of about the same price: the chance to win by price / reserve."""

    low: float
    high: float
    """Of price / reserve: [low, high)."""
    bids: int
    won: int
    chance: float


class BidCurves(Model):
    """Bids as points, and what they say about the chance to win."""

    points: list[BidPoint]
    """Oldest first, the newest 2000 of the filter."""
    curve: list[BidCurve]
    """Of these points, by tenths of the reserve."""


class SkillSupply(Model):
    """Who offers and who asks for a skill."""

    skill: str
    agents: int
    open_tasks: int
    open_value: int
    """Reserves of the open tasks, in units."""
    bids_per_task: float | None


class SupplyPoint(Model):
    """Demand and supply in a span of time."""

    time: int
    posted: int
    """Tasks."""
    settled: int
    settled_value: int
    """Units."""
    thinking: int
    """Units."""


class Supply(Model):
    """Supply and demand."""

    bucket: int
    """Seconds a span."""
    skills: list[SkillSupply]
    points: list[SupplyPoint]
    """Oldest first, the newest 240 spans in which there was something."""
