import asyncio
import contextlib

import pytest

from agents.chain.abi import transfer
from agents.chain.bindings.credit_token import Transfer
from agents.chain.bindings.errors import AccessControlUnauthorizedAccount, ERC20InsufficientBalance
from agents.chain.logs import Receipt
from agents.chain.outbox import Outbox
from agents.chain.reader import read
from agents.chain.sender import IN_FLIGHT, Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.errors import RpcError, TransportError, WalletTooPoor

ZERO = "0x" + "00" * 20
TO = "0x" + "12" * 20


@pytest.fixture
async def shaky(faulty, store):
    """A sender behind a network with faults, with little patience."""
    sender = Sender(faulty, store, 31337, interval=0.01, deadline=0.2)
    yield sender
    await sender.close()


@pytest.fixture
async def balance(rpc):
    """The wei that the receiver has got in this test."""

    async def held():
        return int(await rpc.call("eth_getBalance", TO, "latest"), 16)

    before = await held()

    async def balance():
        return await held() - before

    return balance


async def count(rpc, wallet, tag="latest"):
    return int(await rpc.call("eth_getTransactionCount", wallet.address, tag), 16)


async def until(condition):
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


async def test_send_gives_the_receipt_with_its_events(sender, deployment, wallets):
    receipt = await sender.send(wallets[0], deployment.token.mint(TO, 5), intent="mint")
    assert receipt.first(Transfer, deployment.token.address) == Transfer(ZERO, TO, 5)
    assert receipt.cost > receipt.gas_used > 21_000
    with pytest.raises(LookupError):
        receipt.first(Transfer, deployment.ledger.address)


async def test_intent_happens_once(rpc, store, sender, wallets, balance):
    before = await count(rpc, wallets[1])
    first = await sender.send(wallets[1], transfer(TO, 7), intent="pay")
    again = await sender.send(wallets[1], transfer(TO, 8), intent="pay")
    restarted = Sender(rpc, store, 31337)
    later = await restarted.send(wallets[1], transfer(TO, 9), intent="pay")
    assert first == again == later, "the stored receipt"
    assert await balance() == 7
    assert await count(rpc, wallets[1]) == before + 1


async def test_intent_sent_twice_at_once_happens_once(rpc, sender, wallets, balance):
    receipts = await asyncio.gather(
        *(sender.send(wallets[1], transfer(TO, 7), intent="pay") for _ in range(5))
    )
    assert len(set(receipts)) == 1
    assert await balance() == 7


async def test_refusal_before_sending_stores_nothing(rpc, store, sender, deployment, wallets):
    before = await count(rpc, wallets[1])
    with pytest.raises(AccessControlUnauthorizedAccount) as caught:
        await sender.send(wallets[1], deployment.token.mint(TO, 5), intent="mint")
    assert caught.value.account == wallets[1].address
    assert Outbox(store).get("mint") is None
    assert await count(rpc, wallets[1]) == before, "no nonce was used"


@pytest.mark.parametrize("automine", [True, False])
async def test_revert_in_a_block_is_the_typed_error_and_final(
    rpc, store, sender, deployment, wallets, automine
):
    await rpc.call("evm_setAutomine", automine)
    call = deployment.token.transfer(TO, 3)
    sending = asyncio.create_task(sender.send(wallets[1], call, intent="give", gas=100_000))
    if not automine:
        await until(lambda: _pending(rpc, wallets[1], 1))
        await rpc.call("evm_mine")
    with pytest.raises(ERC20InsufficientBalance) as caught:
        await sending
    assert (caught.value.sender, caught.value.balance, caught.value.needed) == (wallets[1].address, 0, 3)
    used = await count(rpc, wallets[1])
    with pytest.raises(ERC20InsufficientBalance):
        await Sender(rpc, store, 31337).send(wallets[1], call, intent="give", gas=100_000)
    assert await count(rpc, wallets[1]) == used, "a failed intent is not sent again"
    await rpc.call("evm_setAutomine", True)
    await sender.send(wallets[1], transfer(TO, 1), intent="next")
    assert await count(rpc, wallets[1]) == used + 1, "the next one follows without a gap"


