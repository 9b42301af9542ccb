"""``agora task``: post, look at, follow and score tasks."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from eth_utils.address import is_address

from agents.chain.words import checksummed
from agents.cli.choices import Mode, skills
from agents.cli.common import quiet_settings
from agents.cli.desk import Desk, KeyFile, Signer, WalletIndex, open_desk
from agents.cli.drafts import Described
from agents.cli.following import follow
from agents.cli.home import noted
from agents.cli.index import reading
from agents.cli.listing import Cursor, ListLimit, Oldest, asking, shown_page
from agents.cli.posting import Conditions, Posted, post, publish_answers
from agents.cli.scoring import ask_score, check_turn, delivered, found_score
from agents.cli.scoring import evaluate as give_score
from agents.cli.show import credits_of, document, line, page, table, tell
from agents.cli.task_views import happened, listed, shown
from agents.console import FAILURE, run_command
from agents.errors import SettingOutOfRange
from agents.explorer.api.models import TimelineItem
from agents.explorer.api.models.tasks import Mode as MarketMode
from agents.explorer.api.models.tasks import State
from agents.explorer.queries.asked import TasksAsked
from agents.explorer.queries.tasks import list_tasks as tasks_of
from agents.fleet.options import AsJson, Bidding, Delivery, Provider, Reveal
from agents.market.readers import read_tasks
from agents.requester import Windows
from agents.settings import Settings

_TASK, _RULES = "The task", "Its rules"

task = typer.Typer(help="Tasks: post one, look, follow it, score what comes back.", no_args_is_help=True)

Title = Annotated[str | None, typer.Option(rich_help_panel=_TASK, help="What it is, in a line.")]
Description = Annotated[
    str | None, typer.Option(rich_help_panel=_TASK, help="What is asked for; @FILE reads it from a file.")
]
Skill = Annotated[
    str | None,
    typer.Option(rich_help_panel=_TASK, autocompletion=skills, help="The skill that it takes."),
]
Reward = Annotated[
    str | None, typer.Option(metavar="CREDITS", rich_help_panel=_TASK, help="The most that it pays.")
]
Answer = Annotated[
    str | None,
    typer.Option(rich_help_panel=_TASK, help="The right answer, which nobody learns before the end."),
]
Checker = Annotated[
    Literal["number", "exact"] | None,
    typer.Option(
        rich_help_panel=_TASK, help="How a result is held against --answer; else number if it is one."
    ),
]
Rubric = Annotated[
    list[str] | None,
    typer.Option(rich_help_panel=_TASK, help="A yes/no criterion, in place of --answer; give one or more."),
]
File = Annotated[
    Path | None,
    typer.Option(
        "--file", "-f", rich_help_panel=_TASK, help="A JSONL or JSON file of tasks, in place of all that."
    ),
]
Limit = Annotated[
    int | None, typer.Option(min=1, rich_help_panel=_TASK, help="Only the first so many of it.")
]
AwardMode = Annotated[Mode, typer.Option(rich_help_panel=_RULES, help="What the winner is paid.")]
Evaluator = Annotated[
    str,
    typer.Option(rich_help_panel=_RULES, help="Who scores: me (this wallet), pool (a panel), or an address."),
]
PassingScore = Annotated[
    int, typer.Option(min=1, max=100, rich_help_panel=_RULES, help="The least score that is paid.")
]
Parent = Annotated[
    int, typer.Option(min=0, rich_help_panel=_RULES, help="The task that this is a part of; 0 for none.")
]
Review = Annotated[
    int, typer.Option(help="Seconds to score; whoever delivered is paid when they pass in silence.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Follow what is posted to its end.")]
OfState = Annotated[
    State | None, typer.Option("--state", case_sensitive=False, help="Only those that stand there.")
]
OfSkill = Annotated[
    str | None, typer.Option("--skill", autocompletion=skills, help="Only those of this skill.")
]
OfMode = Annotated[
    MarketMode | None, typer.Option("--mode", case_sensitive=False, help="How they are awarded.")
]
OfRequester = Annotated[str | None, typer.Option("--requester", help="An address.")]
OfAgent = Annotated[int | None, typer.Option("--agent", help="The agent that got them.")]
OfEvaluator = Annotated[str | None, typer.Option("--evaluator", help="An address.")]
OfParent = Annotated[int | None, typer.Option("--parent", help="The task that they are parts of.")]
OfText = Annotated[str | None, typer.Option("--text", help="Words of the title or the description.")]
TaskId = Annotated[int, typer.Argument(min=1, metavar="TASK", help="The task's number.")]
TaskIds = Annotated[list[int], typer.Argument(min=1, metavar="TASK…", help="The tasks' numbers.")]
Until = Annotated[
    State | None,
    typer.Option(case_sensitive=False, help="A state in which they need not be followed further."),
]
Score = Annotated[
    int | None,
    typer.Option(min=0, max=100, help="How good it is; else the task's own answer says, or you are asked."),
]


@task.command()
def create(
    title: Title = None,
    description: Description = None,
    skill: Skill = None,
    reward: Reward = None,
    answer: Answer = None,
    checker: Checker = None,
    rubric: Rubric = None,
    file: File = None,
    limit: Limit = None,
    mode: AwardMode = Mode.second_price,
    evaluator: Evaluator = "me",
    passing_score: PassingScore = 60,
    bidding: Bidding = 30,
    reveal: Reveal = 20,
    delivery: Delivery = 600,
    review: Review = 600,
    parent: Parent = 0,
    watch: Watch = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Post a task, or those of a file, and lock what they may pay.

    On a dev chain missing credits are minted. A command that was cut off is finished by the same command.
    """

    async def command() -> Iterable[str]:
        if file is None:
            described = Described(title, description, skill, reward, answer, checker, rubric, mode)
            drafts = [described.draft()]
        else:
            drafts = read_tasks(file, limit)
        settings = quiet_settings(provider)
        async with open_desk(settings, Signer(wallet, key_file)) as desk:
            conditions = Conditions(
                Windows(bidding, reveal, delivery, review),
                _evaluator(evaluator, desk),
                by_pool=evaluator == "pool",
                passing_score=passing_score,
                parent=parent,
            )
            posted = await post(desk, drafts, conditions)
            await publish_answers(desk)
        if watch:
            return await _watched(
                settings, [one.task_id for one in posted.tasks if one.task_id], as_json=as_json
            )
        return _told(desk, posted, as_json=as_json)

    run_command(command)


