"""The rules a second time: true events pass, and whatever is altered in them is found and named."""

from dataclasses import replace

from agents.chain.bindings.bid_auction import AuctionFinalized, BidCommitted, BidRevealed
from agents.chain.bindings.incentive_engine import ReputationUpdated
from agents.chain.bindings.task_manager import TaskAwarded, TaskEvaluated
from agents.lab.judge import Judge, known_records
from agents.market.view import MarketView


def judged(world, kind=None, change=None):
    """What the judge says of the world's events, the first of one kind changed, or left out."""
    view = MarketView()
    judge, wrong = Judge(view), []
    for block in world.tailer.replay():
        for logged in block.events:
            event = logged.event
            if kind and isinstance(event, kind):
                kind, event = None, change and change(event)
            if event is None:
                continue
            wrong += judge.hear(event)
            view.apply(replace(logged, event=event))
        wrong += judge.overdue()
    assert kind is None, "there was no such event"
    return judge, view, wrong


ALTERED = [
    (AuctionFinalized, "price", "the price that wins task"),
    (AuctionFinalized, "agent_id", "the winner of task"),
    (TaskAwarded, "price", "the price that wins task"),
    (TaskAwarded, "agent_id", "the winner of task"),
    (BidCommitted, "quality", "the quality of agent"),
    (BidRevealed, "quality", "the quality of agent"),
    (TaskEvaluated, "score", "the merit in the reputation of agent"),
    (ReputationUpdated, "merit", "the merit in the reputation of agent"),
    (ReputationUpdated, "experience", "the experience in the reputation of agent"),
]


async def test_true_events_pass_and_whatever_is_altered_is_named(lived):
    judge, view, wrong = judged(lived)
    assert wrong == []
    records = list(known_records(judge, view))
    assert records
    assert all(record == view.reputation(agent_id, skill) for agent_id, skill, record in records)

    for kind, field, named in ALTERED:
        _, _, wrong = judged(
            lived, kind, lambda event, field=field: replace(event, **{field: getattr(event, field) - 1})
        )
        assert any(line.startswith(named) for line in wrong), (kind, field, wrong)

    _, _, wrong = judged(lived, ReputationUpdated)
    assert any("changed, and no event told" in line for line in wrong)

    winner = lived.view.ranking(1)[0].agent_id
    _, _, wrong = judged(
        lived, BidRevealed, lambda event: replace(event, price=10**9 if event.agent_id == winner else 1)
    )
    assert f"the winner of task 1: the contracts say {winner}, " in wrong[0]
