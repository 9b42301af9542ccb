"""Reads blocks as the index keeps them: the market's logs, and the transactions that touched its contracts, also those
that failed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from agents.chain.blocks import BlockReader, Header, linked
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.rpc import Rpc, pieces, quantity
from agents.chain.words import checksummed
from agents.errors import RpcError, TransportError

TRIES = 3
"""How often a range is read whose logs and headers do not belong to one chain, as in the midst of a reorg."""
RECEIPTS = 100
"""Receipts in one request."""
TRACES = 20
"""Traces of failed transactions in one request: the node carries each out again."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that called a contract of the market, or made one of them log something."""

    hash: str
    position: int
    sender: str
    to: str | None
    """None where it made a contract."""
    input: bytes
    value: int
    nonce: int
    gas: int
    gas_used: int
    gas_price: int
    """Wei paid for each unit of gas."""
    failed: bool
    revert: bytes | None = None
    """Why it failed; None where nobody knows."""

    @classmethod
    def read(cls, raw: Mapping[str, Any], receipt: Any, block_hash: str, revert: bytes | None) -> Self:
        """The transaction in a node's answers; raises TransportError when they are none, or of another block."""
        try:
            if receipt["blockHash"] != block_hash or receipt["transactionHash"] != raw["hash"]:
                raise TransportError(f"transaction {raw['hash']} left its block while it was read")
            return cls(
                hash=raw["hash"],
                position=int(raw["transactionIndex"], 16),
                sender=checksummed(raw["from"]),
                to=checksummed(raw["to"]) if raw.get("to") else None,
                input=bytes.fromhex(raw["input"][2:]),
                value=int(raw["value"], 16),
                nonce=int(raw["nonce"], 16),
                gas=int(raw["gas"], 16),
                gas_used=int(receipt["gasUsed"], 16),
                gas_price=int(receipt["effectiveGasPrice"], 16),
                failed=int(receipt["status"], 16) == 0,
                revert=revert,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError("the node sent a transaction that cannot be read") from error


@dataclass(frozen=True, slots=True)
class BlockData:
    """A block with all that concerns the market."""

    header: Header
    logs: tuple[Log, ...]
    transactions: tuple[Transaction, ...]
    """In the order of the block."""


class MarketReader:
    """Reads the blocks of one deployment."""

    def __init__(self, rpc: Rpc, deployment: Deployment) -> None:
        self._rpc = rpc
        self._addresses = frozenset(deployment.decoders)
        self._blocks = BlockReader(rpc, list(deployment.decoders), full=True)
        self._traces = True

    async def header(self, number: int) -> Header | None:
        """The block's header, or None when the node has no such block. Raises TransportError."""
        return await self._blocks.header(number)

    async def headers(self, numbers: Sequence[int]) -> list[Header | None]:
        """As ``header``, for several blocks in one request."""
        raws = await self._rpc.batch([("eth_getBlockByNumber", (quantity(one), False)) for one in numbers])
        return [
            None if raw is None else Header.read(raw, number)
            for raw, number in zip(raws, numbers, strict=True)
        ]

    async def read(self, first: int, last: int, parent: str | None) -> list[BlockData] | None:
        """The blocks in order, or None where the first is no child of the block with hash ``parent``.

        Raises TransportError, also when the node's answers do not fit together however often they are asked for.
        """
        for _ in range(TRIES):
            found = await self._blocks.read(first, last)
            if found is None or not linked([header for header, _ in found]):
                continue
            if parent is not None and not _follows(found[0][0], parent):
                return None
            return await self._complete(found)
        raise TransportError(f"the node's logs and headers of blocks {first} to {last} are not of one chain")

    async def _complete(self, found: Sequence[tuple[Header, list[Log]]]) -> list[BlockData]:
        ours = [self._ours(header, logs) for header, logs in found]
        hashes = [raw["hash"] for raws in ours for raw in raws]
        receipts = await self._receipts(hashes)
        failed = [raw for raws in ours for raw in raws if _failed(receipts[raw["hash"]])]
        reverts = await self._reverts(failed)
        return [
            BlockData(
                header,
                tuple(logs),
                tuple(
                    Transaction.read(raw, receipts[raw["hash"]], header.hash, reverts.get(raw["hash"]))
                    for raw in raws
                ),
            )
            for (header, logs), raws in zip(found, ours, strict=True)
        ]

    def _ours(self, header: Header, logs: Sequence[Log]) -> list[Mapping[str, Any]]:
        """The transactions of the block that touched the market."""
        logged = {log.tx_hash for log in logs}
        try:
            ours = [
                raw
                for raw in header.bodies
                if raw["hash"] in logged or (raw.get("to") and checksummed(raw["to"]) in self._addresses)
            ]
            strange = logged - {raw["hash"] for raw in ours}
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError("the node sent a transaction that cannot be read") from error
        if strange:
            raise TransportError(
                f"the node's logs are of transactions that block {header.number} does not hold"
            )
        return ours

    async def _receipts(self, hashes: Sequence[str]) -> dict[str, Any]:
        answers = await asyncio.gather(
            *(
                self._rpc.batch([("eth_getTransactionReceipt", (one,)) for one in piece])
                for piece in pieces(hashes, RECEIPTS)
            )
        )
        return dict(zip(hashes, (one for piece in answers for one in piece), strict=True))

    async def _reverts(self, failed: Sequence[Mapping[str, Any]]) -> dict[str, bytes | None]:
        """The revert data of failed transactions: by a trace where the node makes them, else by the same call."""
        found: dict[str, bytes | None] = {}
        for piece in pieces(failed, TRACES):
            if self._traces:
                found |= await self._traced(piece)
            found |= await self._repeated([raw for raw in piece if raw["hash"] not in found])
        return found

    async def _traced(self, failed: Sequence[Mapping[str, Any]]) -> dict[str, bytes | None]:
        """What the node's traces tell. The guard and most public nodes make none: they are not asked again."""
        quiet = {"disableStorage": True, "disableMemory": True, "disableStack": True}
        answers = await self._rpc.each([("debug_traceTransaction", (raw["hash"], quiet)) for raw in failed])
        told = zip(failed, answers, strict=True)
        found = {raw["hash"]: _returned(one) for raw, one in told if not isinstance(one, RpcError)}
        self._traces = bool(found)
        return found

    async def _repeated(self, failed: Sequence[Mapping[str, Any]]) -> dict[str, bytes | None]:
        """What the same calls say at the end of the block before: nearly always the same, but not when another
        transaction of the block came between."""
        calls = []
        for raw in failed:
            request = {name: raw[name] for name in ("from", "to", "value", "gas") if raw.get(name)}
            calls.append(
                ("eth_call", (request | {"data": raw["input"]}, quantity(int(raw["blockNumber"], 16) - 1)))
            )
        answers = await self._rpc.each(calls)
        return {
            raw["hash"]: one.data if isinstance(one, RpcError) else None
            for raw, one in zip(failed, answers, strict=True)
        }


def _follows(header: Header, parent: str) -> bool:
    """Whether the block is the child of the one with this hash."""
    before = Header(header.number - 1, parent, "", 0)
    return linked([before, header])


def _failed(receipt: Any) -> bool:
    try:
        return int(receipt["status"], 16) == 0
    except (KeyError, TypeError, ValueError) as error:
        raise TransportError("the node sent no readable receipt") from error


def _returned(trace: Any) -> bytes | None:
    """The revert data at the end of a trace."""
    value = trace.get("returnValue") if isinstance(trace, Mapping) else None
    try:
        return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else None
    except ValueError:
        return None
