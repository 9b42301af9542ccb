"""Follows the head for a sender: what a block costs, and which of our transactions it holds.

However many wait, a look at the chain is one small request; only a new block is read, and of its
transactions only ours are asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from agents.chain.blocks import Header, linked
from agents.chain.logs import Log
from agents.chain.rpc import Rpc, number, pieces, quantity
from agents.errors import RpcError, TransportError

BATCH = 200
"""Receipts asked for in one request."""
MOST_BLOCKS = 50
"""Blocks read one by one; further behind, the receipts themselves are asked for."""
CONFIRMATIONS = 8
"""Blocks after one with a receipt of ours during which we go on looking whether it stays in the chain."""
IDLE_SECONDS = 10.0
"""How long we go on looking for these blocks when nothing is watched."""
FRESH_SECONDS = 1.0
"""How old a base fee may be. It moves by an eighth a block, and what we offer is twice of it."""


class ReceiptPoller:
    """Looks for the receipts of every watched transaction, once for each new block.

    ``found`` takes the receipts of each look, ``forked`` is called when blocks that were seen have left the
    chain, and ``failed`` takes the error that ended a look.
    """

    def __init__(
        self,
        rpc: Rpc,
        interval: float,
        found: Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]],
        forked: Callable[[], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self._rpc, self._interval = rpc, interval
        self._found, self._forked, self._failed = found, forked, failed
        self._watched: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        """Of the watched ones, those to ask for whatever the blocks say."""
        self._head: Header | None = None
        self._confirmed = 0
        """The number of the block after which all that was found so far counts as settled."""
        self._busy_at = 0.0
        self._base_fee, self._priced_at = 0, -FRESH_SECONDS
        self._behind = False
        """Whether a look failed, so that blocks may have been missed."""
        self._reading: asyncio.Task[None] | None = None
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
        self._start()

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
        if asyncio.get_running_loop().time() - self._priced_at >= FRESH_SECONDS:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read_price())
            # Many may wait for the one answer, and none of them may cancel it.
            await asyncio.shield(self._reading)
        return self._base_fee

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def _following(self) -> bool:
        return self._head is not None and self._task is not None and not self._task.done()

    async def _read_price(self) -> None:
        self._priced(Header.read(await self._rpc.call("eth_getBlockByNumber", "latest", False)))

    def _priced(self, head: Header) -> None:
        self._base_fee, self._priced_at = head.base_fee, asyncio.get_running_loop().time()

    def _saw(self, head: Header) -> None:
        self._head = head
        self._priced(head)

    async def _run(self) -> None:
        while self._watched or self._is_unsure():
            try:
                await self._look()
            except TransportError:
                self._behind = True  # Those who wait have deadlines of their own.
            except Exception as error:  # noqa: BLE001 - raised by those who wait
                self._behind = True
                self._failed(error)
            await asyncio.sleep(self._interval if self._watched else 5 * self._interval)

    def _is_unsure(self) -> bool:
        """Whether a block with something of ours may yet leave the chain, as far as one cares to wait."""
        now = asyncio.get_running_loop().time()
        is_near = self._head is not None and self._head.number < self._confirmed
        return is_near and now - self._busy_at < IDLE_SECONDS

    async def _look(self) -> None:
        newest = number(await self._rpc.call("eth_blockNumber"))
        before = self._head
        if before is not None and newest == before.number and not self._behind:
            self._saw(before)
        elif before is not None and 0 < newest - before.number <= MOST_BLOCKS and not self._behind:
            await self._follow(before, newest)
        else:
            await self._jump(before, newest)
        await self._ask()

    async def _follow(self, before: Header, newest: int) -> None:
        """Read the new blocks and note which of ours they hold."""
        blocks = await self._blocks(range(before.number + 1, newest + 1))
        if not linked([before, *blocks]):
            await self._jump(before, newest)
            return
        mined = (one for block in blocks for one in block.transactions if one in self._watched)
        self._asked.update(dict.fromkeys(mined))
        self._saw(blocks[-1])

    async def _jump(self, before: Header | None, newest: int) -> None:
        """Any of ours may be in blocks that were not read, and some may be no longer where they were."""
        known = [before.number] if before is not None and before.number < newest else []
        *seen, head = await self._blocks([*known, newest])
        if before is not None and [block.hash for block in seen] != [before.hash]:
            await self._forked()
        self._asked = dict(self._watched)
        self._behind = False
        self._saw(head)

    async def _blocks(self, numbers: Sequence[int]) -> list[Header]:
        raw = await self._rpc.batch([("eth_getBlockByNumber", (quantity(one), False)) for one in numbers])
        return [Header.read(one, number) for one, number in zip(raw, numbers, strict=True)]

    async def _ask(self) -> None:
        hashes, self._asked = list(self._asked), {}
        try:
            for piece in pieces(hashes, BATCH):
                answers = await self._rpc.batch([("eth_getTransactionReceipt", (one,)) for one in piece])
                receipts = _receipts(piece, answers)
                await self._found(receipts)
                self._confirm(receipts)
        except Exception:
            self.ask(hashes)
            raise

    def _confirm(self, receipts: Sequence[Mapping[str, Any]]) -> None:
        if receipts:
            newest = max(number(one["blockNumber"]) for one in receipts)
            self._confirmed = max(self._confirmed, newest + CONFIRMATIONS)
            self._busy_at = asyncio.get_running_loop().time()


def _receipts(hashes: Sequence[str], answers: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Those receipts that there are; raises TransportError where one is not of the transaction asked for."""
    found: list[Mapping[str, Any]] = []
    for one, answer in zip(hashes, answers, strict=True):
        if answer is None:
            continue
        if not isinstance(answer, Mapping) or answer.get("transactionHash") != one:
            raise TransportError(f"the node sent something else than the receipt of {one}")
        for field in ("blockNumber", "status", "gasUsed", "effectiveGasPrice"):
            number(answer.get(field))
        for log in answer.get("logs") or ():
            Log.read(log)
        found.append(answer)
    return found


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
