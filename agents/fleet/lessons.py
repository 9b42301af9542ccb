"""What a settled task teaches a strategy: the market's words turned into the learner's."""

from agents.agent import Outcome
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidOutcome
from agents.market.domain import AwardMode, TaskState


def bid_outcome(outcome: Outcome, agent_id: int) -> BidOutcome | None:
    """The outcome as the strategy takes it; None for a bid that was never opened."""
    task, note = outcome.task, outcome.note
    own = next((bid for bid in outcome.bids if bid.agent_id == agent_id), None)
    if own is None:
        return None
    rivals = [bid for bid in outcome.bids if bid.agent_id != agent_id]
    won = task.agent_id == agent_id
    settled = task.state is TaskState.SETTLED
    return BidOutcome(
        skill=task.skill,
        reserve=task.reserve,
        second_price=task.mode is AwardMode.SEALED_SECOND_PRICE,
        own_price=own.price,
        won=won,
        winning_price=None if won else outcome.bids[0].price,
        rival_best=rivals[0].price * own.quality // rivals[0].quality if rivals else None,
        score=task.score if won else None,
        paid=task.price - task.fee if won and settled else 0,
        cost_estimate=note.cost_estimate,
        cost=note.cost_estimate if outcome.cost is None else outcome.cost,
    )


class Lessons:
    """Feeds one agent's outcomes to its strategy, and gives the text to remember it by."""

    def __init__(self, strategy: AdaptiveBiddingStrategy, agent_id: int) -> None:
        self._strategy, self._agent_id = strategy, agent_id

    def __call__(self, outcome: Outcome) -> str:
        """Learn from one outcome; returns all that was learned so far."""
        lesson = bid_outcome(outcome, self._agent_id)
        if lesson is not None:
            self._strategy.observe(lesson)
        return self._strategy.to_json()
