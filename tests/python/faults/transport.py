"""The engine as the transport of an ``Rpc``: faults without sockets."""

import asyncio

import httpx

from faults.engine import Engine, Lost, Refused, Silent

PATIENCE = 30.0
"""Seconds after which a client without a timeout gives up on a silent socket."""


class FaultyTransport(httpx.AsyncBaseTransport):
    """Every request goes through the engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks; raises httpx.TransportError when there is no reply."""
        try:
            status, content = await self.engine.answer(await request.aread())
        except Refused:
            raise httpx.ConnectError("refused") from None
        except Silent:
            await asyncio.sleep(request.extensions.get("timeout", {}).get("read") or PATIENCE)
            raise httpx.ReadTimeout("silence") from None
        except Lost:
            raise httpx.RemoteProtocolError("the reply was lost") from None
        return httpx.Response(status, content=content)
