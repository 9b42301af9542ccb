"""Proposals, votes, parameters, and who has locked credits for votes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import Governance, ParameterChange, Proposal, ProposalDetail, Vote, VotingLock
from agents.explorer.calls import decode_call
from agents.explorer.queries.asked import ProposalsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, equal

MOST_CHANGES, MOST_LOCKS, MOST_VOTES = 50, 50, 200
PARAMETERS = (
    "fee_bps",
    "bond_percent",
    "named_weight",
    "min_window",
    "max_window",
    "seat_fee",
    "overdraft_limit",
)
_SUPPORT = ("against", "for", "abstain")
_STATES = {"queued": "Queued", "executed": "Executed", "canceled": "Canceled"}

_proposals = schema.proposals.c
_LIST = Listing(
    select(schema.proposals),
    [_proposals.created_block, _proposals.id],
    equal(schema.proposals, "proposer"),
)


def governance(index: Index, asked: ProposalsAsked) -> Governance:
    """All of it, with a page of proposals."""
    rows, following = _LIST.page(index.connection, asked.cut, asked.filters("proposer"))
    now, history = _now(index), _history(index)
    return Governance(
        parameters=history[0].parameters if history else {},
        history=history,
        proposals=[Proposal.model_validate(_values(row, now)) for row in rows],
        next=following,
        locks=_locks(index),
        timelock_delay=_delay(index),
    )


def proposal_page(index: Index, proposal: str) -> ProposalDetail:
    """One proposal with its calls and votes; raises NotInIndex."""
    row = index.one(select(schema.proposals).where(_proposals.id == proposal))
    if row is None:
        raise NotInIndex("proposal", proposal)
    votes = schema.votes.c
    cast = select(schema.votes).where(votes.proposal == proposal)
    newest = index.all(cast.order_by(votes.block.desc(), votes.log.desc()).limit(MOST_VOTES))
    return ProposalDetail.model_validate(
        {
            **_values(row, _now(index)),
            "calls": [_call(index, row, at) for at in range(len(row["targets"]))],
            "votes": [Vote.model_validate({**vote, "support": _SUPPORT[vote["support"]]}) for vote in newest],
        }
    )


def _now(index: Index) -> int:
    head = index.head()
    return 0 if head is None else head.time


def _values(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    lines = row["description"].strip().splitlines()
    return {**row, "title": lines[0].lstrip("# ")[:200] if lines else "", "state": _state(row, now)}


def _state(row: Mapping[str, Any], now: int) -> str:
    if row["status"] in _STATES:
        return _STATES[row["status"]]
    # A vote counts from the second after its start up to its end.
    if now <= row["vote_start"]:
        return "Pending"
    if now <= row["vote_end"]:
        return "Active"
    return "Ended" if row["votes_for"] > row["votes_against"] else "Defeated"


def _call(index: Index, row: Mapping[str, Any], at: int) -> dict[str, Any]:
    target, data = row["targets"][at], row["calldatas"][at]
    contract = index.contracts.get(target)
    call = None if contract is None else decode_call(contract, bytes.fromhex(data[2:]))
    unknown = {"contract": contract, "function": None, "arguments": None}
    return {**(call or unknown), "target": target, "value": row["values"][at]}


def _history(index: Index) -> list[ParameterChange]:
    """The newest sets of parameters, each with what it changed."""
    query = select(schema.parameters).order_by(schema.parameters.c.seq.desc()).limit(MOST_CHANGES + 1)
    rows = index.all(query)
    return [
        ParameterChange.model_validate(
            {
                **row,
                "parameters": {name: row[name] for name in PARAMETERS},
                "changed": [name for name in PARAMETERS if before is None or row[name] != before[name]],
            }
        )
        for row, before in zip(rows[:MOST_CHANGES], [*rows[1:], None], strict=False)
    ]


def _locks(index: Index) -> list[VotingLock]:
    locks = schema.voting_locks.c
    query = select(schema.voting_locks).where(locks.withdrawn_at.is_(None))
    rows = index.all(query.order_by(locks.amount.desc(), locks.id).limit(MOST_LOCKS))
    return [VotingLock.model_validate({**row, "withdrawn": False}) for row in rows]


def _delay(index: Index) -> int | None:
    """The timelock's delay for new operations, as it was last set."""
    events = schema.events.c
    query = select(events.arguments).where(
        events.contract == "TimelockController", events.name == "MinDelayChange"
    )
    arguments = index.value(query.order_by(events.seq.desc()).limit(1))
    return None if arguments is None else int(arguments["newDuration"])
