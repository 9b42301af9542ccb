"""Follows the head for a sender: what a block costs, and which of our transactions it holds.

However many wait, a look at the chain is one small request; only a new block is read, and of its
transactions only ours are asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from agents.chain.rpc import Rpc, quantity
from agents.errors import RpcError, TransportError

BATCH = 200
"""Receipts asked for in one request."""
MOST_BLOCKS = 50
"""Blocks read one by one; further behind, the receipts themselves are asked for."""
FRESH_SECONDS = 1.0
"""How old a base fee may be. It moves by an eighth a block, and what we offer is twice of it."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block, as far as a sender cares."""

    number: int
    hash: str
    parent: str
    base_fee: int
    """Wei for each unit of gas."""
    transactions: tuple[str, ...]

    @classmethod
    def read(cls, raw: Any) -> Self:
        """The block in a node's answer; raises TransportError when it is none."""
        try:
            return cls(
                int(raw["number"], 16),
                raw["hash"],
                raw["parentHash"],
                int(raw["baseFeePerGas"], 16),
                tuple(raw["transactions"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError("the node sent a block that cannot be read") from error


class ReceiptPoller:
    """Looks for the receipts of every watched transaction, once for each new block.

    ``found`` takes the receipts of each look, and ``failed`` the error that ended one.
    """

    def __init__(
        self,
        rpc: Rpc,
        interval: float,
        found: Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self._rpc, self._interval, self._found, self._failed = rpc, interval, found, failed
        self._watched: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        """Of the watched ones, those to ask for whatever the blocks say."""
        self._head: Head | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[Head] | None = None
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Look no more."""
        tasks = [task for task in (self._task, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def watch(self, hashes: Sequence[str], *, unsent: bool = False) -> None:
        """Look for these from now on; what is ``unsent`` can only be in blocks to come."""
        if not (unsent and self._following()):
            self._asked.update(dict.fromkeys(hashes))
        self._watched.update(dict.fromkeys(hashes))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def unwatch(self, hashes: Sequence[str]) -> None:
        """Look for these no longer."""
        for one in hashes:
            self._watched.pop(one, None)
            self._asked.pop(one, None)

    def ask(self, hashes: Sequence[str]) -> None:
        """At the next look, ask for those of these that are watched."""
        self._asked.update({one: None for one in hashes if one in self._watched})

    async def base_fee(self) -> int:
        """The base fee of the newest block, in wei for each unit of gas. Raises TransportError."""
        now = asyncio.get_running_loop().time()
        if self._head is not None and now - self._read_at < FRESH_SECONDS:
            return self._head.base_fee
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._latest())
        # Many may wait for the one answer, and none of them may cancel it.
        return (await asyncio.shield(self._reading)).base_fee

    def _following(self) -> bool:
        return self._head is not None and self._task is not None and not self._task.done()

    async def _latest(self) -> Head:
        head = Head.read(await self._rpc.call("eth_getBlockByNumber", "latest", False))
        if not self._following():
            self._saw(head)
        return head

    def _saw(self, head: Head) -> None:
        self._head, self._read_at = head, asyncio.get_running_loop().time()

    async def _run(self) -> None:
        while self._watched:
            try:
                await self._look()
            except TransportError:
                self._head = None  # Those who wait have deadlines of their own.
            except Exception as error:  # noqa: BLE001 - raised by those who wait
                self._head = None
                self._failed(error)
            await asyncio.sleep(self._interval)

    async def _look(self) -> None:
        number = int(await self._rpc.call("eth_blockNumber"), 16)
        before = self._head
        if before is None or not 0 <= number - before.number <= MOST_BLOCKS:
            self._saw(Head.read(await self._rpc.call("eth_getBlockByNumber", quantity(number), False)))
            self._asked = dict(self._watched)
        elif number == before.number:
            self._saw(before)
        else:
            self._follow(before, await self._blocks(before.number + 1, number))
        await self._ask()

    async def _blocks(self, first: int, last: int) -> list[Head]:
        raw = await self._rpc.batch(
            [("eth_getBlockByNumber", (quantity(one), False)) for one in range(first, last + 1)]
        )
        return [Head.read(one) for one in raw]

    def _follow(self, before: Head, blocks: Sequence[Head]) -> None:
        """Note which of ours are in the new blocks; where they do not follow each other, any may be."""
        for block in blocks:
            if block.parent != before.hash:
                self._asked = dict(self._watched)
            before = block
        mined = (one for block in blocks for one in block.transactions if one in self._watched)
        self._asked.update(dict.fromkeys(mined))
        self._saw(before)

    async def _ask(self) -> None:
        hashes, self._asked = list(self._asked), {}
        for at in range(0, len(hashes), BATCH):
            chunk = hashes[at : at + BATCH]
            try:
                answers = await self._rpc.batch([("eth_getTransactionReceipt", (one,)) for one in chunk])
                await self._found(_receipts(chunk, answers))
            except Exception:
                self.ask(hashes[at:])
                raise


def _receipts(hashes: Sequence[str], answers: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Those receipts that there are; raises TransportError where one is not of the transaction asked for."""
    for one, answer in zip(hashes, answers, strict=True):
        if answer is not None and answer.get("transactionHash") != one:
            raise TransportError(f"the node sent another receipt than that of {one}")
    return [one for one in answers if one is not None]


async def revert_reason(rpc: Rpc, receipt: Mapping[str, Any]) -> RpcError:
    """Why a transaction in a block was reverted, with the revert data if the node can still tell.

    A trace is exact. Nodes without traces run the call again on the state after its block, which is the
    same unless others in that block changed what it depends on.
    """
    tx_hash = receipt["transactionHash"]
    try:
        trace = await rpc.call("debug_traceTransaction", tx_hash, {"tracer": "callTracer"})
        output = trace.get("output", "0x")
        return RpcError(
            3, f"{tx_hash} reverted: {trace.get('error', 'no reason given')}", bytes.fromhex(output[2:])
        )
    except RpcError:
        sent = await rpc.call("eth_getTransactionByHash", tx_hash)
        call = {"from": sent["from"], "to": sent["to"], "data": sent["input"], "value": sent["value"]}
    try:
        await rpc.call("eth_call", call | {"gas": sent["gas"]}, quantity(int(receipt["blockNumber"], 16)))
    except RpcError as error:
        return error
    return RpcError(3, f"{tx_hash} reverted, and the reason can no longer be found")
