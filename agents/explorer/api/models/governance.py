"""Proposals, votes, parameters."""

from typing import Literal

from agents.explorer.api.models.chain import Call
from agents.explorer.api.models.common import Model, Place


class Vote(Place):
    """A vote that was cast."""

    voter: str
    support: Literal["against", "for", "abstain"]
    weight: int
    """Votes, in units of locked credits times their factor."""
    reason: str
    """In the voter's words."""


class Proposal(Place):
    """A proposal to the MarketGovernor. Votes count in units of locked credits times their factor."""

    id: str
    """Decimal."""
    proposer: str
    title: str
    """The description's first line."""
    state: Literal["Pending", "Active", "Canceled", "Defeated", "Ended", "Queued", "Executed"]
    """As of the newest block. ``Ended``: more votes were for it than against; whether the quorum was reached is told by
    the event that queues it."""
    votes_for: int
    votes_against: int
    votes_abstain: int
    vote_start: int
    """Unix seconds."""
    vote_end: int
    eta: int | None
    """When it may be executed, if it is queued."""
    created_time: int


class ProposedCall(Call):
    """A call that the timelock makes if the proposal passes."""

    target: str
    value: str
    """Wei, decimal."""


class ProposalDetail(Proposal):
    """A proposal with its text, calls and votes."""

    description: str
    calls: list[ProposedCall]
    votes: list[Vote]
    """Newest first, at most 200."""


class ParameterChange(Place):
    """The market's parameters from a block on."""

    parameters: dict[str, int]
    """By name, as the contract has them; money in units."""
    changed: list[str]
    """Names of those that are new."""


class VotingLock(Place):
    """Credits that are locked for votes."""

    id: int
    owner: str
    amount: int
    """Units."""
    period: int
    """Seconds of notice."""
    votes: int
    release_at: int | None
    """When it may be withdrawn, once notice was given."""
    withdrawn: bool


class Governance(Model):
    """All of it at the newest block."""

    parameters: dict[str, int]
    """In force for new tasks."""
    history: list[ParameterChange]
    """Newest first, at most 50."""
    proposals: list[Proposal]
    """Newest first."""
    next: str | None
    """Cursor for older proposals."""
    locks: list[VotingLock]
    """The largest 50 that still count."""
    timelock_delay: int | None
    """Seconds."""
