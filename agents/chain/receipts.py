"""Waits for receipts, all together: one small request for each look at the chain, however many wait."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from agents.chain.rpc import Rpc, quantity
from agents.errors import AgoraError, RpcError, TransportError

BATCH = 200
"""Receipts asked for in one request."""


class ReceiptPoller:
    """Looks for the receipts of every waiting transaction, once for each new block."""

    def __init__(self, rpc: Rpc, interval: float) -> None:
        self._rpc, self._interval = rpc, interval
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._fresh: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Look no more; whoever waits is cancelled."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for future in self._waiting.values():
            future.cancel()

    async def wait(self, tx_hash: str, seconds: float) -> dict[str, Any] | None:
        """The receipt as the node gives it, or None when there is none after so many seconds.

        One caller at a time waits for the same transaction.
        """
        future = self._waiting[tx_hash] = asyncio.get_running_loop().create_future()
        self._fresh.add(tx_hash)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(tx_hash, None)

    async def _run(self) -> None:
        head = None
        while self._waiting:
            try:
                number = await self._rpc.call("eth_blockNumber")
                # Without a new block only those who came since the last look can learn something.
                await self._look(self._fresh if number == head else self._waiting)
                head = number
            except TransportError:
                head = None  # Those who wait have deadlines of their own.
            except AgoraError as error:
                for future in self._open():
                    future.set_exception(error)
            await asyncio.sleep(self._interval)

    async def _look(self, wanted: Iterable[str]) -> None:
        hashes = list(wanted)
        self._fresh.difference_update(hashes)
        for at in range(0, len(hashes), BATCH):
            chunk = hashes[at : at + BATCH]
            receipts = await self._rpc.batch([("eth_getTransactionReceipt", (one,)) for one in chunk])
            for one, receipt in zip(chunk, receipts, strict=True):
                future = self._waiting.get(one)
                if receipt is not None and future is not None and not future.done():
                    future.set_result(receipt)

    def _open(self) -> list[asyncio.Future[dict[str, Any]]]:
        return [future for future in self._waiting.values() if not future.done()]


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
