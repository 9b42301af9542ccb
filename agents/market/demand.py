"""How much of a skill is wanted, and by how many it is offered, as events tell it."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import agent_registry, bid_auction, task_manager
from agents.market.domain import AwardMode, Task, skill_name

WINDOW = 32
"""The sealed auctions of a skill whose bidders are counted, the newest of them."""
CLAIMS_WEIGH = 2
"""In how many auctions it is reckoned that all who claim a skill bid, beside those that were seen."""


class Demand:
    """Claims, open tasks and bidders by skill after the events applied so far."""

    def __init__(self) -> None:
        self.bidders: dict[int, set[int]] = {}
        """By sealed task: the agents that have committed a bid."""
        self._claims: defaultdict[int, set[str]] = defaultdict(set)
        self._resting: set[int] = set()
        self._claimants: defaultdict[str, set[int]] = defaultdict(set)
        """By skill: the active agents that claim it."""
        self._skills: dict[int, str] = {}
        """The skill of each task that is not final."""
        self._open: defaultdict[str, int] = defaultdict(int)
        self._recent: defaultdict[str, deque[set[int]]] = defaultdict(lambda: deque(maxlen=WINDOW))
        self._running: set[int] = set()
        """The sealed tasks whose auction is not over."""

    def __eq__(self, other: object) -> bool:
        """Whether both have seen the same."""
        return isinstance(other, Demand) and vars(self) == vars(other)

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def rivals(self, agent_id: int, task: Task) -> float:
        """How many others are expected to bid: those that claim the skill, corrected by how many bid of late;
        at least those that have committed a bid already."""
        others = _others(self._claimants[task.skill], agent_id)
        recent = self._recent[task.skill]
        seen = sum(_others(bidders, agent_id) for bidders in recent)
        expected = (CLAIMS_WEIGH * others + seen) / (CLAIMS_WEIGH + len(recent))
        return max(expected, _others(self.bidders.get(task.id, set()), agent_id))

    def load(self, skill: str) -> float:
        """The open tasks of the skill for each active agent that claims it."""
        return self._open[skill] / max(1, len(self._claimants[skill]))

    # Agents

    def _skill_set(self, event: agent_registry.SkillSet) -> None:
        skill, claims = skill_name(event.tag), self._claims[event.agent_id]
        (claims.add if event.weight else claims.discard)(skill)
        self._count(event.agent_id, skill)

    def _active_set(self, event: agent_registry.ActiveSet) -> None:
        (self._resting.discard if event.active else self._resting.add)(event.agent_id)
        for skill in self._claims[event.agent_id]:
            self._count(event.agent_id, skill)

    def _count(self, agent_id: int, skill: str) -> None:
        offers = skill in self._claims[agent_id] and agent_id not in self._resting
        (self._claimants[skill].add if offers else self._claimants[skill].discard)(agent_id)

    # Tasks

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        skill = skill_name(event.params.skill)
        self._skills[event.task_id] = skill
        self._open[skill] += 1
        if AwardMode(event.params.mode).is_sealed:
            self.bidders[event.task_id] = set()
            self._running.add(event.task_id)

    def _bid_committed(self, event: bid_auction.BidCommitted) -> None:
        self.bidders[event.task_id].add(event.agent_id)

    def _task_awarded(self, event: task_manager.TaskAwarded) -> None:
        self._auction_over(event.task_id)

    def _task_expired(self, event: task_manager.TaskExpired) -> None:
        self._auction_over(event.task_id)
        self._task_ended(event)

    def _auction_over(self, task_id: int) -> None:
        if task_id in self._running:
            self._running.remove(task_id)
            self._recent[self._skills[task_id]].append(self.bidders[task_id])

    def _task_ended(
        self,
        event: task_manager.TaskSettled
        | task_manager.TaskRefunded
        | task_manager.TaskCancelled
        | task_manager.TaskExpired,
    ) -> None:
        skill = self._skills.pop(event.task_id, None)
        if skill is not None:  # cancelled and expired tasks are refunded too
            self._open[skill] -= 1
            self._running.discard(event.task_id)


def _others(agents: set[int], agent_id: int) -> int:
    return len(agents) - (agent_id in agents)


_HANDLERS: dict[type[Event], Callable[[Demand, Any], None]] = {
    agent_registry.SkillSet: Demand._skill_set,
    agent_registry.ActiveSet: Demand._active_set,
    task_manager.TaskCreated: Demand._task_created,
    task_manager.TaskAwarded: Demand._task_awarded,
    task_manager.TaskSettled: Demand._task_ended,
    task_manager.TaskRefunded: Demand._task_ended,
    task_manager.TaskCancelled: Demand._task_ended,
    task_manager.TaskExpired: Demand._task_expired,
    bid_auction.BidCommitted: Demand._bid_committed,
}
