"""How fast a journal brings a chain back: transactions and blocks a second of replay, each state and hash compared.

A guarded node with the market on it is given registrations of agents (about 200,000 gas each, six storage slots
and an event or two) as fast as it takes them, with a block every 200 ms. Its journal is then replayed offline on a
fresh node. The clock runs from the first block to the last; starting the node (seconds) is outside. The longer
journals say whether a block costs more with more of them before it.

    python -m bench.fleet.replay            these journals
    python -m bench.fleet.replay run.db     one that is there
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.faucet import TEST_PHRASE
from agents.chain.node import GuardedNode
from agents.chain.rpc import Rpc
from agents.chain.transaction import Transaction
from agents.chain.wallet import Seed
from agents.lab.journal import replay_journal

SIZES = (500, 5_000, 20_000)
"""Transactions of each journal."""
PAYERS, BATCH, BLOCK_MS = 18, 180, 200
"""The dev chain's first account is left to the deployment."""
GAS, FEE, TIP = 400_000, 10**10, 1_000
AHEAD = 2_000
"""Transactions that may wait for a block: the node's mempool grows slow with many."""


def run(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """By the number of transactions, the figures of ``replay_of`` and the rate at which the node had taken them."""
    figures: dict[str, Any] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
            path = Path(folder) / "run.db"
            taken = asyncio.run(_fill(path, size))
            figures[str(size)] = {"live_tx_s": round(size / taken, 1), **replay_of(path)}
        print(f"  {size:>7} transactions  {figures[str(size)]}")
    return figures


def replay_of(path: Path) -> dict[str, float]:
    """Blocks, transactions, seconds and rates of the replay of one journal, and its size on the disk."""
    done = asyncio.run(replay_journal(path))
    return {
        "blocks": done.blocks,
        "transactions": done.transactions,
        "seconds": round(done.seconds, 2),
        "replay_tx_s": round(done.rate, 1),
        "replay_blocks_s": round(done.blocks / done.seconds, 1),
        "bytes_per_tx": round(path.stat().st_size / max(1, done.transactions)),
    }


async def _fill(path: Path, size: int) -> float:
    """A journal with ``size`` registrations beside the deployment; the seconds that these took."""
    seed = Seed(TEST_PHRASE)
    payers = [seed.wallet(index) for index in range(1, PAYERS + 1)]
    async with GuardedNode(path, block_ms=BLOCK_MS) as node, Rpc(node.operator_url) as rpc:
        addresses = path.with_name("contract_addresses.json")
        await node.deploy(addresses)
        call = (await Deployment.load(addresses, rpc)).registry.register()
        raws = [
            "0x"
            + payers[number % PAYERS]
            .sign_transaction(Transaction(CHAIN_ID, number // PAYERS, TIP, FEE, GAS, call.to, 0, call.data))
            .hex()
            for number in range(size)
        ]
        began = time.perf_counter()
        for at in range(0, size, BATCH):
            await rpc.batch([("eth_sendRawTransaction", (raw,)) for raw in raws[at : at + BATCH]])
            while at + BATCH - await _mined(rpc, payers) > AHEAD:
                await asyncio.sleep(BLOCK_MS / 1000)
        while await _mined(rpc, payers) < size:
            await asyncio.sleep(BLOCK_MS / 1000)
        return time.perf_counter() - began


async def _mined(rpc: Rpc, payers: list[Any]) -> int:
    asked = [("eth_getTransactionCount", (payer.address, "latest")) for payer in payers]
    return sum(int(count, 16) for count in await rpc.batch(asked))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(replay_of(Path(sys.argv[1])))
    else:
        run()
