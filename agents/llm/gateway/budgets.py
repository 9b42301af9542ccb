"""What thinking may cost: limits for a task, an agent, an hour and a run, checked before anything is spent.

A call is let through only if all that is spent and reserved stays within each limit even when the call comes to the
most that it can. The limits of a task and of an agent are each agent's own; those of the hour and of the run are for
all together.

Which task a call is for is the caller's word. So a task's limit is no bound for an agent that would pass it: it names
another task. Calls that name none share task 0, which is one as any other.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agents.errors import BudgetSpent

HOUR = 3600
"""Seconds: any of them, not those of the clock."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Units that may be spent; None is no limit."""

    task: int | None = None
    """By one agent on one task in a run."""
    agent: int | None = None
    """By one agent in a run."""
    hour: int | None = None
    """By all together in any 60 minutes."""
    run: int | None = None
    """By all together in a run."""


class Budgets:
    """What is spent, and what calls in flight may come to, held against the limits; in units."""

    def __init__(self, limits: Limits, clock: Callable[[], int]) -> None:
        """``clock`` gives seconds."""
        self.limits = limits
        self._clock = clock
        self._tasks: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._agents: defaultdict[int, int] = defaultdict(int)
        self._run = 0
        self._reserved = 0
        self._flying: defaultdict[tuple[int, int], int] = defaultdict(int)
        """What calls in flight may come to, by agent and task."""
        self._recent: deque[tuple[int, int]] = deque()
        """The seconds of the last hour in which calls were charged, and what these cost."""
        self._hour = 0

    def begin(self, spent: Iterable[tuple[int, int, int]], recent: Iterable[tuple[int, int]]) -> None:
        """Count what a run has spent already, as (agent, task, units), and the last hour's calls, as (time, units).
        Calls in flight are its own."""
        self._tasks.clear()
        self._agents.clear()
        self._recent.clear()
        self._run = self._hour = 0
        for agent_id, task, units in spent:
            self._add(agent_id, task, units)
            self._run += units
        for (agent_id, task), units in self._flying.items():
            self._add(agent_id, task, units)
        if self.limits.hour is not None:
            for time, units in recent:
                self._count(time, units)

    def check(self, agent_id: int, task: int, worst: int) -> None:
        """Whether a call that may cost ``worst`` keeps within all limits; raises BudgetSpent for the first that it does
        not."""
        for scope, limit, spent in self._standing(agent_id, task):
            if spent + worst > limit:
                raise BudgetSpent(scope, limit, spent, worst)

    def left(self, agent_id: int, task: int = 0) -> dict[str, int]:
        """What is left of each limit that there is, by its scope."""
        return {scope: max(0, limit - spent) for scope, limit, spent in self._standing(agent_id, task)}

    def reserve(self, agent_id: int, task: int, worst: int) -> None:
        """A call is in flight that may cost ``worst``."""
        self._reserved += worst
        self._flying[agent_id, task] += worst
        self._add(agent_id, task, worst)

    def release(self, agent_id: int, task: int, worst: int, cost: int = 0) -> None:
        """It has cost ``cost``."""
        self._reserved -= worst
        self._flying[agent_id, task] -= worst
        if not self._flying[agent_id, task]:
            del self._flying[agent_id, task]
        self._add(agent_id, task, cost - worst)
        if cost:
            self._run += cost
            if self.limits.hour is not None:
                self._count(self._clock(), cost)

    def _standing(self, agent_id: int, task: int) -> Iterable[tuple[str, int, int]]:
        """Of each limit that there is: its scope, itself, and what is spent or reserved of it."""
        limits = self.limits
        if limits.task is not None:
            yield "task", limits.task, self._tasks.get((agent_id, task), 0)
        if limits.agent is not None:
            yield "agent", limits.agent, self._agents.get(agent_id, 0)
        if limits.hour is not None:
            self._forget()
            yield "hour", limits.hour, self._hour + self._reserved
        if limits.run is not None:
            yield "run", limits.run, self._run + self._reserved

    def _add(self, agent_id: int, task: int, units: int) -> None:
        # What nothing is held against is not counted: there are many agents, and many tasks.
        if self.limits.task is not None:
            self._tasks[agent_id, task] += units
        if self.limits.agent is not None:
            self._agents[agent_id] += units

    def _count(self, time: int, units: int) -> None:
        # One entry for each second, however many calls there are in it.
        before = self._recent.pop()[1] if self._recent and self._recent[-1][0] == time else 0
        self._recent.append((time, before + units))
        self._hour += units

    def _forget(self) -> None:
        begin = self._clock() - HOUR
        while self._recent and self._recent[0][0] <= begin:
            self._hour -= self._recent.popleft()[1]
