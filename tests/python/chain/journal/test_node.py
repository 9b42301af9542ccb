"""The guarded node: its chain outlives its node and its process, and nobody sees a block that it could lose."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import httpx
import psutil
import pytest
from lives import ACCOUNTS, SINK, grown, hash_of, lived, mined, signed

from agents.chain.deployment import Deployment
from agents.chain.devnet import Devnet, deploy_market
from agents.chain.journal.blocks import Genesis, Origin
from agents.chain.journal.book import Journal
from agents.chain.journal.replay import first_block
from agents.chain.node import GuardedNode
from agents.chain.rpc import Rpc, quantity
from agents.errors import (
    JournalDamaged,
    JournalInUse,
    JournalOfAnotherChain,
    JournalUnwritable,
    PortInUse,
    TransportError,
)
from agents.lab.journal import branch_journal, replay_journal

BLOCK_MS = 100


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.db"


async def head(rpc):
    return int(await rpc.call("eth_blockNumber"), 16)


async def hashes(rpc, last):
    asked = [("eth_getBlockByNumber", (quantity(one), False)) for one in range(last + 1)]
    return [one["hash"] for one in await rpc.batch(asked)]


async def reached(rpc, number, seconds=30):
    async with asyncio.timeout(seconds):
        while await head(rpc) < number:
            await asyncio.sleep(0.02)


async def test_a_node_that_is_killed_comes_back_as_it_was(path):
    """Also what it had taken and not mined is there again."""
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.url) as rpc:
        async with Rpc(node.operator_url) as operator:
            await lived(node, operator, 1)
        waiting = signed(ACCOUNTS[5], 1)
        await rpc.call("eth_sendRawTransaction", waiting)
        known = await hashes(rpc, await head(rpc))
        for _ in range(2):
            killed, before = node.pid, len(known)
            os.killpg(killed, signal.SIGKILL)
            await reached(rpc, before + 2)
            assert node.pid != killed
            now = await hashes(rpc, await head(rpc))
            assert now[:before] == known
            known = now
        assert await rpc.call("eth_getTransactionReceipt", hash_of(waiting)) is None, "its turn has not come"
        await rpc.call("eth_sendRawTransaction", signed(ACCOUNTS[5], 0))
        await mined(rpc, [hash_of(waiting)])
        last = await head(rpc)
    done = await replay_journal(path)
    assert done.blocks >= last
    assert done.transactions == 7


async def test_no_client_sees_a_block_that_is_not_in_the_journal(path):
    async with GuardedNode(path, block_ms=10) as node, Rpc(node.url) as rpc:
        reader = Journal.open(path, write=False)
        with sqlite3.connect(path) as db:
            for _ in range(200):
                number = await head(rpc)
                (kept,) = db.execute("SELECT coalesce(max(number), 0) FROM blocks").fetchone()
                assert kept >= number
        db.close()
        reader.close()
        assert node.block > 5


async def test_a_chain_goes_on_at_the_time_at_which_it_stopped(path):
    """Nobody could act while no node was running, so no deadline passes."""
    genesis, journal = Genesis(1_700_000_000, 1), Journal.open(path)
    async with Devnet(genesis=genesis.setting) as net, Rpc(net.url) as rpc:
        journal.begin(await first_block(rpc, genesis))
        await grown(rpc, journal, [(genesis.time + 60, [signed(ACCOUNTS[0], 0)])])
        old = await hashes(rpc, 1)
    journal.close()
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.url) as rpc:
        await reached(rpc, 3)
        assert await hashes(rpc, 1) == old
        second = await rpc.call("eth_getBlockByNumber", "0x2", False)
        assert 60 <= int(second["timestamp"], 16) - genesis.time < 120
        before = node.block
        await node.warp(100_000)
        newest = await rpc.call("eth_getBlockByNumber", "latest", False)
        assert int(newest["number"], 16) > before
        assert int(newest["timestamp"], 16) - genesis.time >= 100_060


async def test_what_keeps_blocks_from_being_built_is_dropped(path):
    """It came past the guard; the guard lets none of it through."""
    poor = ACCOUNTS[5]
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.raw_url) as raw, Rpc(node.url) as rpc:
        balance = int(await raw.call("eth_getBalance", poor.address, "latest"), 16)
        for nonce in range(3):
            await raw.call("eth_sendRawTransaction", signed(poor, nonce, value=balance * 6 // 10))
        honest = signed(ACCOUNTS[0], 0)
        await rpc.call("eth_sendRawTransaction", honest)
        await mined(rpc, [hash_of(honest), hash_of(signed(poor, 0, value=balance * 6 // 10))])
        await reached(rpc, node.block + 2)
    await replay_journal(path)


async def test_a_disk_that_refuses_a_block_stops_the_chain_before_it(path):
    node = await GuardedNode(path, block_ms=BLOCK_MS).__aenter__()
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnwritable, match="cannot be written"):
            await node.stopped()
        last = node.block
        async with Rpc(node.raw_url) as raw:
            assert await head(raw) == last + 1, "the node has a block that nobody may see"
        async with httpx.AsyncClient(timeout=0.5) as client:
            asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}
            with pytest.raises(httpx.ReadTimeout):
                await client.post(node.url, json=asked)
        other.execute("ROLLBACK")
    other.close()
    with pytest.raises(JournalUnwritable):
        await node.__aexit__(None, None, None)
    async with GuardedNode(path, block_ms=60_000) as node:
        assert node.block == last


async def test_a_second_node_on_the_same_journal_is_refused(path):
    """The first goes on; with a second between blocks, no two have the same time."""
    async with GuardedNode(path, block_ms=1000) as node, Rpc(node.url) as rpc:
        with pytest.raises(JournalInUse, match="another node runs on"):
            await GuardedNode(path).__aenter__()
        for _ in range(3):
            await node.warp(0)
        asked = [("eth_getBlockByNumber", (quantity(one), False)) for one in range(4)]
        times = [int(one["timestamp"], 16) for one in await rpc.batch(asked)]
    assert times == sorted(set(times))


async def test_a_port_that_is_in_use_is_named_and_nothing_is_left(path):
    before = set(psutil.Process().children(recursive=True))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} "):
            await GuardedNode(path, port=port).__aenter__()
    assert set(psutil.Process().children(recursive=True)) <= before
    Journal.open(path).close()


async def test_a_damaged_journal_is_refused_and_its_good_part_goes_on(path, tmp_path):
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.operator_url) as rpc:
        await lived(node, rpc, 1)
        await reached(rpc, 5)
        known = await hashes(rpc, 5)
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("DROP TRIGGER blocks_stay")
        db.execute("UPDATE blocks SET timestamp = timestamp + 1 WHERE number = 3")
    db.close()
    with pytest.raises(JournalDamaged, match="agora branch") as raised:
        await GuardedNode(path).__aenter__()
    assert raised.value.good == 2
    branch_journal(path, 2, tmp_path / "good.db")
    async with GuardedNode(tmp_path / "good.db", block_ms=BLOCK_MS) as node, Rpc(node.url) as rpc:
        await rpc.call("eth_sendRawTransaction", signed(ACCOUNTS[5], 0))
        await mined(rpc, [hash_of(signed(ACCOUNTS[5], 0))])
        now = await hashes(rpc, await head(rpc))
        assert now[:3] == known[:3]
        assert known[5] not in now, "a world of its own"


async def test_a_journal_whose_chain_began_otherwise_is_refused(path):
    journal = Journal.open(path)
    journal.begin(Origin(Genesis(1_700_000_000, 1), b"\1" * 32, b"\2" * 32))
    journal.close()
    kept = path.read_bytes()
    with pytest.raises(JournalOfAnotherChain):
        await GuardedNode(path).__aenter__()
    assert path.read_bytes() == kept


async def test_the_market_is_deployed_once_and_known_ever_after(path, tmp_path):
    addresses = tmp_path / "contract_addresses.json"
    addresses.write_text('{"1": {"chainId": 1}}\n')
    async with GuardedNode(path, block_ms=500) as node:
        await deploy_market(node.operator_url, addresses)  # as an operator's own deployment would be
        deployed = addresses.read_text()
        await node.deploy(addresses)
        assert addresses.read_text() == deployed
        first = json.loads(addresses.read_text())
    addresses.unlink()
    async with GuardedNode(path, block_ms=60_000) as node, Rpc(node.url) as rpc:
        block = node.block
        await node.deploy(addresses)
        assert node.block == block
        assert json.loads(addresses.read_text()) == {"31337": first["31337"]}
        await Deployment.load(addresses, rpc)
    assert set(first) == {"1", "31337"}, "what the file says of other chains stays"


PROCESS = """
import asyncio, sys
from pathlib import Path
from agents.chain.node import GuardedNode
async def main():
    async with GuardedNode(Path(sys.argv[1]), block_ms=50) as node:
        print(node.url, node.operator_url, node.pid, flush=True)
        await asyncio.sleep(300)