@task.command(name="list")
def list_tasks(
    of_state: OfState = None,
    skill: OfSkill = None,
    mode: OfMode = None,
    requester: OfRequester = None,
    agent: OfAgent = None,
    evaluator: OfEvaluator = None,
    parent: OfParent = None,
    text: OfText = None,
    limit: ListLimit = 20,
    cursor: Cursor = None,
    oldest: Oldest = False,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Tasks, the newest first."""

    async def command() -> Iterable[str]:
        asked = asking(
            TasksAsked,
            state=of_state,
            skill=skill,
            mode=mode,
            requester=requester,
            agent=agent,
            evaluator=evaluator,
            parent=parent,
            text=text,
            limit=limit,
            cursor=cursor,
            order="asc" if oldest else "desc",
        )
        async with reading(quiet_settings(provider)) as index:
            found = await index.titled(await index.ask(tasks_of, asked))
        return shown_page(found, listed, "no such task", as_json=as_json)

    run_command(command)


@task.command()
def show(task_id: TaskId, provider: Provider = None, as_json: AsJson = False) -> None:
    """All there is about one task: what was asked and delivered, every bid, and what happened when."""

    async def command() -> Iterable[str]:
        async with reading(quiet_settings(provider)) as index:
            detail = await index.task(task_id)
            answer = await delivered(index.content, detail.result)
        if as_json:
            return document(detail.model_dump(mode="json"))
        return page(*shown(detail, answer.text))

    run_command(command)


@task.command()
def watch(task_ids: TaskIds, until: Until = None, provider: Provider = None, as_json: AsJson = False) -> None:
    """Follow tasks until they have ended, or until each has been in a state; exits 1 if one ends without."""
    missed: list[int] = []

    async def command() -> Iterable[str]:
        return await _watched(quiet_settings(provider), task_ids, until, missed, as_json=as_json)

    run_command(command)
    if missed:
        raise typer.Exit(FAILURE)


@task.command()
def evaluate(
    task_id: TaskId,
    score: Score = None,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Score a result: by the answer that was given with the task, or by what a person says of it."""

    async def command() -> Iterable[str]:
        settings = quiet_settings(provider)
        async with open_desk(settings, Signer(wallet, key_file)) as desk:
            async with reading(settings) as index:
                detail = await index.task(task_id)
            check_turn(detail, desk.wallet.address)
            answer = await delivered(desk.content, detail.result)
            given = score
            if given is None:
                given = await found_score(desk, detail, answer)
            if given is None:
                given = ask_score(detail, answer)
            stands = await give_score(desk, task_id, given)
        name = stands.name.capitalize()
        if as_json:
            return document({"id": task_id, "score": given, "state": name, "answer": answer.text})
        told = "" if answer.text is not None else f": {answer.problem}"
        return [f"task {task_id} got {given} of 100 and is {name}{told}"]

    run_command(command)


async def _watched(
    settings: Settings,
    tasks: Sequence[int],
    until: str | None = None,
    missed: list[int] | None = None,
    *,
    as_json: bool,
) -> Iterable[str]:
    def told(one: int, item: TimelineItem) -> None:
        number = f"task {one}  " if len(tasks) > 1 else ""
        (tell if as_json else typer.echo)(f"{number}{happened(item)}")

    async with reading(settings) as index:
        ended = await follow(index, tasks, until, told)
    if missed is not None and until is not None:
        missed += [one for one, detail in ended.items() if detail.state != until]
    if as_json:
        return document({"items": [ended[one].model_dump(mode="json") for one in tasks]})
    return [f"task {one} is {ended[one].state}" for one in tasks]


def _evaluator(text: str, desk: Desk) -> str:
    if text == "me":
        return desk.wallet.address
    if text == "pool":
        return desk.deployment.pool.address
    if not is_address(text):
        raise SettingOutOfRange("--evaluator", text, "me, pool, or an address")
    return checksummed(text)


def _told(desk: Desk, posted: Posted, *, as_json: bool) -> Iterable[str]:
    if as_json:
        return document(
            {
                "wallet": desk.wallet.address,
                "locked": posted.locked,
                "tasks": [
                    {
                        "id": one.task_id,
                        "title": one.title,
                        "skill": one.skill,
                        "reward": one.reward,
                        "specification": f"0x{one.digest.hex()}",
                    }
                    for one in posted.tasks
                ],
            }
        )
    market = noted(desk.settings.home)
    if market is not None and len(posted.tasks) == 1:
        tell(f"follow it at {market.explorer}/tasks/{posted.tasks[0].task_id}")
    rows = [(str(one.task_id), line(one.title), one.skill, credits_of(one.reward)) for one in posted.tasks]
    return [
        *page(table([">task", "~title", "skill", ">reward"], rows)),
        f"{credits_of(posted.locked)} credits are locked from wallet {desk.wallet.address}",
    ]
