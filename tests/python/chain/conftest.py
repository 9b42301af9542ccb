"""One Hardhat node with the market deployed for all tests of the chain client; each test gets it as new."""

import asyncio
import json
import threading

import httpx
import pytest

from agents.chain.deployment import Deployment
from agents.chain.devnet import Devnet
from agents.chain.faucet import TEST_PHRASE
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed


class Node(threading.Thread):
    """A node in a thread of its own: its output is drained while the loops of the tests come and go."""

    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.addresses, self.url, self.failure = addresses, "", None
        self.up, self.down = threading.Event(), threading.Event()

    def run(self):
        try:
            asyncio.run(self.live())
        except BaseException as error:  # noqa: BLE001 - raised by the fixture
            self.failure = error
        finally:
            self.up.set()

    async def live(self):
        async with Devnet(block_ms=0) as net:
            await net.deploy(self.addresses)
            self.url = net.url
            self.up.set()
            await asyncio.to_thread(self.down.wait)


class Faults(httpx.AsyncBaseTransport):
    """Passes requests on, but for those that a plan says to lose, with or without the node's doing them."""

    def __init__(self):
        self.inner = httpx.AsyncHTTPTransport()
        self.plan = {}
        self.seen = []
        self.change = None

    def lose(self, method, what, times=1):
        """The next ``times`` requests with ``method`` lose their ``request`` or their ``reply``."""
        self.plan[method] = [what] * times

    async def handle_async_request(self, request):
        body = json.loads(request.content)
        methods = [one["method"] for one in (body if isinstance(body, list) else [body])]
        self.seen += methods
        planned = next((self.plan[one].pop(0) for one in methods if self.plan.get(one)), None)
        if planned == "request":
            raise httpx.ConnectError("the request was lost")
        response = await self.inner.handle_async_request(request)
        content = await response.aread()
        if planned == "reply":
            raise httpx.ReadTimeout("the reply was lost")
        if self.change:
            content = json.dumps(self.change(methods[0], json.loads(content))).encode()
        return httpx.Response(response.status_code, content=content)

    async def aclose(self):
        await self.inner.aclose()


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("deployment") / "contract_addresses.json")
    node.start()
    node.up.wait()
    if node.failure:
        raise node.failure
    yield node
    node.down.set()
    node.join()


@pytest.fixture
async def rpc(node):
    async with Rpc(node.url) as rpc:
        snapshot = await rpc.call("evm_snapshot")
        yield rpc
        await rpc.call("evm_setAutomine", True)
        await rpc.call("evm_revert", snapshot)


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
async def faulty(rpc, node, faults):
    """The same node behind a network with faults."""
    async with Rpc(node.url, transport=faults) as faulty:
        yield faulty


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
