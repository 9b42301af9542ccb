"""Fees that no longer pay, gaps in the nonces, two stores with the same wallet, many sends at once."""

import asyncio
import contextlib
import json
import sys
from collections import Counter

import httpx
import pytest
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.abi import transfer
from agents.chain.guard.refusals import Code
from agents.chain.mender import Fees
from agents.chain.outbox import Outbox
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.transaction import Transaction
from agents.chain.wallet import Seed
from agents.errors import TransportError, WalletsInUse

TO = "0x" + "34" * 20
GENESIS = "0x" + "ab" * 32


@pytest.fixture
async def quick(rpc, store):
    """A sender that soon does something about what does not move."""
    sender = Sender(rpc, store, 31337, interval=0.01, deadline=20, patience=0.1)
    yield sender
    await sender.close()


async def base_fee(rpc, wei):
    """Blocks from now on cost so much, for as long as none is full."""
    await rpc.call("hardhat_setNextBlockBaseFeePerGas", hex(wei))
    await rpc.call("evm_mine")


async def mine_until(rpc, done):
    """Blocks are mined until the task is done."""
    for _ in range(400):
        if done.done():
            break
        await asyncio.sleep(0.02)
        with contextlib.suppress(TransportError):
            await rpc.call("evm_mine")
    return await asyncio.wait_for(done, 10)


def sent(store, intent):
    return Transaction.read(Outbox(store).get(intent).raw)


async def test_transaction_whose_fee_no_longer_pays_is_replaced_and_happens_once(rpc, store, quick, wallets):
    await rpc.call("evm_setAutomine", False)
    sending = asyncio.create_task(quick.send(wallets[1], transfer(TO, 7), intent="pay", gas=21_000))
    while Outbox(store).get("pay") is None or not Outbox(store).get("pay").hash:
        await asyncio.sleep(0.01)
    first = Outbox(store).get("pay")
    await base_fee(rpc, 10**9)
    receipt = await mine_until(rpc, sending)
    entry, old = Outbox(store).get("pay"), Transaction.read(first.raw)
    assert receipt.tx_hash == entry.hash != first.hash
    new = sent(store, "pay")
    assert 10 * new.max_fee >= 11 * old.max_fee > 0
    assert 10 * new.tip >= 11 * old.tip > 0
    assert (new.nonce, new.to, new.value, new.data) == (old.nonce, old.to, old.value, old.data)
    assert int(await rpc.call("eth_getBalance", TO, "latest"), 16) == 7


async def test_receipt_of_an_earlier_attempt_settles_the_intent(rpc, store, quick, wallets):
    """The node mines the old bytes: what it was given in their place never reached it."""
    await rpc.call("evm_setAutomine", False)
    sending = asyncio.create_task(quick.send(wallets[1], transfer(TO, 3), intent="pay", gas=21_000))
    while Outbox(store).get("pay") is None:
        await asyncio.sleep(0.01)
    first = Outbox(store).get("pay")
    await base_fee(rpc, 10**9)
    while Outbox(store).get("pay").hash == first.hash:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    await rpc.call("hardhat_dropTransaction", Outbox(store).get("pay").hash)
    sending.cancel()
    await quick.close()
    await rpc.call("eth_sendRawTransaction", "0x" + first.raw.hex())
    await rpc.call("hardhat_setNextBlockBaseFeePerGas", hex(1000))
    await rpc.call("evm_mine")
    again = Sender(rpc, store, 31337, interval=0.01, deadline=20, patience=0.1)
    receipt = (await again.recover(wallets))["pay"]
    await again.close()
    entry = Outbox(store).get("pay")
    assert receipt.tx_hash == entry.hash == first.hash
    assert entry.raw == first.raw


async def test_all_attempts_are_stored_before_they_are_sent(rpc, store, faulty, faults, wallets):
    """A crash after a replacement was sent: the next process knows every hash that may be mined."""
    await rpc.call("evm_setAutomine", False)
    sender = Sender(faulty, store, 31337, interval=0.01, deadline=20, patience=0.1)
    sending = asyncio.create_task(sender.send(wallets[1], transfer(TO, 3), intent="pay", gas=21_000))
    while Outbox(store).get("pay") is None:
        await asyncio.sleep(0.01)
    await base_fee(rpc, 10**9)
    while not Outbox(store).get("pay").others:
        await asyncio.sleep(0.01)
    sending.cancel()
    await sender.close()
    known = Outbox(store).get("pay").hashes
    pending = await rpc.call("eth_pendingTransactions")
    assert {one["hash"] for one in pending} <= set(known)


@given(base=st.integers(0, 10**12), tip=st.integers(0, 10**6), old=st.tuples(*[st.integers(0, 10**12)] * 2))
def test_raised_fees_are_a_tenth_more_and_pay(base, tip, old):
    before = Transaction(1, 0, min(old), max(old), 21_000, TO, 0, b"")
    fees = Fees.over(base, tip).raised(before)
    assert 10 * fees.max_fee >= 11 * before.max_fee
    assert 10 * fees.tip >= 11 * before.tip
    assert fees.max_fee >= max(2 * base + tip, fees.tip), "no node takes a tip above the whole fee"


