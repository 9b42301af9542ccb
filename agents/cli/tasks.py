"""``agora task``: post, look at, follow and score tasks."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from agents.cli.choices import Mode, skills
from agents.cli.options import Cursor, KeyFile, ListLimit, OfSkill, Oldest, TaskId, WalletIndex
from agents.cli.task_steps import appeal, cancel, close, dispute, take_over, unseal
from agents.console import FAILURE, run_command
from agents.explorer.kinds import Mode as MarketMode
from agents.explorer.kinds import State
from agents.fleet.options import AsJson, Bidding, Delivery, Provider, Reveal

_TASK, _RULES = "The task", "Its rules"

task = typer.Typer(
    help="Tasks: post one, look, follow it, score what comes back, or dispute it.", no_args_is_help=True
)

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
OfMode = Annotated[
    MarketMode | None, typer.Option("--mode", case_sensitive=False, help="How they are awarded.")
]
OfRequester = Annotated[str | None, typer.Option("--requester", help="The address that posted them.")]
OfAgent = Annotated[int | None, typer.Option("--agent", help="The agent that got them.")]
OfEvaluator = Annotated[str | None, typer.Option("--evaluator", help="The address that scores them.")]
OfParent = Annotated[int | None, typer.Option("--parent", help="The task that they are parts of.")]
OfText = Annotated[str | None, typer.Option("--text", help="Words of the title or the description.")]
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
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer, open_desk
        from agents.cli.drafts import Described
        from agents.cli.following import watch as follow
        from agents.cli.posting import Conditions, evaluator_of, post, publish_answers, told
        from agents.market.readers import read_tasks
        from agents.requester import Windows

        described = Described(title, description, skill, reward, answer, checker, rubric, mode)
        drafts = [described.draft()] if file is None else read_tasks(file, limit)
        settings = quiet_settings(provider)
        async with open_desk(settings, Signer(wallet, key_file)) as desk:
            conditions = Conditions(
                Windows(bidding, reveal, delivery, review),
                evaluator_of(evaluator, desk),
                by_pool=evaluator == "pool",
                passing_score=passing_score,
                parent=parent,
            )
            posted = await post(desk, drafts, conditions)
            await publish_answers(desk)
        if watch:
            return await follow(
                settings, [one.task_id for one in posted.tasks if one.task_id], as_json=as_json
            )
        return told(desk, posted, as_json=as_json)

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
        from agents.cli.common import quiet_settings
        from agents.cli.index import reading
        from agents.cli.listing import asking, shown_page
        from agents.cli.task_views import listed
        from agents.explorer.queries.asked import TasksAsked
        from agents.explorer.queries.tasks import list_tasks as tasks_of

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
        from agents.cli.common import quiet_settings
        from agents.cli.index import reading
        from agents.cli.scoring import delivered
        from agents.cli.show import document, page
        from agents.cli.task_views import shown

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
        from agents.cli.common import quiet_settings
        from agents.cli.following import watch as follow

        return await follow(quiet_settings(provider), task_ids, until, missed, as_json=as_json)

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
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer
        from agents.cli.scoring import score_task

        return await score_task(
            quiet_settings(provider), Signer(wallet, key_file), task_id, score, as_json=as_json
        )

    run_command(command)


for step in (cancel, dispute, appeal, unseal, take_over, close):
    task.command()(step)
