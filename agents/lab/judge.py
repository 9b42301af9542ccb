"""The market's rules a second time: who must win at what price, and what each outcome adds to a reputation.

All of it follows from events alone. What an event says otherwise is a difference.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import bid_auction, incentive_engine, ledger, race_board, task_manager
from agents.market.domain import AwardMode, Bid, Reputation, Task, TaskState, account_name, skill_name
from agents.market.view import MarketView

VALUE_CAP = 1_000_000_000
"""The most that one settlement counts for, in units."""
FULL = 100
"""Percent: a whole score, all of the slack used, and what a panel's word counts."""

Record = tuple[int, int, str]
"""An agent, its ownership epoch, and a skill."""


@dataclass(frozen=True, slots=True)
class Award:
    """Who gets a task, and what it is paid, in units."""

    agent_id: int
    price: int


class Judge:
    """Hears all events in their order, each before ``view`` takes it in."""

    def __init__(self, view: MarketView) -> None:
        self.records: defaultdict[Record, Reputation] = defaultdict(Reputation)
        """What the outcomes so far add up to."""
        self.creditors: dict[int, int] = {}
        """By debtor's account, whom it owes, or owed last."""
        self._view = view
        self._differences: list[str] = []
        self._weights: dict[int, int] = {}
        """By task, in percent: what a named evaluator's word counts."""
        self._awards: dict[int, Award] = {}
        self._ruled: set[int] = set()
        self._sold_between_bids: set[int] = set()
        """Tasks for which an agent bid under two owners: its quality changed, and the order with it."""
        self._race_score = 0
        """Of the entry that was judged last, which is the one that wins if one does."""
        self._due: list[Record] = []
        """Records that were added to and of which no event has told yet."""

    def hear(self, event: Event) -> list[str]:
        """What in the event is not as the rules say."""
        self._differences = []
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)
        return self._differences

    def overdue(self) -> list[str]:
        """What a transaction should have told of records and did not; ask at the end of a block."""
        silent, self._due = self._due, []
        return [f"the {_of(record)} changed, and no event told" for record in silent]

    def ranking(self, task_id: int) -> list[Bid]:
        """The bids that the auction should have, best first: three, or the one that took over."""
        ranking = self._view.ranking(task_id)[:3]
        return ranking[1:2] if task_id in self._view.taken_over else ranking

    def is_ranked_by_quality(self, task_id: int) -> bool:
        """Whether the order of the bids follows from events."""
        return task_id not in self._sold_between_bids

    # Awards

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        self._weights[event.task_id] = event.weight

    def _bid_committed(self, event: bid_auction.BidCommitted) -> None:
        self._expect_quality(event.task_id, event.agent_id, event.quality)

    def _bid_revealed(self, event: bid_auction.BidRevealed) -> None:
        task_id, agent_id = event.task_id, event.agent_id
        sealed = self._view.commitments.get((task_id, agent_id))
        earlier = next((bid for bid in self._view.bids.get(task_id, ()) if bid.agent_id == agent_id), None)
        if sealed:
            self._expect(f"the quality of agent {agent_id} for task {task_id}", event.quality, sealed.quality)
        elif earlier is None:
            self._expect_quality(task_id, agent_id, event.quality)
        elif earlier.quality != event.quality:
            self._sold_between_bids.add(task_id)

    def _auction_finalized(self, event: bid_auction.AuctionFinalized) -> None:
        ranking = self._view.ranking(event.task_id)
        if not ranking:
            self._expect_award(event.task_id, Award(event.agent_id, event.price), Award(0, 0))
        elif self.is_ranked_by_quality(event.task_id):
            self._awarded(event, _award(self._view.tasks[event.task_id], ranking))
        else:
            self._awards[event.task_id] = Award(event.agent_id, event.price)

    def _task_taken_over(self, event: bid_auction.TaskTakenOver) -> None:
        self._awarded(event, _award(self._view.tasks[event.task_id], self._view.ranking(event.task_id)[1:]))

    def _race_won(self, event: race_board.RaceWon) -> None:
        self._awards[event.task_id] = Award(event.agent_id, self._view.tasks[event.task_id].reserve)

    def _task_awarded(self, event: task_manager.TaskAwarded) -> None:
        due = self._awards.get(event.task_id, Award(0, 0))
        self._expect_award(event.task_id, Award(event.agent_id, event.price), due)

    def _awarded(self, event: bid_auction.AuctionFinalized | bid_auction.TaskTakenOver, due: Award) -> None:
        self._awards[event.task_id] = due
        self._expect_award(event.task_id, Award(event.agent_id, event.price), due)

    # Reputations

    def _task_ruled(self, event: task_manager.TaskRuled) -> None:
        self._ruled.add(event.task_id)

    def _task_settled(self, event: task_manager.TaskSettled) -> None:
        task = self._view.tasks[event.task_id]
        if not event.silent:
            score = self._race_score if task.mode is AwardMode.RACE else task.score
            self._learn(task, event.agent_id, task.price, score or 0)

    def _task_refunded(self, event: task_manager.TaskRefunded) -> None:
        task = self._view.tasks[event.task_id]
        if task.state in (TaskState.REJECTED, TaskState.RULED, TaskState.DISPUTED):
            self._learn(task, task.agent_id, task.price, task.score or 0)

    def _task_defaulted(self, event: task_manager.TaskDefaulted) -> None:
        task = self._view.tasks[event.task_id]
        self._learn(task, event.agent_id, task.price, 0)

    def _entry_judged(self, event: race_board.EntryJudged) -> None:
        task = self._view.tasks[event.task_id]
        self._race_score = event.score
        if event.score < task.passing_score:
            self._learn(task, event.agent_id, task.reserve, event.score)

    def _learn(self, task: Task, agent_id: int, price: int, score: int) -> None:
        """Add an outcome; those that count nothing leave the record as it is."""
        weight = self._weights.get(task.id, 0)
        if not weight:
            return
        if task.id in self._ruled:
            weight = FULL
        value = min(price, VALUE_CAP) * weight // FULL
        lateness = 0 if task.mode is AwardMode.RACE else task.lateness
        merit = value * score * (2 * FULL - lateness) // (2 * FULL * FULL)
        key = (agent_id, self._view.agents[agent_id].epoch, task.skill)
        before = self.records[key]
        self.records[key] = Reputation(before.experience + value, before.merit + merit)
        self._due.append(key)

    def _reputation_updated(self, event: incentive_engine.ReputationUpdated) -> None:
        key = (event.agent_id, event.epoch, skill_name(event.skill))
        if key in self._due:
            self._due.remove(key)
        due = self.records[key]
        self._expect(f"the experience in the {_of(key)}", event.experience, due.experience)
        self._expect(f"the merit in the {_of(key)}", event.merit, due.merit)

    # Debts

    def _debt_recorded(self, event: ledger.DebtRecorded) -> None:
        if self._view.balance(event.debtor).debt:
            due = self.creditors[event.debtor]
            self._expect(f"the creditor of {account_name(event.debtor)}", event.creditor, due)
        self.creditors[event.debtor] = event.creditor

    # Differences

    def _expect_quality(self, task_id: int, agent_id: int, found: int) -> None:
        task = self._view.tasks[task_id]
        due = self.records[agent_id, self._view.agents[agent_id].epoch, task.skill].quality
        self._expect(f"the quality of agent {agent_id} for task {task_id}", found, due)

    def _expect_award(self, task_id: int, found: Award, due: Award) -> None:
        self._expect(f"the winner of task {task_id}", found.agent_id, due.agent_id)
        self._expect(f"the price that wins task {task_id}", found.price, due.price)

    def _expect(self, what: str, found: int, due: int) -> None:
        if found != due:
            self._differences.append(f"{what}: the contracts say {found}, the rules {due}")


