"""What a settled task teaches a strategy: the market's words turned into the learner's."""

from collections.abc import Sequence

from agents.agent import Outcome
from agents.bid_policy import BidOutcome
from agents.fleet.strategies import Strategy
from agents.market.domain import AwardMode, Task, TaskState
from agents.market.view import MarketView
from agents.mind.notes import Notes


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
        task_id=task.id,
        quality=own.quality,
        rivals=len(rivals),
        unrevealed=outcome.unrevealed,
        deadline_seconds=task.delivery_window,
        load=note.belief.load,
        workload=note.belief.workload,
        bond_lost=_bond_lost(task) if won else 0,
        win_probability=note.belief.win_probability,
    )


def _bond_lost(task: Task) -> int:
    """What the worker lost of its bond: all of it by not delivering, half of it by a final rejection."""
    if task.state is not TaskState.REFUNDED:
        return 0
    return task.bond if task.defaulted else task.bond // 2


class Lessons:
    """Feeds one agent's outcomes to its strategy, and gives the text to remember it by."""

    __slots__ = ("_agent_id", "_marked", "_notes", "_strategy", "_view")

    def __init__(self, strategy: Strategy, agent_id: int, view: MarketView, notes: Notes) -> None:
        self._strategy, self._agent_id = strategy, agent_id
        self._view, self._notes = view, notes
        self._marked = True  # also by the process before

    def __call__(self, outcomes: Sequence[Outcome]) -> str:
        """Mark the outcomes; returns all that was learned so far."""
        for outcome in outcomes:
            lesson = bid_outcome(outcome, self._agent_id)
            if lesson is not None:
                self._strategy.observe(lesson)
                self._marked = True
        return self._strategy.to_json()

    def is_due(self) -> bool:
        """Whether something was marked that may be trained on now."""
        return self._marked and not self.is_bidding()

    def revise(self) -> None:
        """Train on what was marked, unless the agent is bidding, and remember it."""
        if self.is_bidding():
            return
        self._marked = False
        if self._strategy.train():
            self._notes.put_policy_state(self._strategy.to_json())

    def is_bidding(self) -> bool:
        """Whether a bid of the agent lies between its commitment and its reveal."""
        sealed, tasks = self._view.commitments, self._view.open
        return any((task_id, self._agent_id) in sealed and task_id in tasks for task_id in self._notes.live)
