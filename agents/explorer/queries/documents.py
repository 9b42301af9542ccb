"""Documents of the content store, as far as answers show them."""

import hashlib
from typing import Any

from pydantic_core import from_json

from agents.errors import ContentError
from agents.explorer.api.models import Document, TaskDetail
from agents.market.content import ContentStore
from agents.market.specification import TaskSpecification

SHOWN = 64 << 10
"""Bytes of a document that are shown with what names it; the whole is at /content/{digest}."""


def document_of(digest: str | None, data: bytes) -> Document:
    """The document with these bytes."""
    shown = data[:SHOWN]
    try:
        text = shown.decode("utf-8", "strict" if len(data) <= SHOWN else "ignore")
    except UnicodeDecodeError:
        text = None
    return Document(
        digest=digest,
        missing=False,
        size=len(data),
        text=text,
        truncated=len(data) > SHOWN,
        value=None if text is None or len(data) > SHOWN else _value(data),
    )


def _value(data: bytes) -> Any:
    """The JSON in it. The standard library's reader would recurse in C as deep as a document is nested."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError:
        return None
    return value if _is_shallow(value) else None


def _is_shallow(value: Any, levels: int = 32) -> bool:
    """Whether it can be written down again by any writer."""
    if not isinstance(value, dict | list):
        return True
    items = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in items)


async def read_document(content: ContentStore, digest: str | None) -> tuple[Document, bytes | None]:
    """The document with this digest, and its bytes; without them it is missing."""
    if digest is not None:
        try:
            data = await content.get(bytes.fromhex(digest[2:]))
        except ContentError:
            pass
        else:
            return document_of(digest, data), data
    missing = digest is not None
    return Document(digest=digest, missing=missing, size=None, text=None, truncated=False, value=None), None


async def with_documents(content: ContentStore, task: TaskDetail) -> tuple[TaskDetail, bytes | None]:
    """The task with its specification and its result, as far as the content store has them, and the specification's
    bytes."""
    specification, data = await read_document(content, task.specification)
    result, _ = await read_document(content, task.result)
    changes: dict[str, Any] = {
        "specification_document": specification,
        "result_document": result,
        "content_missing": specification.missing or result.missing,
    }
    parsed = specification_of(data)
    if parsed is not None:
        changes |= {
            "title": parsed.title,
            "description": parsed.description,
            "checker": parsed.checker.model_dump(mode="json"),
        }
    return task.model_copy(update=changes), data


def specification_of(data: bytes | None) -> TaskSpecification | None:
    """The specification that the bytes are; None for anything else."""
    if data is None:
        return None
    try:
        return TaskSpecification.from_bytes(data)
    except ContentError:
        return None


def digest_of(data: bytes) -> str:
    """The digest by which the chain names a document."""
    return f"0x{hashlib.sha256(data).hexdigest()}"
