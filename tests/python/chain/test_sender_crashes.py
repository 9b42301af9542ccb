"""The sender against a small node of our own that loses messages, forgets its queue, mines when told, becomes
dearer and takes blocks back.

Hypothesis looks for a sequence of sends, faults, crashes and blocks after which an intent happened twice,
was lost, or left a gap in the nonces.
"""

import asyncio
import itertools
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

WALLETS = [Seed.create().wallet(index) for index in range(2)]
CHEAP, DEAR = 1_000, 50_000
"""Base fees: what is signed at the one is not mined at the other."""
TO = "0x" + "12" * 20


class MiniNode(httpx.AsyncBaseTransport):
    """Blocks of plain transfers; ``faults`` says what happens to the next raw transactions it gets."""

    def __init__(self):
        self.blocks, self.queue, self.faults, self.down = [("0x0", [])], {}, [], False
        self.base_fee = CHEAP
        self.hashes = itertools.count(1)

    def used(self, sender):
        return sum(one["from"] == sender for _, block in self.blocks for one in block)

    def mine(self):
        block = []
        for key in sorted(self.queue):
            transaction = self.queue[key]
            nonce = self.used(key[0]) + sum(one["from"] == key[0] for one in block)
            if transaction["nonce"] == nonce and transaction["fees"][0] >= self.base_fee:
                block.append(transaction)
        for one in block:
            del self.queue[one["from"], one["nonce"]]
        self.blocks.append((hex(next(self.hashes)), block))

    def fork(self, depth):
        """The newest blocks are others, and empty; what was in them is nowhere."""
        for at in range(max(1, len(self.blocks) - depth), len(self.blocks)):
            self.blocks[at] = (hex(next(self.hashes)), [])

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
        transaction["fees"] = (fields["maxFeePerGas"], fields["maxPriorityFeePerGas"])
        if nonce < self.used(sender):
            raise ValueError("nonce too low")
        queued = self.queue.get((sender, nonce))
        if queued and queued["hash"] == transaction["hash"]:
            raise ValueError("already known")
        if queued and any(
            10 * new < 11 * old for new, old in zip(transaction["fees"], queued["fees"], strict=True)
        ):
            raise ValueError("replacement transaction underpriced")
        self.queue[sender, nonce] = transaction
        return "0x" + transaction["hash"]

    def eth_getTransactionCount(self, address, tag):  # noqa: N802
        nonce = self.used(address)
        while tag == "pending" and (address, nonce) in self.queue:
            nonce += 1
        return hex(nonce)

    def eth_getTransactionByHash(self, tx_hash):  # noqa: N802
        known = [*self.queue.values(), *(one for _, block in self.blocks for one in block)]
        return next((one for one in known if "0x" + one["hash"] == tx_hash), None)

    def eth_getTransactionReceipt(self, tx_hash):  # noqa: N802
        for number, (block_hash, block) in enumerate(self.blocks):
            for one in block:
                if "0x" + one["hash"] == tx_hash:
                    fields = {"gasUsed": "0x5208", "effectiveGasPrice": "0x1", "status": "0x1", "logs": []}
                    place = {"blockNumber": hex(number), "blockHash": block_hash}
                    return fields | place | {"transactionHash": tx_hash}
        return None

    def eth_getBlockByNumber(self, tag, _):  # noqa: N802
        number = len(self.blocks) - 1 if tag == "latest" else int(tag, 16)
        if number >= len(self.blocks):
            return None
        block_hash, block = self.blocks[number]
        place = {"number": hex(number), "hash": block_hash, "parentHash": self.blocks[number - 1][0]}
        mined = ["0x" + one["hash"] for one in block]
        rest = {"timestamp": hex(number), "logsBloom": "0x0", "baseFeePerGas": hex(self.base_fee)}
        return place | rest | {"transactions": mined}

    def eth_getBalance(self, *_):  # noqa: N802
        return hex(10**20)

    def eth_blockNumber(self):  # noqa: N802
        return hex(len(self.blocks) - 1)


async def ended(tasks):
    await asyncio.gather(*tasks, return_exceptions=True)


class Crashes(RuleBasedStateMachine):
    """Each intent pays an amount of its own, so that the chain itself tells how often it happened."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.node = MiniNode()
        self.accepted, self.forked = set(), False
        self.running = {}
        self.start()

    def start(self):
        self.store = Store.open(Path(self.folder.name) / "store.db")
        self.rpc = Rpc("http://127.0.0.1:1", transport=self.node)
        self.sender = Sender(self.rpc, self.store, 31337, interval=0.001, deadline=0.02, patience=0.004)

    def live(self, seconds=0.01):
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule(
        intent=st.integers(1, 12),
        faults=st.lists(st.sampled_from(["request", "reply", "error"]), max_size=6),
        mine=st.booleans(),
    )
    def send(self, intent, faults, mine):
        self.node.faults = faults
        wallet = WALLETS[intent % 2]
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

    @rule(base_fee=st.sampled_from([CHEAP, DEAR]))
    def blocks_have_another_price(self, base_fee):
        self.node.base_fee = base_fee

    @rule(depth=st.integers(1, 3))
    def blocks_are_replaced(self, depth):
        self.node.fork(depth)
        self.forked = True

    @rule()
    def crash_and_recover(self):
        self.crash()
        self.start()
        self.loop.run_until_complete(self.sender.recover(WALLETS))

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
        return [one["value"] for _, block in self.node.blocks for one in block if one["value"]]

    @invariant()
    def nothing_happens_twice_and_what_was_promised_has_happened(self):
        self.harvest()
        paid = self.paid()
        assert len(paid) == len(set(paid)), "an intent happened twice"
        # After a fork a receipt may be of a block that has gone: then what it promised is to be made true again.
        assert self.forked or self.accepted <= set(paid), "a receipt was given for nothing"

    def teardown(self):
        """The faults heal: every intent that was ever stored happens, once, and no nonce is left out."""
        self.crash()
        self.node.faults = []
        self.start()
        self.node.mine()  # The chain goes on: what was replaced shows.
        rows = self.store.db.execute("SELECT intent, state FROM outbox").fetchall()
        assert all(row["state"] != "failed" for row in rows), "nothing was given up"
        rows = [row for row in rows if row["intent"].isdigit()]
        recovering = self.loop.create_task(self.sender.recover(WALLETS))
        for _ in range(200):
            self.live(0.002)
            self.node.mine()
            if recovering.done():
                outcomes = self.loop.run_until_complete(recovering)
                if all(isinstance(one, Receipt) for one in outcomes.values()):
                    break
                assert not any(isinstance(one, RpcError) for one in outcomes.values()), outcomes
                recovering = self.loop.create_task(self.sender.recover(WALLETS))
        else:
            raise AssertionError("it never settles")
        assert sorted(self.paid()) == sorted(int(row["intent"]) for row in rows)
        self.crash()
        self.loop.close()
        self.folder.cleanup()


Crashes.TestCase.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
TestCrashes = Crashes.TestCase
