"""Families of sealed first-price auctions, drawn in batches for self-play."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from agents.learning.network import Features

GOLDEN = (5**0.5 - 1) / 2
Rule = Literal["price", "ratio", "capped ratio", "difference"]


@dataclass(frozen=True, slots=True)
class Span:
    """All values from ``low`` to ``high``, evenly, or evenly by their logarithm."""

    low: float
    high: float
    by_logarithm: bool = False


Knob = float | tuple[float, ...] | Span
"""One value, some values in turn, or a range."""


@dataclass(frozen=True, slots=True)
class Family:
    """Which auctions are drawn; the defaults are the textbook one, with uniform floors on [0, 1]."""

    rivals: Knob = 1.0
    power: Knob = 1.0
    risk: Knob = 1.0
    presence: Knob = 1.0
    entry: Knob = 0.0
    spread: Knob = 0.0
    """Under "capped ratio": the spread of qualities."""
    widths: tuple[float, float] = (1.0, 1.0)
    """Of the floors of the two sides; if they differ, one row of each side is drawn, to meet the other."""
    rule: Rule = "price"
    """What the lowest of wins: the price; price / quality, where qualities are even on [1/2, 1], floors end at 1/2 and
    nobody asks for more than its quality; price / quality up to the reserve, as BidAuction has it; price - quality,
    qualities even on [0, 1]."""


class Batch(NamedTuple):
    """K auctions with M types each; tensors of shape (K, M), but for the last."""

    features: Features
    cap: Tensor
    slope: Tensor
    """The effective price is slope * bid + shift; the lowest wins."""
    shift: Tensor
    against: Tensor
    """(K,) the row that holds the rivals of this row."""


def draw(family: Family, rows: int, types: int, generator: torch.Generator) -> Batch:
    """Rows with stratified types: each row's floors cover their law evenly, at random places."""
    shape = (rows, types)

    def knob(value: Knob) -> Tensor:
        return _column(value, rows, generator).expand(shape)

    evenly = (torch.arange(types) + torch.rand(shape, generator=generator)) / types
    power = knob(family.power)
    own, other = family.widths
    sides = torch.tensor([own, other]).repeat(rows // 2 + 1)[:rows, None].expand(shape)
    across = torch.tensor([other, own]).repeat(rows // 2 + 1)[:rows, None].expand(shape)
    asymmetric = own != other
    floor = 1 - sides * (1 - evenly ** (1 / power))
    quality, spread = _qualities(family, shape, generator)
    rivals = knob(family.rivals)
    slope, shift, cap = torch.ones(shape), torch.zeros(shape), torch.ones(shape)
    if family.rule == "difference":
        shift, cap = -quality, 1 + quality
    elif family.rule != "price":
        slope = 1 / quality
    if family.rule == "ratio":
        floor, cap = floor / 2, quality
    features = Features(
        floor=floor,
        rivals=rivals,
        quality=quality if family.rule != "difference" else 1 + quality,
        spread=spread,
        power=power,
        risk=knob(family.risk),
        presence=knob(family.presence),
        entry=knob(family.entry),
        width=sides,
        rival_width=across,
    )
    order = torch.arange(rows)
    return Batch(features, cap, slope, shift, order ^ 1 if asymmetric else order)


def _column(value: Knob, rows: int, generator: torch.Generator) -> Tensor:
    """(rows, 1) values of a knob."""
    if isinstance(value, Span):
        share = (torch.randperm(rows, generator=generator) + torch.rand(rows, generator=generator)) / rows
        if value.by_logarithm:
            return (math.log(value.low) + share * math.log(value.high / value.low)).exp()[:, None]
        return (value.low + share * (value.high - value.low))[:, None]
    values = value if isinstance(value, tuple) else (value,)
    return torch.tensor(values).repeat(rows // len(values) + 1)[:rows, None]


def _qualities(family: Family, shape: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Qualities of the bidders, and the spread that they know of; both of ``shape``."""
    if family.rule == "capped ratio":
        spread = _column(family.spread, shape[0], generator)
        # Zero spread must be met exactly, and often: it is the market before anyone has a record.
        spread = spread * (torch.rand(shape[0], 1, generator=generator) < 0.75)
        drawn = torch.randn(shape, generator=generator).clamp(-2, 2)
        return (spread * drawn).exp(), spread.expand(shape)
    if family.rule == "price":
        return torch.ones(shape), torch.zeros(shape)
    low = 0.5 if family.rule == "ratio" else 0.0
    steps = torch.arange(shape[1]) * GOLDEN + torch.rand(shape[0], 1, generator=generator)
    return low + (1 - low) * (steps % 1), torch.zeros(shape)
