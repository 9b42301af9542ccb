"""Answers many askers with few requests: what is asked for in one turn of the loop is fetched in one go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from agents.chain.rpc import pieces

K = TypeVar("K")
V = TypeVar("V")

MOST = 100
"""Questions in one request."""


class Together(Generic[K, V]):
    """``fetch`` answers a list of questions in their order; an answer that is an exception is raised."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Sequence[V | Exception]]]) -> None:
        self._fetch = fetch
        self._asked: list[tuple[K, asyncio.Future[V]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, question: K) -> V:
        """The answer, or the error that came in its place or ended the whole request."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V] = loop.create_future()
        if not self._asked:
            loop.call_soon(self._start)
        self._asked.append((question, future))
        return await future

    def _start(self) -> None:
        asked, self._asked = self._asked, []
        for piece in pieces(asked, MOST):
            task = asyncio.get_running_loop().create_task(self._answer(piece))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: Sequence[tuple[K, asyncio.Future[V]]]) -> None:
        answers: Sequence[Any]
        try:
            answers = await self._fetch([question for question, _ in asked])
        except Exception as error:  # noqa: BLE001 - handed to each asker
            answers = [error] * len(asked)
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
