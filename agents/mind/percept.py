"""What an agent sees that it could do something about, read from the market's view and its own notes.

It is the state that counts, not the event that led to it: an agent that was stopped, or killed, sees after
its restart what it would have seen without it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.market.domain import Balance, Task, TaskState, account_of_agent
from agents.market.view import MarketView
from agents.mind.actions import Action
from agents.mind.duties import overdue
from agents.mind.notes import BidNote, Notes

FINALIZE_GRACE = 3
"""Seconds that each bidder gives the one ranked before it to end the auction; only one has to pay the gas."""
CLOSE_GRACE = 3
"""Seconds that a rejected worker gives the requester to end the task."""


@dataclass(frozen=True, slots=True)
class Percept:
    """What there is to do for one agent at chain time ``now``."""

    now: int
    balance: Balance
    consider: tuple[Task, ...] = ()
    commit: tuple[tuple[Task, BidNote], ...] = ()
    reveal: tuple[tuple[Task, BidNote], ...] = ()
    finalize: tuple[Task, ...] = ()
    work: tuple[Task, ...] = ()
    submit: tuple[tuple[Task, bytes], ...] = ()
    end: tuple[Action, ...] = ()
    take_over: tuple[Task, ...] = ()
    learn: tuple[tuple[Task, BidNote], ...] = ()


def look(
    view: MarketView, notes: Notes, agent_id: int, now: int, among: Iterable[int] | None = None
) -> Percept:
    """The percept of ``agent_id`` at ``now``, the time of the newest block.

    Beside its own tasks it looks at those ``among`` which it may find something to bid on, or at all.
    A window has begun when the newest block is in it, and has ended when the next one may not be.
    """
    seen = _Seen(view, notes, agent_id, now)
    for task in _tasks(view, notes, agent_id, among):
        if task.state is TaskState.OPEN:
            seen.auction(task)
        elif task.state is TaskState.DEFAULTED:
            seen.vacancy(task)
        elif task.agent_id == agent_id:
            seen.own_task(task)
    return Percept(
        now=now,
        balance=view.balance(account_of_agent(agent_id)),
        learn=_ended(view, notes),
        **{kind: tuple(found) for kind, found in seen.found.items()},
    )


def next_look(
    view: MarketView, notes: Notes, agent_id: int, now: int, among: Iterable[int] | None = None
) -> int | None:
    """The chain time at which the agent may find something to do although nothing happens; None if never."""
    times = (_next_change(view, agent_id, task, now) for task in _tasks(view, notes, agent_id, among))
    return min((time for time in times if time is not None), default=None)


def workload(view: MarketView, notes: Notes, agent_id: int, capacity: int) -> float:
    """The awarded tasks, and a quarter of the bids in open auctions, as a share of the capacity; at most 1."""
    tasks, held = view.open, view.held.get(agent_id, ())
    live = sum(0.25 for task_id in notes.live if task_id in tasks and tasks[task_id].state is TaskState.OPEN)
    live += sum(tasks[task_id].state is TaskState.AWARDED for task_id in held)
    return min(1.0, live / capacity)


def bonds_to_come(view: MarketView, notes: Notes, agent_id: int) -> int:
    """What the bids that are decided on and not committed yet will lock, in units."""
    bidders, tasks = view.demand.bidders, (view.open.get(task_id) for task_id in notes.live)
    return sum(
        task.bond
        for task in tasks
        if task is not None and task.state is TaskState.OPEN and agent_id not in bidders.get(task.id, ())
    )


def exposure(view: MarketView, notes: Notes, agent_id: int) -> int:
    """What the agent may yet have to spend on its open bids and awarded tasks, in units: at most the work on each,
    and the bonds that are not locked yet."""
    most = 0
    for task_id, note in notes.live.items():
        task = view.open.get(task_id)
        if task is None:
            continue
        if task.state is TaskState.OPEN:
            most += note.belief.worst_cost
            most += task.bond * (agent_id not in view.demand.bidders.get(task.id, ()))
        elif task.state is TaskState.AWARDED and task.agent_id == agent_id and notes.result(task.id) is None:
            most += note.belief.worst_cost
    return most


def _tasks(view: MarketView, notes: Notes, agent_id: int, among: Iterable[int] | None) -> Iterable[Task]:
    """The open tasks that concern the agent, in the order in which they were posted."""
    if among is None:
        return view.open.values()
    known = {*among, *notes.live, *view.held.get(agent_id, ())}
    return [view.open[task_id] for task_id in sorted(known) if task_id in view.open]


def _next_change(view: MarketView, agent_id: int, task: Task, now: int) -> int | None:
    """The next time after ``now`` at which the task, left alone, may ask something else of the agent."""
    if task.state is TaskState.OPEN:
        times = [task.bidding_end, task.reveal_end]
        rank = _rank(view, task, agent_id)
        times += [] if rank is None else [task.reveal_end + FINALIZE_GRACE * rank]
    elif task.agent_id == agent_id and task.state is not TaskState.AWARDED:
        times = [task.deadline, task.deadline + CLOSE_GRACE]
    else:
        return None
    return min((time for time in times if time > now), default=None)


def _rank(view: MarketView, task: Task, agent_id: int) -> int | None:
    """How many bids stand before the agent's; None if it has opened none."""
    bids = view.bids.get(task.id, ())
    own = next((bid.rank for bid in bids if bid.agent_id == agent_id), None)
    return None if own is None else sum(bid.rank < own for bid in bids)