async def test_gap_that_nobody_will_fill_is_filled(rpc, store, quick, wallets):
    """The reference's silent stall: a nonce that was never sent, and later ones that wait for it for ever."""
    await rpc.call("evm_setAutomine", False)
    await quick.send_many([])
    lane_nonce = int(await rpc.call("eth_getTransactionCount", wallets[1].address, "latest"), 16)
    ahead = Transaction(31337, lane_nonce + 2, 10_000, 10**6, 21_000, TO, 5, b"")
    raw = wallets[1].sign_transaction(ahead)
    with store.transaction() as db:
        db.execute(
            "INSERT INTO outbox (intent, wallet, nonce, raw, hash, cost, state) VALUES (?, ?, ?, ?, ?, '1', 'pending')",
            ("late", wallets[1].address, lane_nonce + 2, raw, "0x" + keccak(raw).hex()),
        )
    settling = asyncio.create_task(quick.recover(wallets))
    outcomes = await mine_until(rpc, settling)
    assert outcomes["late"].tx_hash == "0x" + keccak(raw).hex()
    fillers = [
        row["intent"] for row in store.db.execute("SELECT intent FROM outbox WHERE intent LIKE 'filler:%'")
    ]
    assert len(fillers) == 2
    assert int(await rpc.call("eth_getTransactionCount", wallets[1].address, "latest"), 16) == lane_nonce + 3


async def test_dead_transaction_between_others_leaves_no_gap(rpc, store, quick, wallets):
    await rpc.call("evm_setAutomine", False)
    orders = [("before", 21_000), ("starved", 20_000), ("after", 21_000)]
    sends = [
        asyncio.create_task(quick.send(wallets[1], transfer(TO, 1), intent=intent, gas=gas))
        for intent, gas in orders
    ]
    together = asyncio.gather(*sends, return_exceptions=True)
    before, starved, after = await mine_until(rpc, together)
    assert "gas" in str(starved)
    assert Outbox(store).get("starved").state == "failed"
    assert before.tx_hash != after.tx_hash
    assert int(await rpc.call("eth_getBalance", TO, "latest"), 16) == 2


@pytest.mark.parametrize("code", [-32005, Code.RATE, Code.PENDING, Code.LOST, Code.AWAY, Code.INTERNAL])
async def test_refusal_for_now_is_no_refusal(rpc, faulty, faults, store, wallets, code):
    sender = Sender(faulty, store, 31337, interval=0.01)
    refusals = iter(range(3))

    def change(method, reply):
        if method == "eth_sendRawTransaction" and next(refusals, None) is not None:
            return {"jsonrpc": "2.0", "id": reply["id"], "error": {"code": int(code), "message": "not now"}}
        return reply

    faults.change = change
    await sender.send(wallets[1], transfer(TO, 1), intent="pay")
    assert await rpc.call("eth_getBalance", TO, "latest") == "0x1"
    await sender.close()


async def test_batch_that_is_too_large_for_a_node_is_sent_in_parts(rpc, faulty, faults, store, wallets):
    class Picky:
        """Refuses requests of more than two calls with something else than a list."""

        async def handle_async_request(self, request):
            body = json.loads(request.content)
            if isinstance(body, list) and len(body) > 2 and body[0]["method"] == "eth_sendRawTransaction":
                refusal = {
                    "jsonrpc": "2.0",
                    "id": None,
                    "error": {"code": -32600, "message": "too many calls"},
                }
                return httpx.Response(200, json=refusal)
            return await faults.inner.handle_async_request(request)

    await rpc.call("evm_setAutomine", False)
    faulty._client._transport.handle_async_request = Picky().handle_async_request
    sender = Sender(faulty, store, 31337, interval=0.01)
    sends = asyncio.gather(
        *(sender.send(one, transfer(TO, 1), intent=one.address, gas=21_000) for one in wallets)
    )
    assert len(await mine_until(rpc, sends)) == 5
    await sender.close()


async def test_receipt_of_another_transaction_is_not_believed(rpc, faulty, faults, store, wallets):
    sender = Sender(faulty, store, 31337, interval=0.01, deadline=0.3)
    foreign = await sender.send(wallets[2], transfer(TO, 1), intent="foreign")

    def change(method, reply):
        if method == "eth_getTransactionReceipt" and reply["result"]:
            reply["result"]["transactionHash"] = foreign.tx_hash
        return reply

    faults.change = change
    with pytest.raises(TransportError):
        await sender.send(wallets[1], transfer(TO, 1), intent="pay")
    assert Outbox(store).get("pay").state == "pending"
    faults.change = None
    receipt = await sender.send(wallets[1], transfer(TO, 1), intent="pay")
    assert receipt.tx_hash == Outbox(store).get("pay").hash
    await sender.close()


def spoil(what):
    def change(method, reply):
        if method == what and not isinstance(reply, list) and reply.get("result") is not None:
            reply["result"] = {"what": "is this"}
        return reply

    return change


