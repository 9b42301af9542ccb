"""A guard that is killed leaves nothing running, and nothing that sending again does not settle."""

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from guarded import Stranger

from agents.chain.rpc import Rpc

SCRIPT = Path(__file__).with_name("guard_process.py")


@asynccontextmanager
async def guard_process(*arguments):
    """The process, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield process, line.decode().split()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def members(group):
    """The live processes of a group."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


async def test_a_killed_guard_leaves_nothing_running():
    async with guard_process() as (process, (url, node, group)):
        async with Rpc(url) as rpc:
            assert await rpc.connect() == 31337
        assert members(int(group))
        process.kill()
        await process.wait()
        deadline = time.monotonic() + 20
        while members(int(group)) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        assert members(int(group)) == []
        for one in (url, node):
            async with httpx.AsyncClient() as http:
                with pytest.raises(httpx.ConnectError):
                    await http.post(one, json={})


@pytest.mark.parametrize("patience", [0.0, 0.03, 0.1])
async def test_a_guard_killed_while_it_hands_over_leaves_nothing_that_sending_again_does_not_settle(
    raw, bare_node, fund, patience
):
    """Ten wallets send ten transactions each in one batch; the guard dies somewhere in it."""
    wallets = [Stranger(number) for number in range(5001, 5011)]
    for wallet in wallets:
        await fund(wallet, 10**18)
    batch = [
        {"jsonrpc": "2.0", "id": at, "method": "eth_sendRawTransaction", "params": [one.signed(nonce)]}
        for at, (nonce, one) in enumerate((nonce, one) for nonce in range(10) for one in wallets)
    ]
    async with httpx.AsyncClient(timeout=30) as http:
        async with guard_process(bare_node.url) as (process, (url, _, _)):
            sending = asyncio.create_task(http.post(url, json=batch))
            await asyncio.sleep(patience)
            process.kill()
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
        assert isinstance(outcome, httpx.TransportError | httpx.Response)
        await raw.call("evm_mine")  # Whatever arrived can be mined.

        async with guard_process(bare_node.url) as (_, (url, _, _)):
            replies = (await http.post(url, json=batch)).json()
    refusals = [one["error"]["message"].lower() for one in replies if "error" in one]
    assert all("nonce too low" in one or "known transaction" in one for one in refusals), refusals
    await raw.call("evm_mine")
    counts = await raw.batch([("eth_getTransactionCount", (one.address, "latest")) for one in wallets])
    assert [int(one, 16) for one in counts] == [10] * 10
    assert await raw.call("eth_pendingTransactions") == []
