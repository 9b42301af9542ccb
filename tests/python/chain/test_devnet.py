import asyncio
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from agents.chain import toolchain
from agents.chain.devnet import Devnet, warp
from agents.chain.rpc import Rpc
from agents.errors import ProviderUnreachable, ToolchainMissing

PARENT = """
import asyncio, sys
from agents.chain import toolchain
from agents.chain.devnet import Devnet
async def main():
    async with Devnet(block_ms=0) as net:
        print(net.pid, net.url, flush=True)
        await asyncio.sleep(120)
asyncio.run(main())
"""


def alive(group):
    """The processes of a group that are more than a line in the process table."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline())
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def gone(group):
    """Whether the group ends by itself: what was killed a moment ago may still be on its way out."""
    until = time.monotonic() + 30
    while left := alive(group):
        assert time.monotonic() < until, left
        time.sleep(0.01)
    return True


async def test_devnet_runs_inside_the_block_and_leaves_nothing(tmp_path):
    log = tmp_path / "node.log"
    async with Devnet(block_ms=100, log=log) as net, Rpc(net.url) as rpc:
        group, url = net.pid, net.url
        assert await rpc.connect() == 31337
        until = time.monotonic() + 30
        while int(await rpc.call("eth_blockNumber"), 16) < 2:
            assert time.monotonic() < until, "blocks come by the clock"
            await asyncio.sleep(0.05)
        # More output than a pipe holds: the node would stop if nobody read it.
        for _ in range(8):
            await rpc.batch([("eth_getBalance", ("0x" + "00" * 20, "latest"))] * 500)
        assert alive(group)
    assert log.stat().st_size > 70_000, "the node's output is kept"
    assert gone(group)
    async with Rpc(url) as rpc:
        with pytest.raises(ProviderUnreachable):
            await rpc.connect()


def test_devnet_ends_when_its_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    with parent:
        group, _url = parent.stdout.readline().split()
        assert len(alive(int(group))) >= 2, "the guard and the node"
        os.kill(parent.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while left := alive(int(group)):
        assert time.monotonic() < until, left
        time.sleep(0.05)


async def test_devnet_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setenv("NODE_OPTIONS", "--no-such-option")
    with pytest.raises(ToolchainMissing, match=r"does not start: .*no-such-option"):
        await Devnet().__aenter__()


def test_guard_kills_what_does_not_end_when_asked():
    stubborn = "trap '' TERM; sleep 60 & echo up; wait; wait"
    command = [sys.executable, toolchain.ROOT / "agents" / "chain" / "lifeline.py", "sh", "-c", stubborn]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as guard:
        assert guard.stdout.readline() == "up\n"
        assert len(alive(guard.pid)) == 3
    assert gone(guard.pid)


def test_guard_gives_the_exit_code_of_what_ends_by_itself():
    command = [sys.executable, toolchain.ROOT / "agents" / "chain" / "lifeline.py", "sh", "-c", "exit 7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as guard:
        assert guard.wait(10) == 7


async def test_missing_programs_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainMissing, match="anvil"):
        await Devnet(chain="anvil").__aenter__()


async def test_warp_moves_the_chains_clock(rpc):
    before = await rpc.call("eth_getBlockByNumber", "latest", False)
    await warp(rpc, 1000)
    after = await rpc.call("eth_getBlockByNumber", "latest", False)
    assert int(after["timestamp"], 16) - int(before["timestamp"], 16) >= 1000
    assert int(after["number"], 16) == int(before["number"], 16) + 1
