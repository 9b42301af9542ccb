"""MarketGovernor, TimelockController, MarketParameters and roles: what is proposed, decided and carried out."""

from agents.chain.bindings import (
    credit_token,
    market_governor,
    market_parameters,
    timelock_controller,
)
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, bounded, change
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.rows import Rows

CHOICES = ("votes_against", "votes_for", "votes_abstain")
"""By the number that a vote has in the governor."""

# Proposals


@handles(market_governor.ProposalCreated)
def _proposal_created(event: market_governor.ProposalCreated, at: Place, rows: Rows) -> None:
    rows.put(
        schema.proposals,
        {
            "id": str(event.proposal_id),
            "proposer": event.proposer,
            "status": "created",
            "targets": list(event.targets),
            "values": [str(value) for value in event.values],
            "signatures": [schema.plain_text(one) for one in event.signatures],
            "calldatas": [schema.hex_text(data) for data in event.calldatas],
            "description": schema.plain_text(event.description),
            "vote_start": bounded(event.vote_start),
            "vote_end": bounded(event.vote_end),
            **at.birth,
            **at.columns,
        },
    )


@handles(market_governor.VoteCast)
def _vote_cast(event: market_governor.VoteCast, at: Place, rows: Rows) -> None:
    _vote(event, at, rows)


@handles(market_governor.VoteCastWithParams)
def _vote_cast_with_params(event: market_governor.VoteCastWithParams, at: Place, rows: Rows) -> None:
    _vote(event, at, rows)


def _vote(
    event: market_governor.VoteCast | market_governor.VoteCastWithParams, at: Place, rows: Rows
) -> None:
    proposal = str(event.proposal_id)
    vote = {"support": event.support, "weight": event.weight, "reason": schema.plain_text(event.reason)}
    rows.put(schema.votes, {"proposal": proposal, "voter": event.voter, **vote, **at.columns})
    sums = {CHOICES[event.support]: event.weight, "voters": 1}
    add_to(rows, at, schema.proposals, proposal, **sums)


@handles(market_governor.ProposalQueued)
def _proposal_queued(event: market_governor.ProposalQueued, at: Place, rows: Rows) -> None:
    operation = None
    for logged in at.deed.events[: at.index]:
        if isinstance(logged.event, timelock_controller.CallScheduled):
            operation = schema.hex_text(logged.event.id)
    queued = {"eta": bounded(event.eta_seconds), "queued_at": at.timestamp, "operation": operation}
    change(rows, at, schema.proposals, str(event.proposal_id), status="queued", **queued)


@handles(market_governor.ProposalExecuted)
def _proposal_executed(event: market_governor.ProposalExecuted, at: Place, rows: Rows) -> None:
    done = {"status": "executed", "executed_at": at.timestamp}
    change(rows, at, schema.proposals, str(event.proposal_id), **done)


@handles(market_governor.ProposalCanceled)
def _proposal_canceled(event: market_governor.ProposalCanceled, at: Place, rows: Rows) -> None:
    done = {"status": "canceled", "canceled_at": at.timestamp}
    change(rows, at, schema.proposals, str(event.proposal_id), **done)


# The timelock


@handles(timelock_controller.CallScheduled)
def _call_scheduled(event: timelock_controller.CallScheduled, at: Place, rows: Rows) -> None:
    operation = schema.hex_text(event.id)
    if not event.index:
        # An operation that was canceled can be scheduled again.
        terms = {
            "status": "scheduled",
            "predecessor": schema.hex_text(event.predecessor),
            "delay": str(event.delay),
            "ready_at": bounded(at.timestamp + event.delay),
        }
        rows.put(schema.operations, {"id": operation, **terms, **at.birth, **at.columns})
    call = {
        "operation": operation,
        "index": bounded(event.index),
        "target": event.target,
        "value": str(event.value),
        "data": schema.hex_text(event.data),
    }
    rows.put(schema.operation_calls, {**call, **at.columns})


@handles(timelock_controller.CallSalt)
def _call_salt(event: timelock_controller.CallSalt, at: Place, rows: Rows) -> None:
    change(rows, at, schema.operations, schema.hex_text(event.id), salt=schema.hex_text(event.salt))


@handles(timelock_controller.CallExecuted)
def _call_executed(event: timelock_controller.CallExecuted, at: Place, rows: Rows) -> None:
    operation = schema.hex_text(event.id)
    change(rows, at, schema.operation_calls, operation, bounded(event.index), executed=True)
    change(rows, at, schema.operations, operation, status="executed", ended_at=at.timestamp)


@handles(timelock_controller.Cancelled)
def _cancelled(event: timelock_controller.Cancelled, at: Place, rows: Rows) -> None:
    done = {"status": "canceled", "ended_at": at.timestamp}
    change(rows, at, schema.operations, schema.hex_text(event.id), **done)


# Parameters and roles


@handles(market_parameters.ParametersSet)
def _parameters_set(event: market_parameters.ParametersSet, at: Place, rows: Rows) -> None:
    now = event.parameters
    rows.add(
        schema.parameters,
        {
            "seq": at.seq,
            "fee_bps": now.fee_bps,
            "bond_percent": now.bond_percent,
            "named_weight": now.named_weight,
            "min_window": now.min_window,
            "max_window": now.max_window,
            "seat_fee": now.seat_fee,
            "overdraft_limit": now.overdraft_limit,
            **at.columns,
        },
    )


def _role(rows: Rows, at: Place, role: bytes, account: str, *, held: bool) -> None:
    key = {"contract": at.contract, "role": schema.hex_text(role), "account": account}
    rows.put(schema.roles, {**key, "held": held, **at.columns})


@handles(credit_token.RoleGranted)
def _token_role_granted(event: credit_token.RoleGranted, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=True)


@handles(credit_token.RoleRevoked)
def _token_role_revoked(event: credit_token.RoleRevoked, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=False)


@handles(market_parameters.RoleGranted)
def _parameters_role_granted(event: market_parameters.RoleGranted, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=True)


@handles(market_parameters.RoleRevoked)
def _parameters_role_revoked(event: market_parameters.RoleRevoked, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=False)


@handles(timelock_controller.RoleGranted)
def _timelock_role_granted(event: timelock_controller.RoleGranted, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=True)


@handles(timelock_controller.RoleRevoked)
def _timelock_role_revoked(event: timelock_controller.RoleRevoked, at: Place, rows: Rows) -> None:
    _role(rows, at, event.role, event.account, held=False)
