"""The engine as a server, before a real node."""

import asyncio
import json
from collections import Counter

import httpx
import pytest

from agents.chain.rpc import Rpc
from agents.chain.transaction import Transaction
from agents.errors import TransportError
from faults.engine import ERRORS, LIES, Fault
from faults.forks import Forks
from faults.proxy import FaultProxy


async def test_without_faults_it_is_the_node(node):
    async with FaultProxy(node.url, "1", errors=0) as proxy, Rpc(proxy.url) as rpc, Rpc(node.url) as direct:
        calls = [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False))]
        assert await rpc.batch(calls) == await direct.batch(calls)
        assert await asyncio.gather(*(rpc.call("eth_chainId") for _ in range(50))) == ["0x7a69"] * 50


@pytest.mark.parametrize("fault", [*ERRORS, *LIES])
async def test_reads_survive_every_fault_in_half_of_their_requests(node, fault, monkeypatch):
    monkeypatch.setattr("faults.engine.LONGEST_DELAY", 0.06)
    monkeypatch.setattr("faults.engine.HELD_SECONDS", 0.01)
    monkeypatch.setattr("agents.chain.rpc.FIRST_PAUSE", 0.001)
    async with FaultProxy(node.url, "3", silence=0.01) as proxy:
        proxy.engine.rates = {fault: 0.5}
        async with Rpc(proxy.url, timeout=5) as rpc:
            outcomes = Counter()
            for number in range(20):
                try:
                    assert await rpc.call("eth_getBalance", f"0x{number:040x}", "latest") == "0x0"
                    outcomes["answered"] += 1
                except TransportError:
                    outcomes["lost"] += 1
        assert outcomes["answered"] > outcomes["lost"]
        if fault not in (Fault.CUT, Fault.TWICE, Fault.FOREIGN):
            assert len(proxy.engine.happened) >= 5


async def test_a_dead_socket_stays_open_until_the_client_has_had_enough(node):
    async with FaultProxy(node.url, "1", silence=60) as proxy:
        proxy.engine.rates = {Fault.DEAD: 1.0}
        async with httpx.AsyncClient(timeout=0.2) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post(proxy.url, json={"id": 1, "method": "eth_chainId", "params": []})


@pytest.mark.parametrize("forgetful", [0.0, 1.0])
async def test_blocks_leave_the_chain_and_what_was_in_them_comes_again(rpc, wallets, monkeypatch, forgetful):
    monkeypatch.setattr("faults.forks.FORGETFUL", forgetful)
    await rpc.call("evm_setAutomine", False)
    forks = Forks(rpc.call, "1", 0.0)
    sent = []

    async def forward(content):
        sent.append(await rpc.call("eth_sendRawTransaction", *json.loads(content)["params"]))

    watched = forks.watching(forward)
    first = int(await rpc.call("eth_getTransactionCount", wallets[3].address, "pending"), 16)
    for nonce in range(first, first + 8):
        raw = "0x" + wallets[3].sign_transaction(transfer(nonce)).hex()
        await watched(json.dumps({"method": "eth_sendRawTransaction", "params": [raw]}).encode())
        await forks.before_block()
        await rpc.call("evm_mine")
    head = int(await rpc.call("eth_blockNumber"), 16)
    old = await rpc.call("eth_getBlockByNumber", hex(head - 2), False)
    await forks.back(3)
    assert int(await rpc.call("eth_blockNumber"), 16) == head - 3
    assert forks.happened == [(head, head - 3)]
    waiting = {one["hash"] for one in await rpc.call("eth_pendingTransactions")}
    # The first of them was in the queue of the snapshot.
    assert waiting == set(sent[5:6] if forgetful else sent[5:])
    await rpc.call("evm_increaseTime", "0x10")
    await rpc.call("evm_mine")
    new = await rpc.call("eth_getBlockByNumber", hex(head - 2), False)
    assert new["hash"] != old["hash"]
    assert new["parentHash"] == old["parentHash"]


def transfer(nonce):
    return Transaction(31337, nonce, 10_000, 10**10, 21_000, "0x" + "11" * 20, nonce, b"")
