"""The market's rules once more, as plainly as they can be said: what the contracts and the view are held against."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from agents.market.domain import AwardMode, TaskState

FLOOR, SCALE, CAP = 5_000, 100_000_000, 1_000_000_000
LARGER_PANEL, SEAT_FEE_UNIT = 7, 1_000


class Refused(Exception):
    """The rules do not allow it."""


def need(condition):
    if not condition:
        raise Refused


def tenth(amount):
    return (amount + 9) // 10


@dataclass
class Sealed:
    price: int
    promised: int
    digest: int
    quality: int


@dataclass
class NaiveTask:
    requester: int
    reserve: int
    escrow: int
    mode: AwardMode
    windows: tuple
    bidding_end: int
    reveal_end: int
    state: TaskState = TaskState.OPEN
    touched: bool = False
    sealed: dict = field(default_factory=dict)
    bids: list = field(default_factory=list)
    """(effective price, tie break, agent, Sealed), best first."""
    taken_over: bool = False
    agent: int = 0
    price: int = 0
    deadline: int = 0
    promised_at: int = 0
    lateness: int = 0
    score: int | None = None

    @property
    def bond(self):
        return max(100_000, tenth(self.reserve))

    @property
    def heirs(self):
        """Who may still get the task, best first: there is one take-over, and who took over has no heir."""
        return self.bids[1:2] if self.taken_over else self.bids[:3]


class NaiveMarket:
    """Accounts are numbers; agents are named by their accounts too."""

    def __init__(self, now, free, treasury, fee_bps, seat_fee):
        self.now, self.treasury, self.fee_bps, self.seat_fee = now, treasury, fee_bps, seat_fee
        self.free, self.locked, self.burned = Counter(free), Counter(), 0
        self.tasks = {}
        self.records = {}

    def quality(self, agent):
        experience, merit = self.records.get(agent, (0, 0))
        return FLOOR + FLOOR * merit // (experience + SCALE)

    def post(self, task_id, requester, reserve, mode, windows):
        escrow = reserve + tenth(reserve) + LARGER_PANEL * self.seat_fee * SEAT_FEE_UNIT
        ends = self.now + windows[0], self.now + sum(windows[:2])
        task = NaiveTask(requester, reserve, escrow, mode, windows, *ends)
        self._lock(requester, task.escrow)
        self.tasks[task_id] = task

    def cancel(self, task_id, who):
        task = self._in(task_id, TaskState.OPEN)
        need(who == task.requester and not task.touched)
        self._unlock(task.requester, task.escrow)
        task.state = TaskState.CANCELLED

    def commit(self, task_id, agent, price, promised, digest):
        task = self._in(task_id, TaskState.OPEN)
        need(self.now < task.bidding_end)
        if agent not in task.sealed:
            self._lock(agent, task.bond)
        task.sealed[agent] = Sealed(price, promised, digest, self.quality(agent))
        task.touched = True

    def reveal(self, task_id, agent):
        task = self.tasks[task_id]
        need(task.bidding_end <= self.now < task.reveal_end and agent in task.sealed)
        bid = task.sealed[agent]
        need(1 <= bid.price <= task.reserve and bid.promised >= 1)
        del task.sealed[agent]
        led = task.bids[0][2] if task.bids else 0
        task.bids.append((Fraction(bid.price, bid.quality), bid.digest >> 136, agent, bid))
        task.bids.sort(key=lambda one: one[:2])
        # Only who leads stays bound.
        if led:
            self._unlock(led if task.bids[0][2] == agent else agent, task.bond)

    def finalize(self, task_id):
        task = self.tasks[task_id]
        if task.state is not TaskState.OPEN:
            return
        need(self.now >= task.reveal_end)
        if not task.bids:
            self._unlock(task.requester, task.escrow)
            task.state = TaskState.EXPIRED
            return
        self._award(task, *task.bids[:2])

    def take_over(self, task_id, agent):
        task = self._in(task_id, TaskState.DEFAULTED)
        need(self.now < task.deadline and [one[2] for one in task.heirs[1:2]] == [agent])
        self._lock(agent, task.bond)
        self._award(task, *task.bids[1:3])
        task.taken_over = True

    def forfeit(self, task_id, agent):
        task = self.tasks[task_id]
        need(self.now >= task.reveal_end and agent in task.sealed)
        del task.sealed[agent]
        self._burn(agent, task.bond)

    def submit(self, task_id, agent):
        task = self._in(task_id, TaskState.AWARDED)
        need(agent == task.agent and self.now < task.deadline)
        late, slack = self.now - task.promised_at, task.deadline - task.promised_at
        task.lateness = -(-100 * late // slack) if late > 0 else 0
        task.deadline, task.state = self.now + task.windows[3], TaskState.SUBMITTED

    def evaluate(self, task_id, score):
        task = self._in(task_id, TaskState.SUBMITTED)
        need(self.now < task.deadline and 0 <= score <= 100)
        task.score = score
        if score < 60:
            task.deadline, task.state = self.now + task.windows[3], TaskState.REJECTED
        else:
            self._settle(task)
            self._report(task, score)

    def release(self, task_id):
        task = self._in(task_id, TaskState.SUBMITTED)
        need(self.now >= task.deadline)
        self._settle(task)

    def declare_default(self, task_id):
        task = self._in(task_id, TaskState.AWARDED)
        need(self.now >= task.deadline)
        self._unlock(task.agent, task.bond)
        self._move(task.agent, task.requester, task.bond)
        self._report(task, 0)
        task.deadline, task.state = self.now + task.windows[3], TaskState.DEFAULTED
        if len(task.heirs) < 2:
            task.deadline = 0
            self._refund(task)

    def close_defaulted(self, task_id):
        task = self._in(task_id, TaskState.DEFAULTED)
        need(self.now >= task.deadline)
        self._refund(task)

    def close_rejected(self, task_id):
        task = self._in(task_id, TaskState.REJECTED)
        need(self.now >= task.deadline)
        burned = (task.bond + 1) // 2
        self._unlock(task.agent, task.bond - burned)
        self._burn(task.agent, burned)
        self._refund(task)
        self._report(task, task.score)

    def withdraw(self, account, amount):
        need(1 <= amount <= self.free[account])
        self.free[account] -= amount

    def _award(self, task, first, second=None):
        _, _, task.agent, best = first
        task.price = best.price if task.mode is AwardMode.SEALED_FIRST_PRICE else task.reserve
        if task.mode is AwardMode.SEALED_SECOND_PRICE and second:
            task.price = min(task.reserve, int(second[0] * best.quality))
        task.deadline = self.now + task.windows[2]
        task.promised_at = min(self.now + best.promised, task.deadline)
        task.state = TaskState.AWARDED

    def _refund(self, task):
        self._unlock(task.requester, task.escrow)
        task.state = TaskState.REFUNDED

    def _settle(self, task):
        fee = task.price * self.fee_bps // 10_000
        self._unlock(task.requester, task.escrow)
        self._move(task.requester, task.agent, task.price - fee)
        self._move(task.requester, self.treasury, fee)
        self._unlock(task.agent, task.bond)
        task.state = TaskState.SETTLED

    def _report(self, task, score):
        weight = min(task.price, CAP) // 4
        experience, merit = self.records.get(task.agent, (0, 0))
        merit += weight * score * (200 - task.lateness) // 20_000
        self.records[task.agent] = experience + weight, merit

    def _in(self, task_id, state):
        need(self.tasks[task_id].state is state)
        return self.tasks[task_id]

    def _lock(self, account, amount):
        need(self.free[account] >= amount)
        self.free[account] -= amount
        self.locked[account] += amount

    def _unlock(self, account, amount):
        self.locked[account] -= amount
        self.free[account] += amount

    def _burn(self, account, amount):
        self.locked[account] -= amount
        self.burned += amount

    def _move(self, source, target, amount):
        self.free[source] -= amount
        self.free[target] += amount
