"""Hands signed transactions to a node in the order of their nonces, and reads what the node makes of them."""

import asyncio
import re

import structlog

from agents.chain.outbox import Entry, Outbox
from agents.chain.rpc import Rpc
from agents.errors import RpcError, TransportError

LONGEST_PAUSE = 5.0
"""Seconds between two tries to hand over the same bytes; each pause is twice the one before, up to this."""

_HAS_IT = re.compile(r"known transaction|already known|already imported", re.IGNORECASE)
_NONCE_USED = re.compile(r"nonce too low", re.IGNORECASE)
_NOT_YET = re.compile(r"nonce too high|underpriced", re.IGNORECASE)
"""A gap before it, or another transaction of the same nonce in the queue: both pass."""

log = structlog.get_logger(__name__)


class Delivery:
    """Knows which pending entries a node has taken; the caller holds the wallet's lock."""

    def __init__(self, rpc: Rpc, outbox: Outbox, pause: float, deadline: float) -> None:
        """``pause`` is the seconds before a second try, ``deadline`` those until there is no further one."""
        self._rpc, self._outbox, self._pause, self._deadline = rpc, outbox, pause, deadline
        self._taken: set[str] = set()

    def taken(self, entry: Entry) -> bool:
        """Whether a node has taken the entry, as far as this process knows."""
        return entry.hash in self._taken

    def forget(self, entry: Entry | None = None) -> None:
        """No longer assume that a node has the entry, or any entry; the next ``flush`` sends it again."""
        if entry is None:
            self._taken.clear()
        else:
            self._taken.discard(entry.hash)

    async def flush(self, wallet: str) -> None:
        """Every pending entry of the wallet is with a node, or dropped because it can never be mined.

        Raises TransportError at the deadline, and RpcError when the node refuses one that others depend on.
        """
        for entry in self._outbox.pending(wallet):
            if entry.hash not in self._taken:
                await self._deliver(entry)

    async def _deliver(self, entry: Entry) -> None:
        loop = asyncio.get_running_loop()
        give_up, pause = loop.time() + self._deadline, self._pause
        while not await self._handed_over(entry):
            if loop.time() + pause > give_up:
                raise TransportError(f"no node takes {entry.intent} ({entry.hash}); it stays in the outbox")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _handed_over(self, entry: Entry) -> bool:
        """Send the bytes once; whether there is nothing left to send."""
        try:
            await self._rpc.call("eth_sendRawTransaction", "0x" + entry.raw.hex())
        except TransportError as error:
            # The node may have it or not: only the next answer can tell.
            log.info("send_unanswered", intent=entry.intent, tx=entry.hash, reason=str(error))
            return False
        except RpcError as error:
            return await self._refused(entry, error)
        self._taken.add(entry.hash)
        return True

    async def _refused(self, entry: Entry, error: RpcError) -> bool:
        """What a refusal means: whether there is nothing left to send."""
        if _HAS_IT.search(error.message):
            self._taken.add(entry.hash)
            return True
        if _NOT_YET.search(error.message):
            return False
        try:
            # The count first: if the nonce is used and our bytes still are not there, others used it.
            count = await self._rpc.call("eth_getTransactionCount", entry.wallet, "latest")
            known = await self._rpc.call("eth_getTransactionByHash", entry.hash) is not None
        except TransportError:
            return False
        if known:
            # A node that mines at once answers with the revert of what is in a block all the same.
            self._taken.add(entry.hash)
            return True
        used = int(count, 16) > entry.nonce
        if not used and _NONCE_USED.search(error.message):
            return False
        if not used and any(other.nonce > entry.nonce for other in self._outbox.pending(entry.wallet)):
            raise error  # Without it, the later ones of the wallet would wait for its nonce for ever.
        log.warning("send_refused", intent=entry.intent, tx=entry.hash, reason=error.message)
        self._outbox.drop(entry, error)
        return True
