"""Tasks as people read them."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from agents.cli.show import credits_of, line, moment, pairs, paragraphs, state, table
from agents.explorer.api.models import Bid, TaskDetail, TaskRow, TimelineItem

MODES = {
    "SealedSecondPrice": "2nd price",
    "SealedFirstPrice": "1st price",
    "OpenBid": "open bid",
    "Direct": "direct",
    "Race": "race",
}


def named(agent: int | None, name: str | None) -> Text:
    """An agent by name and id; empty for none."""
    if agent is None:
        return Text("")
    return line(f"{name} ({agent})" if name else f"agent {agent}")


def listed(tasks: Sequence[TaskRow]) -> RenderableType:
    """A row for each task."""
    columns = [">#", "~title", "~skill", "state", ">bids", ">reserve", ">price", ">score", "~agent"]
    return table(
        columns,
        (
            [
                str(one.id),
                line(one.title or one.specification[:12]),
                line(one.skill),
                state(one.state),
                str(one.commitments),
                credits_of(one.reserve),
                credits_of(one.price),
                "" if one.score is None else str(one.score),
                named(one.agent, one.agent_name),
            ]
            for one in tasks
        ),
    )


def shown(task: TaskDetail, answer: str | None) -> Iterable[RenderableType]:
    """All there is about one task; ``answer`` is what was delivered, as text."""
    yield Text.assemble((f"task {task.id}  ", "bold"), line(task.title), "  ", state(task.state))
    yield pairs(_facts(task))
    if task.description:
        yield Text("\ndescription", style="bold")
        yield paragraphs(task.description)
    if answer is not None:
        yield Text("\nanswer", style="bold")
        yield paragraphs(answer)
    if task.bids:
        yield Text("")
        yield bids(task.bids)
    if task.award is not None:
        yield paragraphs(task.award.why)
    yield Text("")
    yield table(["time", "+what"], ([moment(one.time), line(one.text)] for one in task.timeline))


def shown_for_scoring(task: TaskDetail, answer: str) -> Iterable[RenderableType]:
    """What is needed to judge a result."""
    yield Text.assemble((f"task {task.id}  ", "bold"), line(task.title))
    yield paragraphs(task.description or "its description is not in the content store")
    yield Text("\nanswer", style="bold")
    yield paragraphs(answer)


def _facts(task: TaskDetail) -> Iterable[tuple[str, str | Text]]:
    yield "skill", line(task.skill)
    yield "award", f"{MODES[task.mode]}, at most {credits_of(task.reserve)} credits"
    yield "requester", task.requester
    yield "evaluator", f"{task.evaluator}, passing at {task.passing_score}"
    if task.parent is not None:
        yield "part of", f"task {task.parent}"
    if task.agent is not None:
        yield "worker", named(task.agent, task.agent_name)
        yield "price", f"{credits_of(task.price)} credits, fee {credits_of(task.fee)}"
    if task.score is not None:
        yield "score", f"{task.score} by {task.evaluation.scored_by}"
    if task.silent:
        yield "paid", "because the evaluator said nothing"
    if task.refunded:
        yield "refunded", f"{credits_of(task.refunded)} credits"
    if task.next_step is not None:
        yield "next", line(task.next_step.what)
        if task.next_step.deadline:
            yield "until", moment(task.next_step.deadline)
    yield "bidding", f"to {moment(task.bidding_end)}, opened to {moment(task.reveal_end)}"
    yield "document", task.specification


def bids(found: Sequence[Bid]) -> RenderableType:
    """A row for each bid, the best first."""
    return table(
        [">rank", "~agent", "status", ">price", ">quality", ">effective", ">paid", ">to win"],
        (
            [
                "" if one.rank is None else str(one.rank),
                named(one.agent, one.agent_name),
                one.status,
                credits_of(one.price),
                f"{one.quality / 100:.1f}%",
                "" if one.effective is None else credits_of(int(one.effective)),
                credits_of(one.price_paid),
                credits_of(one.price_to_win),
            ]
            for one in found
        ),
    )


def happened(item: TimelineItem) -> str:
    """One thing that happened, as a line that follows others."""
    return f"{moment(item.time)}  {line(item.text).plain}"
