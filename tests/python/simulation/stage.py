"""A market with three parties on the node of all tests, which does not mine by itself; as new for each seed."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from world import CAPITAL, CHAIN_ID, World

from agents.chain.deployment import Deployment
from agents.chain.faucet import TEST_PHRASE
from agents.chain.rpc import Rpc, quantity
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.market.domain import account_of
from simulation.moves import Cast
from simulation.network import Node
from simulation.run import Simulation
from simulation.truth import Truth

NAMES = ("Ada", "Bob", "Eve")
LATER = 10_000
"""Seconds between the deployment and the simulations, so that these begin at a time that all can tell."""


async def prepared(url, addresses, folder):
    """The deployment, and the parties with their agents and capital; each has three wallets of the test phrase."""
    seed = Seed(TEST_PHRASE)
    async with Rpc(url) as rpc:
        deployment = await Deployment.load(addresses, rpc)
        store = Store.open(folder / "setup.db")
        sender = Sender(rpc, store, CHAIN_ID, interval=0.01)
        world, casts = World(rpc, deployment, store, sender, folder), []
        try:
            for number, name in enumerate(NAMES):
                wallets = tuple(seed.wallet(1 + 3 * number + one) for one in range(3))
                agents = {}
                for one, wallet in enumerate(wallets):
                    account = account_of(wallet.address)
                    await world.give(wallet, account, CAPITAL, f"{name}:{one}")
                    if one:
                        agents[await world.register(f"{name}-{one}", wallet)] = one
                casts.append(Cast(name, wallets, agents))
        finally:
            await world.close()
            store.close()
    return deployment, casts


@pytest.fixture(scope="module")
def market(node, tmp_path_factory):
    direct = Node(node.url)
    before = direct.ask("evm_snapshot")
    try:
        deployment, casts = asyncio.run(prepared(node.url, node.addresses, tmp_path_factory.mktemp("setup")))
        direct.ask("evm_setAutomine", False)
        start = (
            int(direct.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16) // LATER * LATER
            + 2 * LATER
        )
        direct.ask("evm_setNextBlockTimestamp", quantity(start))
        direct.ask("evm_mine")
        yield Simulation(direct, deployment, casts, Truth(direct.ask, deployment), start)
    finally:
        direct.ask("evm_setAutomine", True)
        direct.ask("evm_revert", before)
        direct.close()


@pytest.fixture
def fresh(market):
    """The market of a new chain."""
    snapshot = market.node.ask("evm_snapshot")
    yield market
    market.node.ask("evm_revert", snapshot)


@pytest.fixture
def memory(tmp_path):
    """A folder in memory, where the system has such: no disk takes part in what is simulated."""
    shared = Path("/dev/shm")
    if not shared.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)
