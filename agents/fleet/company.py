"""The parties of a running job, and how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.fleet.beliefs import calibration, calibration_line
from agents.fleet.buying import Buyer
from agents.fleet.crew import Member
from agents.fleet.keeper import Keeper
from agents.fleet.reckoning import Reckoning
from agents.fleet.roster import Roster
from agents.fleet.runner import Party
from agents.fleet.session import Session
from agents.fleet.standings import Standing, endings, standings
from agents.market.domain import Task, TaskState
from agents.money import format_credits

MOST_LINES = 20
"""How many agents a report names."""


@dataclass(slots=True)
class Crew:
    """The parties of a running job."""

    session: Session
    members: list[Member]
    roster: Roster
    buyer: Buyer | None
    keeper: Keeper | None
    reckoning: Reckoning | None = None
    elsewhere: Mapping[int, str] = field(default_factory=dict)
    """The names of the run's agents, by id, that other processes keep."""
    _by_id: dict[int, Member] = field(init=False)

    def __post_init__(self) -> None:
        self._by_id = {member.agent_id: member for member in self.members}

    @property
    def names(self) -> dict[int, str]:
        """Of all agents of the run, by id."""
        return {member.agent_id: member.definition.name for member in self.members} | {**self.elsewhere}

    @property
    def parties(self) -> list[Party]:
        """All of them, as the runner takes them."""
        everyone = [Party("fleet", self.roster)] if self.members else []
        everyone += [self.buyer.party] if self.buyer else []
        everyone += [Party("keeper", self.keeper)] if self.keeper else []
        everyone += [Party("gateway", self.session.gateway)] if self.session.offices else []
        return everyone

    def batch(self) -> list[Task]:
        """The buyer's tasks that are on chain, in the order in which they were written."""
        ids = (posting.task_id for posting in self.buyer.batch) if self.buyer else ()
        tasks = self.session.feed.view.tasks
        return [tasks[task_id] for task_id in ids if task_id in tasks]

    def all_ended(self) -> bool:
        """Whether the whole batch is posted, nothing is open, and no bond waits to be forfeited."""
        view = self.session.feed.view
        if view.open:
            return False
        if self.buyer is None:
            return True
        own = {task.id for task in self.batch()}
        return len(own) == len(self.buyer.batch) and not any(
            task_id in own for task_id, _ in view.commitments
        )

    @property
    def expected(self) -> int:
        """How many tasks the buyer's batch has."""
        return len(self.buyer.batch) if self.buyer else 0

    def ended(self) -> int:
        """How many of them have ended."""
        return sum(task.state.is_final for task in self.batch())

    def owed(self) -> int:
        """Transactions that the buyer has yet to send: two for each task to post, one for each to score, and one to
        redeem what all thinking came to."""
        if self.buyer is None:
            return 0
        on_chain = self.batch()
        open_tasks = sum(not task.state.is_final for task in on_chain)
        return 2 * (len(self.buyer.batch) - len(on_chain)) + open_tasks + 1

    def is_free(self) -> bool:
        """Whether no agent is bound: no bid is sealed or in an auction, and no task of theirs is open."""
        view, ids = self.session.feed.view, self.names.keys()
        sealed = any(agent_id in ids for _, agent_id in view.commitments)
        return not sealed and not any(
            task.agent_id in ids
            or (task.state is TaskState.OPEN and any(bid.agent_id in ids for bid in view.ranking(task.id)))
            for task in view.open.values()
        )

    def standings(self) -> list[Standing]:
        """The leaderboard, best first."""
        found = standings(self.session.feed.view, self.names, self._unredeemed)
        return sorted(found, key=lambda line: line.profit, reverse=True)

    def _unredeemed(self, agent_id: int) -> int:
        """What a member has been charged that the chain has not been told; of others nothing is known here."""
        member = self._by_id.get(agent_id)
        return 0 if member is None else member.treasury.unredeemed()

    def beliefs(self) -> str:
        """Whether bids won as often as was believed, in one line; empty before an auction has ended."""
        agents = ((member.agent_id, member.agent.notes) for member in self.members)
        return calibration_line(calibration(self.session.feed.view, agents))


def report(crew: Crew) -> list[str]:
    """How the run stands, in a few lines."""
    view, model = crew.session.feed.view, crew.session.gateway.model
    ended = endings(crew.batch() if crew.buyer else view.tasks.values())
    lines = [str(ended), f"model: {model}"]
    judged = ended.settled + ended.failed
    if judged:
        share = 100 * ended.settled / judged
        lines.append(f"passed evaluation: {ended.settled} of {judged} results ({share:.0f} %), by {model}")
    lines += _earnings(crew.standings())
    return [*lines, *filter(None, [crew.beliefs(), _left_on_chain(crew)])]


def _earnings(standings: Sequence[Standing]) -> list[str]:
    """A line for each of the best agents, and one for all the others together."""
    best, rest = standings[:MOST_LINES], standings[MOST_LINES:]
    lines = [
        f"{line.name}: earned {format_credits(line.earned)}, thinking {format_credits(line.thinking)}"
        f"{_a_task(line)}, lost {format_credits(line.lost)}, balance {format_credits(line.balance)} credits"
        for line in best
    ]
    if rest:
        earned, thinking, lost, balance = (
            format_credits(sum(getattr(line, part) for line in rest))
            for part in ("earned", "thinking", "lost", "balance")
        )
        lines.append(
            f"{len(rest)} more agents: earned {earned}, thinking {thinking}, lost {lost}, balance {balance} credits"
        )
    return lines


def _a_task(line: Standing) -> str:
    return "" if line.profit_a_task is None else f" (profit a task {format_credits(line.profit_a_task)})"


def _left_on_chain(crew: Crew) -> str:
    """What a run that was stopped leaves behind; empty when there is nothing."""
    view, ids = crew.session.feed.view, crew.names.keys()
    sealed = sum(agent_id in ids for _, agent_id in view.commitments)
    working = sum(task.agent_id in ids for task in view.open.values())
    if not view.open and not sealed:
        return ""
    return (
        f"still on chain: {len(view.open)} open tasks, of which this fleet works on {working} and has sealed bids "
        f"on {sealed}: start the same command again to go on; unopened bids lose their bonds"
    )
