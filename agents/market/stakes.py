"""What is locked beside tasks, their bids and thinking, as events tell it: entries of races, and seats."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import evaluator_pool, race_board, task_manager
from agents.market.domain import account_of, account_of_agent


@dataclass(slots=True)
class Stakes:
    """All of it after the events applied so far; amounts in units."""

    entries: dict[tuple[int, int], int] = field(default_factory=dict)
    """By task and agent: the bond, and the panel's fee, of an entry that has not ended."""
    seats: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By holder: what is left of the stakes of all its seats."""
    _races: dict[int, int] = field(default_factory=dict)
    """By task: what each entry locks."""
    _passing: dict[int, int] = field(default_factory=dict)
    """By task: the least score that is paid."""

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def owed(self) -> dict[int, int]:
        """By account, what is locked for all this."""
        owed: defaultdict[int, int] = defaultdict(int)
        for (_, agent_id), amount in self.entries.items():
            owed[account_of_agent(agent_id)] += amount
        for holder, amount in self.seats.items():
            owed[account_of(holder)] += amount
        return owed

    # Races

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        self._passing[event.task_id] = event.params.passing_score

    def _race_opened(self, event: race_board.RaceOpened) -> None:
        self._races[event.task_id] = event.bond + event.fee

    def _entry_committed(self, event: race_board.EntryCommitted) -> None:
        self.entries[event.task_id, event.agent_id] = self._races[event.task_id]

    def _entry_judged(self, event: race_board.EntryJudged) -> None:
        if event.score < self._passing[event.task_id]:
            del self.entries[event.task_id, event.agent_id]

    def _entry_ended(
        self, event: race_board.EntryForfeited | race_board.EntryWithdrawn | race_board.RaceWon
    ) -> None:
        del self.entries[event.task_id, event.agent_id]

    # The evaluator pool

    def _seat_taken(self, event: evaluator_pool.SeatTaken) -> None:
        self.seats[event.holder] += event.stake

    def _seat_left(self, event: evaluator_pool.SeatLeft) -> None:
        self.seats[event.holder] -= event.stake

    def _evaluator_slashed(self, event: evaluator_pool.EvaluatorSlashed) -> None:
        self.seats[event.holder] -= event.amount


_HANDLERS: dict[type[Event], Callable[[Stakes, Any], None]] = {
    task_manager.TaskCreated: Stakes._task_created,
    race_board.RaceOpened: Stakes._race_opened,
    race_board.EntryCommitted: Stakes._entry_committed,
    race_board.EntryJudged: Stakes._entry_judged,
    race_board.EntryForfeited: Stakes._entry_ended,
    race_board.EntryWithdrawn: Stakes._entry_ended,
    race_board.RaceWon: Stakes._entry_ended,
    evaluator_pool.SeatTaken: Stakes._seat_taken,
    evaluator_pool.SeatLeft: Stakes._seat_left,
    evaluator_pool.EvaluatorSlashed: Stakes._evaluator_slashed,
}
