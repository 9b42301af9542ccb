"""The transactions that a node has taken and not yet mined: they would be gone with it."""

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from agents.chain.guard.upstream import Upstream

_SENT = "eth_sendRawTransaction"


class Handed:
    """Remembers signed transactions by their hash, in the order in which the node took them."""

    def __init__(self) -> None:
        self._raw: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._raw)

    def add(self, hash_: str, raw: bytes) -> None:
        """The node has taken the transaction."""
        self._raw[hash_] = raw

    def note(self, asked: bytes, answered: bytes) -> None:
        """Add what a request to a node handed over and its answer says was taken; both are JSON-RPC."""
        if _SENT.encode() in asked:
            # An answer that cannot be read is the caller's to refuse; the block will tell of what was taken.
            with contextlib.suppress(ValueError):
                self._take(json.loads(asked), json.loads(answered))

    def get(self, hash_: str) -> bytes | None:
        """The transaction, where it came through here and was not forgotten."""
        return self._raw.get(hash_)

    def waiting(self) -> list[bytes]:
        """All that are remembered."""
        return list(self._raw.values())

    def forget(self, hashes: Iterable[str]) -> None:
        """These are mined, or dropped."""
        for one in hashes:
            self._raw.pop(one, None)

    def keep_only(self, hashes: Iterable[str]) -> None:
        """All others were replaced, and the node has forgotten them too."""
        kept = set(hashes)
        self._raw = {hash_: raw for hash_, raw in self._raw.items() if hash_ in kept}

    def _take(self, asked: Any, answered: Any) -> None:
        replies = answered if isinstance(answered, list) else [answered]
        taken = {one["id"]: one["result"] for one in replies if isinstance(one, dict) and "result" in one}
        for one in asked if isinstance(asked, list) else [asked]:
            if one["method"] == _SENT and one["id"] in taken:
                self.add(taken[one["id"]], bytes.fromhex(one["params"][0][2:]))


class NotingUpstream(Upstream):
    """A node whose taken transactions are remembered."""

    def __init__(self, url: str, handed: Handed) -> None:
        super().__init__(url)
        self._handed = handed

    async def post(self, body: bytes) -> bytes:
        """As ``Upstream.post``."""
        content = await super().post(body)
        self._handed.note(body, content)
        return content
