"""VotingCredits: credits that are locked for votes, and for whom the votes count."""

from agents.chain.bindings import voting_credits
from agents.explorer import schema
from agents.explorer.handlers.common import change
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows


@handles(voting_credits.CreditsLocked)
def _credits_locked(event: voting_credits.CreditsLocked, at: Place, rows: Rows) -> None:
    lock = {"id": event.lock_id, "owner": event.owner, "amount": event.amount}
    terms = {"period": event.period, "votes": event.votes}
    rows.put(schema.voting_locks, {**lock, **terms, **at.birth, **at.columns})
    count(rows, at, "vote_locked", event.amount)


@handles(voting_credits.NoticeGiven)
def _notice_given(event: voting_credits.NoticeGiven, at: Place, rows: Rows) -> None:
    change(rows, at, schema.voting_locks, event.lock_id, votes=0, release_at=event.release_at)


@handles(voting_credits.CreditsWithdrawn)
def _credits_withdrawn(event: voting_credits.CreditsWithdrawn, at: Place, rows: Rows) -> None:
    gone = {"withdrawn_at": at.timestamp, "withdrawn_to": event.to}
    change(rows, at, schema.voting_locks, event.lock_id, **gone)
    count(rows, at, "vote_locked", -event.amount)


@handles(voting_credits.DelegateChanged)
def _delegate_changed(event: voting_credits.DelegateChanged, at: Place, rows: Rows) -> None:
    rows.put(
        schema.delegations,
        {"delegator": event.delegator, "delegate": event.to_delegate, **at.columns},
    )


@handles(voting_credits.DelegateVotesChanged)
def _delegate_votes_changed(event: voting_credits.DelegateVotesChanged, at: Place, rows: Rows) -> None:
    rows.put(
        schema.voting_power,
        {"delegate": event.delegate, "votes": event.new_votes, **at.columns},
    )
