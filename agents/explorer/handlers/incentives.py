"""IncentiveEngine: what settlements teach of agents, and the feedback of ERC-8004."""

from agents.chain.bindings import incentive_engine
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, change, existing, tag_text, tally
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.rows import Rows
from agents.market.domain import Reputation


@handles(incentive_engine.ReputationUpdated)
def _reputation_updated(event: incentive_engine.ReputationUpdated, at: Place, rows: Rows) -> None:
    skill = tag_text(event.skill)
    before = rows.get(schema.reputations, (event.agent_id, event.epoch, skill))
    record = {
        "agent": event.agent_id,
        "epoch": event.epoch,
        "skill": skill,
        "experience": event.experience,
        "merit": event.merit,
        "quality": Reputation(event.experience, event.merit).quality,
        **at.columns,
    }
    rows.put(schema.reputations, record)
    outcome = {"task": _task_of(at), "score": event.score, "lateness": event.lateness}
    rows.add(schema.reputation_history, {"seq": at.seq, **record, **outcome})
    agent = existing(rows, schema.agents, event.agent_id)
    if agent["epoch"] == event.epoch:
        total = Reputation(
            agent["experience"] + event.experience - (before["experience"] if before else 0),
            agent["merit"] + event.merit - (before["merit"] if before else 0),
        )
        sums = {"experience": total.experience, "merit": total.merit, "quality": total.quality}
        change(rows, at, schema.agents, event.agent_id, **sums)


def _task_of(at: Place) -> int | None:
    """The task whose outcome it is: that of the last event before it that names one."""
    for logged in reversed(at.deed.events[: at.index]):
        task: int | None = getattr(logged.event, "task_id", None)
        if task:
            return task
    return None


@handles(incentive_engine.FeedbackAllowed)
def _feedback_allowed(event: incentive_engine.FeedbackAllowed, at: Place, rows: Rows) -> None:
    key = {"agent": event.agent_id, "client": event.client_address, "epoch": event.epoch}
    tally(rows, at, schema.feedback_rights, key, allowed=1)


@handles(incentive_engine.NewFeedback)
def _new_feedback(event: incentive_engine.NewFeedback, at: Place, rows: Rows) -> None:
    rows.put(
        schema.feedback,
        {
            "agent": event.agent_id,
            "client": event.client_address,
            "index": event.feedback_index,
            "value": str(event.value),
            "decimals": event.value_decimals,
            "tag1": schema.plain_text(event.tag1),
            "tag2": schema.plain_text(event.tag2),
            "endpoint": schema.plain_text(event.endpoint),
            "uri": schema.plain_text(event.feedback_uri),
            "hash": schema.hex_text(event.feedback_hash),
            **at.birth,
            **at.columns,
        },
    )


@handles(incentive_engine.FeedbackRevoked)
def _feedback_revoked(event: incentive_engine.FeedbackRevoked, at: Place, rows: Rows) -> None:
    key = (event.agent_id, event.client_address, event.feedback_index)
    change(rows, at, schema.feedback, *key, revoked=True)


@handles(incentive_engine.ResponseAppended)
def _response_appended(event: incentive_engine.ResponseAppended, at: Place, rows: Rows) -> None:
    key = {"agent": event.agent_id, "client": event.client_address, "index": event.feedback_index}
    answer = {
        "responder": event.responder,
        "uri": schema.plain_text(event.response_uri),
        "hash": schema.hex_text(event.response_hash),
    }
    rows.add(schema.feedback_responses, {"seq": at.seq, **key, **answer, **at.columns})
    add_to(rows, at, schema.feedback, *key.values(), responses=1)
