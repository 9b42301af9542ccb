"""The most that a run may come to. At a cap nothing new is begun, and what was begun is finished.

A bid is sent only if the run stays within its caps even when all that is promised comes to the most that it can: so
the work on what is won, and the steps that end it, always have room. A cap is reached when no more bids fit although
nothing is promised that could still turn out cheaper.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from agents.errors import ModelUnavailable, SettingOutOfRange
from agents.fleet.tally import MINUTE, Tally
from agents.llm.prices import Price, cost
from agents.llm.protocol import Model, ModelAnswer, ModelRequest, Usage
from agents.market.domain import Task, TaskState
from agents.market.view import MarketView
from agents.mind.notes import Notes
from agents.mind.spending import Allowance, Unlimited
from agents.money import format_credits

CALLS_A_TASK = 3
"""The most tries that one piece of work can take."""
STEPS_A_BID, STEPS_A_TASK = 3, 4
"""Transactions: commit, reveal, and filling the channel; finalize, submit, close, and redeeming the thinking."""
OPTIONAL = {"fit"}
"""What a model is asked for without anybody being bound to it."""
_TURN_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of a run; None where there is none. Credits are those that model calls cost, in units."""

    credits: int | None = None
    credits_per_agent: int | None = None
    credits_per_hour: int | None = None
    credits_per_task: int | None = None
    calls: int | None = None
    calls_per_hour: int | None = None
    transactions: int | None = None
    minutes: int | None = None

    def __post_init__(self) -> None:
        for name, value in self.set():
            if value < 1:
                raise SettingOutOfRange(f"--max-{name.replace('_', '-')}", value, "more than 0")

    def set(self) -> Iterator[tuple[str, int]]:
        """The caps that there are, by name."""
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def share(self, part: int, whole: int) -> "Limits":
        """What of the run's caps falls to ``part`` of its ``whole`` agents; never less than 1."""
        each = {"credits_per_agent", "credits_per_task", "minutes"}
        shares = {
            name: value if name in each else max(1, value * part // whole) for name, value in self.set()
        }
        return Limits(**shares)


@dataclass(slots=True)
class _Promised:
    """What the bids of the run may still come to, by task and agent; money in units."""

    worst: dict[int, dict[str, int]] = field(default_factory=dict)
    by_agent: dict[str, int] = field(default_factory=dict)
    bids: int = 0

    def add(self, task_id: int, agent: str, worst_cost: int) -> None:
        self.worst.setdefault(task_id, {})[agent] = worst_cost
        self.by_agent[agent] = self.by_agent.get(agent, 0) + worst_cost
        self.bids += 1

    def drop(self, task_id: int) -> None:
        for agent, worst_cost in self.worst.pop(task_id).items():
            self.by_agent[agent] -= worst_cost
            self.bids -= 1

    @property
    def credits(self) -> int:
        """One agent at a time works on a task."""
        return sum(max(of_agents.values()) for of_agents in self.worst.values())


class Caps:
    """The caps of one process, and how near it is to them. ``clock`` gives the seconds since 1970."""

    def __init__(self, limits: Limits | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.limits = limits or Limits()
        self.reached = ""
        """The cap that has ended the run, in words; empty while none has."""
        self.owed: Callable[[], int] = lambda: 0
        """How many transactions the run's requester still has to send."""
        self._caps = dict(self.limits.set())
        self._clock, self._began = clock, clock()
        self._tallies: list[Tally] = []
        self._promised = _Promised()
        self._agents: dict[str, int] = {}
        self._done: set[str] = set()
        """The agents that have reached their own cap."""
        self._waiting: dict[tuple[str, int], str] = {}
        """By agent and task: the cap that a bid waits for."""
        self._view: MarketView | None = None

    def count_from(self, began: float) -> None:
        """The run's minutes began at this time."""
        self._began = began

    def join(self, tally: Tally) -> None:
        """Count what is in this tally too."""
        self._tallies.append(tally)

    def watch(self, view: MarketView) -> None:
        """See from this view when a task is over."""
        self._view = view

    def admit(self, agent: str, agent_id: int, notes: Notes) -> Allowance:
        """What this agent may begin, beside what its notes say that it promised in an earlier process."""
        if not self._caps:
            return Unlimited()
        assert self._view is not None, "watch a view first"
        self._agents[agent] = agent_id
        for task in self._view.open.values():
            note = notes.bid(task.id)
            if note is not None and note.status == "planned" and self._binds(task):
                self._promised.add(task.id, agent, note.belief.worst_cost)
        return _AgentAllowance(self, agent)

    def guard(self, model: Model, price: Price) -> Model:
        """The model, asked for nothing optional that would not fit; itself where nothing is limited."""
        return _GuardedModel(model, self, price) if self._caps else model

    def finish(self) -> None:
        """The run has ended as it should."""
        for tally in self._tallies:
            tally.finish()

    # Asking

    def is_spent(self, agent: str | None = None) -> bool:
        """Whether the run, or the agent, may begin nothing any more."""
        minutes = self.limits.minutes
        if not self.reached and minutes is not None and self._clock() - self._began >= minutes * MINUTE:
            self.reached = _words("minutes", minutes)
        return bool(self.reached) or agent in self._done

    def hold(self, agent: str, task: Task, worst_cost: int) -> str | None:
        """See ``Allowance.hold``."""
        if agent in self._promised.worst.get(task.id, ()):
            return None
        exceeded = self._exceeded(agent, task.id, worst_cost)
        if exceeded is not None:
            self._release()
            exceeded = self._exceeded(agent, task.id, worst_cost)
        if exceeded is None:
            self._promised.add(task.id, agent, worst_cost)
            self._waiting.pop((agent, task.id), None)
            return None
        self._waiting[agent, task.id] = exceeded
        self._conclude(exceeded, agent)
        return f"it could take the run over {_words(exceeded, self._caps[exceeded])}"

    def has_room(self, agent: str, units: int) -> bool:
        """Whether one call more, of at most so many units, fits beside all that is promised and one task more."""
        charge = _Charge(units, units, 1 + CALLS_A_TASK)
        return not self.is_spent(agent) and self._over(agent, charge) is None

    @property
    def held_back(self) -> str:
        """A cap for which a bid still waits, in words; empty if none does."""
        name = next(iter(self._waiting.values()), None)
        return "" if name is None else _words(name, self._caps[name])

    @property
    def transactions(self) -> int:
        """What the run has signed so far."""
        return sum(tally.transactions for tally in self._tallies)

    def _exceeded(self, agent: str, task_id: int, worst_cost: int) -> str | None:
        """The name of a cap that a bid on the task could exceed, or None. One agent at a time works on a task."""
        rivals = self._promised.worst.get(task_id)
        if rivals:
            more = max(0, worst_cost - max(rivals.values()))
            return self._over(agent, _Charge(more, worst_cost, transactions=STEPS_A_BID, task=worst_cost))
        steps = STEPS_A_BID + STEPS_A_TASK
        return self._over(agent, _Charge(worst_cost, worst_cost, CALLS_A_TASK, steps, worst_cost))

    def _over(self, agent: str, charge: "_Charge") -> str | None:
        promised, tasks = self._promised, len(self._promised.worst)
        units, calls = promised.credits + charge.units, tasks * CALLS_A_TASK + charge.calls
        hours = [tally.last_hour() for tally in self._tallies] if self._by_the_hour else []
        totals = [tally.total for tally in self._tallies]
        steps = self.owed() + promised.bids * STEPS_A_BID + tasks * STEPS_A_TASK + charge.transactions
        own = promised.by_agent.get(agent, 0) + charge.own
        most = {
            "credits": units + sum(total.cost for total in totals),
            "credits_per_agent": own + sum(tally.cost_of[agent] for tally in self._tallies),
            "credits_per_hour": units + sum(hour.cost for hour in hours),
            "credits_per_task": charge.task,
            "calls": calls + sum(total.calls for total in totals),
            "calls_per_hour": calls + sum(hour.calls for hour in hours),
            "transactions": steps + self.transactions,
        }
        return next((name for name, limit in self._caps.items() if most.get(name, 0) > limit), None)

    @property
    def _by_the_hour(self) -> bool:
        return not self._caps.keys().isdisjoint({"credits_per_hour", "calls_per_hour"})

    def _release(self) -> None:
        """Forget what was promised for tasks that ask no more of this fleet."""
        assert self._view is not None, "watch a view first"
        for task_id in list(self._promised.worst):
            task = self._view.tasks.get(task_id)
            if task is None or not self._binds(task):
                self._promised.drop(task_id)

    def _binds(self, task: Task) -> bool:
        """Whether work on the task may still fall to this fleet."""
        if task.state is TaskState.AWARDED:
            return task.agent_id in self._agents.values()
        return task.state is TaskState.OPEN

    def _conclude(self, name: str, agent: str) -> None:
        """A cap is reached once nothing is promised that could turn out cheaper."""
        words = _words(name, self._caps[name])
        if name == "credits_per_task":
            return  # another task may be cheaper
        if name != "credits_per_agent":
            self.reached = self.reached or ("" if self._promised.worst else words)
        elif not self._promised.by_agent.get(agent):
            self._done.add(agent)
            if len(self._done) == len(self._agents):
                self.reached = self.reached or f"{words}: all agents have spent theirs"


@dataclass(frozen=True, slots=True)
class _Charge:
    """What is about to be begun, at the most; money in units."""

    units: int
    """For the run."""
    own: int
    """For the agent."""
    calls: int = 0
    transactions: int = 0
    task: int = 0
    """For the task that is bid for."""


@dataclass(frozen=True, slots=True)
class _AgentAllowance:
    """One agent's part in the caps of its run."""

    caps: Caps
    agent: str

    def is_spent(self) -> bool:
        """Whether the agent may begin nothing any more."""
        return self.caps.is_spent(self.agent)

    def hold(self, task: Task, worst_cost: int) -> str | None:
        """Why a bid must wait; None when there is room for the most that it can come to, which is then set aside."""
        return self.caps.hold(self.agent, task, worst_cost)


class _GuardedModel:
    """A model that says no to what nobody is bound to, when it could exceed a cap."""

    def __init__(self, model: Model, caps: Caps, price: Price) -> None:
        self._model, self._caps, self._price = model, caps, price

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises ModelUnavailable where the caps leave no room for the question."""
        if request.purpose in OPTIONAL and not self._caps.has_room(
            request.agent, worst(request, self._price)
        ):
            raise ModelUnavailable("the run's caps leave no room for it")
        return await self._model.complete(request)


def worst(request: ModelRequest, price: Price) -> int:
    """The most that one try of a request can cost, in units: no tokenizer makes more tokens than there are bytes."""
    prompt = sum(len(turn.content.encode()) + _TURN_TOKENS for turn in request.messages)
    return cost(Usage(prompt, request.max_tokens), price)


_MEANING = {
    "credits": "{} credits for model calls",
    "credits_per_agent": "{} credits for an agent's model calls",
    "credits_per_hour": "{} credits for model calls in an hour",
    "credits_per_task": "{} credits for the work on a task",
    "calls": "{} model calls",
    "calls_per_hour": "{} model calls in an hour",
    "transactions": "{} transactions",
    "minutes": "{} minutes",
}


def _words(name: str, limit: int) -> str:
    """``--max-calls, 40 model calls``."""
    figure = format_credits(limit) if name.startswith("credits") else f"{limit:,}"
    return f"--max-{name.replace('_', '-')}, {_MEANING[name].format(figure)}"
