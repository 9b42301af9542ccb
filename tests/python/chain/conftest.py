"""A network with faults between the chain client and the node."""

import json

import httpx
import pytest

from agents.chain.rpc import Rpc


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
