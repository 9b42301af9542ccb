"""Documents by their sha-256 digest, in a folder or in any store that fsspec knows by URL."""

import asyncio
import hashlib
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic_core import from_json

from agents.errors import (
    ContentMalformed,
    ContentMissing,
    ContentTooLarge,
    ContentUnavailable,
    DigestMismatch,
    SettingOutOfRange,
)
from agents.market.specification import TaskSpecification, canonical_json

LIMIT = 1 << 20
"""The largest document, in bytes."""
REMEMBERED = 1024
"""Specifications, which many agents read in the same moment."""


class ContentStore:
    """Documents that cannot change: what is read has the digest it was asked by, or an error is raised.

    ``url`` is a folder or an fsspec URL (memory://name, s3://bucket/folder, …) whose driver is
    installed. ContentUnavailable means that the store itself failed.
    """

    def __init__(self, url: str) -> None:
        """Open the store; SettingOutOfRange if no driver for the URL is there."""
        self._specifications: OrderedDict[bytes, TaskSpecification] = OrderedDict()
        self._reading: dict[bytes, asyncio.Event] = {}
        self._scheme = url.split("://", 1)[0] if "://" in url else "folder"
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except ImportError as error:
            raise SettingOutOfRange("the content store", self._scheme, f"usable: {error}") from None
        except ValueError:
            allowed = "a folder or a URL that fsspec knows, such as s3://bucket/folder"
            raise SettingOutOfRange("the content store", self._scheme, allowed) from None

    def __repr__(self) -> str:
        """Only the kind of store: a URL may hold keys."""
        return f"ContentStore({self._scheme})"

    async def put(self, data: bytes) -> bytes:
        """Store a document and give its digest; a crash leaves it whole or absent.

        Raises ContentTooLarge over 1 MiB.
        """
        if len(data) > LIMIT:
            raise ContentTooLarge(LIMIT)
        digest = hashlib.sha256(data).digest()
        await asyncio.to_thread(self._write, self._path(digest), data)
        return digest

    async def get(self, digest: bytes) -> bytes:
        """The document with this digest; ContentMissing, ContentTooLarge or DigestMismatch without one."""
        data = await asyncio.to_thread(self._read, self._path(digest))
        if data is None:
            raise ContentMissing(digest.hex())
        if len(data) > LIMIT:
            raise ContentTooLarge(LIMIT)
        found = hashlib.sha256(data).digest()
        if found != digest:
            raise DigestMismatch(digest.hex(), found.hex())
        return data

    async def put_json(self, value: Mapping[str, Any]) -> bytes:
        """Store a JSON object in its canonical form and give its digest."""
        return await self.put(canonical_json(value))

    async def get_json(self, digest: bytes) -> dict[str, Any]:
        """The JSON object with this digest; ContentMalformed if the document is something else."""
        data = await self.get(digest)
        try:
            # Not the standard library's: that one recurses in C as deep as a document is nested.
            value = from_json(data, allow_inf_nan=False)
        except ValueError:
            raise ContentMalformed(f"document {digest.hex()}", "it is not JSON") from None
        if not isinstance(value, dict):
            raise ContentMalformed(f"document {digest.hex()}", "it is not a JSON object")
        return value

    async def get_specification(self, digest: bytes) -> TaskSpecification:
        """The task specification with this digest; ContentMalformed if the document is something else.

        The last REMEMBERED of them are kept, and those who ask for one while it is read wait for that.
        """
        while digest not in self._specifications:
            reading = self._reading.get(digest)
            if reading is None:
                return await self._read_specification(digest)
            await reading.wait()
        self._specifications.move_to_end(digest)
        return self._specifications[digest]

    async def _read_specification(self, digest: bytes) -> TaskSpecification:
        end = self._reading[digest] = asyncio.Event()
        try:
            specification = TaskSpecification.from_bytes(await self.get(digest))
        finally:
            del self._reading[digest]
            end.set()
        self._specifications[digest] = specification
        if len(self._specifications) > REMEMBERED:
            self._specifications.popitem(last=False)
        return specification

    def _path(self, digest: bytes) -> str:
        name = digest.hex()
        return f"{self._root.rstrip('/')}/{name[:2]}/{name[2:]}"

    def _write(self, path: str, data: bytes) -> None:
        try:
            if self._read(path) == data:
                return
            if isinstance(self._files, LocalFileSystem):
                _write_whole(Path(path), data)
            else:
                self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
                self._files.pipe_file(path, data)
        except OSError as error:
            raise ContentUnavailable(error.strerror or type(error).__name__) from error

    def _read(self, path: str) -> bytes | None:
        """At most one byte over the limit, so that a planted giant cannot fill the memory."""
        try:
            with self._files.open(path, "rb") as file:
                data: bytes = file.read(LIMIT + 1)
                return data
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ContentUnavailable(error.strerror or type(error).__name__) from error


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, flush to disk, then rename over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
