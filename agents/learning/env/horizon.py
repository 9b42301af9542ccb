"""Many markets at once, each a run of T auctions among the same bidders, so that a slot and a credit have a price.

Each step is one auction in each market. A bidder that wins pays for its thinking at once and has a slot of its
capacity and its bond tied up for some steps; then it is paid, or rejected, and its reputation moves as on chain. A
bidder without a free slot, or whose free credits do not hold the bond and the work, is out of the auction.
"""

from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from agents.errors import SettingOutOfRange
from agents.learning.env.mirror import MAX_RESERVE, NOBODY, Auctions, Awards, bonds, clear
from agents.market.domain import (
    BPS,
    EXPERIENCE_SCALE,
    MIN_BOND,
    QUALITY_FLOOR,
    USUAL_BOND_PERCENT,
    AwardMode,
)
from agents.money import CREDIT

EVALUATOR_WEIGHT = 25
"""Percent of the price that a requester's evaluation counts for."""
VALUE_CAP = 1_000 * CREDIT
"""The most that one settlement counts for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the markets are like. Money in units. SettingOutOfRange names the first value that cannot be."""

    bidders: int = 4
    tasks: int = 32
    """T, the auctions of an episode."""
    capacity: int = 3
    """The tasks that a bidder can have at a time."""
    duration: int = 4
    """The steps for which a task keeps its winner's slot and bond."""
    lowest_reserve: int = 10 * CREDIT
    highest_reserve: int = 20 * CREDIT
    """Each task's reserve is drawn between them."""
    runway: int = 60 * CREDIT
    """The free credits that each bidder begins with."""
    power: float = 1.0
    """Costs, as shares of the reserve, have the distribution function c ** power on [0, 1]."""
    failure: float = 0.1
    """The chance of rejection at fit 0; it falls to 0 at fit 1."""
    fee_bps: int = 250
    second_price: bool = False

    def __post_init__(self) -> None:
        """Refuse the first value that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "bidders": (2, 1000),
            "tasks": (1, 100_000),
            "capacity": (1, 1000),
            "duration": (1, 1000),
            "lowest_reserve": (MIN_BOND, MAX_RESERVE),
            "highest_reserve": (self.lowest_reserve, MAX_RESERVE),
            "runway": (0, MAX_RESERVE),
            "power": (0.05, 20),
            "failure": (0, 1),
            "fee_bps": (0, BPS),
            "second_price": (False, True),
        }
        for item in fields(self):
            (low, high), value = limits[item.name], getattr(self, item.name)
            if not low <= value <= high:
                raise SettingOutOfRange(item.name, value, f"from {low} to {high}")

    @property
    def mode(self) -> AwardMode:
        """The award mode that the rules ask for."""
        return AwardMode.SEALED_SECOND_PRICE if self.second_price else AwardMode.SEALED_FIRST_PRICE


@dataclass(frozen=True, slots=True)
class Sight:
    """What the bidders see before an auction, (B, n) but ``reserve``, which is (B,). Money in int64 units.

    Each bidder knows its own column of ``cost`` and ``fit``; the rest is on chain for all to see.
    """

    reserve: Tensor
    cost: Tensor
    """What the work would cost."""
    fit: Tensor
    """0 to 1."""
    quality: Tensor
    """Basis points, 5000 to 10000."""
    workload: Tensor
    """The share of the capacity in use, 0 to 1."""
    runway: Tensor
    """Free credits."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an auction brought. ``profit`` is (B, n) int64 units."""

    auctions: Auctions
    """The bids that took part: those of bidders that were full or too poor are not revealed."""
    awards: Awards
    profit: Tensor
    """The winner's pay less fee, less the work's cost, or the lost half of its bond; known here, paid later."""
    over: bool
    """Whether this was the last auction of the episode."""