async def _pending(rpc, wallet, number):
    return await count(rpc, wallet, "pending") - await count(rpc, wallet) == number


async def test_running_out_of_gas_is_an_error_that_says_so(sender, deployment, wallets):
    with pytest.raises(RpcError, match="gas"):
        await sender.send(wallets[0], deployment.token.mint(TO, 1), intent="mint", gas=30_000)


@pytest.mark.parametrize("what", ["request", "reply"])
async def test_lost_message_neither_loses_nor_doubles(rpc, sender, shaky, faults, wallets, balance, what):
    before = await count(rpc, wallets[1])
    faults.lose("eth_sendRawTransaction", what, times=2)
    await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    await shaky.send(wallets[1], transfer(TO, 1), intent="next")
    assert await balance() == 8
    assert await count(rpc, wallets[1]) == before + 2


@pytest.mark.parametrize("what", ["request", "reply"])
async def test_outage_leaves_the_intent_pending_and_a_restart_settles_it(
    rpc, store, shaky, faults, wallets, balance, what
):
    """The crash between storing and sending, and the one between sending and knowing."""
    for method in ("eth_sendRawTransaction", "eth_blockNumber"):
        faults.lose(method, what, times=1000)
    with pytest.raises(TransportError, match="stays in the outbox"):
        await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    entry = Outbox(store).get("pay")
    assert entry.state == "pending"
    assert await balance() == (0 if what == "request" else 7)
    path = store.path
    store.close()
    again = Store.open(path)
    restarted = Sender(rpc, again, 31337, interval=0.01)
    outcomes = await restarted.recover()
    assert [receipt.tx_hash for receipt in outcomes.values()] == [entry.hash], "the same bytes"
    assert list(outcomes) == ["pay"]
    assert await balance() == 7
    assert await restarted.recover() == {}
    await restarted.close()
    again.close()


async def test_crash_while_waiting_for_the_block_is_settled_by_a_restart(rpc, store, wallets, balance):
    await rpc.call("evm_setAutomine", False)
    first = Sender(rpc, store, 31337, interval=0.01)
    sends = [
        asyncio.create_task(first.send(wallets[1], transfer(TO, n), intent=f"pay:{n}")) for n in (1, 2, 4)
    ]
    await until(lambda: _pending(rpc, wallets[1], 3))
    for one in sends:
        one.cancel()
    await asyncio.gather(*sends, return_exceptions=True)
    await first.close()
    restarted = Sender(rpc, store, 31337, interval=0.01)
    recovering = asyncio.create_task(restarted.recover())
    await asyncio.sleep(0.1)
    await rpc.call("evm_mine")
    assert set(await recovering) == {"pay:1", "pay:2", "pay:4"}
    assert await balance() == 7
    await restarted.close()


async def test_node_that_forgot_the_transaction_gets_it_again(rpc, store, shaky, wallets, balance):
    await rpc.call("evm_setAutomine", False)
    with pytest.raises(TransportError, match="not known yet"):
        await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    assert await rpc.call("hardhat_dropTransaction", Outbox(store).get("pay").hash)
    await rpc.call("evm_setAutomine", True)
    await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    assert await balance() == 7


async def test_refusal_of_what_an_outage_left_does_not_block_the_wallet(shaky, faults, wallets, balance):
    faults.lose("eth_sendRawTransaction", "request", times=1000)
    with pytest.raises(TransportError):
        await shaky.send(wallets[1], transfer(TO, 7), intent="starved", gas=20_000)
    faults.plan.clear()
    await shaky.send(wallets[1], transfer(TO, 1), intent="next")
    assert await balance() == 1, "the next one took over the nonce"
    with pytest.raises(RpcError, match="gas"):
        await shaky.send(wallets[1], transfer(TO, 7), intent="starved")


