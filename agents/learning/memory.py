"""The auctions that a bidder remembers, newest last, as numbers it can learn from."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from agents.bid_policy import BidContext, BidOutcome
from agents.learning.theory import FloatArray
from agents.learning.win_model import Sightings

AT, ABOVE, BELOW = 0, 1, 2
FULL_QUALITY = 10_000
_MOST_SCORE, _MOST_LOAD = 8.0, 100.0

Numbers: TypeAlias = float | Sequence[float]


@dataclass(frozen=True, slots=True)
class Auction:
    """One settled auction; bids, floors and scores are shares of its reserve."""

    skill: str
    second_price: bool
    score: float
    """The best rival's price / quality, or the bound of it."""
    side: int
    """AT the score, or ABOVE or BELOW it."""
    bid: float
    floor: float
    """The least price worth winning at, as it was thought when the bid was made."""
    shadow: float
    """The part of the floor that was the price of capacity."""
    quality: float
    reserve: int
    rivals: float
    """How many were expected when the bid was made."""
    deadline: int
    load: float
    won: bool
    profit: float
    """What came in beyond the cost, as a share of the reserve."""

    @property
    def law(self) -> tuple[str, bool]:
        """Rivals of one skill bid by one law under each award rule."""
        return self.skill, self.second_price

    @property
    def threshold(self) -> float:
        """The bid below which this auction was won, or the bound of it."""
        return self.score * self.quality

    def features(self) -> FloatArray:
        """(4,) as the win model reads them."""
        return features(self.reserve, self.rivals, self.deadline, self.load)


@dataclass(frozen=True, slots=True)
class Note:
    """What was thought when a bid was made; kept until its outcome comes."""

    floor: float
    shadow: float
    rivals: float


def features(reserve: Numbers, rivals: Numbers, deadline: Numbers, load: Numbers) -> FloatArray:
    """(..., 4) log reserve, log(1 + rivals), log deadline, load; finite whatever comes in."""
    parts = [np.nan_to_num(np.asarray(one, dtype=np.float64)) for one in (reserve, rivals, deadline, load)]
    reserves, expected, deadlines, loads = parts
    raw = [
        np.log(np.maximum(1.0, reserves)),
        np.log1p(np.maximum(0.0, expected)),
        np.log(np.maximum(1.0, deadlines)),
        np.clip(loads, 0.0, _MOST_LOAD),
    ]
    return np.asarray(np.stack(raw, axis=-1), dtype=np.float64)


def context_features(context: BidContext) -> FloatArray:
    """(4,) ``features`` of an auction that is still open."""
    return features(context.reserve, context.rivals, context.deadline_seconds, context.load)


def auction_of(outcome: BidOutcome, note: Note | None) -> Auction:
    """The outcome as it is remembered; without a note, the floor is the estimate and the rivals those that came."""
    reserve = max(1, outcome.reserve)
    quality = min(1.0, max(0.05, outcome.quality / FULL_QUALITY))
    side, threshold = _sighting(outcome, reserve)
    note = note or Note(min(1.0, outcome.cost_estimate / reserve), 0.0, float(outcome.rivals))
    earned = outcome.paid - outcome.cost - outcome.bond_lost if outcome.won else -outcome.bond_lost
    return Auction(
        skill=outcome.skill,
        second_price=outcome.second_price,
        score=round(min(_MOST_SCORE, threshold / quality), 6),
        side=side,
        bid=outcome.own_price / reserve,
        floor=note.floor,
        shadow=note.shadow,
        quality=quality,
        reserve=reserve,
        rivals=note.rivals,
        deadline=outcome.deadline_seconds,
        load=outcome.load if math.isfinite(outcome.load) else 0.0,
        won=bool(outcome.won),
        profit=min(1.0, max(-4.0, earned / reserve)),
    )


def _sighting(outcome: BidOutcome, reserve: int) -> tuple[int, float]:
    """Where the best rival stood, as a bid against it: exactly, or on one side of the own bid."""
    own = max(0, outcome.own_price) / reserve
    if outcome.rival_best is not None:
        return AT, max(0, outcome.rival_best) / reserve
    if outcome.won:
        alone = outcome.rivals == 0 and outcome.unrevealed == 0
        return ABOVE, max(own, 1.0) if alone else own
    if outcome.winning_price is not None and outcome.winning_price <= outcome.own_price:
        return AT, max(
            0, outcome.winning_price
        ) / reserve  # of a rival whose quality is not known: taken as equal
    return BELOW, own


class Memory:
    """The newest ``size`` auctions, the oldest first."""

    def __init__(self, size: int, auctions: Iterable[Auction] = ()) -> None:
        self._size = size
        self.auctions = list(auctions)[-size:]

    def append(self, auction: Auction) -> None:
        """Remember one more, and forget the oldest if there is no room."""
        self.auctions.append(auction)
        if len(self.auctions) > self._size:
            del self.auctions[0]

    def newest(self, law: tuple[str, bool], most: int) -> list[Auction]:
        """The newest ``most`` auctions under one law, oldest first."""
        found: list[Auction] = []
        for auction in reversed(self.auctions):
            if len(found) == most:
                break
            if auction.law == law:
                found.append(auction)
        return found[::-1]


def sightings(auctions: list[Auction]) -> Sightings:
    """What the win model learns from."""
    return Sightings(
        scores=np.array([one.score for one in auctions], dtype=np.float64),
        sides=np.array([one.side for one in auctions], dtype=np.float64),
        features=features(
            [one.reserve for one in auctions],
            [one.rivals for one in auctions],
            [one.deadline for one in auctions],
            [one.load for one in auctions],
        ),
    )
