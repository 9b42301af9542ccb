"""What the guard costs: requests a second straight to a node and through the guard, and the time it adds.

The node, the guard and the client that asks are three processes. One request after the other gives the time it
takes, in turns with and without the guard, so that both see the same machine; eight at a time give the rate. The
guard's own work is its CPU time. Transactions are plain payments, all different; the node builds no block meanwhile.
"""

import asyncio
import itertools
import json
import multiprocessing
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median
from typing import Self
from urllib.parse import urlsplit

import psutil

from agents.chain.devnet import CHAIN_ID, Devnet
from agents.chain.faucet import TEST_PHRASE
from agents.chain.guard.app import build
from agents.chain.guard.gate import Gate
from agents.chain.guard.rules import Rules
from agents.chain.guard.server import GuardServer
from agents.chain.guard.upstream import Upstream
from agents.chain.transaction import Transaction
from agents.chain.wallet import Seed

SIZES = (1, 100)
ROUNDS = {1: 300, 100: 20}
"""Requests one after the other, and as many again at the same time, with and without the guard."""
AT_ONCE, WALLETS = 8, 20
GAS, FEE = 21_000, 100_000

Row = dict[str, float]


def run(sizes: tuple[int, ...] = SIZES, rounds: dict[int, int] = ROUNDS) -> dict[str, Row]:
    """For reads and transactions, by the size of the batches: milliseconds, requests a second, CPU of the guard."""
    return asyncio.run(_run(sizes, rounds))


async def _run(sizes: tuple[int, ...], rounds: dict[int, int]) -> dict[str, Row]:
    figures: dict[str, Row] = {}
    async with Devnet(block_ms=3_600_000) as net:
        with _guard(net.url) as (url, cpu):
            payments = _payments()
            for size in sizes:
                for name, calls in (
                    ("reads", itertools.repeat(("eth_blockNumber", []))),
                    ("sends", payments),
                ):
                    bodies = [_body(itertools.islice(calls, size)) for _ in range(4 * rounds[size])]
                    figures[f"{name}, {size} a request"] = await _row(net.url, url, cpu, bodies, size)
    for name, row in figures.items():
        print(f"  {name:24} " + " · ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    return figures


async def _row(node: str, guard: str, cpu: Callable[[], float], bodies: list[bytes], size: int) -> Row:
    """The figures of one kind of request; each body is sent once."""
    rest = iter(bodies)
    count = len(bodies) // 4
    async with _Client(node) as straight, _Client(guard) as guarded:
        times = [
            (await straight.seconds(next(rest)), await guarded.seconds(next(rest))) for _ in range(count)
        ]
    before, (many, through) = cpu(), [await _at_once(url, rest, count) for url in (node, guard)]
    spent = cpu() - before
    alone, behind = (median(side) for side in zip(*times, strict=True))
    return {
        "ms": round(1e3 * alone, 2),
        "ms through": round(1e3 * behind, 2),
        "ms added": round(1e3 * (behind - alone), 2),
        "calls/s": round(count * size / many),
        "calls/s through": round(count * size / through),
        "guard CPU us a call": round(1e6 * spent / (count * size), 1),
    }


async def _at_once(url: str, bodies: Iterator[bytes], count: int) -> float:
    """Seconds for so many requests, AT_ONCE at the same time."""
    chosen = iter(list(itertools.islice(bodies, count)))

    async def work() -> None:
        async with _Client(url) as client:
            for body in chosen:
                await client.seconds(body)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return time.perf_counter() - start


class _Client:
    """One connection, and as little work on it as can be."""

    def __init__(self, url: str) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def seconds(self, body: bytes) -> float:
        """How long one request takes; raises when a call of it fails."""
        start = time.perf_counter()
        head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
        self._writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        answer = await self._reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
        taken = time.perf_counter() - start
        if b'"error"' in answer:
            raise RuntimeError(answer[:500].decode())
        return taken


def _body(calls: Iterable[tuple[str, list[str]]]) -> bytes:
    asked = [
        {"jsonrpc": "2.0", "id": at, "method": method, "params": params}
        for at, (method, params) in enumerate(calls)
    ]
    return json.dumps(asked if len(asked) > 1 else asked[0]).encode()


def _payments() -> Iterator[tuple[str, list[str]]]:
    """Payments of the dev chain's rich accounts, in turns, without end."""
    seed = Seed(TEST_PHRASE)
    wallets = [seed.wallet(index) for index in range(WALLETS)]
    for nonce in itertools.count():
        for wallet in wallets:
            payment = Transaction(CHAIN_ID, nonce, 1, FEE, GAS, wallet.address, 1, b"")
            yield "eth_sendRawTransaction", ["0x" + wallet.sign_transaction(payment).hex()]


@contextmanager
def _guard(node: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """A guard in a process of its own: its URL, and the CPU seconds it has used so far."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(node, there))
    process.start()
    there.close()
    try:
        yield here.recv(), lambda: sum(psutil.Process(process.pid).cpu_times()[:2])
    finally:
        here.close()
        process.join()


def _serve(node: str, told: Connection) -> None:
    """Guard until the other end of the pipe closes."""
    asyncio.run(_guarding(node, told))


async def _guarding(node: str, told: Connection) -> None:
    rules = Rules(chain_id=CHAIN_ID, rate=1e9, burst=10**9)
    async with Upstream(node) as upstream, GuardServer(build(upstream, rules, Gate())) as server:
        told.send(server.url)
        await asyncio.to_thread(told.poll, None)


if __name__ == "__main__":
    run()