async def test_nonce_that_another_holds_in_the_queue_is_waited_for(
    rpc, store, shaky, faults, wallets, balance, tmp_path
):
    faults.lose("eth_sendRawTransaction", "request", times=1000)
    with pytest.raises(TransportError):
        await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    faults.plan.clear()
    await rpc.call("evm_setAutomine", False)
    other_store = Store.open(tmp_path / "other.db")
    other = Sender(rpc, other_store, 31337, interval=0.01, deadline=0.1)
    with pytest.raises(TransportError):
        await other.send(wallets[1], transfer(TO, 1), intent="theirs")
    with pytest.raises(TransportError):
        await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    await rpc.call("hardhat_dropTransaction", Outbox(other_store).get("theirs").hash)
    await rpc.call("evm_setAutomine", True)
    await shaky.send(wallets[1], transfer(TO, 7), intent="pay")
    assert await balance() == 7
    await other.close()
    other_store.close()


async def test_many_sends_use_nonces_without_gap_or_double(rpc, sender, wallets, balance):
    before = [await count(rpc, one) for one in wallets]
    orders = [(one, transfer(TO, n), f"{one.address}:{n}") for one in wallets for n in range(20)]
    receipts = await sender.send_many(orders)
    assert len({receipt.tx_hash for receipt in receipts}) == 100
    assert [await count(rpc, one) for one in wallets] == [one + 20 for one in before]
    assert await balance() == 5 * sum(range(20))


async def test_few_transactions_of_one_wallet_wait_at_a_time(rpc, sender, wallets, balance):
    await rpc.call("evm_setAutomine", False)
    sends = [
        asyncio.create_task(sender.send(wallets[1], transfer(TO, 1), intent=f"{n}"))
        for n in range(IN_FLIGHT + 3)
    ]
    await until(lambda: _pending(rpc, wallets[1], IN_FLIGHT))
    await asyncio.sleep(0.1)
    assert await _pending(rpc, wallets[1], IN_FLIGHT), "no more than the cap"
    await rpc.call("evm_mine")
    await until(lambda: _pending(rpc, wallets[1], 3))
    await rpc.call("evm_mine")
    await asyncio.gather(*sends)
    assert await balance() == IN_FLIGHT + 3


async def test_extra_is_written_with_the_bytes_or_not_at_all(store, sender, wallets, balance):
    store.migrate("test-1", "CREATE TABLE salts (salt TEXT)")

    def failing(db):
        db.execute("INSERT INTO salts VALUES ('lost')")
        raise KeyError("salt")

    with pytest.raises(KeyError):
        await sender.send(wallets[1], transfer(TO, 1), intent="pay", extra=failing)
    assert Outbox(store).get("pay") is None
    assert await balance() == 0
    await sender.send(
        wallets[1],
        transfer(TO, 1),
        intent="pay",
        extra=lambda db: db.execute("INSERT INTO salts VALUES ('kept')"),
    )
    assert [row["salt"] for row in store.db.execute("SELECT salt FROM salts")] == ["kept"]


async def test_refused_bytes_leave_their_nonce_to_the_next(rpc, store, sender, wallets, balance):
    before = await count(rpc, wallets[1])
    with pytest.raises(RpcError, match="gas"):
        await sender.send(wallets[1], transfer(TO, 1), intent="starved", gas=20_000)
    assert Outbox(store).get("starved").state == "failed"
    await sender.send(wallets[1], transfer(TO, 1), intent="fed")
    assert (await balance(), await count(rpc, wallets[1])) == (1, before + 1)


