"""Several endpoints as one upstream: each call goes to one that has its model, works, and has room."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Self

from agents.errors import CallFailed
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, Upstream, no_model, usage_of
from agents.llm.upstreams.lanes import Lane

_LONGEST_PAUSE = 20.0
_AGAIN = frozenset(
    {
        "rate_limited",
        "upstream_timeout",
        "upstream_unreachable",
        "upstream_failed",
        "upstream_hung_up",
        "upstream_unavailable",
    }
)
"""What may pass on the same endpoint."""
_ELSEWHERE = frozenset(
    {
        "upstream_refuses_key",
        "insufficient_quota",
        "model_server_died",
        "upstream_unfit",
        "usage_missing",
        "model_not_found",
    }
)
"""What may pass on another endpoint only."""


class Router:
    """Calls go round robin to the endpoints of their model, to those that were put aside only if there is no other.

    A call that fails in a way that may pass is tried again, ``attempts`` times in all: elsewhere at once, and
    where it was before after a random pause that doubles from ``pause`` seconds, or the longer one that the
    endpoint asks for. No try begins ``seconds`` after the call. A stream is not tried again once its first
    chunk is out. Where all endpoints are full, calls wait in the order in which they came.
    """

    def __init__(
        self,
        lanes: Sequence[Lane | Upstream],
        *,
        attempts: int = 5,
        pause: float = 0.5,
        seconds: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts, self._pause, self._seconds, self._clock = attempts, pause, seconds, clock
        self._by_model: dict[str, deque[Lane]] = {}
        for one in lanes:
            lane = one if isinstance(one, Lane) else Lane(one)
            for model in lane.upstream.models:
                self._by_model.setdefault(model, deque()).append(lane)
        self._models = tuple(self._by_model)
        self._queue: deque[tuple[asyncio.Future[Lane], _Course]] = deque()
        self._probes: dict[Lane, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        probes = list(self._probes.values())
        for probe in probes:
            probe.cancel()
        await asyncio.gather(*probes, return_exceptions=True)

    @property
    def models(self) -> Sequence[str]:
        """All models of all endpoints."""
        return self._models

    async def complete(self, call: Call) -> Reply:
        """The answer of the first endpoint that gives one. Raises the CallFailed of the last that did not."""
        course = self._course(call)
        while True:
            async with self._place(course) as lane:
                try:
                    reply = await lane.upstream.complete(call)
                except CallFailed as error:
                    failure = error
                else:
                    lane.worked()
                    lane.used(call, reply.usage)
                    return reply
            await self._recover(course, lane, failure)

    async def stream(self, call: Call) -> Chunks:
        """The chunks of the first endpoint that begins to answer."""
        course = self._course(call)
        while True:
            async with self._place(course) as lane:
                begun = False
                try:
                    async with aclosing(lane.upstream.stream(call)) as chunks:
                        async for chunk in chunks:
                            begun = True
                            if not chunk["choices"]:
                                lane.used(call, usage_of(chunk) or Usage())
                            yield chunk
                except CallFailed as error:
                    failure = error
                else:
                    lane.worked()
                    return
            if begun:
                self._fail(course, lane, failure)
                raise failure
            await self._recover(course, lane, failure)

    def _course(self, call: Call) -> "_Course":
        lanes = self._by_model.get(call.model)
        if lanes is None:
            raise no_model(call.model, self.models)
        lanes.rotate(-1)
        return _Course(call, list(lanes), self._clock())

    @asynccontextmanager
    async def _place(self, course: "_Course") -> AsyncIterator[Lane]:
        """An endpoint that has room for the call, for as long as it lasts."""
        self._examine(course.lanes)
        lane = await self._room(course)
        try:
            await lane.pace(course.call)
            yield lane
        finally:
            lane.running -= 1
            self._offer(lane)

    async def _room(self, course: "_Course") -> Lane:
        """The best endpoint with a free place, which is taken."""
        lane = next((lane for lane in course.preferred() if not lane.full), None)
        if lane is not None:
            lane.running += 1
            return lane
        future: asyncio.Future[Lane] = asyncio.get_running_loop().create_future()
        waiting = (future, course)
        self._queue.append(waiting)
        try:
            return await future
        except asyncio.CancelledError:
            if future.cancelled():
                self._queue.remove(waiting)
            else:  # it had just been given one
                future.result().running -= 1
                self._offer(future.result())
            raise

    def _offer(self, lane: Lane) -> None:
        """Free places go to those who wait, the first first."""
        for waiting in tuple(self._queue):
            future, course = waiting
            if lane.full:
                return
            if not future.done() and lane in course.preferred():
                self._queue.remove(waiting)
                lane.running += 1
                future.set_result(lane)

    async def _recover(self, course: "_Course", lane: Lane, failure: CallFailed) -> None:
        """Returns when the call can be tried again; raises ``failure`` if that is in vain."""
        self._fail(course, lane, failure)
        if failure.code not in _AGAIN and failure.code not in _ELSEWHERE:
            raise failure
        pause = 0.0
        if not course.untried():
            pause = random.uniform(0, min(self._pause * 2**course.pauses, _LONGEST_PAUSE))  # noqa: S311 - no secret
            pause = max(pause, failure.retry_after or 0.0)
            course.pauses += 1
        late = self._clock() + pause - course.began > self._seconds
        if not course.lanes or course.tries >= self._attempts or late:
            if failure.code in _AGAIN:
                failure.retry_after = max(failure.retry_after or 0.0, lane.rest, 1.0)
            raise failure
        await asyncio.sleep(pause)

    def _fail(self, course: "_Course", lane: Lane, failure: CallFailed) -> None:
        lane.failed(failure)
        lane.used(course.call, failure.usage)
        course.fail(lane, failure)

    def _examine(self, lanes: Sequence[Lane]) -> None:
        """Have the endpoints looked at that were put aside and have rested."""
        for lane in lanes:
            if lane.aside and lane.probe is not None and lane.rest <= 0 and lane not in self._probes:
                self._probes[lane] = asyncio.create_task(self._look(lane, lane.probe))

    async def _look(self, lane: Lane, probe: Callable[[], Awaitable[bool]]) -> None:
        try:
            if await probe():
                lane.worked()
                self._offer(lane)
            else:
                lane.leave()
        finally:
            del self._probes[lane]


class _Course:
    """One call on its way: where it can go, and where it has been."""

    def __init__(self, call: Call, lanes: list[Lane], began: float) -> None:
        self.call, self.lanes, self.began = call, lanes, began
        self.tries = self.pauses = 0
        self._tried: set[Lane] = set()

    def preferred(self) -> Sequence[Lane]:
        """Endpoints in the order in which they are asked; those put aside only if there is nothing else."""
        working = [lane for lane in self.lanes if not lane.aside]
        if not working:
            return sorted(self.lanes, key=lambda lane: lane.rest)[:1]
        return sorted(working, key=lambda lane: (lane in self._tried, lane.wait(self.call)))

    def untried(self) -> bool:
        """Whether a working endpoint has not been asked yet."""
        return any(lane not in self._tried and not lane.aside for lane in self.lanes)

    def fail(self, lane: Lane, failure: CallFailed) -> None:
        """Notes a failure; where it cannot pass, the endpoint is not asked again."""
        self.tries += 1
        self._tried.add(lane)
        if failure.code in _ELSEWHERE:
            self.lanes.remove(lane)
