"""Models beside a timeline: their calls are made in the real world, and their answers take the timeline's time."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from agents.errors import CallFailed, UserError
from agents.fleet.timeline.outside import Outside
from agents.llm.cassette.canonical import canonical
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, Upstream, usage_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long thinking takes on a timeline, from nothing but its tokens."""

    reads: float = 1000.0
    """Prompt tokens a second."""
    writes: float = 50.0
    """Completion tokens a second."""
    least: float = 1.0
    """Seconds of any call. The market goes on so long before a real answer is waited for."""

    def seconds(self, usage: Usage) -> float:
        """Between question and answer."""
        return max(self.least, usage.prompt_tokens / self.reads + usage.completion_tokens / self.writes)


USUAL = Pace()


class OutsideUpstream:
    """An upstream on the timeline, whose calls another one answers outside; embeddings take no time.

    ``failed`` is told of an error that a person must see, such as a call that was never recorded, at the moment when
    it reaches who called: the run cannot go on.
    """

    def __init__(
        self, upstream: Upstream, outside: Outside, pace: Pace, failed: Callable[[Exception], None]
    ) -> None:
        self._upstream, self._outside, self._pace, self._failed = upstream, outside, pace, failed

    @property
    def models(self) -> Sequence[str]:
        """Those of the upstream outside."""
        return self._upstream.models

    async def complete(self, call: Call) -> Reply:
        """The upstream's answer, or its CallFailed."""
        begun = asyncio.get_running_loop().time()
        try:
            reply = await self._ask(call, _whole(self._upstream.complete(call)))
        except CallFailed as error:
            await self._pass(call, begun, error.usage)
            raise
        await self._pass(call, begun, reply.usage)
        return reply

    async def stream(self, call: Call) -> Chunks:
        """All of the answer at the moment when its last word is there."""
        begun = asyncio.get_running_loop().time()
        chunks, failure = await self._ask(call, _collected(self._upstream.stream(call)))
        told = usage_of(chunks[-1]) if chunks else None
        await self._pass(call, begun, failure.usage if failure else told or Usage())
        for chunk in chunks:
            yield chunk
        if failure is not None:
            raise failure

    async def _ask(self, call: Call, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await self._outside.ask(work, self._pace.least if call.kind == "chat" else 0.0)
        except Exception as error:
            if isinstance(error, UserError) or not isinstance(error, CallFailed):
                self._failed(error)
            raise

    async def _pass(self, call: Call, begun: float, usage: Usage) -> None:
        if call.kind == "chat":
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, begun + self._pace.seconds(usage) - now))


async def _whole(answer: Awaitable[Reply]) -> Reply:
    """The answer as a cassette gives it back: receipts hold digests of answers, and so the order of their fields."""
    reply = await answer
    return Reply(json.loads(canonical(reply.body)), reply.usage)


async def _collected(stream: Chunks) -> tuple[list[Mapping[str, Any]], CallFailed | None]:
    """The chunks of a whole answer, and how it failed if it did."""
    chunks: list[Mapping[str, Any]] = []
    try:
        async with aclosing(stream):
            async for chunk in stream:
                chunks.append(json.loads(canonical(chunk)))  # noqa: PERF401 - those before a failure are kept
    except CallFailed as error:
        return chunks, error
    return chunks, None
