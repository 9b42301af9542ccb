"""A fleet's agents as one party: whoever is woken takes a turn, and those who sleep cost nothing.

There is no task for an agent, only for a turn that has something to send. What an agent learned is made use of
in between, one agent at a time, so that training never holds up the others for long.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from agents.errors import UserError
from agents.fleet.crew import Member
from agents.fleet.wakeups import CROWD, Wakeups
from agents.market.feed import MarketFeed
from agents.mind.actions import Action

FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds that an agent rests whose turn failed in a way that nobody foresaw; each rest in a row is twice the
one before, up to the longest."""
TRAINING_SHARE = 0.2
"""The most of the process's time that training takes."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Record:
    """One agent's place in the roster."""

    member: Member
    failures: int = 0
    """How many turns in a row have failed."""
    rests: bool = False
    studies: bool = False
    """Whether it waits to make something of what it learned."""


class Roster:
    """All agents of a process, each known by its id on chain."""

    def __init__(self, feed: MarketFeed, crowd: int = CROWD) -> None:
        self.wakeups = Wakeups(feed.view, crowd)
        self._feed = feed
        self._records: dict[int, _Record] = {}
        self._turns: dict[asyncio.Task[None], None] = {}
        """In the order in which they began."""
        self._students: deque[_Record] = deque()
        self._bell: asyncio.Handle | None = None
        self._study: asyncio.Handle | None = None
        self._trouble: UserError | None = None
        self._stopped = False
        feed.follow(self.wakeups)

    def admit(self, members: Sequence[Member]) -> None:
        """The agents take part from the next step on."""
        self._records |= {member.agent_id: _Record(member) for member in members}
        self.wakeups.join(member.agent_id for member in members)

    def wake(self, agent_id: int) -> None:
        """The agent takes a turn as soon as the event loop comes round."""
        self.wakeups.wake(agent_id)
        if self._bell is None and not self._stopped:
            self._bell = asyncio.get_running_loop().call_soon(self._ring)

    async def step(self) -> None:
        """Turns for all whom the newest blocks, or the time, have woken. Raises UserError when a person must act."""
        self._ring()
        if self._trouble is not None:
            raise self._trouble

    async def stop(self) -> None:
        """Abandon what is under way, and begin nothing more. What was sent is in the outbox."""
        self._stopped = True
        for handle in (self._bell, self._study):
            if handle is not None:
                handle.cancel()
        for turn in self._turns:
            turn.cancel()
        await asyncio.gather(*self._turns, return_exceptions=True)
        for record in self._records.values():
            await record.member.stop()

    def _ring(self) -> None:
        if self._bell is not None:
            self._bell.cancel()
            self._bell = None
        for agent_id in self.wakeups.due(self._feed.now()):
            record = self._records.get(agent_id)
            if record is not None and not record.rests:
                self._take_turn(record)

    def _take_turn(self, record: _Record) -> None:
        """What there is to decide is decided at once; what there is to send goes its way beside other turns."""
        member = record.member
        with self._isolated(record):
            actions = member.decide()
            self._set_alarm(record)
            if actions or member.has_errands():
                turn = asyncio.create_task(self._act(record, actions))
                self._turns[turn] = None
                turn.add_done_callback(self._turns.pop)
            else:
                record.failures = 0
            if member.lessons.is_due() and not record.studies:
                record.studies = True
                self._students.append(record)
                self._study_soon(0.0)

    async def _act(self, record: _Record, actions: Sequence[Action]) -> None:
        with self._isolated(record):
            await record.member.act(actions)
            record.failures = 0
            # An alarm that is due must have rung before it is moved.
            self._ring()
            self._set_alarm(record)

    def _set_alarm(self, record: _Record) -> None:
        """The agent wakes when something happens, or else when the time for something has come."""
        self.wakeups.at(record.member.agent_id, record.member.agent.next_step())

    @contextmanager
    def _isolated(self, record: _Record) -> Iterator[None]:
        """A mistake of the user ends the run at the next step; what else fails is this agent's own trouble."""
        try:
            yield
        except UserError as error:
            self._trouble = error
        except Exception:
            name, agent_id = record.member.definition.name, record.member.agent_id
            pause = min(FIRST_REST * 2**record.failures, LONGEST_REST)
            log.exception("agent.failed", agent=name, rests=pause)
            record.failures, record.rests = record.failures + 1, True
            asyncio.get_running_loop().call_later(pause, self._rested, agent_id)

    def _rested(self, agent_id: int) -> None:
        self._records[agent_id].rests = False
        self.wake(agent_id)

    # Learning

    def _study_soon(self, pause: float) -> None:
        if self._study is None and self._students:
            self._study = asyncio.get_running_loop().call_later(pause, self._train_one)

    def _train_one(self) -> None:
        """Train the agent that has waited longest; the next one's turn comes when the others have had theirs."""
        now = asyncio.get_running_loop().time
        begun, record = now(), self._students.popleft()
        self._study, record.studies = None, False
        with self._isolated(record):
            record.member.lessons.revise()
        self._study_soon((now() - begun) * (1 - TRAINING_SHARE) / TRAINING_SHARE)
