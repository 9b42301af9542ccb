"""Strangers who send what they like, and a guard to send it to."""

import json
from contextlib import asynccontextmanager

import httpx
from eth_account import Account
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from agents.chain.guard.app import build
from agents.chain.guard.gate import Gate
from agents.chain.guard.rules import Rules
from agents.chain.guard.server import GuardServer
from agents.chain.guard.upstream import Upstream

GWEI = 10**9
OPERATOR, AGENT = "operator-key", "agent-key"
RULES = Rules(chain_id=31337, operator_keys=frozenset({OPERATOR}), agent_keys=frozenset({AGENT}))


class Stranger:
    """A key of somebody who sends what they like."""

    def __init__(self, number):
        self.account = Account.from_key(number.to_bytes(32))
        self.address = self.account.address

    def signed(self, nonce=0, **fields):
        """As hexadecimal text: by default an ordinary transaction without value, at most at 4 gwei."""
        ordinary = {
            "type": 2,
            "chainId": 31337,
            "nonce": nonce,
            "to": "0x" + "11" * 20,
            "value": 0,
            "data": b"",
            "gas": 21_000,
            "maxFeePerGas": 4 * GWEI,
            "maxPriorityFeePerGas": GWEI,
        }
        if fields.get("type", 2) != 2:
            del ordinary["maxFeePerGas"], ordinary["maxPriorityFeePerGas"]
            ordinary["gasPrice"] = 4 * GWEI
        asked = {name: value for name, value in (ordinary | fields).items() if value is not None}
        if asked["type"] == 0:
            del asked["type"]
        return "0x" + self.account.sign_transaction(asked).raw_transaction.hex()


class Guarded:
    """A guard that runs, and how to speak to it."""

    def __init__(self, url, gate, upstream, http):
        self.url, self.gate, self.upstream, self.http = url, gate, upstream, http

    async def post(self, body, path="/", **headers):
        """The HTTP answer to a body, which is JSON unless it is bytes already."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(
            self.url + path, content=content, headers={"content-type": "application/json"} | headers
        )

    async def ask(self, method, *params, path="/"):
        """The reply to one call, as an object."""
        asked = {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)}
        return (await self.post(asked, path)).json()


@asynccontextmanager
async def guarding(url, rules=RULES, timeout=30.0):
    """A guard before the node at ``url``."""
    gate = Gate()
    async with (
        Upstream(url, timeout=timeout) as upstream,
        GuardServer(build(upstream, rules, gate)) as server,
        httpx.AsyncClient(timeout=60) as http,
    ):
        yield Guarded(server.url, gate, upstream, http)


class Recorder:
    """A node of which only the requests matter: it notes them and answers as it is told."""

    def __init__(self):
        self.seen = []
        self.results = {
            "eth_getBalance": hex(10**18),
            "eth_getTransactionCount": "0x0",
            "eth_blockNumber": "0x64",
        }
        self.answer = None
        self.app = Starlette(routes=[Route("/", self.serve, methods=["POST"])])

    async def serve(self, request):
        body = await request.json()
        asked = body if isinstance(body, list) else [body]
        self.seen += asked
        if self.answer:
            return await self.answer(asked)
        replies = [self.reply(one) for one in asked]
        return JSONResponse(replies if isinstance(body, list) else replies[0])

    def reply(self, one):
        result = self.results.get(one["method"], "0x1")
        return {"jsonrpc": "2.0", "id": one["id"], "result": result}

    @property
    def methods(self):
        return [one["method"] for one in self.seen]
