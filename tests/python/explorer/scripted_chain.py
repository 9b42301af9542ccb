"""A chain in memory that answers JSON-RPC as a node does, and forks when it is told to."""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
from eth_utils.crypto import keccak
from scripted_market import Deed, ScriptedMarket, State, written

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc

GAS_PRICE = 10**9


@dataclass
class Block:
    """One block, and the market's state after it."""

    raw: dict[str, Any]
    transactions: list[dict[str, Any]]
    receipts: list[dict[str, Any]]
    logs: list[dict[str, Any]]
    reverts: dict[str, bytes]
    after: State


class ScriptedChain:
    """Blocks of a scripted market, with up to ``most`` transactions each."""

    def __init__(self, deployment: Deployment, most: int = 4, *, agents: int = 12) -> None:
        self.market = ScriptedMarket(deployment, agents=agents)
        self.deployment, self.most = deployment, most
        self._marks = dict[bytes, int]()
        self._made = 0
        genesis = _header(0, deployment.genesis_hash, "0x" + "00" * 32, self.market.state.now, 0, [])
        self.blocks = [Block(genesis, [], [], [], {}, self.market.copy())]
        self.unknown: set[str] = set()
        """Methods that the node refuses."""
        self._receipts: dict[str, dict[str, Any]] = {}
        self._reverts: dict[str, bytes] = {}

    @property
    def head(self) -> int:
        """The number of the newest block."""
        return len(self.blocks) - 1

    def mine(self, dice: Random, count: int = 1) -> None:
        """``count`` more blocks."""
        for _ in range(count):
            deeds = self.market.deeds(dice, dice.randint(0, self.most))
            self._add(deeds, self.market.copy())

    def fork(self, depth: int) -> None:
        """The newest ``depth`` blocks leave the chain."""
        for block in self.blocks[len(self.blocks) - depth :]:
            for receipt in block.receipts:
                del self._receipts[receipt["transactionHash"]]
        del self.blocks[len(self.blocks) - depth :]
        self.market.state = copy.deepcopy(self.blocks[-1].after)

    def _add(self, deeds: Sequence[Deed], after: State) -> None:
        number, parent = len(self.blocks), self.blocks[-1].raw["hash"]
        # What is in a block depends on dice, so that one after a fork may be the very same: its number of all
        # blocks that were ever made tells them apart.
        self._made += 1
        block_hash = "0x" + keccak(text=f"{parent}|{self._made}").hex()
        block = Block({}, [], [], [], {}, after)
        bloom = 0
        for position, deed in enumerate(deeds):
            tx_hash = "0x" + keccak(text=f"{block_hash}|{position}").hex()
            where = {"blockHash": block_hash, "blockNumber": hex(number)}
            self._take(block, deed, {"transactionHash": tx_hash, "transactionIndex": hex(position), **where})
            for place, _ in deed.events:
                bloom |= self._mark(bytes.fromhex(place[2:]))
        block.raw = _header(number, block_hash, parent, self.market.state.now, bloom, block.transactions)
        self.blocks.append(block)
        self._receipts |= {one["transactionHash"]: one for one in block.receipts}
        self._reverts |= block.reverts

    def _take(self, block: Block, deed: Deed, where: dict[str, Any]) -> None:
        tx_hash = where["transactionHash"]
        of_tx = {name: value for name, value in where.items() if name != "transactionHash"}
        call = {"from": deed.sender.lower(), "to": deed.to.lower(), "input": "0x" + deed.data.hex()}
        gas = {"value": "0x0", "nonce": "0x1", "gas": hex(200_000)}
        block.transactions.append({"hash": tx_hash, **of_tx, **call, **gas})
        logs = []
        for place, event in deed.events:
            topics, data = written(event)
            text = {"topics": ["0x" + topic.hex() for topic in topics], "data": "0x" + data.hex()}
            index = hex(len(block.logs) + len(logs))
            logs.append({"address": place.lower(), "logIndex": index, **text, **where})
        block.logs += logs
        status = "0x1" if deed.revert is None else "0x0"
        paid = {"gasUsed": hex(90_000), "effectiveGasPrice": hex(GAS_PRICE), "status": status}
        block.receipts.append({**where, **paid, "logs": logs})
        if deed.revert is not None:
            block.reverts[tx_hash] = deed.revert

    def _mark(self, value: bytes) -> int:
        """The bits that an address sets in a block's bloom."""
        if value not in self._marks:
            digest = keccak(value)
            bits = (int.from_bytes(digest[at : at + 2], "big") % 2048 for at in (0, 2, 4))
            self._marks[value] = sum({1 << bit for bit in bits})
        return self._marks[value]

    def answer(self, content: bytes) -> tuple[int, bytes]:
        """The HTTP status and body of the reply to a JSON-RPC request."""
        asked = json.loads(content)
        replies = [self._reply(call) for call in (asked if isinstance(asked, list) else [asked])]
        return 200, json.dumps(replies if isinstance(asked, list) else replies[0]).encode()

    def _reply(self, call: dict[str, Any]) -> dict[str, Any]:
        known = {
            "eth_blockNumber": self._block_number,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getLogs": self._logs,
            "eth_getTransactionReceipt": self._receipts.get,
            "debug_traceTransaction": self._trace,
        }
        head = {"jsonrpc": "2.0", "id": call["id"]}
        if call["method"] not in known or call["method"] in self.unknown:
            return {**head, "error": {"code": -32601, "message": f"{call['method']} is not known"}}
        return {**head, "result": known[call["method"]](*call["params"])}

    def _block_number(self) -> str:
        return hex(self.head)

    def _block_by_number(self, tag: str, full: bool) -> dict[str, Any] | None:
        number = self.head if tag == "latest" else int(tag, 16)
        if number > self.head:
            return None
        block = self.blocks[number]
        return {**block.raw, "transactions": block.transactions} if full else block.raw

    def _logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        return [log for block in self.blocks[first : last + 1] for log in block.logs]

    def _trace(self, tx_hash: str, _: object) -> dict[str, Any]:
        return {"returnValue": "0x" + self._reverts.get(tx_hash, b"").hex()}


def _header(
    number: int, block_hash: str, parent: str, now: int, bloom: int, transactions: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "number": hex(number),
        "hash": block_hash,
        "parentHash": parent,
        "timestamp": hex(now),
        "baseFeePerGas": hex(GAS_PRICE),
        "logsBloom": f"0x{bloom:0512x}",
        "transactions": [one["hash"] for one in transactions],
    }


class InMemory(httpx.AsyncBaseTransport):
    """The way to a chain in the same process."""

    def __init__(self, chain: ScriptedChain) -> None:
        self._chain = chain

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks."""
        status, content = self._chain.answer(await request.aread())
        return httpx.Response(status, content=content)


def rpc_to(chain: ScriptedChain) -> Rpc:
    """A provider on this chain, without faults."""
    return Rpc("http://chain.test", transport=InMemory(chain))
