"""What a learned bidder writes down: small, versioned, and checked number by number when it is read."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.errors import LearningStateUnreadable
from agents.learning.calibration import BINS, Calibration
from agents.learning.costs import Usage
from agents.learning.drift import Contest, Cusum
from agents.learning.law import RivalLaw
from agents.learning.memory import Auction, Note
from agents.learning.responder import PROBES, TrustRegion
from agents.learning.win_model import COMPONENTS, FEATURES, MEMBERS, SHAPES, Scale, WinModel

WRITTEN = 256
"""The auctions that are written down, the newest; the model carries what it learned from the others."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=0, le=2**63)]
Signed = Annotated[int, Field(ge=-(2**127), le=2**127)]
Units = Annotated[int, Field(ge=0, le=2**128)]

Weights = Annotated[list[Share], Field(min_length=COMPONENTS + 1, max_length=COMPONENTS + 1)]
Tilts = Annotated[list[Number], Field(min_length=SHAPES, max_length=SHAPES)]
Probes = Annotated[list[Number], Field(min_length=len(PROBES), max_length=len(PROBES))]
Tenths = Annotated[list[Count], Field(min_length=BINS, max_length=BINS)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AuctionState(_Strict):
    """One remembered auction, its law by number; see ``Auction``."""

    law: Count
    row: tuple[
        Number, Annotated[int, Field(ge=0, le=2)], Number, Number, Number, Positive, Units, Number, Signed,
        Number, bool, Number,
    ]  # fmt: skip


class LawState(_Strict):
    """One law of rivals."""

    skill: str
    second_price: bool
    weights: Annotated[list[Weights], Field(min_length=MEMBERS, max_length=MEMBERS)]
    tilts: Annotated[list[Tilts], Field(min_length=FEATURES, max_length=FEATURES)]
    centre: Annotated[list[Number], Field(min_length=FEATURES, max_length=FEATURES)]
    power: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    scale: tuple[Number, Annotated[float, Field(gt=0, allow_inf_nan=False)]]
    counts: tuple[Count, Count, Count, Count, Count]
    """Seen, fitted, updates, resets, rollbacks."""
    region: tuple[Probes, Probes] | None
    cusum: tuple[Number, Number, Count, Count]
    contest: tuple[Count, Number, Number]


class UsageState(_Strict):
    """Past work in one skill."""

    skill: str
    sums: tuple[Number, Number, Number, Number]
    accepted: Count
    rejected: Count


class BidderState(_Strict):
    """All of it."""

    version: Literal[1]
    laws: list[LawState]
    usage: list[UsageState]
    auctions: Annotated[list[AuctionState], Field(max_length=WRITTEN)]
    notes: dict[int, tuple[Number, Number, Number]]
    critic: Annotated[list[Number], Field(min_length=4, max_length=4)]
    capacity: tuple[Share, Number, Number]
    """The pace, the wins and the tasks in hand added up."""
    spent: Units
    pending: dict[int, Units]
    bids: Tenths
    wins: Tenths
    believed: Annotated[list[Number], Field(min_length=BINS, max_length=BINS)]
    squared: Number
    counts: tuple[Count, Count, Signed]
    """Observed, trained, profit."""


def read(text: str) -> BidderState:
    """The state in ``text``; LearningStateUnreadable names the first field that is wrong."""
    try:
        state = BidderState.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "text"
        raise LearningStateUnreadable(f"{where}: {first['msg']}") from None
    if any(one.law >= len(state.laws) for one in state.auctions):
        raise LearningStateUnreadable("auctions: one names a law that is not there")
    return state


def law_state(skill: str, law: RivalLaw) -> LawState:
    """A law as it is written."""
    model, region = law.model, law.region
    return LawState(
        skill=skill,
        second_price=law.second_price,
        weights=model.weights.tolist(),
        tilts=model.tilts.tolist(),
        centre=model.centre.tolist(),
        power=law.power,
        scale=(model.scale.centre, model.scale.width),
        counts=(law.seen, law.fitted, law.updates, law.resets, law.rollbacks),
        region=None if region is None else (region.held.tolist(), region.wanted.tolist()),
        cusum=(law.cusum.high, law.cusum.low, law.cusum.high_run, law.cusum.low_run),
        contest=(law.contest.count, law.contest.total, law.contest.squared),
    )


def law_of(state: LawState, remembered: int) -> RivalLaw:
    """The law that was written; ``remembered`` is how many of its auctions were written too."""
    weights = np.array(state.weights)
    if not (weights.sum(axis=1) > 0).all():
        raise LearningStateUnreadable("laws: the weights of a model are all zero")
    model = WinModel(weights, np.array(state.tilts), np.array(state.centre), Scale(*state.scale))
    seen, fitted, updates, resets, rollbacks = state.counts
    region = state.region
    return RivalLaw(
        second_price=state.second_price,
        model=model,
        seen=seen,
        fitted=fitted,
        updates=updates,
        resets=resets,
        rollbacks=rollbacks,
        power=state.power,
        region=None if region is None else TrustRegion(np.array(region[0]), np.array(region[1])),
        cusum=Cusum(*state.cusum),
        contest=Contest(*state.contest),
        carried=(weights, float(fitted - remembered)) if fitted > remembered else None,
    )


def auction_state(law: int, one: Auction) -> AuctionState:
    """An auction as it is written."""
    row = (
        one.score, one.side, one.bid, one.floor, one.shadow, one.quality, one.reserve, one.rivals, one.deadline,
        one.load, one.won, one.profit,
    )  # fmt: skip
    return AuctionState(law=law, row=row)


def auction_of_state(state: AuctionState, laws: list[LawState]) -> Auction:
    """The auction that was written."""
    law = laws[state.law]
    return Auction(law.skill, law.second_price, *state.row)


def usage_state(skill: str, usage: Usage) -> UsageState:
    """Past work as it is written."""
    return UsageState(
        skill=skill,
        sums=(usage.tasks, usage.log_ratio, usage.log_ratio_squared, usage.ratio),
        accepted=usage.accepted,
        rejected=usage.rejected,
    )


def usage_of(state: UsageState) -> Usage:
    """The past work that was written."""
    return Usage(*state.sums, state.accepted, state.rejected)


def calibration_of(state: BidderState) -> Calibration:
    """The calibration record that was written."""
    return Calibration(state.bids, state.wins, state.believed, state.squared)


def note_of(row: tuple[float, float, float]) -> Note:
    """A note that was written."""
    return Note(*row)
