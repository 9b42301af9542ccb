"""A chain's blocks, transactions and logs as its node gives them, and logs read by the contracts' ABI files.

Nothing of the package takes part in it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
from eth_abi import decode
from eth_utils import keccak, to_checksum_address

ROOT = Path(__file__).resolve().parents[3]
SPAN = 50


@dataclass(frozen=True)
class Seen:
    """One log of the market."""

    block: int
    log: int
    tx: str
    time: int
    contract: str
    address: str
    name: str
    args: dict


class Chain:
    """All of a chain at ``url``, with the contracts at these addresses by name."""

    def __init__(self, url, contracts):
        self.contracts = {name: to_checksum_address(address) for name, address in contracts.items()}
        self._names = {address: name for name, address in self.contracts.items()}
        self._events = {name: events_of(name) for name in contracts}
        self.seen, self.blocks = [], {}
        self.senders = {}
        """Of the transactions that touched the market, by hash."""
        self.logs_in = {}
        self.touching = {}
        with httpx.Client(base_url=url, timeout=60) as client:
            self._client = client
            self._read()

    def ask(self, method, *params):
        return self.ask_all(method, [params])[0]

    def ask_all(self, method, questions):
        """The answers to the same question about several things, in one request."""
        body = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}
            for place, params in enumerate(questions)
        ]
        replies = self._client.post("/", json=body).json()
        assert all("result" in reply for reply in replies), replies
        return [reply["result"] for reply in sorted(replies, key=lambda reply: reply["id"])]

    def _read(self):
        head = int(self.ask("eth_blockNumber"), 16)
        for first in range(0, head + 1, SPAN):
            numbers = range(first, min(head + 1, first + SPAN))
            blocks = self.ask_all("eth_getBlockByNumber", [(hex(number), True) for number in numbers])
            for number, block in zip(numbers, blocks, strict=True):
                self.blocks[number] = (block["hash"], int(block["timestamp"], 16))
                for one in block["transactions"]:
                    if one["to"] and to_checksum_address(one["to"]) in self._names:
                        self._touch(number, one)
        for first in range(0, head + 1, SPAN):
            span = {"fromBlock": hex(first), "toBlock": hex(min(head, first + SPAN - 1))}
            for raw in self.ask("eth_getLogs", span | {"address": list(self._names)}):
                self._see(raw)

    def _touch(self, number, transaction):
        self.senders[transaction["hash"]] = to_checksum_address(transaction["from"])
        self.touching.setdefault(number, set()).add(transaction["hash"])

    def _see(self, raw):
        number, tx = int(raw["blockNumber"], 16), raw["transactionHash"]
        if tx not in self.senders:
            self._touch(number, self.ask("eth_getTransactionByHash", tx))
        self.logs_in[number] = self.logs_in.get(number, 0) + 1
        address = to_checksum_address(raw["address"])
        contract = self._names[address]
        kind = self._events[contract].get(raw["topics"][0])
        if kind is None:
            return
        name, inputs = kind
        topics = iter(bytes.fromhex(topic[2:]) for topic in raw["topics"][1:])
        plain = [type_of(one) for one in inputs if not one["indexed"]]
        data = iter(decode(plain, bytes.fromhex(raw["data"][2:])))
        args = {one["name"]: indexed(one, next(topics)) if one["indexed"] else next(data) for one in inputs}
        where = number, int(raw["logIndex"], 16), tx, self.blocks[number][1]
        self.seen.append(Seen(*where, contract, address, name, args))

    @property
    def head(self):
        return max(self.blocks)


@cache
def abi_of(contract):
    """What a contract's ABI file holds."""
    found = ROOT.glob(f"artifacts/**/{contract}.sol/{contract}.json")
    [path] = [one for one in found if "tests" not in one.parts[len(ROOT.parts) :]]
    return json.loads(path.read_text("utf-8"))["abi"]


def hashed(entry):
    """The hash of the signature of an event or a function."""
    return keccak(text=f"{entry['name']}({','.join(map(type_of, entry['inputs']))})")


@cache
def events_of(contract):
    """Name and arguments of a contract's events by their topic."""
    return {
        f"0x{hashed(one).hex()}": (one["name"], one["inputs"])
        for one in abi_of(contract)
        if one["type"] == "event"
    }


def type_of(argument):
    if argument["type"].startswith("tuple"):
        inner = ",".join(map(type_of, argument["components"]))
        return f"({inner}){argument['type'][5:]}"
    return argument["type"]


def indexed(argument, topic):
    """An indexed argument; of text only its hash is known."""
    kind = type_of(argument)
    return topic if kind in ("string", "bytes") or "[" in kind else decode([kind], topic)[0]
