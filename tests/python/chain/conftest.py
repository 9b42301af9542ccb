"""A network with faults between the chain client and the node, and what makes events for tailers to read."""

import json

import httpx
import pytest

from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store


class Faults(httpx.AsyncBaseTransport):
    """Passes requests on, but for those that a plan says to lose, with or without the node's doing them."""

    def __init__(self):
        self.inner = httpx.AsyncHTTPTransport()
        self.plan = {}
        self.seen, self.requests = [], 0
        self.change = None

    def lose(self, method, what, times=1):
        """The next ``times`` requests with ``method`` lose their ``request`` or their ``reply``."""
        self.plan[method] = [what] * times

    async def handle_async_request(self, request):
        body = json.loads(request.content)
        methods = [one["method"] for one in (body if isinstance(body, list) else [body])]
        self.seen += methods
        self.requests += 1
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


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
async def faulty(rpc, node, faults):
    """The same node behind a network with faults."""
    async with Rpc(node.url, transport=faults) as faulty:
        yield faulty


@pytest.fixture
async def mint(rpc, deployment, wallets, tmp_path):
    """Mints credits to the second wallet; the amounts say which event is which."""
    store = Store.open(tmp_path / "minter.db")
    sender = Sender(rpc, store, 31337, interval=0.01, deadline=10)

    async def mint(*amounts):
        for amount in amounts:
            call = deployment.token.mint(wallets[1].address, amount)
            await sender.send(wallets[0], call, intent=f"mint:{amount}")

    mint.sender = sender
    yield mint
    await sender.close()
    store.close()
