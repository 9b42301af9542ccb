"""``agora task``: post, look at, follow and score tasks."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer
from eth_utils.address import is_address

from agents.chain.words import checksummed
from agents.cli.choices import Mode, skills
from agents.cli.common import quiet_settings
from agents.cli.desk import Desk, KeyFile, Signer, WalletIndex, open_desk
from agents.cli.home import noted
from agents.cli.posting import Conditions, Posted, post, publish_answers
from agents.cli.show import credits_of, document, line, page, table, tell
from agents.console import run_command
from agents.errors import MalformedTask, SettingOutOfRange
from agents.fleet.options import AsJson, Bidding, Delivery, Provider, Reveal
from agents.market.readers import TaskDraft, draft_task, read_tasks
from agents.requester import Windows

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
            drafts = [_draft(title, description, skill, reward, answer, checker, rubric, mode)]
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
        return _told(desk, posted, as_json=as_json)

    run_command(command)


def _draft(
    title: str | None,
    description: str | None,
    skill: str | None,
    reward: str | None,
    answer: str | None,
    checker: str | None,
    rubric: list[str] | None,
    mode: Mode,
) -> TaskDraft:
    """The task that the options describe; raises MalformedTask."""
    needed = {"--title": title, "--description": description, "--skill": skill, "--reward": reward}
    missing = [option for option, value in needed.items() if value is None]
    if missing:
        raise MalformedTask(f"say {', '.join(missing)}, or name a --file")
    assert description is not None, "it is none of the missing"
    fields = {
        "title": title,
        "description": _text(description),
        "skill": skill,
        "reward": reward,
        "mode": mode.value,
        "rubric": rubric or None,
        "answer": answer,
        "checker": checker or (None if answer is None else _kind_of(answer)),
    }
    return draft_task(fields)


def _text(given: str) -> str:
    """What was given, or what is in the file that ``@`` names. Raises MalformedTask."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedTask(f"{given[1:]} cannot be read ({type(error).__name__})") from None


def _kind_of(answer: str) -> str:
    """Which checker an answer is for, where nobody says."""
    try:
        float(answer.replace(",", ""))
    except ValueError:
        return "exact"
    return "number"


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