class _Seen:
    """Sorts tasks by what there is to do about them."""

    def __init__(self, view: MarketView, notes: Notes, agent_id: int, now: int) -> None:
        self._view, self._notes, self._agent_id, self._now = view, notes, agent_id, now
        self.found: dict[str, list[Any]] = defaultdict(list)

    def auction(self, task: Task) -> None:
        """A task that is not awarded yet."""
        note = self._notes.bid(task.id)
        committed = (task.id, self._agent_id) in self._view.commitments
        if self._now + 1 < task.bidding_end:
            if note is None and task.mode.is_sealed:
                self.found["consider"].append(task)
            elif note is not None and note.status == "planned" and not committed:
                self.found["commit"].append((task, note))
        elif committed and note is not None and task.bidding_end <= self._now < task.reveal_end - 1:
            self.found["reveal"].append((task, note))
        elif self._is_finalizer(task):
            self.found["finalize"].append(task)

    def vacancy(self, task: Task) -> None:
        """A task whose worker defaulted: it is the runner-up's, if it wants it."""
        ranks = [bid.agent_id for bid in self._view.ranking(task.id)]
        successor = task.id not in self._view.taken_over and ranks[1:2] == [self._agent_id]
        if successor and self._now + 1 < task.deadline:
            self.found["take_over"].append(task)

    def own_task(self, task: Task) -> None:
        """A task that was awarded to the agent."""
        result = self._notes.result(task.id)
        if task.state is TaskState.AWARDED and self._now + 1 < task.deadline:
            if result is not None:
                self.found["submit"].append((task, result))
            elif self._notes.failure(task.id) is None:
                self.found["work"].append(task)
        elif task.state is not TaskState.AWARDED:
            action = overdue(task, self._now, CLOSE_GRACE if task.state is TaskState.REJECTED else 0)
            if action is not None:
                self.found["end"].append(action)

    def _is_finalizer(self, task: Task) -> bool:
        if self._now < task.reveal_end:
            return False
        rank = _rank(self._view, task, self._agent_id)
        return rank is not None and self._now >= task.reveal_end + FINALIZE_GRACE * rank


def _ended(view: MarketView, notes: Notes) -> tuple[tuple[Task, BidNote], ...]:
    ended = ((view.tasks.get(note.task_id), note) for note in notes.live.values())
    return tuple((task, note) for task, note in ended if task is not None and task.state.is_final)
