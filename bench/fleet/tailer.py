"""How fast the tailer reads: events a second of a chain's past, and how far behind it is while blocks come.

A raw Hardhat node mines a block a second of credit mints, one event each. One tailer follows them as they
come; a second one, with an empty store, then reads all of it at once; then everything is replayed from the
store, as after a restart; at last a hundred, a thousand and ten thousand empty blocks are read.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID, Devnet
from agents.chain.rpc import Rpc, quantity
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import TransportError

EVENTS = 10_000
AT_ONCE, GAS = 400, 80_000
LOOK_SECONDS = 0.2
EMPTY = (100, 1_000, 10_000)


def run(events: int = EVENTS) -> dict[str, float]:
    """Events a second, and blocks behind."""
    figures = asyncio.run(_run(events))
    for name, value in figures.items():
        print(f"  {name:28} {value:>10}")
    return figures


async def _run(events):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Devnet(block_ms=1000) as net, Rpc(net.url) as rpc:
            await net.deploy(folder / "addresses.json")
            deployment = await Deployment.load(folder / "addresses.json", rpc)
            lags = await _live(rpc, deployment, folder, events)
            return {"events": events, "live_lag_blocks": max(lags)} | await _past(rpc, deployment, folder)


async def _live(rpc, deployment, folder, events):
    """Blocks that the chain was ahead of the tailer, each time after it had looked."""
    minted = asyncio.create_task(_mint(rpc, deployment, folder, events))
    store = Store.open(folder / "live.db")
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
    lags = []
    while not minted.done():
        try:
            while await tailer.poll():
                pass
        except TransportError as error:
            print(f"  {error}")
        head = int(await rpc.call("eth_blockNumber"), 16)
        lags.append(head - tailer.cursor.number)
        await asyncio.sleep(LOOK_SECONDS)
    await minted
    store.close()
    return lags


async def _mint(rpc, deployment, folder, events):
    store = Store.open(folder / "minter.db")
    sender = Sender(rpc, store, CHAIN_ID, in_flight=AT_ONCE)
    wallet = Seed(TEST_PHRASE).wallet(0)
    call = deployment.token.mint(wallet.address, 1)
    await asyncio.gather(*(sender.send(wallet, call, intent=f"{n}", gas=GAS) for n in range(events)))
    await sender.close()
    store.close()


async def _past(rpc, deployment, folder):
    store = Store.open(folder / "past.db")
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
    wall, cpu, count = time.perf_counter(), time.process_time(), 0
    while blocks := await tailer.poll():
        count += sum(len(block.events) for block in blocks)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    again = time.perf_counter()
    replayed = sum(len(block.events) for block in tailer.replay())
    again = time.perf_counter() - again
    assert replayed == count
    figures = {
        "backfill_events_s": round(count / wall),
        "backfill_cpu_us_per_event": round(1e6 * cpu / count, 1),
        "replay_events_s": round(count / again),
    }
    for blocks in EMPTY:
        await rpc.call("hardhat_mine", quantity(blocks))
        wall, read = time.perf_counter(), 0
        while found := await tailer.poll():
            read += len(found)
        figures[f"empty_blocks_s_of_{blocks}"] = round(read / (time.perf_counter() - wall))
    store.close()
    return figures


if __name__ == "__main__":
    run()
