"""Calls of the page's wallet to the node: on chains of developers, for the explorer's own page, and no others.

What may be asked is what the guard before a node lets through: reads, and transactions that their senders have
signed.
"""

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from agents.chain.guard.calls import parse
from agents.chain.guard.door import body_of
from agents.chain.guard.gate import Gate
from agents.chain.guard.refusals import reply
from agents.chain.guard.relay import Relay
from agents.chain.guard.rules import Rules
from agents.chain.guard.upstream import Upstream
from agents.errors import Refused
from agents.explorer.api.context import Here
from agents.explorer.api.front import client_of
from agents.explorer.api.problems import Problem

router = APIRouter(tags=["node"])


@dataclass(slots=True)
class Node:
    """The way to the node; ``rules`` are the guard's."""

    upstream: Upstream
    rules: Rules
    relay: Relay = field(init=False)

    def __post_init__(self) -> None:
        self.relay = Relay(self.upstream, self.rules, Gate())


def node_at(url: str, chain_id: int) -> Node:
    """The node at ``url``, asked by wallets of the page."""
    return Node(Upstream(url), Rules(chain_id=chain_id, most_bytes=1 << 20, most_calls=100, most_weight=200))


@router.post("/rpc", response_class=JSONResponse)
async def rpc(here: Here, request: Request) -> Response:
    """JSON-RPC, forwarded to the node: reads and `eth_sendRawTransaction`. Only where /api/status says `rpc`."""
    node = here.node
    if node is None:
        raise Problem(404, "no_rpc", "this explorer forwards no calls: use a wallet's own connection")
    try:
        body = await body_of(request, node.rules)
        calls, batch = parse(body, node.rules, operator=False)
        here.limits.calls(client_of(request.scope), sum(one.weight for one in calls))
        return Response(await node.relay.answer(calls, batch=batch), media_type="application/json")
    except Refused as error:
        return JSONResponse(reply(None, error), error.status, {"connection": "close"})
