"""Who of a fleet has to look at what, and when: an index that events and the chain's clock are looked up in.

An event costs as much as there are agents that it concerns, and an agent that nothing concerns costs nothing,
however many tasks are open and however many agents sleep. Nothing here is kept on disk: what an agent has to
do follows from the view and its notes, so after a restart the index is made again from them.
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import agent_registry, ledger, task_manager
from agents.chain.tailer import BlockEvents
from agents.market.domain import AGENT_FLAG, Task, TaskState, skill_name
from agents.market.view import MarketView

CROWD = 50
"""How many agents of one fleet bid on a task at the most: more of them would raise no chance, but the gas."""


class Wakeups:
    """The agents of a fleet by what wakes them.

    ``offers`` are, by agent, the tasks that it may bid on: those of a skill that it claims, or its share of
    them where more than ``crowd`` agents claim the skill.
    """

    def __init__(self, view: MarketView, crowd: int = CROWD) -> None:
        self._view, self._crowd = view, crowd
        self.offers: dict[int, set[int]] = {}
        self._awake: dict[int, None] = {}
        self._skills: defaultdict[str, set[int]] = defaultdict(set)
        self._ordered: dict[str, list[int]] = {}
        self._timers: list[tuple[int, int]] = []
        self._alarms: dict[int, int] = {}

    def join(self, agents: Iterable[int]) -> None:
        """The agents are of the fleet, and are to look at once."""
        for agent_id in agents:
            self.offers.setdefault(agent_id, set())
            self._awake[agent_id] = None
            if self._is_active(agent_id):
                for skill, weight in self._view.skills.get(agent_id, {}).items():
                    if weight:
                        self._skills[skill].add(agent_id)
                        self._ordered.pop(skill, None)
        for task in self._view.open.values():
            self._offer(task)

    def wake(self, agent_id: int) -> None:
        """The agent is to look."""
        self._awake[agent_id] = None

    def at(self, agent_id: int, time: int | None) -> None:
        """The agent is to look again at this chain time, in place of what was said before; at None, never."""
        if time is None:
            self._alarms.pop(agent_id, None)
        elif self._alarms.get(agent_id) != time:
            self._alarms[agent_id] = time
            heapq.heappush(self._timers, (time, agent_id))

    def due(self, now: int) -> list[int]:
        """The agents that are to look at chain time ``now``, each once, and none of them a second time."""
        while self._timers and self._timers[0][0] <= now:
            time, agent_id = heapq.heappop(self._timers)
            # An alarm that was moved since leaves its old time behind.
            if self._alarms.get(agent_id) == time:
                del self._alarms[agent_id]
                self._awake[agent_id] = None
        due, self._awake = list(self._awake), {}
        return due

    # What the feed says

    def take(self, block: BlockEvents) -> None:
        """Wake whom the block's events concern."""
        for logged in block.events:
            handler = _HANDLERS.get(type(logged.event))
            if handler is not None:
                handler(self, logged.event)

    def reset(self) -> None:
        """All that was seen may be different now: everybody looks, at what there is."""
        agents = list(self.offers)
        for skill in self._skills.values():
            skill.clear()
        for offers in self.offers.values():
            offers.clear()
        self._ordered.clear()
        self.join(agents)

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        task = self._view.open.get(event.task_id)
        if task is not None:
            self._offer(task)

    def _worker_concerned(self, event: Any) -> None:
        self._rouse((self._view.tasks[event.task_id].agent_id,))

    def _task_defaulted(self, event: task_manager.TaskDefaulted) -> None:
        self._rouse(bid.agent_id for bid in self._view.bids.get(event.task_id, ()))

    def _task_ended(self, event: Any) -> None:
        bidders = self._view.demand.bidders.get(event.task_id, ())
        self._rouse((*bidders, self._view.tasks[event.task_id].agent_id))

    def _claims_changed(self, event: agent_registry.SkillSet) -> None:
        if event.agent_id in self.offers:
            self._count(event.agent_id, skill_name(event.tag))

    def _agent_changed(self, event: agent_registry.ActiveSet) -> None:
        if event.agent_id in self.offers:
            for skill in self._view.skills.get(event.agent_id, {}):
                self._count(event.agent_id, skill)

    def _credited(self, event: ledger.Deposited) -> None:
        self._rouse((event.account ^ AGENT_FLAG,))

    # Inside

    def _rouse(self, agents: Iterable[int]) -> None:
        for agent_id in agents:
            if agent_id in self.offers:
                self._awake[agent_id] = None

    def _count(self, agent_id: int, skill: str) -> None:
        """Whether the agent is of those that the skill's tasks are offered to, which it may have begun to be."""
        claims = self._is_active(agent_id) and self._view.skills[agent_id][skill] > 0
        if claims == (agent_id in self._skills[skill]):
            return
        (self._skills[skill].add if claims else self._skills[skill].discard)(agent_id)
        self._ordered.pop(skill, None)

    def _is_active(self, agent_id: int) -> bool:
        agent = self._view.agents.get(agent_id)
        return agent is not None and agent.active

    def _offer(self, task: Task) -> None:
        """Those who are to bid look at the task, if there is an auction to bid in."""
        if task.state is not TaskState.OPEN or not task.mode.is_sealed:
            return
        for agent_id in self._chosen(task):
            self.offers[agent_id].add(task.id)
            self._awake[agent_id] = None

    def _chosen(self, task: Task) -> Iterable[int]:
        """The agents that claim the task's skill; of too many, as many as may, drawn by the task's number."""
        members = self._ordered.get(task.skill)
        if members is None:
            members = self._ordered[task.skill] = sorted(self._skills[task.skill])
        if len(members) <= self._crowd:
            return members
        return random.Random(task.id).sample(members, self._crowd)  # noqa: S311 - the same after a restart


_HANDLERS: dict[type[Event], Callable[[Wakeups, Any], None]] = {
    task_manager.TaskCreated: Wakeups._task_created,
    task_manager.TaskAwarded: Wakeups._worker_concerned,
    task_manager.ResultSubmitted: Wakeups._worker_concerned,
    task_manager.TaskRejected: Wakeups._worker_concerned,
    task_manager.TaskDisputed: Wakeups._worker_concerned,
    task_manager.PanelConvened: Wakeups._worker_concerned,
    task_manager.SecretShown: Wakeups._worker_concerned,
    task_manager.TaskRuled: Wakeups._worker_concerned,
    task_manager.TaskAppealed: Wakeups._worker_concerned,
    task_manager.TaskDefaulted: Wakeups._task_defaulted,
    task_manager.TaskSettled: Wakeups._task_ended,
    task_manager.TaskRefunded: Wakeups._task_ended,
    task_manager.TaskCancelled: Wakeups._task_ended,
    task_manager.TaskExpired: Wakeups._task_ended,
    agent_registry.SkillSet: Wakeups._claims_changed,
    agent_registry.ActiveSet: Wakeups._agent_changed,
    ledger.Deposited: Wakeups._credited,
}
