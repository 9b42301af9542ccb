"""A market of sealed first-price auctions without a chain: policies bid, the contract's mirror awards, tasks settle.

All amounts are units. Costs are private and drawn anew for each task and bidder; what a bidder sees and is told is
what it would see on chain, the revealed bids of its rivals included.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.learning.costs import LEAST_ACCEPTANCE, MOST_ACCEPTANCE
from agents.learning.env.mirror import Auctions, clear
from agents.learning.theory import FloatArray
from agents.market.domain import AwardMode, bond_of
from agents.money import CREDIT

RESERVE = 100 * CREDIT
SKILL = "analysis"
BEST_QUALITY = 10_000
NO_BID = -1


class Entrant(Protocol):
    """A policy that is told what became of its bids."""

    async def quote(self, context: BidContext) -> Quote:
        """As of BidPolicy."""
        ...

    def observe(self, outcome: BidOutcome) -> None:
        """Learn from one bid."""
        ...


@dataclass(frozen=True, slots=True)
class Seat:
    """One bidder of a market."""

    name: str
    policy: Entrant
    quality: int = BEST_QUALITY
    """What the auction freezes; (quality - 5000) / 5000 is also the chance that its work is accepted."""
    slots: int = 0
    """The tasks it can work on at once; 0 for any number."""
    train: Callable[[], object] | None = None
    """Called now and then, for policies that learn in batches."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is drawn, and how."""

    auctions: int
    floors_uniform: bool = True
    """Each bidder's floor, rather than its cost, is uniform up to the reserve, and all work is accepted: then theory
    has an exact answer. Meant for seats of the best quality: the others' beliefs about acceptance would drift."""
    least_fit: float = 1.0
    """The fit to each task is uniform from here to 1."""
    cost_spread: float = 0.0
    """The standard deviation of log(cost / estimate)."""
    work_time: int = 0
    """The auctions that pass while a task is worked on."""
    training_interval: int = 5
    """The auctions after which seats train."""


@dataclass(slots=True)
class Record:
    """What happened: (T, n) arrays, T auctions and n seats, or (T,)."""

    names: list[str]
    floors: FloatArray
    """The true least price worth winning at, in units."""
    prices: NDArray[np.int64]
    """NO_BID where there was none."""
    beliefs: FloatArray
    """The chance of winning that the policy believed in; nan if it said nothing."""
    able: NDArray[np.bool_]
    """Whether the bidder had a free slot, and a floor that the reserve covers."""
    qualities: NDArray[np.int64]
    """(n,)"""
    profits: NDArray[np.int64]
    winners: NDArray[np.int64]
    """The winner's seat; NO_BID if nobody bid."""
    payments: NDArray[np.int64]

    @classmethod
    def empty(cls, seats: Sequence[Seat], auctions: int) -> "Record":
        """Nothing has happened."""
        shape = (auctions, len(seats))
        return cls(
            names=[seat.name for seat in seats],
            floors=np.zeros(shape),
            prices=np.full(shape, NO_BID, dtype=np.int64),
            beliefs=np.full(shape, np.nan),
            able=np.zeros(shape, dtype=np.bool_),
            qualities=np.array([seat.quality for seat in seats]),
            profits=np.zeros(shape, dtype=np.int64),
            winners=np.full(auctions, NO_BID),
            payments=np.zeros(auctions, dtype=np.int64),
        )


async def play(seats: Sequence[Seat], conditions: Conditions, *, seed: int) -> Record:
    """Hold the auctions one after another; the same arguments give the same record."""
    record = Record.empty(seats, conditions.auctions)
    market = _Market(seats, conditions, np.random.default_rng(seed), record)
    for number in range(conditions.auctions):
        await market.hold(number)
    return record


