"""Whether a bidder ever does what it must not: random auctions, lies, floods and broken beliefs.

In an ordeal every auction is drawn to hurt: prices, reserves and runways over twelve orders of magnitude, costs
beyond the reserve, chances and counts that are NaN, infinite or negative, outcomes that contradict the bids.
In a life the agent has one purse, many bids open at a time, and every task that it wins goes as badly as it can.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.learning.bidder import LearnedBidder, LearnerSettings
from agents.learning.prior import BidPrior, Situation
from agents.learning.theory import FloatArray
from agents.money import CREDIT

AUCTIONS = 100_000
LIFE = 500
"""The auctions after which another bidder takes over, with another profile."""
SKILLS = np.array([30.0, 20.0] + [1.0] * 18) / 68
ODD = (math.nan, math.inf, -math.inf, -1.0, 1e300)


class BrokenPrior:
    """Answers NaN, infinities and bids out of range, as a broken network may."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def bids(self, situations: Sequence[Situation]) -> FloatArray:
        """(B,) of anything."""
        return self._rng.choice([math.nan, math.inf, -1.0, 0.0, 2.0, 0.5], size=len(situations))

    def survival(self, situation: Situation, grid: FloatArray) -> FloatArray:  # noqa: ARG002
        """(J,) of anything."""
        return self._rng.choice([math.nan, -1.0, 0.3, 7.0], size=grid.shape)


@dataclasses.dataclass(slots=True)
class Tally:
    """What was seen in one run."""

    auctions: int = 0
    bids: int = 0
    under_floor: int = 0
    """Bids under the estimated cost and the overhead."""
    over_reserve: int = 0
    insolvencies: int = 0
    """Bids whose worst case the runway did not cover."""
    beliefs_out_of_range: int = 0
    changed_answers: int = 0
    """Second answers about a task that differed from the first."""

    def check(self, asked: BidContext, quote: Quote, again: Quote) -> None:
        """Count what is wrong with one quote."""
        self.auctions += 1
        self.changed_answers += quote != again
        if quote.price is None:
            return
        self.bids += 1
        worst = asked.bond + max(asked.worst_cost, asked.cost_estimate) + asked.overhead + asked.exposure
        self.under_floor += quote.price < asked.cost_estimate + asked.overhead
        self.over_reserve += quote.price > asked.reserve
        self.insolvencies += asked.runway is not None and worst > asked.runway
        self.beliefs_out_of_range += quote.win_probability is None or not 0 <= quote.win_probability <= 1


def odd(rng: np.random.Generator, usual: float) -> float:
    """``usual``, or once in twenty something that is no sensible number."""
    return float(rng.choice(ODD)) if rng.random() < 0.01 else usual


def units(rng: np.random.Generator) -> int:
    """An amount of any size."""
    return int(10 ** rng.uniform(0, 12)) if rng.random() > 0.05 else int(rng.integers(0, 3))