@pytest.mark.parametrize("method", ["eth_blockNumber", "eth_getBlockByNumber", "eth_getTransactionReceipt"])
async def test_nonsense_is_taken_for_a_failure_of_the_node_and_waited_out(
    rpc, faulty, faults, store, wallets, method
):
    sender = Sender(faulty, store, 31337, interval=0.01, deadline=10)
    faults.change = spoil(method)
    sending = asyncio.create_task(sender.send(wallets[1], transfer(TO, 1), intent="pay", gas=21_000))
    await asyncio.sleep(0.2)
    faults.change = None
    try:
        await sending
    except TransportError:  # Where it was needed before signing.
        assert Outbox(store).get("pay") is None
        await sender.send(wallets[1], transfer(TO, 1), intent="pay", gas=21_000)
    assert await rpc.call("eth_getBalance", TO, "latest") == "0x1"
    await sender.close()


async def test_what_a_fork_took_back_is_mined_again_without_a_word_from_the_tailer(
    rpc, store, quick, wallets
):
    await quick.send(wallets[1], transfer(TO, 1), intent="kept")
    snapshot = await rpc.call("evm_snapshot")
    await quick.send(wallets[1], transfer(TO, 2), intent="lost")
    await rpc.call("evm_revert", snapshot)
    await rpc.call("evm_increaseTime", "0x10")
    await rpc.call("evm_mine")
    await quick.send(wallets[2], transfer(TO, 4), intent="other")
    for _ in range(500):
        if int(await rpc.call("eth_getBalance", TO, "latest"), 16) == 7:
            break
        await asyncio.sleep(0.01)
    assert int(await rpc.call("eth_getBalance", TO, "latest"), 16) == 7
    await quick.send(wallets[1], transfer(TO, 2), intent="lost")
    assert int(await rpc.call("eth_getBalance", TO, "latest"), 16) == 7, "once"


async def test_one_store_at_a_time_signs_for_a_wallet_of_a_chain(rpc, tmp_path):
    wallet = Seed.create().wallet(0)
    await rpc.call("hardhat_setBalance", wallet.address, hex(10**18))
    stores = [Store.open(tmp_path / home / "fleet.db") for home in ("one", "other", "elsewhere")]
    for store, genesis in zip(stores, (GENESIS, GENESIS, "0x" + "cd" * 32), strict=True):
        store.pin(31337, genesis)
    senders = [Sender(rpc, store, 31337, interval=0.01) for store in stores]
    await senders[0].send(wallet, transfer(TO, 1), intent="first")
    with pytest.raises(WalletsInUse, match=wallet.address):
        await senders[1].send(wallet, transfer(TO, 1), intent="second")
    assert Outbox(stores[1]).get("second") is None
    await senders[2].send(wallet, transfer(TO, 1), intent="on another chain")
    stores[0].close()
    await senders[1].send(wallet, transfer(TO, 1), intent="second")
    for sender, store in zip(senders, stores, strict=True):
        await sender.close()
        store.close()


async def test_killed_fleet_lets_go_of_its_wallets(tmp_path):
    address = Seed.create().wallet(0).address
    code = (
        "import sys, time; from pathlib import Path; from agents.chain.store import Store\n"
        "store = Store.open(Path(sys.argv[1])); store.pin(31337, sys.argv[2]); store.claim(sys.argv[3])\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        str(tmp_path / "theirs.db"),
        GENESIS,
        address,
        stdout=asyncio.subprocess.PIPE,
    )
    await child.stdout.readline()
    store = Store.open(tmp_path / "ours.db")
    store.pin(31337, GENESIS)
    with pytest.raises(WalletsInUse):
        store.claim(address)
    child.kill()
    await child.wait()
    store.claim(address)
    store.close()


async def test_one_turn_of_many_wallets_is_few_requests_and_few_commits(node, rpc, faults, store, wallets):
    """What makes thousands a second possible, without a clock: the number of requests does not follow that of sends."""
    seed = Seed.create()
    crowd = [seed.wallet(index) for index in range(60)]
    async with Rpc(node.url, transport=faults) as counted:
        await rpc.batch([("hardhat_setBalance", (one.address, hex(10**18))) for one in crowd])
        await rpc.call("evm_setAutomine", False)
        sender = Sender(counted, store, 31337, interval=0.02)
        statements = []
        store.db.set_trace_callback(lambda sql: statements.append(sql.split()[0]))
        sends = asyncio.gather(
            *(sender.send(one, transfer(TO, 1), intent=one.address, gas=21_000) for one in crowd)
        )
        receipts = await mine_until(rpc, sends)
        store.db.set_trace_callback(None)
        await sender.close()
    assert len({one.tx_hash for one in receipts}) == 60
    assert faults.requests < 40, "each send asks for nothing of its own"
    asked = Counter(faults.seen)
    assert (
        asked["eth_getTransactionCount"] == asked["eth_getBalance"] == asked["eth_sendRawTransaction"] == 60
    )
    assert asked["eth_getTransactionReceipt"] <= 2 * 60
    assert statements.count("COMMIT") < 12
