"""Disputes, panels and appeals. A panel itself is an oracle: it decides on a score, or gives up."""

import hashlib

from eth_utils.crypto import keccak

from .auctions import Auctions
from .base import operation
from .law import APPEAL_PANEL, MAX_WORK, PANEL, File, Round, State, compensation, need
from .task import Task


class Panels(Auctions):
    """What happens when a result is judged by more than one."""

    @operation
    def dispute(self, caller: str, task_id: int, file: File, work: bytes) -> None:
        """Ask a panel to judge a rejected result, in the open."""
        task = self.task_in(task_id, State.REJECTED)
        self.as_worker(task, caller)
        self.before(task)
        need(file == task.file, "WrongFile", task_id)
        need(len(work) <= MAX_WORK, "WorkTooLong", len(work), MAX_WORK)
        digest = hashlib.sha256(work).digest()
        need(digest == file.result, "WrongWork", task_id, file.result, digest)
        self.book.afford(task.worker, task.terms.appeal_fee)
        need(self.can_convene(), "TooFewSeats", PANEL, self.seats)
        self._enter(task, State.DISPUTED)
        self.tell("TaskDisputed", task_id, task.agent, task.deadline, work)
        self.pledge(task, task.worker, task.terms.appeal_fee)
        self.convene(task)

    @operation
    def unseal(self, caller: str, task_id: int, file: File, secret: bytes) -> None:
        """Show the requester's secret, from which the panel is drawn."""
        task = self.task(task_id)
        need(task.round is Round.CONVENED, "WrongRound", task_id, task.round)
        self.before(task)
        need(file == task.file, "WrongFile", task_id)
        need(keccak(secret) == file.seal, "WrongSecret", task_id)
        task.round = Round.UNSEALED
        self.tell("SecretShown", task_id, secret)

    @operation
    def close_sealed(self, caller: str, task_id: int) -> None:
        """The requester has kept its secret, and has lost."""
        task = self.task(task_id)
        need(task.round is Round.CONVENED, "WrongRound", task_id, task.round)
        self.after(task)
        task.round = Round.NONE
        if not task.by_pool:
            self._compensate(task)
        self.settle_in_silence(task)

    @operation
    def decide(self, caller: str, task_id: int, score: int, payee: int) -> None:
        """The panel has found this score; who is wrong pays it, or the requester that had asked for it."""
        task = self._heard(task_id)
        task.score = score
        appealed = task.round is Round.APPEAL
        fee = task.terms.appeal_fee if appealed else task.terms.first_fee
        requester_pays = task.passed or (task.by_pool and not appealed)
        payer = task.account if requester_pays else task.worker
        # Set apart: the rest of the pledge may be freed before the panel is paid.
        task.pledged[payer] -= fee
        self._ruled(task, final=appealed or (task.by_pool and task.passed))
        self.book.pay(payer, payee, fee)

    @operation
    def give_up_case(self, caller: str, task_id: int) -> None:
        """No quorum has spoken: the worker is paid, or the first verdict stands."""
        task = self._heard(task_id)
        if task.round is Round.APPEAL:
            self._conclude(task)
        else:
            self.settle_in_silence(task)

    @operation
    def appeal(self, caller: str, task_id: int) -> None:
        """Ask a larger panel; its fee is pledged in full again."""
        task = self.task_in(task_id, State.RULED)
        self.before(task)
        lost = caller == task.requester if task.passed else self.obeys(task.agent, caller)
        need(lost, "NotAppellant", task_id, caller)
        account = task.account if task.passed else task.worker
        # In a dispute the loser has paid the first panel out of its pledge, and fills it up.
        amount = task.terms.appeal_fee if task.by_pool else task.terms.first_fee
        self.book.afford(account, amount)
        need(self.seats >= APPEAL_PANEL, "TooFewSeats", APPEAL_PANEL, self.seats)
        task.state, task.round = State.DISPUTED, Round.APPEAL
        self.tell("TaskAppealed", task_id, caller)
        self.pledge(task, account, amount)

    @operation
    def close_ruled(self, caller: str, task_id: int) -> None:
        """Carry out a verdict that nobody has appealed."""
        task = self.task_in(task_id, State.RULED)
        self.after(task)
        self._conclude(task)

    @operation
    def set_seats(self, caller: str, seats: int) -> None:
        """So many evaluators are in the pool."""
        self.seats = seats

    # Within

    def awaits_panel(self, task: Task) -> bool:
        """Whether a panel has been drawn and has not spoken."""
        drawn = task.round in (Round.UNSEALED, Round.APPEAL)
        return drawn and task.state in (State.SUBMITTED, State.DISPUTED)

    def _heard(self, task_id: int) -> Task:
        task = self.task(task_id)
        need(task.state in (State.SUBMITTED, State.DISPUTED), "WrongState", task_id, task.state)
        need(self.awaits_panel(task), "WrongRound", task_id, task.round)
        return task

    def _ruled(self, task: Task, *, final: bool) -> None:
        if not final:
            self._enter(task, State.RULED)
        self.tell("TaskRuled", task.id, task.score, task.round, 0 if final else task.deadline)
        if final:
            self._conclude(task)

    def _conclude(self, task: Task) -> None:
        """The last verdict is carried out; a panel's word counts in full where a word counts at all."""
        if task.passed:
            if not task.by_pool:
                self._compensate(task)
            self.settle(task, silent=False)
        else:
            self.refuse(task)
        self.report(task, task.score, 100 if task.weight else 0, settled=task.passed)

    def _compensate(self, task: Task) -> None:
        amount = compensation(task.reserve)
        self.tell("WorkerCompensated", task.id, task.agent, amount)
        self.give_up(task, task.account, task.worker, amount)
