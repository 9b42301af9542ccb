"""BidAuction in torch: many auctions at once, each awarded and priced to the unit as the contract does.

The contract compares effective prices p/q by cross-multiplication. Here each bid gets one int64 that orders the same:

    key = floor(2^27 p / q)

Two fractions that differ, differ by at least 1/(q1 q2) >= 10^-8, which times 2^27 is more than 1, so their keys differ
as they do; equal fractions have equal keys; and since p < 2^48 and q >= 5000, every key is below 2^63.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from agents.errors import AuctionsMalformed
from agents.market.domain import (
    BPS,
    MIN_BOND,
    PERCENT,
    QUALITY_FLOOR,
    USUAL_BOND_PERCENT,
    AwardMode,
)

MAX_RESERVE = 2**48 - 1
"""The contract's bound, in units; prices are not above it."""
NOBODY = -1
"""The index of a bidder that is not there."""
KEPT = 3
_KEY_BITS = 27
_LAST = torch.iinfo(torch.int64).max


@dataclass(frozen=True, slots=True)
class Auctions:
    """B auctions with up to n bids each. Amounts are int64 units; ``price`` etc. are (B, n), ``reserve`` etc. (B,).

    Bids stand in the order in which they were revealed, which decides between bids that tie in all else.
    """

    price: Tensor
    """1 to the reserve; of bids that are not revealed, anything."""
    quality: Tensor
    """Basis points, 5000 to 10000."""
    tie_break: Tensor
    """Of sealed bids ``signed_tie_break`` of the commitment's head; of open bids 0. The lower wins a tie."""
    revealed: Tensor
    """Bool: the bids that take part."""
    reserve: Tensor
    """The most that each task pays."""
    mode: Tensor
    """An ``AwardMode``, of those with an auction."""
    committed: Tensor | None = None
    """Bool: the bids that locked a bond, with those that were never opened; without it, the revealed ones."""
    bond_percent: int = USUAL_BOND_PERCENT


@dataclass(frozen=True, slots=True)
class Awards:
    """What becomes of ``Auctions``: (B,) int64, but the bonds, which are (B, n). NOBODY and 0 where nobody bid."""

    winner: Tensor
    runner_up: Tensor
    third: Tensor
    payment: Tensor
    """What the winner is awarded the task for."""
    take_over: Tensor
    """What the runner-up would be awarded it for, had the winner defaulted; 0 without a runner-up."""
    bond_held: Tensor
    """What each bidder still has locked: the winner's bond, until the task ends."""
    bond_burned: Tensor
    """What each bidder lost by not opening its sealed bid."""


def signed_tie_break(head: int) -> int:
    """The first 64 bits of a commitment's digest as an int64 of the same order."""
    return head - 2**63


def check(auctions: Auctions) -> None:
    """Raise AuctionsMalformed, which names the field, for anything that the contract would not let happen."""
    shape = auctions.price.shape
    if len(shape) != 2:
        raise AuctionsMalformed("price", f"of shape {tuple(shape)}", "of shape (auctions, bidders)")
    for name, kind in (
        ("price", torch.int64),
        ("quality", torch.int64),
        ("tie_break", torch.int64),
        ("revealed", torch.bool),
        ("committed", torch.bool),
    ):
        _check_tensor(name, getattr(auctions, name), shape, kind)
    for name in ("reserve", "mode"):
        _check_tensor(name, getattr(auctions, name), shape[:1], torch.int64)
    _check_range("reserve", auctions.reserve, MIN_BOND, MAX_RESERVE)
    _check_range("mode", auctions.mode, AwardMode.SEALED_SECOND_PRICE, AwardMode.OPEN_BID)
    _check_range("quality", auctions.quality, QUALITY_FLOOR, BPS)
    shown = torch.where(auctions.revealed, auctions.price, 1)
    _check_range("price", shown, 1, MAX_RESERVE)
    if bool((shown > auctions.reserve[:, None]).any()):
        raise AuctionsMalformed("price", "above the reserve of its auction", "at most the reserve")
    if auctions.committed is not None and bool((auctions.revealed & ~auctions.committed).any()):
        raise AuctionsMalformed("revealed", "true for a bid that was not committed", "of committed bids")


