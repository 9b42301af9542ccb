"""What the simulation stands on: its clock, its deaths, and what it counts as a difference."""

import asyncio
import time

import pytest
from faults.engine import Engine

from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.fleet.timeline.loop import Standstill
from simulation.clock import VirtualLoop
from simulation.life import Killed, Life, keep_count
from simulation.truth import both_ways


@pytest.fixture
def loop():
    loop = VirtualLoop()
    keep_count(loop)
    yield loop
    loop.close()


def test_time_passes_only_when_nobody_has_anything_to_do(loop):
    order = []

    async def sleeper(seconds):
        await asyncio.sleep(seconds)
        order.append((seconds, round(loop.time())))

    async def everybody():
        await asyncio.gather(sleeper(7200), sleeper(60), asyncio.to_thread(time.sleep, 0.001))

    loop.run_until_complete(everybody())
    assert order == [(60, 60), (7200, 7200)]


def test_a_standstill_is_told(loop):
    waiting = loop.create_future()
    with pytest.raises(Standstill):
        loop.run_until_complete(waiting)
    waiting.cancel()


async def forward(content):
    return 200, b'{"jsonrpc": "2.0", "id": 1, "result": "0x1"}'


@pytest.mark.parametrize(
    ("moment", "kept", "heard"),
    [
        ("beginning", [], 0),
        ("torn", [], 0),
        ("kept", ["first"], 0),
        ("asking", ["first"], 0),
        ("heard", ["first"], 1),
        (None, ["first", "second"], 1),
    ],
)
def test_what_a_process_has_not_done_before_its_death_stays_undone(loop, tmp_path, moment, kept, heard):
    asked = []

    async def counted(content):
        asked.append(content)
        return await forward(content)

    life = Life(Engine("1", counted, {}), moment and (moment, 1))

    async def work():
        store = life.open(tmp_path / "store.db")
        try:
            async with Rpc("http://node", transport=life.transport()) as rpc:
                write(store, "first")
                await asyncio.gather(rpc.call("eth_chainId"), asyncio.sleep(1))
                write(store, "second")
        finally:
            # What a dying process says is not heard either.
            if life.dead:
                with pytest.raises(Killed):
                    write(store, "last words")
            store.close()

    if moment:
        with pytest.raises(Killed):
            loop.run_until_complete(life.live(work()))
    else:
        loop.run_until_complete(life.live(work()))
    store = Store.open(tmp_path / "store.db")
    assert [name for name in ("first", "second", "last words") if store.meta(name)] == kept
    store.close()
    assert len(asked) == heard


def write(store, name):
    with store.transaction():
        store.set_meta(name, "done")


def test_differences_go_both_ways():
    assert both_ways("log", [1, 2], [2, 1]) == []
    assert both_ways("log", [1, 1], [1]) == ["log kept that is not on chain: 1"]
    assert both_ways("log", [1], [1, 2]) == ["log on chain that is not kept: 2"]
