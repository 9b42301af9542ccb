"""Errors of tasks files and of documents."""

from pathlib import Path

from agents.errors.base import AgoraError, UserError


class TasksMissing(UserError):
    """A tasks file is not there, cannot be opened or holds no task."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"no tasks can be read from {path} ({detail}): name a JSONL file with one task a line"
        )


class MalformedTasks(UserError):
    """A line of a tasks file cannot be read."""

    def __init__(self, path: Path, line: int, detail: str) -> None:
        super().__init__(f"{path}, line {line}: {detail}")


class MalformedTask(UserError):
    """A task that was described in so many words cannot be posted."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"the task cannot be posted: {detail}")


class UnsupportedTasks(UserError):
    """A tasks file of a kind that this version cannot check."""


class ContentError(AgoraError):
    """A document of the content store cannot be used."""


class ContentMissing(ContentError):
    """The store holds no document with this digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"the content store holds nothing with digest {digest}")


class ContentUnavailable(ContentError):
    """The store itself cannot be read or written."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the content store cannot be used ({detail}): check AGORA_CONTENT, the disk and its rights"
        )


class ContentMalformed(ContentError):
    """A document is not in the form that its reader needs."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"{what} is malformed: {detail}")


class ContentTooLarge(ContentError):
    """A document is over the store's limit; sizes in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"a document of the content store may have at most {limit:,} bytes, and this one has more"
        )


class DigestMismatch(ContentError):
    """A document's bytes do not have the digest they are stored under."""

    def __init__(self, digest: str, found: str) -> None:
        super().__init__(f"the document stored as {digest} has digest {found}: it was altered or cut off")