class Markets:
    """B markets of the same rules. Everything that is drawn comes from ``seed``."""

    def __init__(self, rules: Rules, batch: int, seed: int) -> None:
        if batch < 1:
            raise SettingOutOfRange("batch", batch, "at least 1")
        self.rules, self.batch = rules, batch
        self._chance = torch.Generator().manual_seed(seed)
        self.reset()

    def reset(self) -> Sight:
        """A new episode; the draws go on."""
        rules, shape = self.rules, (self.batch, self.rules.bidders)
        self.time = 0
        self._free = torch.full(shape, rules.runway)
        self._experience = torch.zeros(shape, dtype=torch.int64)
        self._merit = torch.zeros(shape, dtype=torch.int64)
        # One place for each step that a task takes; the one at ``time`` is due.
        works = (rules.duration, *shape)
        self._price = torch.zeros(works, dtype=torch.int64)
        self._return = torch.zeros(works, dtype=torch.int64)
        self._passed = torch.zeros(works, dtype=torch.bool)
        self._draw()
        return self.sight()

    def sight(self) -> Sight:
        """What there is to see of the auction that comes."""
        earned = QUALITY_FLOOR * self._merit // (self._experience + EXPERIENCE_SCALE)
        busy = (self._price > 0).sum(0)
        return Sight(
            reserve=self._reserve,
            cost=self._cost,
            fit=self._fit,
            quality=QUALITY_FLOOR + earned,
            workload=(busy / self.rules.capacity).clamp(max=1.0).double(),
            runway=self._free,
        )

    def step(self, price: Tensor) -> Step:
        """Play one auction with (B, n) int64 prices; 0 is no bid, and no price is above its task's reserve."""
        sight, bond = self.sight(), bonds(self._reserve)[:, None]
        able = (sight.workload < 1) & (self._free >= bond + self._cost)
        auctions = Auctions(
            price=price,
            quality=sight.quality,
            tie_break=torch.randint(-(2**63), 2**63 - 1, price.shape, generator=self._chance),
            revealed=able & (price > 0),
            reserve=self._reserve,
            mode=torch.full((self.batch,), int(self.rules.mode)),
            bond_percent=USUAL_BOND_PERCENT,
        )
        awards = clear(auctions)
        profit = self._award(awards, bond)
        self.time += 1
        self._settle()
        self._draw()
        return Step(auctions, awards, profit, self.time >= self.rules.tasks)

    def _award(self, awards: Awards, bond: Tensor) -> Tensor:
        """The winners pay for their work, and their place in the ring is taken; returns the profits."""
        place = torch.arange(self.rules.bidders)
        won = (awards.winner[:, None] == place) & (awards.winner[:, None] != NOBODY)
        price = torch.where(won, awards.payment[:, None], 0)
        passed = won & (self._uniform() >= self.rules.failure * (1 - self._fit))
        paid = torch.where(passed, price - price * self.rules.fee_bps // BPS, 0)
        burned = torch.where(won & ~passed, (bond + 1) // 2, 0)
        spent = torch.where(won, self._cost, 0)
        self._free = self._free - spent - awards.bond_held
        at = self.time % self.rules.duration
        self._price[at], self._passed[at] = price, passed
        self._return[at] = paid + awards.bond_held - burned
        return paid - spent - burned

    def _settle(self) -> None:
        """What was awarded ``duration`` steps ago is paid and counts; ``IncentiveEngine.report``."""
        at = self.time % self.rules.duration
        self._free = self._free + self._return[at]
        weight = self._price[at].clamp(max=VALUE_CAP) * EVALUATOR_WEIGHT // 100
        self._experience = self._experience + weight
        self._merit = self._merit + torch.where(self._passed[at], weight, 0)
        self._price[at], self._return[at], self._passed[at] = 0, 0, False

    def _draw(self) -> None:
        """The next task, its cost to each bidder, and how it fits them."""
        rules = self.rules
        spread = rules.highest_reserve - rules.lowest_reserve + 1
        self._reserve = rules.lowest_reserve + torch.randint(spread, (self.batch,), generator=self._chance)
        share = self._uniform() ** (1 / rules.power)
        self._cost = (share * self._reserve[:, None]).long().clamp(min=1)
        self._fit = self._uniform()

    def _uniform(self) -> Tensor:
        shape: Any = (self.batch, self.rules.bidders)
        return torch.rand(shape, generator=self._chance, dtype=torch.float64)
