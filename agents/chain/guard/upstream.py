"""The node behind the guard, as bytes in and bytes out."""

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from agents.errors import RpcError, UpstreamAbsent, UpstreamLost

CONNECTIONS = 8
"""A node answers one request after the other; more sockets only cost time."""
IDLE_SECONDS = 2.0
"""Node closes idle sockets after 5 s; ours go first, so that a request never meets a socket just closed."""

_JSON = {"content-type": "application/json"}


class Upstream:
    """A node's JSON-RPC port. ``url`` may be set when the node has come back at another one."""

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        """``timeout`` is in seconds, for one answer."""
        self.url = url
        self._client = httpx.AsyncClient(
            timeout=timeout,
            trust_env=False,
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; further requests fail."""
        await self._client.aclose()

    async def post(self, body: bytes) -> bytes:
        """The node's answer to one HTTP request.

        Raises UpstreamAbsent when the node has seen nothing of it, UpstreamLost when it may have.
        """
        try:
            response = await self._client.post(self.url, content=body, headers=_JSON)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UpstreamAbsent(f"the node is not there ({type(error).__name__})") from error
        except httpx.RequestError as error:
            raise UpstreamLost(f"the node's answer is lost ({type(error).__name__})") from error
        if response.is_server_error:
            raise UpstreamLost(f"the node answered with HTTP {response.status_code}")
        return response.content

    async def call(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of reads in one batch; raises RpcError at the first refusal, and as ``post`` does."""
        body = [
            {"jsonrpc": "2.0", "id": at, "method": method, "params": list(params)}
            for at, (method, params) in enumerate(calls)
        ]
        answers = by_id(await self.post(json.dumps(body).encode()), len(body))
        for answer in answers:
            if "error" in answer:
                raise RpcError(answer["error"].get("code", 0), str(answer["error"].get("message")))
        return [answer["result"] for answer in answers]


def by_id(content: bytes, count: int) -> list[dict[str, Any]]:
    """The replies to calls numbered from 0, in that order; raises UpstreamLost unless each has one."""
    try:
        replies = json.loads(content)
    except ValueError:
        raise UpstreamLost("the node's answer is no JSON") from None
    found = {
        one["id"]: one
        for one in (replies if isinstance(replies, list) else [])
        if isinstance(one, dict)
        and isinstance(one.get("id"), int)
        and ("result" in one or isinstance(one.get("error"), dict))
    }
    if len(found) != count or found.keys() != set(range(count)):
        raise UpstreamLost("the node answered other calls than it was asked")
    return [found[at] for at in range(count)]
