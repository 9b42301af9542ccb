"""A node of the guard's own, which mines when it is told to, and a guard before it."""

import pytest
from guarded import Recorder, Stranger, guarding
from nodes import running_node

from agents.chain.faucet import TEST_PHRASE
from agents.chain.guard.server import GuardServer
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed


@pytest.fixture(scope="session")
def bare_node():
    with running_node() as node:
        yield node


@pytest.fixture
async def raw(bare_node):
    """The node's own port; blocks come when asked for, and all is undone afterwards."""
    async with Rpc(bare_node.url) as rpc:
        snapshot = await rpc.call("evm_snapshot")
        await rpc.call("evm_setAutomine", False)
        yield rpc
        await rpc.call("evm_revert", snapshot)


@pytest.fixture
async def guard(raw, bare_node):
    async with guarding(bare_node.url) as guard:
        yield guard


@pytest.fixture
async def fund(raw):
    """Gives wei to somebody, in a block of its own."""
    rich = Seed(TEST_PHRASE).wallet(9)

    async def fund(who, wei):
        await raw.call(
            "eth_sendTransaction",
            {"from": rich.address, "to": who.address, "value": hex(wei), "gas": "0x5208"},
        )
        await raw.call("evm_mine")

    return fund


@pytest.fixture
async def poor(fund):
    """Holds 0.0001 ETH: enough for one of its transactions at its highest cost, not for two."""
    stranger = Stranger(1001)
    await fund(stranger, 10**14)
    return stranger


@pytest.fixture
async def honest(fund):
    stranger = Stranger(1002)
    await fund(stranger, 10**18)
    return stranger


@pytest.fixture
async def recorder():
    """A stand-in for the node, which notes what reaches it."""
    recorder = Recorder()
    async with GuardServer(recorder.app) as server:
        recorder.url = server.url
        yield recorder


@pytest.fixture
async def watched(recorder):
    """A guard before the recorder."""
    async with guarding(recorder.url) as guard:
        yield guard