@dataclass(slots=True)
class _Market:
    seats: Sequence[Seat]
    conditions: Conditions
    random: np.random.Generator
    record: Record
    _busy: list[deque[int]] = field(init=False)
    """For each seat, when the tasks that it works on will be done."""

    def __post_init__(self) -> None:
        self._busy = [deque() for _ in self.seats]

    async def hold(self, number: int) -> None:
        contexts = [self._context(number, place) for place in range(len(self.seats))]
        for place, (seat, context) in enumerate(zip(self.seats, contexts, strict=True)):
            quote = await seat.policy.quote(context)
            if quote.price is not None:
                self.record.prices[number, place] = quote.price
                if quote.win_probability is not None:
                    self.record.beliefs[number, place] = quote.win_probability
        winner = self._award(number)
        for place, context in enumerate(contexts):
            if self.record.prices[number, place] != NO_BID:
                outcome = self._settle(number, place, context, winner)
                self.seats[place].policy.observe(outcome)
        if (number + 1) % self.conditions.training_interval == 0:
            for seat in self.seats:
                if seat.train is not None:
                    seat.train()

    def _context(self, number: int, place: int) -> BidContext:
        """What the seat sees of this auction, its cost estimate drawn."""
        seat, busy = self.seats[place], self._busy[place]
        while busy and busy[0] <= number:
            busy.popleft()
        workload = len(busy) / seat.slots if seat.slots else 0.0
        drawn = float(self.random.random()) * RESERVE
        uniform = self.conditions.floors_uniform
        floor = drawn if uniform else floor_of(drawn, seat.quality)
        cost = cost_of(drawn, seat.quality) if uniform else drawn
        self.record.floors[number, place] = floor
        self.record.able[number, place] = workload < 1 and floor <= RESERVE
        return BidContext(
            task_id=number + 1,
            skill=SKILL,
            reserve=RESERVE,
            cost_estimate=round(cost),
            fit=float(self.random.uniform(self.conditions.least_fit, 1)),
            capability=100,
            reputation=(seat.quality - 5000) / 5000,
            quality=seat.quality,
            workload=workload,
            second_price=False,
            deadline_seconds=3600,
            rivals=float(len(self.seats) - 1),
        )

    def _award(self, number: int) -> int:
        """The winner's seat by the rules of the contract, recorded with what it is awarded."""
        prices = torch.from_numpy(self.record.prices[number])[None]
        awards = clear(
            Auctions(
                price=prices,
                quality=torch.from_numpy(self.record.qualities)[None],
                tie_break=torch.from_numpy(self.random.integers(2**62, size=len(self.seats)))[None],
                revealed=prices != NO_BID,
                reserve=torch.tensor([RESERVE]),
                mode=torch.tensor([int(AwardMode.SEALED_FIRST_PRICE)]),
            )
        )
        winner = int(awards.winner)
        self.record.winners[number] = winner
        self.record.payments[number] = int(awards.payment)
        return winner

    def _settle(self, number: int, place: int, context: BidContext, winner: int) -> BidOutcome:
        """What the seat is told, once the winner has worked; its profit is recorded."""
        prices, qualities = self.record.prices[number], self.record.qualities
        rivals = np.flatnonzero((prices != NO_BID) & (np.arange(prices.size) != place))
        seen = prices[rivals] * qualities[place] // qualities[rivals]
        believed = self.record.beliefs[number, place]
        outcome = BidOutcome(
            skill=SKILL,
            reserve=RESERVE,
            second_price=False,
            own_price=int(prices[place]),
            won=place == winner,
            winning_price=int(prices[winner]),
            rival_best=int(seen.min()) if rivals.size else None,
            score=None,
            paid=0,
            cost_estimate=context.cost_estimate,
            cost=0,
            task_id=context.task_id,
            quality=context.quality,
            rivals=int(rivals.size),
            deadline_seconds=context.deadline_seconds,
            workload=context.workload,
            win_probability=None if np.isnan(believed) else float(believed),
        )
        if place != winner:
            return outcome
        return self._worked(number, place, outcome)

    def _worked(self, number: int, place: int, outcome: BidOutcome) -> BidOutcome:
        """The winner's outcome, its work done and judged."""
        cost = round(outcome.cost_estimate * np.exp(self.conditions.cost_spread * self.random.normal()))
        chance = 1.0 if self.conditions.floors_uniform else believed_acceptance(outcome.quality)
        accepted = bool(self.random.random() < chance)
        lost = 0 if accepted else bond_of(RESERVE) // 2
        paid = outcome.own_price if accepted else 0
        self.record.profits[number, place] = paid - cost - lost
        self._busy[place].append(number + 1 + self.conditions.work_time)
        return replace(outcome, score=100 if accepted else 0, paid=paid, cost=cost, bond_lost=lost)


def believed_acceptance(quality: int) -> float:
    """The chance of acceptance that policies take from a fully proven reputation."""
    return min(MOST_ACCEPTANCE, max(LEAST_ACCEPTANCE, (quality - 5000) / 5000))


def floor_of(cost: float, quality: int) -> float:
    """The least price worth winning at: the cost corrected for rejection, which takes half of the bond."""
    chance = believed_acceptance(quality)
    return (cost + (1 - chance) * (bond_of(RESERVE) // 2)) / chance


def cost_of(floor: float, quality: int) -> float:
    """The cost that has this floor, or 0 if none has."""
    chance = believed_acceptance(quality)
    return max(0.0, chance * floor - (1 - chance) * (bond_of(RESERVE) // 2))