def clear(auctions: Auctions) -> Awards:
    """Award every auction, as ``BidAuction.finalize`` does after the last reveal. Assumes what ``check`` checks."""
    # Bidders first: what is done for each then runs over many auctions in a row.
    price, quality, shown = (
        field.T.contiguous() for field in (auctions.price, auctions.quality, auctions.revealed)
    )
    first, second, third = _best(_keys(price, quality, shown), auctions.tie_break.T.contiguous())
    second_price = auctions.mode == AwardMode.SEALED_SECOND_PRICE
    payment = _payment(first, second, price, quality, auctions.reserve, second_price)
    take_over = _payment(second, third, price, quality, auctions.reserve, second_price)
    bond = bonds(auctions.reserve, auctions.bond_percent)[:, None]
    places = torch.arange(price.shape[0], device=price.device)
    held = torch.where(first[:, None] == places, bond, 0)
    burned = torch.zeros_like(held)
    if auctions.committed is not None:
        sealed = (auctions.mode != AwardMode.OPEN_BID)[:, None]
        burned = torch.where(auctions.committed & ~auctions.revealed & sealed, bond, 0)
    return Awards(first, second, third, payment, take_over, held, burned)


def bonds(reserve: Tensor, percent: int = USUAL_BOND_PERCENT) -> Tensor:
    """What a bidder locks for each reserve: a share, rounded up, and at least 0.1 credit."""
    share: Tensor = (reserve * percent + PERCENT - 1) // PERCENT
    return share.clamp(min=MIN_BOND)


def _keys(price: Tensor, quality: Tensor, shown: Tensor) -> Tensor:
    """The order of the bids as int64; the last of all for bids that are not shown.

    By float64, which is exact here: p < 2^48, and no quotient p/q or 2^27 r/q lies closer than 10^-4 below a whole
    number while its own rounding is below 2^-17.
    """
    rest, divisor = price.double(), quality.double()
    whole = (rest / divisor).floor_()
    rest.addcmul_(whole, divisor, value=-1).mul_(2.0**_KEY_BITS).div_(divisor).floor_()
    return whole.long().mul_(2**_KEY_BITS).add_(rest.long()).masked_fill_(~shown, _LAST)


def _best(key: Tensor, tie_break: Tensor) -> list[Tensor]:
    """The places of the best three bids of each auction, NOBODY where there are fewer."""
    bidders = key.shape[0]
    places = torch.arange(bidders, device=key.device)[:, None].expand_as(key)
    found = []
    for _ in range(KEPT):
        best = _least(key)
        behind = key != best
        ties = tie_break.masked_fill(behind, _LAST)
        # Of bids that tie in all, the one that was revealed first.
        place = _least(places.masked_fill(behind | (ties != _least(ties)), bidders))
        found.append(place.masked_fill(best == _LAST, NOBODY))
        key.scatter_(0, place[None], _LAST)
    return found


def _least(rows: Tensor) -> Tensor:
    """``rows.amin(0)``, which for few rows and many columns is ten times slower."""
    least: Tensor = functools.reduce(torch.minimum, rows.unbind(0))
    return least


def _payment(
    best: Tensor, following: Tensor, price: Tensor, quality: Tensor, reserve: Tensor, second_price: Tensor
) -> Tensor:
    """What ``best`` is paid when ``following`` is the one behind it; ``BidAuction._priceOf``."""
    at, behind = best.clamp(min=0)[None], following.clamp(min=0)[None]
    own = price.gather(0, at)[0]
    # Below 2^62: prices are below 2^48, qualities below 2^14.
    priced = price.gather(0, behind)[0] * quality.gather(0, at)[0] // quality.gather(0, behind)[0]
    by_second = torch.where(following == NOBODY, reserve, torch.minimum(priced, reserve))
    paid = torch.where(second_price, by_second, own)
    return torch.where(best == NOBODY, 0, paid)


def _check_tensor(name: str, value: Tensor | None, shape: Sequence[int], kind: torch.dtype) -> None:
    if value is not None and tuple(value.shape) != tuple(shape):
        raise AuctionsMalformed(name, f"of shape {tuple(value.shape)}", f"of shape {tuple(shape)}")
    if value is not None and value.dtype != kind:
        raise AuctionsMalformed(name, f"of {value.dtype}", f"of {kind}")


def _check_range(name: str, value: Tensor, low: int, high: int) -> None:
    outside = (value < low) | (value > high)
    if bool(outside.any()):
        raise AuctionsMalformed(name, str(int(value[outside][0])), f"from {low} to {high}")
