"""Tasks files: one JSON object a line, in Agora's own form or in that of a public data set."""

import itertools
import textwrap
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from agents.errors import (
    InvalidAmount,
    MalformedTask,
    MalformedTasks,
    SettingOutOfRange,
    TasksMissing,
    UnsupportedTasks,
    UserError,
)
from agents.market.checkers import normalise_number
from agents.market.domain import MIN_BOND, AwardMode
from agents.market.specification import (
    AnswerKey,
    Checker,
    ExactChecker,
    JudgeChecker,
    NumberChecker,
    TaskSpecification,
    first_problem,
)
from agents.money import CREDIT, format_credits, parse_credits

GSM8K_REWARD = 20 * CREDIT
_MODES = {
    "second-price": AwardMode.SEALED_SECOND_PRICE,
    "first-price": AwardMode.SEALED_FIRST_PRICE,
}

MakeKey = Callable[[str], AnswerKey]


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task that can be posted; the key stays with its requester."""

    specification: TaskSpecification
    key: AnswerKey | None
    """The answer that the specification commits to; None for a judged task."""
    reward: int
    """The suggested reserve, in units."""
    mode: AwardMode


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)


class _AgoraLine(_Line):
    model_config = ConfigDict(extra="forbid")

    title: str
    description: str
    skill: str
    reward: str
    checker: Literal["number", "exact"] | None = None
    answer: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    rubric: list[str] | None = None
    mode: Literal["second-price", "first-price"] = "second-price"


class _Gsm8kLine(_Line):
    question: Annotated[str, Field(min_length=1)]
    answer: Annotated[str, Field(min_length=1)]


def read_tasks(path: Path, limit: int | None = None, make_key: MakeKey = AnswerKey.create) -> list[TaskDraft]:
    """The first ``limit`` tasks of a JSONL file, or all of them; blank lines are skipped. A file whose name ends in
    .json may hold one task as it is usually written, on as many lines as it likes, or a list of them.

    Agora's own form has title, description, skill, reward (credits, as text) and either checker
    ("number" or "exact") with answer, or rubric (a list of yes/no criteria); mode is "second-price"
    unless it says "first-price". The form of GSM8K has question and answer, with the number after
    "####". ``make_key`` draws the salt of each answer, at random if not told otherwise.

    Raises TasksMissing for a file that is not there or empty, MalformedTasks with the line number, and
    UnsupportedTasks for tasks that need code to be run.
    """
    if limit is not None and limit < 1:
        raise SettingOutOfRange("limit", limit, "at least 1")
    # Closed by hand: an error's traceback would keep the generator, and so the file, as long as itself.
    with closing(_lines(path)) as lines:
        drafts = [_draft(path, number, line, make_key) for number, line in itertools.islice(lines, limit)]
    if not drafts:
        raise TasksMissing(path, "it is empty")
    return drafts


def draft_task(fields: Mapping[str, Any], make_key: MakeKey = AnswerKey.create) -> TaskDraft:
    """One task in Agora's own form, as its fields; raises MalformedTask."""
    try:
        return _from_agora(_AgoraLine.model_validate(fields), make_key)
    except ValidationError as error:
        raise MalformedTask(first_problem(error)) from None
    except (InvalidAmount, SettingOutOfRange, _LineError) as error:
        raise MalformedTask(str(error)) from None


def _lines(path: Path) -> Generator[tuple[int, bytes], None, None]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_listed(path, file), start=1):
                text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if text.strip():
                    yield number, text
    except OSError as error:
        raise TasksMissing(path, error.strerror or type(error).__name__) from None


def _listed(path: Path, file: BinaryIO) -> Iterable[bytes]:
    """A file's lines; those that a .json file with one document would have if each task were written on one."""
    if path.suffix != ".json":
        return file
    data = file.read()
    try:
        whole = from_json(data.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError:
        return data.splitlines()
    return [to_json(one) for one in (whole if isinstance(whole, list) else [whole])]


def _draft(path: Path, number: int, line: bytes, make_key: MakeKey) -> TaskDraft:
    try:
        fields = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedTasks(path, number, f"it is not JSON ({error})") from None
    try:
        return _from_fields(fields, make_key)
    except ValidationError as error:
        raise MalformedTasks(path, number, first_problem(error)) from None
    except (InvalidAmount, _LineError) as error:
        raise MalformedTasks(path, number, str(error)) from None


class _LineError(UserError):
    """What a line lacks; ``_draft`` adds where it is."""


def _from_fields(fields: Any, make_key: MakeKey) -> TaskDraft:
    keys = fields.keys() if isinstance(fields, dict) else set()
    if {"prompt", "entry_point"} <= keys:
        raise UnsupportedTasks(
            "these tasks need code to be run to check the answers, which is not available yet: "
            "choose tasks whose answer is a number or a text, or that are judged by a rubric"
        )
    if "title" in keys:
        return _from_agora(_AgoraLine.model_validate(fields), make_key)
    if {"question", "answer"} <= keys:
        return _from_gsm8k(_Gsm8kLine.model_validate(fields), make_key)
    raise _LineError("it is of no known form: write title, description, skill, reward, checker and answer")


def _from_gsm8k(line: _Gsm8kLine, make_key: MakeKey) -> TaskDraft:
    _, mark, answer = line.answer.rpartition("####")
    if not mark:
        raise _LineError("answer: it has no number after '####'")
    key = make_key(answer.strip())
    specification = TaskSpecification(
        title=textwrap.shorten(line.question, 80, placeholder="…"),
        description=line.question,
        skill="mathematics",
        checker=_answer_checker("number", key),
    )
    return TaskDraft(specification, key, GSM8K_REWARD, AwardMode.SEALED_SECOND_PRICE)


def _from_agora(line: _AgoraLine, make_key: MakeKey) -> TaskDraft:
    reward = parse_credits(line.reward)
    if reward < MIN_BOND:
        raise _LineError(f"reward: a task pays at least {format_credits(MIN_BOND)} credits")
    checker, key = _own_checker(line, make_key)
    specification = TaskSpecification(
        title=line.title, description=line.description, skill=line.skill, checker=checker
    )
    return TaskDraft(specification, key, reward, _MODES[line.mode])


def _own_checker(line: _AgoraLine, make_key: MakeKey) -> tuple[Checker, AnswerKey | None]:
    if line.rubric is not None:
        if line.checker is not None or line.answer is not None:
            raise _LineError("rubric: a judged task has no checker and no answer")
        return JudgeChecker(rubric=tuple(line.rubric)), None
    if line.checker is None or line.answer is None:
        raise _LineError("checker: give checker and answer, or a rubric")
    key = make_key(line.answer)
    return _answer_checker(line.checker, key), key


def _answer_checker(kind: Literal["number", "exact"], key: AnswerKey) -> Checker:
    if kind == "number":
        if normalise_number(key.answer) is None:
            raise _LineError("answer: it is not a number")
        return NumberChecker(commitment=key.commitment())
    if not key.answer.strip():
        raise _LineError("answer: it is blank")
    return ExactChecker(commitment=key.commitment())
