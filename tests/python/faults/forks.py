"""Blocks that leave the chain: the node goes back to a snapshot, and what its blocks held may come again, or not.

For a node of one's own, as it needs ``evm_snapshot`` and ``evm_revert``.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from eth_utils.crypto import keccak

from agents.chain.rpc import quantity
from agents.errors import RpcError
from faults.engine import Answer, Forward

DEEPEST = 5
"""Blocks."""
FORGETFUL = 0.2
"""How often a transaction of a block that left the chain is forgotten, instead of waiting for another block."""
POLL_SECONDS = 0.05

Ask = Callable[..., Awaitable[Any]]


class Forks:
    """``ask`` calls a method of the node, ``rate`` is the probability of a fork for each block."""

    def __init__(self, ask: Ask, seed: str, rate: float) -> None:
        self._ask, self.rate = ask, rate
        self._dice = Random(f"forks {seed}")
        self._marks: list[tuple[int, str]] = []
        self._raws: dict[str, str] = {}
        self.happened: list[tuple[int, int]] = []
        """For each fork, the head before it and the one after it."""

    def watching(self, forward: Forward) -> Forward:
        """The same way to the node; what is sent on it can come again after a fork."""

        async def forwarded(content: bytes) -> Answer:
            asked = json.loads(content)
            for call in asked if isinstance(asked, list) else [asked]:
                if call["method"] == "eth_sendRawTransaction":
                    (raw,) = call["params"]
                    self._raws["0x" + keccak(hexstr=raw).hex()] = raw
            return await forward(content)

        return forwarded

    async def before_block(self) -> bool:
        """To be called before each block: whether there was a fork."""
        forked = bool(self._marks) and self._dice.random() < self.rate
        if forked:
            await self.back(self._dice.randint(1, len(self._marks)))
        head = int(await self._ask("eth_blockNumber"), 16)
        self._marks = [*self._marks, (head, await self._ask("evm_snapshot"))][-DEEPEST:]
        return forked

    async def back(self, depth: int) -> None:
        """The newest ``depth`` blocks leave the chain, as far as they were marked."""
        number, snapshot = self._marks[-depth]
        self._marks = self._marks[:-depth]
        head = int(await self._ask("eth_blockNumber"), 16)
        lost = []
        for one in range(number + 1, head + 1):
            lost += (await self._ask("eth_getBlockByNumber", quantity(one), False))["transactions"]
        lost += [one["hash"] for one in await self._ask("eth_pendingTransactions")]
        assert await self._ask("evm_revert", snapshot), "the snapshot was used by another"
        self.happened.append((head, number))
        for tx in lost:
            if self._dice.random() >= FORGETFUL:
                await self._again(tx)

    async def _again(self, tx: str) -> None:
        if tx not in self._raws or await self._ask("eth_getTransactionByHash", tx) is not None:
            return
        try:
            await self._ask("eth_sendRawTransaction", self._raws[tx])
        except RpcError as error:
            # Another of the same nonce came first, or the node mines at once and holds no gaps.
            if "nonce" not in error.message.lower():
                raise

    async def live(self) -> None:
        """Make forks on a node that mines by itself, until cancelled."""
        head = -1
        while True:
            number = int(await self._ask("eth_blockNumber"), 16)
            if number != head:
                await self.before_block()
                head = int(await self._ask("eth_blockNumber"), 16)
            await asyncio.sleep(POLL_SECONDS)
