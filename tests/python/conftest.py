"""One Hardhat node with the market deployed, which mines at once, for all tests; each test gets it as new."""

import os

import pytest
from hypothesis import HealthCheck, settings
from nodes import running_node
from world import World

from agents.chain.deployment import Deployment
from agents.chain.faucet import TEST_PHRASE
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed

# A shared machine may be slow at any moment: that is no fault of the code.
settings.register_profile("agora", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("agora")

# The nets are so small that threads only wait for one another; the processes that tests start inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    with running_node(tmp_path_factory.mktemp("deployment")) as node:
        yield node


@pytest.fixture(scope="session")
def interval_node(tmp_path_factory):
    """Another node, whose blocks come by the clock, as those of real chains do; nothing on it is undone."""
    with running_node(tmp_path_factory.mktemp("interval"), block_ms=250) as node:
        yield node


@pytest.fixture
async def rpc(node):
    async with Rpc(node.url) as rpc:
        snapshot = await rpc.call("evm_snapshot")
        yield rpc
        await rpc.call("evm_setAutomine", True)
        await rpc.call("evm_revert", snapshot)


@pytest.fixture
async def deployment(rpc, node):
    return await Deployment.load(node.addresses, rpc)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "store.db")
    yield store
    store.close()


@pytest.fixture
async def sender(rpc, store):
    sender = Sender(rpc, store, 31337, interval=0.01, deadline=10)
    yield sender
    await sender.close()


@pytest.fixture(scope="session")
def wallets():
    """Rich accounts of the dev chain; the first one deployed the market and mints."""
    seed = Seed(TEST_PHRASE)
    return [seed.wallet(index) for index in range(5)]


@pytest.fixture
async def world(rpc, deployment, store, sender, tmp_path):
    world = World(rpc, deployment, store, sender, tmp_path)
    await world.catch_up()
    yield world
    await world.close()
