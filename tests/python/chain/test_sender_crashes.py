"""The sender against a small node of our own that loses messages, forgets its queue and mines when told.

Hypothesis looks for a sequence of sends, faults, crashes and blocks after which an intent happened twice,
was lost, or left a gap in the nonces.
"""

import asyncio
import json
import tempfile
from pathlib import Path

import httpx
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from eth_utils import keccak
from hexbytes import HexBytes
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agents.chain.abi import transfer
from agents.chain.logs import Receipt
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.errors import RpcError, TransportError

SEED = Seed.create()
TO = "0x" + "12" * 20


class MiniNode(httpx.AsyncBaseTransport):
    """Blocks of plain transfers; ``faults`` says what happens to the next raw transactions it gets."""

    def __init__(self):
        self.blocks, self.queue, self.faults, self.down = [], {}, [], False

    def used(self, sender):
        return sum(one["from"] == sender for block in self.blocks for one in block)

    def mine(self):
        block = []
        for key in sorted(self.queue):
            transaction = self.queue[key]
            nonce = self.used(key[0]) + sum(one["from"] == key[0] for one in block)
            if transaction["nonce"] == nonce:
                block.append(transaction)
        for one in block:
            del self.queue[one["from"], one["nonce"]]
        self.blocks.append(block)

    async def handle_async_request(self, request):
        body = json.loads(request.content)
        asked = body if isinstance(body, list) else [body]
        fault = None
        if any(one["method"] == "eth_sendRawTransaction" for one in asked) and self.faults:
            fault = self.faults.pop(0)
        if self.down or fault == "request":
            raise httpx.ConnectError("lost")
        replies = [self.reply(one) for one in asked]
        if fault == "reply":
            raise httpx.ReadTimeout("lost")
        return (
            httpx.Response(503)
            if fault == "error"
            else httpx.Response(200, json=replies if isinstance(body, list) else replies[0])
        )

    def reply(self, one):
        answer = {"jsonrpc": "2.0", "id": one["id"]}
        try:
            return answer | {"result": getattr(self, one["method"])(*one["params"])}
        except ValueError as error:
            return answer | {"error": {"code": -32000, "message": str(error)}}

    def eth_sendRawTransaction(self, raw):  # noqa: N802 - the method's name
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        sender, nonce = Account.recover_transaction(raw), fields["nonce"]
        transaction = {
            "from": sender,
            "nonce": nonce,
            "value": fields["value"],
            "hash": keccak(hexstr=raw).hex(),
        }
        if nonce < self.used(sender):
            raise ValueError("nonce too low")
        if (sender, nonce) in self.queue:
            raise ValueError("already known")
        self.queue[sender, nonce] = transaction
        return "0x" + transaction["hash"]

    def eth_getTransactionCount(self, address, tag):  # noqa: N802
        nonce = self.used(address)
        while tag == "pending" and (address, nonce) in self.queue:
            nonce += 1
        return hex(nonce)

    def eth_getTransactionByHash(self, tx_hash):  # noqa: N802
        known = [*self.queue.values(), *(one for block in self.blocks for one in block)]
        return next((one for one in known if "0x" + one["hash"] == tx_hash), None)

    def eth_getTransactionReceipt(self, tx_hash):  # noqa: N802
        for number, block in enumerate(self.blocks, 1):
            for one in block:
                if "0x" + one["hash"] == tx_hash:
                    fields = {"gasUsed": "0x5208", "effectiveGasPrice": "0x1", "status": "0x1", "logs": []}
                    return fields | {"transactionHash": tx_hash, "blockNumber": hex(number)}
        return None

    def eth_getBlockByNumber(self, tag, _):  # noqa: N802
        number = len(self.blocks) if tag == "latest" else int(tag, 16)
        block = {"number": hex(number), "hash": hex(number), "parentHash": hex(number - 1)}
        mined = self.blocks[number - 1] if number else []
        return block | {"baseFeePerGas": "0x3e8", "transactions": ["0x" + one["hash"] for one in mined]}

    def eth_getBalance(self, *_):  # noqa: N802
        return hex(10**20)

    def eth_blockNumber(self):  # noqa: N802
        return hex(len(self.blocks))