async def test_nonce_that_another_process_used_ends_the_intent_only(
    rpc, store, shaky, wallets, balance, tmp_path
):
    await rpc.call("evm_setAutomine", False)
    orders = [(wallets[1], transfer(TO, wei), intent) for wei, intent in ((7, "first"), (2, "second"))]
    assert {type(one) for one in await shaky.send_many(orders)} == {TransportError}
    for entry in Outbox(store).pending():
        await rpc.call("hardhat_dropTransaction", entry.hash)
    await rpc.call("evm_setAutomine", True)
    other_store = Store.open(tmp_path / "other.db")
    other = Sender(rpc, other_store, 31337, interval=0.01)
    await other.send(wallets[1], transfer(TO, 1), intent="theirs")
    outcomes = await shaky.recover()
    assert isinstance(outcomes["first"], RpcError)
    assert "nonce too low" in str(outcomes["first"]).lower()
    assert isinstance(outcomes["second"], Receipt), "it only had to come after"
    await shaky.send(wallets[1], transfer(TO, 4), intent="third")
    assert await balance() == 1 + 2 + 4
    await other.close()
    other_store.close()


async def test_wallet_that_could_halt_the_chain_is_refused(rpc, store, sender, wallets):
    poor = Seed.create().wallet(0)
    await rpc.call("hardhat_setBalance", poor.address, hex(10**9))
    with pytest.raises(WalletTooPoor, match=poor.address):
        await sender.send(poor, transfer(TO, 10**9), intent="all of it", gas=21_000)
    assert Outbox(store).get("all of it") is None
    await rpc.call("evm_setAutomine", False)
    head = await rpc.call("eth_getBlockByNumber", "latest", False)
    price = 21_000 * (2 * int(head["baseFeePerGas"], 16) + 10_000)
    await rpc.call("hardhat_setBalance", poor.address, hex(2 * price))
    orders = [(poor, transfer(TO, 0), f"{n}") for n in range(2)]
    fine = [asyncio.create_task(sender.send(*one[:2], intent=one[2], gas=21_000)) for one in orders]
    await until(lambda: _pending(rpc, poor, 2))
    with pytest.raises(WalletTooPoor):
        await sender.send(poor, transfer(TO, 0), intent="one too many", gas=21_000)
    await rpc.call("evm_mine")
    await asyncio.gather(*fine)


async def test_reopen_sends_again_what_a_reorg_took_back(rpc, sender, deployment, wallets, balance):
    await sender.send(wallets[1], transfer(TO, 1), intent="kept")
    ancestor = int(await rpc.call("eth_blockNumber"), 16)
    snapshot = await rpc.call("evm_snapshot")
    await sender.send(wallets[1], transfer(TO, 2), intent="lost")
    with contextlib.suppress(ERC20InsufficientBalance):
        await sender.send(wallets[1], deployment.token.transfer(TO, 3), intent="failed", gas=100_000)
    await sender.send(wallets[1], transfer(TO, 4), intent="lost too")
    await rpc.call("evm_revert", snapshot)
    assert await balance() == 1
    outcomes = await sender.reopen(ancestor)
    assert list(outcomes) == ["lost", "failed", "lost too"], "in the order of nonces"
    assert isinstance(outcomes["failed"], ERC20InsufficientBalance)
    assert await balance() == 7
    assert await read(rpc, deployment.token.balance_of(TO)) == 0


async def test_receipts_are_asked_for_together(faulty, faults, store, wallets):
    sender = Sender(faulty, store, 31337, interval=0.05)
    await faulty.call("evm_setAutomine", False)
    sends = [
        asyncio.create_task(sender.send(one, transfer(TO, 1), intent=f"{one.address}:{n}"))
        for one in wallets
        for n in range(4)
    ]
    await until(lambda: _pending(faulty, wallets[4], 4))
    await asyncio.sleep(0.2)
    faults.seen.clear()
    await asyncio.sleep(0.5)
    assert set(faults.seen) == {"eth_blockNumber"}, "without a new block nobody asks for receipts"
    assert len(faults.seen) <= 12
    await faulty.call("evm_mine")
    await asyncio.gather(*sends)
    await sender.close()
