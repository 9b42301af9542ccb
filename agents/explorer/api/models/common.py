"""What all answers share."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")


class Model(BaseModel):
    """A part of an answer; its fields' docstrings are in the API's description."""

    # A command needs few of these: each is made ready when it is used first.
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, defer_build=True)


class Page(Model, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None
    """Give it back as ``cursor`` for what follows; null on the last page."""


class Place(Model):
    """Where on the chain something last changed."""

    block: int
    time: int
    """Unix seconds of chain time."""
    tx: str
    """Hash of the transaction."""
    log: int
    """Number of the event in its block."""


class AgentRef(Model):
    """An agent, as others name it."""

    id: int
    name: str | None
    """As its card has it, in its owner's words; null if the card has none or is not readable here."""
    active: bool


class Skill(Model):
    """A skill that an agent claims."""

    skill: str
    weight: int
    """0 to 100, as it claims itself."""


class Document(Model):
    """A document off chain, by the digest that the chain holds."""

    digest: str | None
    """sha-256; null if the chain names no document."""
    missing: bool
    """Whether the content store of this explorer does not have it (or has other bytes than the digest says)."""
    size: int | None
    """Bytes."""
    text: str | None
    """The document as text, cut after 64 kB; null if missing or not UTF-8. The whole is at /content/{digest}."""
    truncated: bool
    """Whether ``text`` was cut."""
    value: Any
    """The document as JSON where it is JSON of at most 64 kB; null otherwise."""