async def ended(tasks):
    await asyncio.gather(*tasks, return_exceptions=True)


class Crashes(RuleBasedStateMachine):
    """Each intent pays an amount of its own, so that the chain itself tells how often it happened."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.node = MiniNode()
        self.accepted = set()
        self.running = {}
        self.start()

    def start(self):
        self.store = Store.open(Path(self.folder.name) / "store.db")
        self.rpc = Rpc("http://127.0.0.1:1", transport=self.node)
        self.sender = Sender(self.rpc, self.store, 31337, interval=0.001, deadline=0.02)

    def live(self, seconds=0.01):
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule(
        intent=st.integers(1, 12),
        faults=st.lists(st.sampled_from(["request", "reply", "error"]), max_size=6),
        mine=st.booleans(),
    )
    def send(self, intent, faults, mine):
        self.node.faults = faults
        wallet = SEED.wallet(intent % 2)
        task = self.loop.create_task(
            self.sender.send(wallet, transfer(TO, intent), intent=str(intent), gas=21_000)
        )
        self.running.setdefault(intent, []).append(task)
        self.live()
        if mine:
            self.node.mine()
            self.live()

    @rule()
    def mine(self):
        self.node.mine()
        self.live()

    @rule()
    def node_forgets_its_queue(self):
        self.node.queue.clear()

    @rule()
    def crash_and_recover(self):
        self.crash()
        self.start()
        self.loop.run_until_complete(self.sender.recover())

    def crash(self):
        """What kill -9 does, as far as others can see: everything stops, and only the file stays."""
        for task in (one for tasks in self.running.values() for one in tasks):
            task.cancel()
        self.harvest(wait=True)
        self.loop.run_until_complete(self.sender.close())
        self.loop.run_until_complete(self.rpc.close())
        self.store.close()

    def harvest(self, *, wait=False):
        for intent, tasks in list(self.running.items()):
            if wait:
                self.loop.run_until_complete(ended(tasks))
            for task in [one for one in tasks if one.done()]:
                tasks.remove(task)
                if task.cancelled():
                    continue
                assert isinstance(task.exception(), TransportError | None), task.exception()
                if task.exception() is None:
                    self.accepted.add(intent)

    def paid(self):
        return [one["value"] for block in self.node.blocks for one in block]

    @invariant()
    def nothing_happens_twice_and_what_was_promised_has_happened(self):
        self.harvest()
        paid = self.paid()
        assert len(paid) == len(set(paid)), "an intent happened twice"
        assert self.accepted <= set(paid), "a receipt was given for nothing"

    def teardown(self):
        """The faults heal: every intent that was ever stored happens, once, and no nonce is left out."""
        self.crash()
        self.node.faults = []
        self.start()
        rows = self.store.db.execute("SELECT intent, state FROM outbox").fetchall()
        assert all(row["state"] != "failed" for row in rows), "nothing was given up"
        recovering = self.loop.create_task(self.sender.recover())
        for _ in range(200):
            self.live(0.002)
            self.node.mine()
            if recovering.done():
                outcomes = self.loop.run_until_complete(recovering)
                if all(isinstance(one, Receipt) for one in outcomes.values()):
                    break
                assert not any(isinstance(one, RpcError) for one in outcomes.values()), outcomes
                recovering = self.loop.create_task(self.sender.recover())
        else:
            raise AssertionError("it never settles")
        assert sorted(self.paid()) == sorted(int(row["intent"]) for row in rows)
        self.crash()
        self.loop.close()
        self.folder.cleanup()


Crashes.TestCase.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
TestCrashes = Crashes.TestCase
