"""What ``agora task evaluate`` does: a result is read, held against the task's key or a person's eye, and scored."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import typer
from rich.console import Console

from agents.chain.reader import read
from agents.cli.desk import Desk, Signer, open_desk
from agents.cli.index import reading
from agents.cli.posting import publish_answers
from agents.cli.show import document, working
from agents.cli.task_views import shown_for_scoring
from agents.errors import ContentError, NeedsAnswer, NotForThisWallet, NothingToScore, SettingOutOfRange
from agents.explorer.api.models import TaskDetail
from agents.market.checkers import FAIL, check_exact, check_number
from agents.market.content import ContentStore
from agents.market.domain import TaskState
from agents.market.specification import JudgeChecker, NumberChecker
from agents.mind.postings import Postings
from agents.settings import Settings

BEST = 100


@dataclass(frozen=True, slots=True)
class Delivered:
    """A result: its text, or why there is none."""

    text: str | None
    problem: str


async def delivered(content: ContentStore, digest: str | None) -> Delivered:
    """The answer in the result with this digest."""
    if digest is None:
        return Delivered(None, "nothing was delivered")
    try:
        answer = (await content.get_json(bytes.fromhex(digest[2:]))).get("answer")
    except ContentError as error:
        return Delivered(None, f"the result cannot be read: {error}")
    return Delivered(answer, "") if isinstance(answer, str) else Delivered(None, "the result has no answer")


def check_turn(task: TaskDetail, address: str) -> None:
    """Raises NotForThisWallet or NothingToScore when the wallet cannot score the task now."""
    if task.evaluator != address:
        raise NotForThisWallet(f"scoring task {task.id}", task.evaluator, address)
    if task.state != "Submitted":
        raise NothingToScore(task.id, task.state)


async def found_score(desk: Desk, task: TaskDetail, answer: Delivered) -> int | None:
    """The score that the task's own answer gives, or that a result without one gets; None where a person must say."""
    if answer.text is None:
        return FAIL
    posting = Postings(desk.store).of_task(task.id)
    if posting is None or posting.key is None:
        return None
    specification = await desk.content.get_specification(posting.digest)
    if isinstance(specification.checker, JudgeChecker):
        return None
    check = check_number if isinstance(specification.checker, NumberChecker) else check_exact
    return check(answer.text, posting.key)


async def evaluate(desk: Desk, task_id: int, score: int) -> TaskState:
    """The task has this score; where it stands then. Raises ContractError."""
    with working("sending the score"):
        await desk.bring_gas(desk.wallet.address)
        await desk.market.evaluate(desk.wallet, task_id, score, intent=f"evaluate:{task_id}:{score}")
    await publish_answers(desk)
    return TaskState(await read(desk.rpc, desk.deployment.tasks.state_of(task_id)))


def ask_score(task: TaskDetail, answer: Delivered) -> int:
    """The score that the person at the terminal gives; raises NeedsAnswer where there is none."""
    if not sys.stdin.isatty():
        raise NeedsAnswer("--score", "score the result")
    console = Console(stderr=True)
    for part in shown_for_scoring(task, answer.text or answer.problem):
        console.print(part, highlight=False)
    given: int = typer.prompt(f"score, 0 to 100 ({task.passing_score} is paid)", type=int, err=True)
    if not 0 <= given <= BEST:
        raise SettingOutOfRange("the score", given, f"from 0 to {BEST}")
    return given


async def score_task(
    settings: Settings, signer: Signer, task_id: int, score: int | None, *, as_json: bool
) -> Iterable[str]:
    """The task has this score, or the one that its answer or the person gives; what there is to say of it.

    Raises NoSuchThing, NotForThisWallet, NothingToScore, NeedsAnswer, and what ``open_desk`` raises.
    """
    async with open_desk(settings, signer) as desk:
        async with reading(settings) as index:
            detail = await index.task(task_id)
        check_turn(detail, desk.wallet.address)
        answer = await delivered(desk.content, detail.result)
        given = score
        if given is None:
            given = await found_score(desk, detail, answer)
        if given is None:
            given = ask_score(detail, answer)
        stands = await evaluate(desk, task_id, given)
    name = stands.name.capitalize()
    if as_json:
        return document({"id": task_id, "score": given, "state": name, "answer": answer.text})
    told = "" if answer.text is not None else f": {answer.problem}"
    return [f"task {task_id} got {given} of 100 and is {name}{told}"]
