"""The engine as an HTTP server between a client and its node.

    python tests/python/faults/proxy.py http://127.0.0.1:8545 --seed 7 --errors 0.05 --lies 0.02 --port 8546

prints where it listens, and with --forks also makes blocks of the node leave the chain; the node must be one's own.
"""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agents.chain.rpc import Rpc
from faults.engine import Engine, Lost, Refused, Silent, rates
from faults.forks import Forks

MOST_BYTES = 64 * 2**20


class FaultProxy:
    """Use as ``async with FaultProxy(url, seed) as proxy``; inside, ``proxy.url`` answers, or does not."""

    def __init__(
        self,
        upstream: str,
        seed: str,
        *,
        errors: float = 0.05,
        lies: float = 0.0,
        forks: float = 0.0,
        port: int = 0,
        silence: float = 30.0,
    ) -> None:
        """``silence`` is the seconds for which a dead socket stays open."""
        self._upstream, self._port, self._silence = upstream, port, silence
        self._direct = Rpc(upstream)
        self.forks = Forks(self._direct.call, seed, forks)
        self.engine = Engine(seed, self.forks.watching(self._forward), rates(errors, lies))
        self._tasks: set[asyncio.Task] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(timeout=60, trust_env=False)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        if self.forks.rate:
            self._tasks.add(asyncio.create_task(self.forks.live()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()
        await self._direct.close()

    async def _forward(self, content: bytes) -> tuple[int, bytes]:
        try:
            response = await self._client.post(
                self._upstream, content=content, headers={"content-type": "application/json"}
            )
        except httpx.TransportError:
            raise Lost from None
        return response.status_code, response.content

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # The client is gone.
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; whether the socket is still good."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        assert length <= MOST_BYTES, "the request is too large"
        content = await reader.readexactly(length)
        try:
            status, body = await self.engine.answer(content)
        except Silent:
            await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=self._silence)
            return False
        except (Refused, Lost):
            writer.transport.abort()
            return False
        writer.write(
            b"HTTP/1.1 %d -\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            % (status, len(body))
        )
        writer.write(body)
        await writer.drain()
        return True


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("upstream", help="URL of the node")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--errors", type=float, default=0.05, help="share of requests that meet an error")
    parser.add_argument("--lies", type=float, default=0.0, help="share of requests that are answered wrongly")
    parser.add_argument("--forks", type=float, default=0.0, help="probability of a fork for each block")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    async with FaultProxy(
        asked.upstream,
        asked.seed,
        errors=asked.errors,
        lies=asked.lies,
        forks=asked.forks,
        port=asked.port,
    ) as proxy:
        print(f"faults on the way to {asked.upstream} at {proxy.url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
