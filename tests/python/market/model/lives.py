"""The life of a task, from its posting to its end."""

from .base import Base, operation
from .bids import Bid
from .law import (
    MAX_DEPTH,
    MAX_RESERVE,
    MAX_SCORE,
    MIN_RESERVE,
    PANEL,
    Mode,
    Params,
    Round,
    State,
    account_of,
    burned_of,
    lateness,
    need,
)
from .people import NOBODY
from .task import Task


class Lives(Base):
    """What requesters, workers and evaluators do, and what anyone may do after a deadline."""

    @operation
    def create_task(self, caller: str, params: Params) -> None:
        """Post a task; its id is the next number."""
        self._check(params)
        depth = self._check_parent(caller, params) if params.parent_id else 0
        by_pool = params.evaluator == self.pool
        judged = params.mode is not Mode.DIRECT and depth == 0
        weight = (100 if by_pool else self.terms.named_weight) if judged else 0
        escrow = params.reserve + self.terms.deposit(params.reserve, by_pool)
        self.book.afford(account_of(caller), escrow)
        task = Task(len(self.tasks) + 1, caller, params, self.terms, by_pool, self.now, depth, weight)
        self.tasks[task.id] = task
        numbers = self.terms.fee_bps, self.terms.bond_percent, self.terms.seat_fee, weight
        self.tell("TaskCreated", task.id, caller, params.skill, params, *numbers)
        self.pledge(task, task.account, escrow)

    @operation
    def cancel(self, caller: str, task_id: int) -> None:
        """Take back a task that nobody has bid on."""
        task = self.task_in(task_id, State.OPEN)
        need(caller == task.requester, "NotRequester", task_id, caller)
        need(not task.touched, "HasCommitments", task_id)
        self.tell("TaskCancelled", task_id)
        self.refund(task, State.CANCELLED)

    @operation
    def submit(self, caller: str, task_id: int, result: bytes) -> None:
        """Deliver. Where the pool evaluates, its panel is convened, if there are enough evaluators."""
        task = self.task_in(task_id, State.AWARDED)
        self.as_worker(task, caller)
        self.before(task)
        need(any(result), "EmptyResult")
        task.lateness = lateness(self.now, task.promised_at, task.deadline)
        task.result = result
        self._enter(task, State.SUBMITTED)
        self.tell("ResultSubmitted", task_id, task.agent, result, task.lateness, task.deadline)
        if task.by_pool and self.can_convene():
            self.convene(task)

    @operation
    def evaluate(self, caller: str, task_id: int, score: int) -> None:
        """Judge: the worker is paid, or rejected."""
        task = self.task_in(task_id, State.SUBMITTED)
        need(caller == task.params.evaluator, "NotEvaluator", task_id, caller)
        self.before(task)
        need(score <= MAX_SCORE, "ScoreOutOfBounds", score, 0, MAX_SCORE)
        task.score = score
        self.tell("TaskEvaluated", task_id, caller, score)
        if task.passed:
            self.settle(task, silent=False)
            self.report(task, score, task.weight, settled=True)
        else:
            self._enter(task, State.REJECTED)
            self.tell("TaskRejected", task_id, task.agent, task.deadline)

    @operation
    def release(self, caller: str, task_id: int) -> None:
        """Pay a worker whom nobody has judged."""
        task = self.task_in(task_id, State.SUBMITTED)
        need(task.round is Round.NONE, "WrongRound", task_id, task.round)
        self.after(task)
        self.settle_in_silence(task)

    @operation
    def declare_default(self, caller: str, task_id: int) -> None:
        """Take the task from a worker that has not delivered."""
        task = self.task_in(task_id, State.AWARDED)
        self.after(task)
        heirs = len(task.ranking) > 1
        self._enter(task, State.DEFAULTED)
        task.deadline = task.deadline if heirs else 0
        self.tell("TaskDefaulted", task_id, task.agent, task.bond, task.deadline)
        self.give_up(task, task.worker, task.account, task.bond)
        self.report(task, 0, task.weight, settled=False)
        if not heirs:
            self.refund(task, State.REFUNDED)

    @operation
    def close_defaulted(self, caller: str, task_id: int) -> None:
        """End a task that nobody has taken over."""
        task = self.task_in(task_id, State.DEFAULTED)
        self.after(task)
        self.refund(task, State.REFUNDED)

    @operation
    def close_rejected(self, caller: str, task_id: int) -> None:
        """End a task whose worker has not disputed."""
        task = self.task_in(task_id, State.REJECTED)
        self.after(task)
        self.refuse(task)
        self.report(task, task.score, task.weight, settled=False)

    # Steps

    def award(self, task: Task, bid: Bid, price: int) -> None:
        """The task is the bidder's, at this price."""
        task.agent, task.epoch, task.price, task.state = bid.agent, bid.epoch, price, State.AWARDED
        task.deadline = self.now + task.params.delivery_window
        task.promised_at = min(self.now + bid.promised, task.deadline)
        self.tell("TaskAwarded", task.id, task.agent, price, task.promised_at, task.deadline)

    def settle(self, task: Task, *, silent: bool) -> None:
        """Pay the worker; what is left of all pledges is free."""
        task.state = State.SETTLED
        fee = task.terms.fee(task.price)
        self.tell("TaskSettled", task.id, task.agent, task.price, fee, silent)
        self.give_up(task, task.account, task.worker, task.price - fee)
        self.give_up(task, task.account, self.treasury, fee)
        self.give_back(task, task.account)
        self.give_back(task, task.worker)

    def settle_in_silence(self, task: Task) -> None:
        """Pay the worker, from which nobody learns anything."""
        self.settle(task, silent=True)
        self.report(task, 0, 0, settled=True)

    def refuse(self, task: Task) -> None:
        """Half of the bond is burned; what is left of all pledges is free."""
        self.destroy(task, task.agent, burned_of(task.bond))
        self.give_back(task, task.worker)
        self.refund(task, State.REFUNDED)

    def refund(self, task: Task, end: State) -> None:
        """What the requester has pledged is free."""
        task.state = end
        self.tell("TaskRefunded", task.id, task.pledged[task.account])
        self.give_back(task, task.account)

    def expire(self, task: Task) -> None:
        """Nobody has won the task."""
        self.tell("TaskExpired", task.id)
        self.refund(task, State.EXPIRED)

    def report(self, task: Task, score: int, weight: int, *, settled: bool) -> None:
        """What the market learns of the worker, and whether its client may give feedback."""
        if weight:
            self.learn(task, task.agent, task.epoch, task.price, score, weight)
        if settled:
            self.tell("FeedbackAllowed", task.agent, task.requester, task.epoch)

    def learn(self, task: Task, agent: int, epoch: int, price: int, score: int, weight: int) -> None:
        """What the market learns of an agent from a score."""
        skill = task.params.skill
        sums = self.agents[agent].learn(skill, epoch, price, score, task.lateness, weight)
        self.tell("ReputationUpdated", agent, skill, epoch, score, task.lateness, *sums)

    def can_convene(self) -> bool:
        """Whether there are enough evaluators for a first panel."""
        return self.seats >= PANEL

    def convene(self, task: Task) -> None:
        """A panel waits for the requester's secret."""
        task.round = Round.CONVENED
        self.tell("PanelConvened", task.id)

    def _enter(self, task: Task, state: State) -> None:
        """A state that lasts a review window."""
        task.state, task.deadline = state, self.now + task.params.review_window

    def _check(self, params: Params) -> None:
        need(any(params.specification), "EmptySpecification")
        need(any(params.seal), "EmptySeal")
        need(any(params.skill), "EmptySkill")
        need(params.evaluator != NOBODY, "InvalidEvaluator")
        inside("ReserveOutOfBounds", params.reserve, MIN_RESERVE, MAX_RESERVE)
        inside("ScoreOutOfBounds", params.passing_score, 1, MAX_SCORE)
        bounds = self.terms.min_window, self.terms.max_window
        inside("WindowOutOfBounds", params.bidding_window, *bounds)
        inside("WindowOutOfBounds", params.delivery_window, *bounds)
        inside("WindowOutOfBounds", params.review_window, *bounds)
        reveals = params.mode not in (Mode.OPEN, Mode.DIRECT)
        inside("WindowOutOfBounds", params.reveal_window, *(bounds if reveals else (0, 0)))
        if params.mode is Mode.RACE:
            need(params.evaluator in self.contracts, "EvaluatorNotContract", params.evaluator)

    def _check_parent(self, caller: str, params: Params) -> int:
        """The depth of a part, which only the worker of the whole posts, and which ends before the whole is due."""
        parent = self.task_in(params.parent_id, State.AWARDED)
        self.as_worker(parent, caller)
        end = self.now + params.bidding_window + params.reveal_window
        end += params.delivery_window + params.review_window
        need(end <= parent.deadline, "EndsAfterParent", parent.id, end, parent.deadline)
        need(parent.depth < MAX_DEPTH, "TooDeep", parent.id, MAX_DEPTH)
        return parent.depth + 1


def inside(error: str, value: int, least: int, most: int) -> None:
    """Refuse a value out of bounds."""
    need(least <= value <= most, error, value, least, most)
