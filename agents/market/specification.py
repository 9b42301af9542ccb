"""A task's specification: the JSON document whose sha-256 digest the chain holds."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from agents.errors import ContentMalformed, SettingOutOfRange

SKILL_BYTES = 16
SALT_BYTES = 32
_SKILL = r"[a-z][a-z0-9-]{0,14}"
_DOMAIN = b"agora:answer:v1\0"


def _line(text: str) -> str:
    """``text`` in NFC; ValueError if it holds control characters, which could forge lines and colours."""
    return _normalised(text, allowed="")


def _paragraphs(text: str) -> str:
    return _normalised(text, allowed="\n\t")


def _normalised(text: str, allowed: str) -> str:
    if any(unicodedata.category(char) == "Cc" and char not in allowed for char in text):
        raise ValueError("must not hold control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return unicodedata.normalize("NFC", text)


# Lengths are checked before and after the normalisation, which can make a text longer.
Title = Annotated[str, Field(max_length=120), AfterValidator(_line), Field(max_length=120)]
Description = Annotated[str, Field(max_length=8000), AfterValidator(_paragraphs), Field(max_length=8000)]
Criterion = Annotated[str, Field(max_length=300), AfterValidator(_line), Field(max_length=300)]
Skill = Annotated[str, Field(pattern=rf"^{_SKILL}$")]
Commitment = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NumberChecker(_Document):
    """The last number in the result must equal the committed answer."""

    kind: Literal["number"] = "number"
    commitment: Commitment


class ExactChecker(_Document):
    """The result must equal the committed answer, but for case, spaces and closing punctuation."""

    kind: Literal["exact"] = "exact"
    commitment: Commitment


class JudgeChecker(_Document):
    """A model answers each criterion with yes or no; the score is the share of yes."""

    kind: Literal["judge"] = "judge"
    rubric: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=12)]


Checker = Annotated[NumberChecker | ExactChecker | JudgeChecker, Field(discriminator="kind")]


class TaskSpecification(_Document):
    """What a task asks for and how its result is checked; the answer itself is never in it."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    title: Title
    description: Description
    skill: Skill
    checker: Checker

    def canonical_bytes(self) -> bytes:
        """The one way to write it down: UTF-8, NFC, keys sorted, no spaces."""
        return canonical_json(self.model_dump(mode="json"))

    def digest(self) -> bytes:
        """The sha-256 of the canonical bytes: what the chain holds."""
        return hashlib.sha256(self.canonical_bytes()).digest()

    @classmethod
    def from_bytes(cls, data: bytes) -> "TaskSpecification":
        """Read what ``canonical_bytes`` wrote; ContentMalformed says what is wrong with anything else."""
        try:
            specification = cls.model_validate_json(data)
        except ValidationError as error:
            raise ContentMalformed("a task specification", first_problem(error)) from None
        if specification.canonical_bytes() != data:
            raise ContentMalformed("a task specification", "it is not in canonical form")
        return specification


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The answer that a specification commits to; its requester keeps it until the task has ended."""

    answer: str = field(repr=False)
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a salt of another length: the commitment would be ambiguous or could be guessed."""
        if len(self.salt) != SALT_BYTES:
            raise SettingOutOfRange("the salt's length", len(self.salt), f"{SALT_BYTES} bytes")

    @classmethod
    def create(cls, answer: str, draw: Callable[[int], bytes] = secrets.token_bytes) -> "AnswerKey":
        """A key for ``answer`` under a fresh salt; ``draw`` gives so many random bytes."""
        return cls(answer, draw(SALT_BYTES))

    def commitment(self) -> str:
        """The hex digest that stands in the specification."""
        return answer_commitment(self.answer, self.salt)

    def opens(self, specification: TaskSpecification) -> bool:
        """Whether the specification committed to this answer; never for a judged task."""
        checker = specification.checker
        return not isinstance(checker, JudgeChecker) and checker.commitment == self.commitment()

    def publish(self) -> bytes:
        """The key as a document, for its requester's own store or, after the task, for everyone."""
        return canonical_json({"answer": self.answer, "salt": self.salt.hex()})

    @classmethod
    def from_bytes(cls, data: bytes) -> "AnswerKey":
        """The key that ``publish`` wrote; ContentMalformed for anything else."""
        try:
            document = _PublishedKey.model_validate_json(data)
        except ValidationError as error:
            raise ContentMalformed("an answer key", first_problem(error)) from None
        return cls(document.answer, bytes.fromhex(document.salt))


class _PublishedKey(_Document):
    model_config = ConfigDict(hide_input_in_errors=True)

    answer: str
    salt: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{2 * SALT_BYTES}}}$")]


def answer_commitment(answer: str, salt: bytes) -> str:
    """sha-256 over domain, salt and the answer in NFC without outer spaces, in hex."""
    text = unicodedata.normalize("NFC", answer.strip())
    return hashlib.sha256(_DOMAIN + salt + text.encode()).hexdigest()


def skill_bytes(tag: str) -> bytes:
    """The tag as the chain's bytes16, filled up with zeros; SettingOutOfRange if it is no tag."""
    if not re.fullmatch(_SKILL, tag):
        allowed = "1 to 15 of a-z, 0-9 and -, beginning with a letter"
        raise SettingOutOfRange("skill", tag, allowed)
    return tag.encode().ljust(SKILL_BYTES, b"\0")


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """``value`` as UTF-8 JSON with sorted keys and no spaces, so that equal values have equal digests."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def first_problem(error: ValidationError) -> str:
    """The first thing a validation found, as ``where: what``, without the offending value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
