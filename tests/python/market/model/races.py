"""Races: many work, results are judged in the order of their commitments, and the first that is accepted is paid."""

from eth_utils.crypto import keccak

from .base import operation
from .law import (
    MAX_SCORE,
    PANEL,
    File,
    Mode,
    Refused,
    Stage,
    State,
    account_of_agent,
    burned_of,
    need,
)
from .panels import Panels
from .task import Entry, Race, Task


class Races(Panels):
    """What entrants and their judges do."""

    @operation
    def enter(self, caller: str, task_id: int, agent: int, digest: bytes) -> None:
        """Take the last place, or move there with another result."""
        need(any(digest), "EmptyDigest")
        task = self._race(task_id)
        self._within(task_id, task.bidding_end)
        known = self.agents.get(agent)
        if known is None or not (known.active and known.obeys(caller)):
            raise Refused("CannotEnter", agent, caller)
        fee = task.terms.first_fee if task.by_pool else 0
        race = task.race or Race(task.bond, fee)
        replaced = agent in race.entries
        if not replaced:
            self.book.afford(account_of_agent(agent), race.stake)
        if task.race is None:
            self.tell("RaceOpened", task_id, race.bond, race.fee)
        task.race, task.touched = race, True
        race.entries.pop(agent, None)
        race.entries[agent] = Entry(agent, known.epoch, digest)
        race.head = next(iter(race.entries))
        self.tell("EntryCommitted", task_id, agent, digest, replaced)
        if not replaced:
            self.pledge(task, account_of_agent(agent), race.stake)

    @operation
    def show(self, caller: str, task_id: int, agent: int, result: bytes, salt: bytes) -> None:
        """Open a commitment."""
        task = self._race(task_id)
        self._over(task_id, task.bidding_end)
        self._within(task_id, task.reveal_end)
        need(any(result), "EmptyResult")
        entry = self._entry(task_id, agent, Stage.SEALED)
        need(entry.digest == self.seal_of(task_id, agent, result, salt), "WrongOpening", task_id, agent)
        entry.digest, entry.stage = result, Stage.SHOWN
        self.tell("EntryShown", task_id, agent, result)

    @operation
    def judge(self, caller: str, task_id: int, agent: int, score: int) -> None:
        """Score the head: it wins, or the next one is the head."""
        task, race = self._headed(task_id)
        need(caller == task.params.evaluator, "NotEvaluator", task_id, caller)
        need(agent == race.head, "NotHead", task_id, agent, race.head)
        self._within(task_id, race.deadline)
        need(score <= MAX_SCORE, "ScoreOutOfBounds", score, 0, MAX_SCORE)
        self._judged(task, race, score)

    @operation
    def unseal_race(self, caller: str, task_id: int, file: File, secret: bytes) -> None:
        """Show the requester's secret, for all panels of the race."""
        task, race = self._headed(task_id)
        need(task.by_pool, "NotByPool", task_id)
        need(not race.unsealed, "AlreadyUnsealed", task_id)
        self._within(task_id, race.deadline)
        need(file == task.file, "WrongFile", task_id)
        need(keccak(secret) == file.seal, "WrongSecret", task_id)
        race.unsealed = True
        self.tell("SecretShown", task_id, secret)

    @operation
    def convene_entry(self, caller: str, task_id: int) -> None:
        """Ask a panel to judge the head."""
        _, race = self._headed(task_id)
        need(race.unsealed, "StillSealed", task_id)
        entry = self._entry(task_id, race.head, Stage.SHOWN)
        self._within(task_id, race.deadline)
        need(self.can_convene(), "TooFewSeats", PANEL, self.seats)
        entry.stage = Stage.CONVENED
        self.tell("PanelConvened", task_id, race.head, task_id << 64 | race.head)

    @operation
    def decide_entry(self, caller: str, task_id: int, agent: int, score: int, payee: int) -> None:
        """The panel has found this score; the head pays it when it has failed, else the requester."""
        self._entry(task_id, agent, Stage.CONVENED)
        task, race = self._headed(task_id)
        payer = task.account if score >= task.params.passing_score else account_of_agent(agent)
        # Set apart, as it is paid when all else is done.
        task.pledged[payer] -= race.fee
        self._judged(task, race, score)
        self.book.pay(payer, payee, race.fee)

    @operation
    def give_up_entry(self, caller: str, task_id: int, agent: int) -> None:
        """No quorum has spoken: the head is paid."""
        self._entry(task_id, agent, Stage.CONVENED)
        self._win(*self._headed(task_id), score=0, silent=True)

    @operation
    def release_race(self, caller: str, task_id: int) -> None:
        """Pay a head that nobody has judged."""
        task, race = self._headed(task_id)
        self._entry(task_id, race.head, Stage.SHOWN)
        self._over(task_id, race.deadline)
        self._win(task, race, score=0, silent=True)

    @operation
    def advance(self, caller: str, task_id: int, steps: int) -> None:
        """Look for the next head, passing over so many entries that were not shown."""
        task = self._race(task_id)
        self._over(task_id, task.reveal_end)
        task.race = race = task.race or Race(0, 0)
        need(not race.over, "RaceOver", task_id)
        need(not race.deadline, "HeadWaits", task_id, race.head)
        self._seek(task, race, race.head, steps)

    @operation
    def forfeit_entry(self, caller: str, task_id: int, agent: int) -> None:
        """Burn the bond of a result that was not shown."""
        task = self._race(task_id)
        self._over(task_id, task.reveal_end)
        entry = self._entry(task_id, agent, Stage.SEALED)
        assert task.race
        entry.stage = Stage.CLOSED
        self.tell("EntryForfeited", task_id, agent, task.race.bond)
        self.destroy(task, agent, task.race.bond)
        self.give_back(task, account_of_agent(agent))

    @operation
    def withdraw_entry(self, caller: str, task_id: int, agent: int) -> None:
        """Free what an entry has pledged that was never judged."""
        race = self.tasks[task_id].race if task_id in self.tasks else None
        need(race and race.over, "RaceNotOver", task_id)
        entry = self._entry(task_id, agent, Stage.SHOWN)
        entry.stage = Stage.CLOSED
        assert race
        self.tell("EntryWithdrawn", task_id, agent, race.stake)
        self.give_back(self.tasks[task_id], account_of_agent(agent))

    # Within

    def _race(self, task_id: int) -> Task:
        task = self.tasks.get(task_id)
        if task is None or task.mode is not Mode.RACE or task.state is State.CANCELLED:
            raise Refused("NotARace", task_id)
        return task

    def _headed(self, task_id: int) -> tuple[Task, Race]:
        """The task and its race, which has a head."""
        task = self.tasks.get(task_id)
        if task is None or task.race is None or not task.race.deadline:
            raise Refused("NoHead", task_id)
        return task, task.race

    def _entry(self, task_id: int, agent: int, stage: Stage) -> Entry:
        race = self.tasks[task_id].race if task_id in self.tasks else None
        entry = race.entries.get(agent) if race else None
        if entry is None or entry.stage is not stage:
            raise Refused("WrongEntryStage", task_id, agent, entry.stage if entry else Stage.NONE)
        return entry

    def _within(self, task_id: int, end: int) -> None:
        need(self.now < end, "WindowClosed", task_id, end, self.now)

    def _over(self, task_id: int, end: int) -> None:
        need(self.now >= end, "WindowOpen", task_id, end, self.now)

    def _judged(self, task: Task, race: Race, score: int) -> None:
        self.tell("EntryJudged", task.id, race.head, score)
        if score >= task.params.passing_score:
            self._win(task, race, score=score, silent=False)
        else:
            self._fail(task, race, score)

    def _win(self, task: Task, race: Race, *, score: int, silent: bool) -> None:
        """The head is paid the whole reserve."""
        entry = race.entries[race.head]
        entry.stage, race.deadline, race.over = Stage.CLOSED, 0, True
        task.agent, task.epoch, task.price, task.score = entry.agent, entry.epoch, task.reserve, score
        task.result = entry.digest
        self.tell("RaceWon", task.id, entry.agent, silent)
        self.tell("TaskAwarded", task.id, entry.agent, task.price, self.now, self.now)
        self.tell("ResultSubmitted", task.id, entry.agent, task.result, 0, self.now)
        # The board frees the fee when the task manager has freed the bond.
        task.pledged[task.worker] -= race.fee
        self.settle(task, silent=silent)
        self.report(task, score, 0 if silent else task.weight, settled=True)
        if race.fee:
            self.book.unlock(task.worker, race.fee)

    def _fail(self, task: Task, race: Race, score: int) -> None:
        """Half of the head's bond is burned, and the entry behind it is looked at."""
        entry = race.entries[race.head]
        entry.stage = Stage.CLOSED
        self.destroy(task, entry.agent, burned_of(race.bond))
        self.give_back(task, account_of_agent(entry.agent))
        if task.weight:
            self.learn(task, entry.agent, entry.epoch, task.reserve, score, task.weight)
        self._seek(task, race, race.after(entry.agent), 0)

    def _seek(self, task: Task, race: Race, agent: int, steps: int) -> None:
        """The first shown entry from this one on is the head, unless it is too far."""
        while steps and agent and race.entries[agent].stage is not Stage.SHOWN:
            agent, steps = race.after(agent), steps - 1
        waits = agent and race.entries[agent].stage is Stage.SHOWN
        race.head, race.deadline = agent, self.now + task.params.review_window if waits else 0
        race.over = not agent
        self.tell("HeadMoved", task.id, agent, race.deadline)
        if race.over:
            self.expire(task)
