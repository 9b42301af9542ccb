"""Agents as people read them."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from agents.cli.show import credits_of, line, moment, pairs, state, table
from agents.explorer.api.models import AgentBid, AgentCard, AgentRow, SkillStanding

MOST_SKILLS = 3
"""Of an agent in a list."""


def listed(agents: Sequence[AgentRow]) -> RenderableType:
    """A row for each agent."""
    return table(
        [">#", "~name", "~skills", ">quality", ">won", ">paid", ">earned", ">thought", ">holds", ">owes"],
        (
            [
                str(one.id),
                Text.assemble(line(one.name), "" if one.active else (" (away)", "dim")),
                line(_skills(one)),
                f"{one.quality / 100:.1f}%",
                f"{one.wins}/{one.bids}",
                str(one.settled),
                credits_of(one.earned),
                credits_of(one.thinking),
                credits_of(one.free + one.locked),
                credits_of(one.debt) if one.debt else "",
            ]
            for one in agents
        ),
    )


def _skills(agent: AgentRow) -> str:
    named = [one.skill for one in agent.skills[:MOST_SKILLS]]
    more = len(agent.skills) - len(named)
    return ", ".join([*named, *([f"+{more}"] if more else [])])


def shown(agent: AgentCard, bids: Sequence[AgentBid]) -> Iterable[RenderableType]:
    """All there is about one agent, with its newest bids."""
    yield Text.assemble((f"agent {agent.id}  ", "bold"), line(agent.name), "" if agent.active else "  away")
    yield pairs(_facts(agent))
    if agent.standing:
        yield Text("")
        yield _standing(agent.standing)
    if bids:
        yield Text("")
        yield _bids(bids)


def _facts(agent: AgentCard) -> Iterable[tuple[str, str | Text]]:
    yield "identity", f"{agent.registry} #{agent.id}"
    yield "owner", agent.owner
    if agent.wallet and agent.wallet != agent.owner:
        yield "acts by", agent.wallet
    yield "since", moment(agent.created_time)
    yield "holds", f"{credits_of(agent.free)} free, {credits_of(agent.locked)} locked credits"
    if agent.debt:
        yield "owes", f"{credits_of(agent.debt)} credits to {agent.creditor}"
    yield "earned", f"{credits_of(agent.earned)} credits for {agent.settled} tasks"
    yield "thinking", f"{credits_of(agent.thinking)} credits"
    yield (
        "bids",
        f"{agent.bids}, of which {agent.wins} won; {agent.failed} failed, {agent.defaulted} not delivered",
    )
    if agent.open_tasks:
        yield "works on", ", ".join(f"task {one}" for one in agent.open_tasks)
    if agent.parent_agent is not None:
        yield "child of", line(f"{agent.parent_agent.name or 'agent'} ({agent.parent_agent.id})")
    if agent.children:
        yield "parent of", line(", ".join(f"{one.name or 'agent'} ({one.id})" for one in agent.children))
    yield "card", line(agent.uri if len(agent.uri) <= MOST_URI else f"{agent.uri[:MOST_URI]}…")


MOST_URI = 60
"""Characters of a URI that are shown."""


def _standing(skills: Sequence[SkillStanding]) -> RenderableType:
    return table(
        ["~skill", ">claims", ">reputation", ">experience", ">quality"],
        (
            [
                line(one.skill),
                "" if one.claimed is None else str(one.claimed),
                "" if one.reputation is None else f"{one.reputation:.2f}",
                credits_of(one.experience),
                f"{one.quality / 100:.1f}%",
            ]
            for one in skills
        ),
    )


def _bids(bids: Sequence[AgentBid]) -> RenderableType:
    return table(
        [">task", "~title", "state", "status", ">price", ">to win", ">paid", ">score"],
        (
            [
                str(one.task),
                line(one.title or one.skill),
                state(one.state),
                one.status,
                credits_of(one.price),
                credits_of(one.price_to_win),
                credits_of(one.price_paid),
                "" if one.score is None else str(one.score),
            ]
            for one in bids
        ),
    )
