"""How a run stands: who earned and spent what, and how the tasks ended, read from the market's view."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agents.market.domain import Task, TaskState, account_of_agent
from agents.market.view import MarketView


@dataclass(frozen=True, slots=True)
class Standing:
    """One agent's line of the leaderboard; money in units."""

    name: str
    agent_id: int
    won: int
    settled: int
    earned: int
    """What came in for settled work, after fees."""
    thinking: int
    """What its model calls have cost."""
    lost: int
    """Bonds that were burned or went to a requester."""
    balance: int
    """What it holds, with what lies in its channels, less what it owes."""
    reputation: float | None
    """r over all skills, weighted by experience; None before the first evaluation."""

    @property
    def profit(self) -> int:
        """What the agent has gained since it came."""
        return self.earned - self.thinking - self.lost

    @property
    def profit_a_task(self) -> int | None:
        """Reward less thinking, for each task that it won, on average; None before the first."""
        return (self.earned - self.thinking) // self.won if self.won else None


def _nothing(_agent_id: int) -> int:
    return 0


def standings(
    view: MarketView, names: Mapping[int, str], unredeemed: Callable[[int], int] = _nothing
) -> list[Standing]:
    """The lines of the agents with these ids now, in one look at all tasks.

    ``unredeemed`` says what each has been charged that the chain has not been told yet, in units.
    """
    own: dict[int, list[Task]] = {agent_id: [] for agent_id in names}
    for task in view.tasks.values():
        if task.agent_id in own:
            own[task.agent_id].append(task)
    return [
        _standing(view, name, agent_id, unredeemed(agent_id), own[agent_id])
        for agent_id, name in names.items()
    ]


def _standing(view: MarketView, name: str, agent_id: int, unredeemed: int, own: Sequence[Task]) -> Standing:
    account = account_of_agent(agent_id)
    settled = [task for task in own if task.state is TaskState.SETTLED]
    earned = sum(task.price - task.fee for task in settled)
    thinking = view.channels.spent(agent_id) + unredeemed
    held = view.balance(account)
    balance = held.total - held.debt + view.channels.deposits_of(agent_id) - unredeemed
    records = view.reputations(agent_id).values()
    experience = sum(record.experience for record in records)
    return Standing(
        name=name,
        agent_id=agent_id,
        won=len(own),
        settled=len(settled),
        earned=earned,
        thinking=thinking,
        # What came in and is not there any more, and was not paid for thinking.
        lost=view.contributed.get(account, 0) + earned - thinking - balance,
        balance=balance,
        reputation=sum(record.merit for record in records) / experience if experience else None,
    )


@dataclass(frozen=True, slots=True)
class Endings:
    """How tasks ended, as counts."""

    tasks: int
    settled: int
    """Paid after an evaluation."""
    silent: int
    """Paid because nobody evaluated in time."""
    failed: int
    """Rejected by the evaluator, and refunded."""
    defaulted: int
    """Not delivered, and refunded."""
    expired: int
    """Without a valid bid, and refunded."""
    cancelled: int
    open: int

    def __str__(self) -> str:
        """``settled: 9/12 tasks (2 failed evaluation, 1 without a bid; all refunded)``."""
        told = [
            (self.failed, "failed evaluation"),
            (self.defaulted, "not delivered"),
            (self.expired, "without a bid"),
            (self.cancelled, "cancelled"),
        ]
        refunded = ", ".join(f"{count} {what}" for count, what in told if count)
        notes = [f"{refunded} and refunded"] if refunded else []
        notes += [f"{self.silent} paid after silence"] if self.silent else []
        notes += [f"{self.open} still open"] if self.open else []
        more = f" ({'; '.join(notes)})" if notes else ""
        return f"settled: {self.settled + self.silent}/{self.tasks} tasks{more}"


def endings(tasks: Iterable[Task]) -> Endings:
    """How these tasks ended."""
    tasks = list(tasks)
    by_state = {state: [task for task in tasks if task.state is state] for state in TaskState}
    paid, refunded = by_state[TaskState.SETTLED], by_state[TaskState.REFUNDED]
    return Endings(
        tasks=len(tasks),
        settled=sum(not task.silent for task in paid),
        silent=sum(task.silent for task in paid),
        failed=sum(not task.defaulted for task in refunded),
        defaulted=sum(task.defaulted for task in refunded),
        expired=len(by_state[TaskState.EXPIRED]),
        cancelled=len(by_state[TaskState.CANCELLED]),
        open=sum(not task.state.is_final for task in tasks),
    )
