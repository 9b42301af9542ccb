"""Bids, sealed and shown, and how they rank."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from .law import KEPT


@dataclass(frozen=True, slots=True)
class Bid:
    """What an agent has bid on a task. ``price`` is None while it is sealed."""

    agent: int
    epoch: int
    quality: int
    tie: int
    digest: int = 0
    price: int | None = None
    promised: int = 0
    out: bool = False
    """It was not among the best when it was ranked, and that is final."""

    @property
    def rank(self) -> tuple[Fraction, int]:
        """The lower, the better."""
        assert self.price is not None
        return Fraction(self.price, self.quality), self.tie


def ranking(bids: Iterable[Bid]) -> list[Bid]:
    """The shown bids that are kept, best first."""
    return sorted((bid for bid in bids if bid.price is not None and not bid.out), key=lambda bid: bid.rank)[
        :KEPT
    ]


def second_price(best: Bid, others: list[Bid], reserve: int) -> int:
    """The price at which the best would still not be worse than the next of the others."""
    if not others:
        return reserve
    return min(reserve, int(others[0].rank[0] * best.quality))


@dataclass(frozen=True, slots=True)
class SignedCommitment:
    """A sealed bid that others may send."""

    task_id: int
    agent: int
    digest: int
    replaces: int
    valid_until: int


@dataclass(frozen=True, slots=True)
class SignedBid:
    """An open bid that others may send."""

    task_id: int
    agent: int
    price: int
    promised: int
    valid_until: int
    nonce: int


Signed = TypeVar("Signed", SignedBid, SignedCommitment)


@dataclass(frozen=True, slots=True)
class Relayed(Generic[Signed]):
    """Something signed; ``genuine`` is whether the signature is the signer's."""

    item: Signed
    signer: str
    genuine: bool = True