def drawn_context(rng: np.random.Generator, task: int) -> BidContext:
    """An auction that means no good."""
    reserve = units(rng)
    cost = int(reserve * 1.2 * rng.random() ** 2) if rng.random() < 0.9 else units(rng)
    runway = None if rng.random() < 0.1 else int(reserve * 10 ** rng.uniform(0, 3))
    return BidContext(
        task_id=task,
        skill=f"skill {rng.choice(20, p=SKILLS)}",
        reserve=reserve,
        cost_estimate=cost,
        fit=odd(rng, rng.random() ** 0.3),
        capability=int(rng.integers(0, 101)),
        reputation=odd(rng, rng.random()),
        quality=int(rng.integers(5000, 10_001)),
        workload=odd(rng, rng.choice([0.0, 0.25, 0.5, 0.75, 1.0])),
        second_price=bool(rng.random() < 0.3),
        deadline_seconds=int(rng.integers(-10, 10**6)),
        worst_cost=int(cost * rng.uniform(0, 3)),
        overhead=int(reserve * rng.uniform(0, 0.1)) if rng.random() < 0.5 else 0,
        bond=max(100_000, reserve // 10),
        rivals=odd(rng, rng.uniform(0, 10)),
        load=odd(rng, rng.uniform(0, 5)),
        runway=runway,
        exposure=int((runway or 0) * rng.uniform(0, 0.5)),
    )


def drawn_outcome(rng: np.random.Generator, asked: BidContext, quote: Quote) -> BidOutcome:
    """An outcome that need not agree with anything."""
    won = bool(rng.random() < 0.4)
    price = units(rng) if quote.price is None else quote.price
    return BidOutcome(
        skill=asked.skill,
        reserve=asked.reserve,
        second_price=asked.second_price,
        own_price=price,
        won=won,
        winning_price=None if rng.random() < 0.5 else units(rng),
        rival_best=None if rng.random() < 0.3 else int(asked.reserve * rng.uniform(0, 3)),
        score=None,
        paid=units(rng) if rng.random() < 0.7 else 0,
        cost_estimate=asked.cost_estimate,
        cost=units(rng),
        task_id=asked.task_id,
        quality=asked.quality,
        rivals=int(rng.integers(0, 5)),
        unrevealed=int(rng.integers(0, 3)),
        deadline_seconds=asked.deadline_seconds,
        load=asked.load,
        workload=asked.workload,
        bond_lost=units(rng) if rng.random() < 0.1 else 0,
        win_probability=odd(rng, rng.random()),
    )


def ordeal(seed: int, auctions: int, *, broken: bool) -> Tally:
    """``auctions`` in lives of 500: bidders of every profile, each state written and read once in its life."""
    rng, tally = np.random.default_rng(seed), Tally()
    profiles = list(PROFILES.values())
    for life in range(-(-auctions // LIFE)):
        config = profiles[life % len(profiles)]
        settings = LearnerSettings(
            exploration_rate=float(rng.random()), win_share=float(rng.choice([0.3, 1.0])), memory_size=200
        )
        prior: BidPrior | None = BrokenPrior(seed + life) if broken else None
        bidder = LearnedBidder(config, settings, seed=life, prior=prior)
        for step in range(min(LIFE, auctions - life * LIFE)):
            asked = drawn_context(rng, step + 1)
            quote = bidder.price(asked)
            tally.check(asked, quote, quote if broken else bidder.price(asked))
            if quote.price is not None or rng.random() < 0.1:
                bidder.observe(drawn_outcome(rng, asked, quote))
            if rng.random() < 0.05:
                bidder.train(now_allowed=bool(rng.random() < 0.9))
            if step == LIFE // 2:
                bidder = LearnedBidder.from_json(bidder.to_json(), config, settings, seed=life, prior=prior)
    return tally


@dataclasses.dataclass(slots=True)
class Purse:
    """What an agent owns, and what may still go of it, in units."""

    free: int
    exposure: int = 0
    worst_seen: int = 0
    """The least that the purse would have held had every open bid gone as badly as it can."""
    explored: int = 0
    """What bids under the floor have lost or may still lose."""
    over_budget: int = 0
    """How often that was over 1 % of the runway when such a bid was made."""


def life(seed: int, auctions: int, *, exploring: bool) -> Purse:
    """A purse of 30 credits through ``auctions``: wins cost the worst, a third are rejected, bonds are lost."""
    rng = np.random.default_rng(seed)
    purse = Purse(free=30 * CREDIT, worst_seen=30 * CREDIT)
    settings = LearnerSettings(exploration_rate=0.5, loss_exploration=exploring)
    bidder = LearnedBidder(AgentLearningConfig.profile("aggressive"), settings, seed=seed)
    waiting: list[tuple[BidContext, Quote]] = []
    for task in range(1, auctions + 1):
        drawn = dataclasses.replace(drawn_context(rng, task), reserve=CREDIT * int(rng.integers(1, 20)))
        cost = int(drawn.reserve * rng.random() ** 2)
        asked = dataclasses.replace(
            drawn, cost_estimate=cost, worst_cost=int(cost * rng.uniform(1, 3)), overhead=drawn.reserve // 200,
            bond=max(100_000, drawn.reserve // 10), runway=purse.free, exposure=purse.exposure,
        )  # fmt: skip
        quote = bidder.price(asked)
        if quote.price is not None:
            purse.free -= asked.bond
            purse.exposure += asked.worst_cost + asked.overhead
            under = _under(quote)
            purse.explored += under
            purse.over_budget += under > 0 and purse.explored * 100 > (asked.runway or 0)
            waiting.append((asked, quote))
        purse.worst_seen = min(purse.worst_seen, purse.free - purse.exposure)
        while waiting and (len(waiting) > 8 or rng.random() < 0.3):
            _end(purse, rng, bidder, *waiting.pop(int(rng.integers(len(waiting)))))
    return purse


def _under(quote: Quote) -> int:
    """How far a bid lies under the floor, in units."""
    return max(0, int(quote.inputs["floor"]) - (quote.price or 0))


def _end(
    purse: Purse, rng: np.random.Generator, bidder: LearnedBidder, asked: BidContext, quote: Quote
) -> None:
    """One task ends, and the bidder is told."""
    told = dataclasses.replace(
        drawn_outcome(rng, asked, quote), cost=asked.worst_cost, paid=quote.price or 0, bond_lost=0
    )
    purse.exposure -= asked.worst_cost + asked.overhead
    if told.won and rng.random() < 1 / 3:
        told = dataclasses.replace(told, paid=0, bond_lost=asked.bond)
    purse.free += asked.bond - told.bond_lost - asked.overhead
    if told.won:
        purse.free += told.paid - told.cost
    else:
        purse.explored -= _under(quote)
    bidder.observe(told)
    bidder.train()


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """Counts over 100,000 auctions, a tenth of them with a prior that answers NaN, and lives of 2,000 more."""
    table: dict[str, Any] = {}
    for name, broken, total in (
        ("own prior", False, AUCTIONS * 9 // 10),
        ("broken prior", True, AUCTIONS // 10),
    ):
        tallies = [dataclasses.asdict(ordeal(seed, total // len(seeds), broken=broken)) for seed in seeds]
        table[name] = {key: sum(tally[key] for tally in tallies) for key in tallies[0]}
        print(f"{name:13}", "  ".join(f"{key} {count:,}" for key, count in table[name].items()), flush=True)
    for name, exploring in (("life", False), ("life, exploring", True)):
        purses = [life(seed, 2000, exploring=exploring) for seed in seeds]
        table[name] = {
            "worst_purse": min(purse.worst_seen for purse in purses),
            "explored_under_floor": max(purse.explored for purse in purses),
            "over_budget": sum(purse.over_budget for purse in purses),
        }
        print(f"{name:15}", "  ".join(f"{key} {count:,}" for key, count in table[name].items()), flush=True)
    return table


if __name__ == "__main__":
    run(range(5))