def _award(task: Task, ranking: list[Bid]) -> Award:
    """What the best of ``ranking`` gets; nobody where there is none."""
    if not ranking:
        return Award(0, 0)
    best = ranking[0]
    if task.mode is not AwardMode.SEALED_SECOND_PRICE:
        return Award(best.agent_id, best.price)
    prices = [bid.price * best.quality // bid.quality for bid in ranking[1:2]]
    return Award(best.agent_id, min([task.reserve, *prices]))


def _of(record: Record) -> str:
    agent_id, _, skill = record
    return f"reputation of agent {agent_id} in {skill}"


def known_records(judge: Judge, view: MarketView) -> Iterator[tuple[int, str, Reputation]]:
    """The records of the agents' present owners, which are those that the contracts answer with."""
    for (agent_id, epoch, skill), record in judge.records.items():
        if view.agents[agent_id].epoch == epoch:
            yield agent_id, skill, record


_HANDLERS: dict[type[Event], Callable[[Judge, Any], None]] = {
    task_manager.TaskCreated: Judge._task_created,
    bid_auction.BidCommitted: Judge._bid_committed,
    bid_auction.BidRevealed: Judge._bid_revealed,
    bid_auction.AuctionFinalized: Judge._auction_finalized,
    bid_auction.TaskTakenOver: Judge._task_taken_over,
    race_board.RaceWon: Judge._race_won,
    task_manager.TaskAwarded: Judge._task_awarded,
    task_manager.TaskRuled: Judge._task_ruled,
    task_manager.TaskSettled: Judge._task_settled,
    task_manager.TaskRefunded: Judge._task_refunded,
    task_manager.TaskDefaulted: Judge._task_defaulted,
    race_board.EntryJudged: Judge._entry_judged,
    ledger.DebtRecorded: Judge._debt_recorded,
    incentive_engine.ReputationUpdated: Judge._reputation_updated,
}
