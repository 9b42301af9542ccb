"""A node that can build no block is freed of what keeps it from it, and of nothing else."""

import asyncio
import contextlib

import pytest
from guarded import Stranger
from nodes import running_node

from agents.chain.faucet import TEST_PHRASE
from agents.chain.guard.watchdog import drop_blockers, find_blocker, pending_of, watch
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.errors import RpcError


async def test_nothing_is_dropped_where_blocks_are_built(raw, poor, honest):
    await raw.call("eth_sendRawTransaction", poor.signed(0))
    await raw.call("eth_sendRawTransaction", honest.signed(2))  # Waits for two before it.
    assert await drop_blockers(raw) == []
    assert len(await raw.call("eth_pendingTransactions")) == 2


async def test_several_poor_wallets_at_once_lose_only_what_they_cannot_pay(raw, fund, honest):
    strangers = [Stranger(number) for number in range(2001, 2005)]
    sent = {}
    # Each pays for another number of its own, at prices of its own.
    for at, stranger in enumerate(strangers):
        await fund(stranger, (at + 1) * 21_000 * (4_000_000_000 + at))
    for at, stranger in enumerate(strangers):
        for nonce in range(at + 3):
            sent[stranger.address, nonce] = await raw.call(
                "eth_sendRawTransaction", stranger.signed(nonce, maxFeePerGas=4_000_000_000 + at)
            )
    kept = [await raw.call("eth_sendRawTransaction", honest.signed(nonce)) for nonce in range(3)]

    dropped = await drop_blockers(raw)

    left = {one["hash"] for one in await raw.call("eth_pendingTransactions")}
    paid = {sent[stranger.address, nonce] for at, stranger in enumerate(strangers) for nonce in range(at + 1)}
    assert left >= paid | set(kept)
    assert {one.hash for one in dropped} == set(sent.values()) - left
    assert {(one.sender, one.nonce) for one in dropped} <= {
        (stranger.address.lower(), nonce)
        for at, stranger in enumerate(strangers)
        for nonce in range(at + 1, at + 3)
    }
    await raw.call("evm_mine")


async def test_who_offers_more_than_it_holds_but_can_pay_what_it_takes_is_left_alone(raw, fund, poor):
    """The base fee is far below what is offered: only who also tips pays that much."""
    frugal = Stranger(4001)
    await fund(frugal, 10**14)
    for nonce in range(5):
        await raw.call(
            "eth_sendRawTransaction", frugal.signed(nonce, maxFeePerGas=3 * 10**9, maxPriorityFeePerGas=1)
        )
        await raw.call("eth_sendRawTransaction", poor.signed(nonce))
    dropped = await drop_blockers(raw)
    assert {(one.sender, one.nonce) for one in dropped} == {(poor.address.lower(), n) for n in range(1, 5)}
    await raw.call("evm_mine")
    assert await raw.call("eth_getTransactionCount", frugal.address, "latest") == "0x5"


async def test_a_blocker_is_found_by_trying_whatever_the_node_says_about_it(raw, fund, poor, honest):
    others = [Stranger(number) for number in range(3001, 3006)]
    for other in others:
        await fund(other, 10**18)
    for nonce in range(4):
        for sender in (*others, honest, poor):
            await raw.call("eth_sendRawTransaction", sender.signed(nonce))
    before = await raw.call("eth_pendingTransactions")

    found = await find_blocker(raw, await pending_of(raw))

    assert (found.sender, found.nonce) == (poor.address.lower(), 1)
    assert await raw.call("eth_pendingTransactions") == before


async def test_a_node_by_itself_is_freed_while_it_mines(tmp_path):
    """Blocks by the clock stop, the watchdog sees it, and they go on without anybody's help."""
    poor, told = Stranger(1001), asyncio.get_running_loop().create_future()
    with running_node(block_ms=200) as node:
        async with Rpc(node.url) as rpc:
            faucet = Seed(TEST_PHRASE).wallet(0).address
            paid = {"from": faucet, "to": poor.address, "value": hex(10**14), "gas": "0x5208"}
            await rpc.call("eth_sendTransaction", paid)
            while await rpc.call("eth_getBalance", poor.address, "latest") == "0x0":
                await asyncio.sleep(0.05)
            for nonce in range(5):
                await rpc.call("eth_sendRawTransaction", poor.signed(nonce))
            dog = asyncio.create_task(watch(rpc, 0.2, told.set_result))
            dropped = await asyncio.wait_for(told, 30)
            assert {one.sender for one in dropped} == {poor.address.lower()}
            height = int(await rpc.call("eth_blockNumber"), 16)
            async with asyncio.timeout(30):
                while int(await rpc.call("eth_blockNumber"), 16) < height + 3:
                    await asyncio.sleep(0.05)
            dog.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await dog


async def test_what_no_transaction_is_to_blame_for_is_raised_and_nothing_dropped():
    """A node that refuses to build any block: the watchdog must not empty its pool over that."""
    calls = []

    class Stubborn:
        async def call(self, method, *params):
            calls.append(method)
            if method == "eth_getBlockByNumber":
                raise RpcError(-32000, "no block today")
            if method == "eth_pendingTransactions":
                return [
                    {
                        "hash": "0x1",
                        "from": "0xa",
                        "nonce": "0x0",
                        "gas": "0x1",
                        "gasPrice": "0x1",
                        "value": "0x0",
                    }
                ]
            return "0x1"

        async def batches(self, wanted, _most):
            calls.extend(method for method, _ in wanted)
            return [True for _ in wanted]

    with pytest.raises(RpcError, match="no block today"):
        await drop_blockers(Stubborn())
    assert calls[-1] == "evm_revert"
    assert calls.index("evm_snapshot") < calls.index("hardhat_dropTransaction")