asyncio.run(main())
"""


def started(path):
    process = subprocess.Popen([sys.executable, "-c", PROCESS, path], stdout=subprocess.PIPE, text=True)
    url, operator, group = process.stdout.readline().split()
    return process, url, operator, int(group)


async def pay_on(url, paid):
    """Pay with one account after the other's nonces, for as long as somebody answers."""
    nonce = 0
    try:
        async with Rpc(url) as rpc:
            while True:
                raw = signed(ACCOUNTS[1], nonce)
                await rpc.call("eth_sendRawTransaction", raw)
                await mined(rpc, [hash_of(raw)])
                paid.append(hash_of(raw))
                nonce += 1
    except TransportError:
        return


async def test_a_process_that_is_killed_in_the_middle_of_a_run_loses_no_block(path):
    process, url, _, group = await asyncio.to_thread(started, path)
    paid = []
    with process:
        async with Rpc(url) as rpc:
            paying = asyncio.create_task(pay_on(url, paid))
            while len(paid) < 5:
                await asyncio.sleep(0.01)
            known = await hashes(rpc, await head(rpc))
            balance = await rpc.call("eth_getBalance", SINK, "latest")
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
    await paying
    until = time.monotonic() + 30
    while any(psutil.pid_exists(one) for one in (group,)) and time.monotonic() < until:
        time.sleep(0.05)
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.url) as rpc:
        assert (await hashes(rpc, await head(rpc)))[: len(known)] == known
        await mined(rpc, paid)
        assert int(await rpc.call("eth_getBalance", SINK, "latest"), 16) >= int(balance, 16)
        nonce = int(await rpc.call("eth_getTransactionCount", ACCOUNTS[1].address, "latest"), 16)
        assert nonce in (len(paid), len(paid) + 1), "what was in no block is sent again by its sender"
        raw = signed(ACCOUNTS[1], nonce)
        await rpc.call("eth_sendRawTransaction", raw)
        await mined(rpc, [hash_of(raw)])
