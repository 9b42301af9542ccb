"""How near a real market comes to what its node can do: settled tasks and transactions a second.

A fleet with a scripted model and a requester bid, work, submit, score and are paid on a guarded node, which is a
process of its own. Tasks are posted in a steady stream, as fast as the node keeps up with; counted is from when as many
end as begin until the last is posted. The ceiling is what the node does without any of us: the transactions of the same
blocks, signed already, are handed to a fresh node with the same past by a bare loop, a hundred in a request, and mined
in the same blocks.
"""

import asyncio
import time
from typing import Any

from agents.chain.devnet import Devnet
from agents.chain.journal.book import Block, Journal
from agents.chain.journal.replay import replay
from agents.chain.rpc import Rpc, quantity
from bench.fleet.ground import child, ground, told

SIZES = ((1000, 2400),)
"""Agents and tasks."""
BATCH = 100
BLOCK_MS = 1000


def run(sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """The figures of each size, by the number of agents."""
    return {str(agents): asyncio.run(_measured(agents, tasks)) for agents, tasks in sizes}


async def _measured(agents: int, tasks: int) -> dict[str, Any]:
    async with ground(BLOCK_MS) as place:
        with child("market", str(place.folder), str(agents), str(tasks)) as market:
            await asyncio.to_thread(market.wait)
        live = told(place.folder / "market.json")
        journal = Journal.open(place.folder / "run.db", write=False)
        try:
            sent, ceiling = await _bare(journal, live["first"], live["last"])
        finally:
            journal.close()
    figures = {
        "agents": agents,
        "tasks": tasks,
        "settled": live["endings"]["settled"],
        "settled_a_second": round(live["endings"]["settled"] / live["seconds"], 2),
        "transactions": sent,
        "transactions_a_second": round(sent / live["seconds"], 1),
        "ceiling_a_second": round(sent / ceiling, 1),
        "share_of_ceiling": round(ceiling / live["seconds"], 3),
    }
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return figures


async def _bare(journal: Journal, first: int, last: int) -> tuple[int, float]:
    """How many transactions the blocks after ``first`` hold, and the seconds that a bare loop takes for them."""
    assert journal.origin is not None
    blocks = [block for block in journal.blocks(last) if block.number > first]
    async with Devnet(block_ms=0, genesis=journal.origin.genesis.setting) as devnet, Rpc(devnet.url) as rpc:
        await rpc.call("hardhat_setLoggingEnabled", False)
        await replay(rpc, journal, first)
        await rpc.call("evm_setAutomine", False)
        begun = time.perf_counter()
        for block in blocks:
            await _feed(rpc, block)
        return sum(len(block.transactions) for block in blocks), time.perf_counter() - begun


async def _feed(rpc: Rpc, block: Block) -> None:
    raws = ["0x" + raw.hex() for raw in block.transactions]
    await rpc.batches([("eth_sendRawTransaction", (raw,)) for raw in raws], BATCH)
    await rpc.call("evm_mine", quantity(block.timestamp))
