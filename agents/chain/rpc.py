"""A small JSON-RPC client over HTTP: it knows requests, replies and failures, and nothing about contracts.

HTTP only. Subscriptions end after five minutes on a Hardhat node without an error, and shared sockets
mix up concurrent batches, so whoever wants events polls by block number.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from agents.errors import ProviderUnreachable, RpcError, TransportError

ATTEMPTS = 5
"""How often a read is tried before its TransportError reaches the caller."""
FIRST_PAUSE = 0.1
"""Seconds before the second try; each later pause is twice as long, give or take a quarter."""
CONNECTIONS = 8
"""A node answers one request after the other, and the HTTP library is slow with many sockets."""
IDLE_SECONDS = 2.0
"""Node closes idle sockets after 5 s; ours go first, so that a request never meets a socket just closed."""

T = TypeVar("T")

_WRITES = ("eth_send", "evm_", "hardhat_", "anvil_", "agora_")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def quantity(number: int) -> str:
    """A number as JSON-RPC writes it: hexadecimal without leading zeros."""
    return hex(number)


def pieces(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """The items in their order, in parts of ``most``; the last part may be shorter."""
    return (items[at : at + most] for at in range(0, len(items), most))


def number(answer: Any) -> int:
    """The number that a node's answer is; raises TransportError when it is none."""
    try:
        return int(answer, 16)
    except (TypeError, ValueError):
        raise TransportError("the node sent something else than a number") from None


def masked(url: str) -> str:
    """The URL without user, password, path and query, where providers put their API keys."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "(not a URL)"
    port = f":{parsed.port}" if parsed.port else ""
    hidden = "/…" if parsed.path.strip("/") or parsed.query else ""
    return f"{parsed.scheme or '?'}://{parsed.host or '?'}{port}{hidden}"


class Rpc:
    """A JSON-RPC provider at ``url``; safe for any number of concurrent calls of one event loop.

    Reads are tried again after a transport failure. What changes the chain is sent once: after a
    TransportError its outcome is unknown, and the caller decides.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """``timeout`` is in seconds; ``uniform`` draws between two numbers, to spread retries."""
        self._url, self._uniform = url, uniform
        self.name = masked(url)
        self._ids = itertools.count(1)
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._client = httpx.AsyncClient(
            timeout=timeout,
            transport=transport,
            trust_env=not any(host in self.name for host in _LOOPBACK),
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS),
        )

    def __repr__(self) -> str:
        return f"Rpc({self.name})"

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
        """Close all connections; further calls fail."""
        await self._client.aclose()

    async def connect(self) -> int:
        """The chain id. Raises ProviderUnreachable at once when no JSON-RPC node answers."""
        try:
            (chain_id,) = await self._exchange([("eth_chainId", ())])
            if isinstance(chain_id, RpcError):
                raise chain_id
            return int(chain_id, 16)
        except TransportError as error:
            raise ProviderUnreachable(self.name, str(error)) from error
        except (RpcError, TypeError, ValueError) as error:
            raise ProviderUnreachable(self.name, "what answers is not an Ethereum node") from error

    async def call(self, method: str, *params: Any) -> Any:
        """The node's result. Raises RpcError when it refuses, TransportError when no answer can be had."""
        return (await self.batch([(method, params)]))[0]

    async def batch(self, calls: Iterable[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results in the order of ``calls``, fetched in one request; the first refusal is raised."""
        results = await self.each(calls)
        for one in results:
            if isinstance(one, RpcError):
                raise one
        return results

    async def batches(self, calls: Iterable[tuple[str, Sequence[Any]]], most: int) -> list[Any]:
        """As ``batch``, in requests of ``most`` calls, one after the other."""
        return [result for piece in pieces(list(calls), most) for result in await self.batch(piece)]

    async def each(self, calls: Iterable[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The result of each call or, in its place, the RpcError with which the node refuses it.

        Raises RpcError when the node refuses the request as a whole, TransportError as ``call`` does.
        """
        listed = list(calls)
        return await self._request(listed) if listed else []

    async def _request(self, calls: list[tuple[str, Sequence[Any]]]) -> list[Any]:
        writes = any(method.startswith(_WRITES) for method, _ in calls)
        pause = FIRST_PAUSE
        for _ in range(0 if writes else ATTEMPTS - 1):
            try:
                return await self._exchange(calls)
            except TransportError:
                await asyncio.sleep(pause * self._uniform(0.75, 1.25))
                pause *= 2
        return await self._exchange(calls)

    async def _exchange(self, calls: list[tuple[str, Sequence[Any]]]) -> list[Any]:
        """One request and its reply, every id accounted for."""
        requests = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}
            for method, params in calls
        ]
        reply = await self._post(requests if len(requests) > 1 else requests[0])
        replies = reply if isinstance(reply, list) else [reply]
        by_id = {
            one["id"]: one for one in replies if isinstance(one, dict) and isinstance(one.get("id"), int)
        }
        answers = [by_id.get(request["id"]) for request in requests]
        if len(replies) != len(requests) or None in answers:
            # A node that cannot read a request says why with id null.
            reason = next((one["error"] for one in replies if isinstance(one, dict) and "error" in one), None)
            if isinstance(reason, Mapping):
                raise _refusal(reason)
            raise TransportError(f"{self.name} answered other requests than the ones it was asked")
        return [self._result(answer) for answer in answers if answer is not None]

    async def _post(self, body: object) -> Any:
        try:
            # The wait for a slot has no limit: a burst of our own calls is no failure of the node.
            async with self._slots:
                response = await self._client.post(self._url, json=body)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            # The exception's own text may hold the URL, and the URL may hold a key.
            raise TransportError(f"{type(error).__name__} at {self.name}") from None
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise TransportError(f"HTTP {response.status_code} from {self.name}")
        try:
            return response.json()
        except (ValueError, RecursionError):
            raise TransportError(f"HTTP {response.status_code} without JSON from {self.name}") from None

    def _result(self, answer: Mapping[str, Any]) -> Any:
        error = answer.get("error")
        if isinstance(error, Mapping):
            return _refusal(error)
        if "result" not in answer:
            raise TransportError(f"{self.name} answered with neither a result nor an error")
        return answer["result"]


def _refusal(error: Mapping[str, Any]) -> RpcError:
    """The error a node describes; nodes put revert data in ``data`` or one or two objects deeper."""
    data = error.get("data")
    while isinstance(data, Mapping):
        data = data.get("data", data.get("originalError"))
    revert = None
    if isinstance(data, str) and data.startswith("0x"):
        try:
            revert = bytes.fromhex(data[2:])
        except ValueError:
            revert = None
    code = error.get("code")
    return RpcError(
        code if isinstance(code, int) else 0, str(error.get("message", "no reason given")), revert
    )
