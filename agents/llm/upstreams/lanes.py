"""One endpoint of a router: how much it takes at a time, how often, and whether it works."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from agents.errors import CallFailed
from agents.llm.pacing import Bucket
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Upstream, limit_of, text_of

_PATIENCE = 3  # failures in a row before an endpoint that can be reached is put aside
_FIRST_REST, _LONGEST_REST = 5.0, 60.0  # seconds
_CHARACTERS_A_TOKEN, _LIKELY_ANSWER = 4, 256
_AT_ONCE = frozenset(
    {"upstream_unreachable", "upstream_refuses_key", "insufficient_quota", "model_server_died"}
)
_SOON = frozenset(
    {"upstream_timeout", "upstream_failed", "upstream_hung_up", "upstream_unfit", "upstream_unavailable"}
)


class Lane:
    """An upstream with limits: ``concurrency`` calls at once, and so many calls and tokens a minute.

    An endpoint that names a time to come back gets no call before it. One that fails is put aside for 5 seconds,
    then 10, up to a minute; ``probe`` says whether it works again, and without one the next call is the probe.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        concurrency: int = 1 << 30,
        calls_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        probe: Callable[[], Awaitable[bool]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.upstream, self.probe = upstream, probe
        self.running = 0
        self._concurrency, self._clock = concurrency, clock
        self._calls = _bucket(calls_per_minute, min(concurrency, 16), clock)
        self._tokens = _bucket(tokens_per_minute, (tokens_per_minute or 0) / 6, clock)
        self._failures, self._rest, self._until, self._limited = 0, 0.0, 0.0, 0.0
        self._aside = False

    @property
    def full(self) -> bool:
        """Whether it has as many calls as it takes."""
        return self.running >= self._concurrency

    @property
    def aside(self) -> bool:
        """Whether calls had better go elsewhere."""
        return self._aside and (self.probe is not None or self.rest > 0)

    @property
    def rest(self) -> float:
        """Seconds until it may be tried again."""
        return max(0.0, self._until - self._clock())

    def wait(self, call: Call) -> float:
        """Seconds until the endpoint's limits let the call through."""
        waits = [self._limited - self._clock(), 0.0]
        if self._calls is not None:
            waits.append(self._calls.wait())
        if self._tokens is not None:
            waits.append(self._tokens.wait(likely(call)))
        return max(waits)

    async def pace(self, call: Call) -> None:
        """Wait for the endpoint's limits."""
        pause = self._limited - self._clock()
        if pause > 0:
            await asyncio.sleep(pause)
        if self._calls is not None:
            await self._calls.take()
        if self._tokens is not None:
            await self._tokens.take(likely(call))

    def used(self, call: Call, usage: Usage) -> None:
        """What a call burned in truth, against the tokens of a minute."""
        if self._tokens is not None:
            self._tokens.give(likely(call) - usage.prompt_tokens - usage.completion_tokens)

    def worked(self) -> None:
        """The endpoint has answered."""
        if self._aside:
            structlog.get_logger().info("upstream_works_again", upstream=repr(self.upstream))
        self._failures, self._rest, self._aside = 0, 0.0, False

    def failed(self, error: CallFailed) -> None:
        """The endpoint has not answered; put aside if that is likely to go on."""
        if error.code == "rate_limited":
            self._limited = self._clock() + (error.retry_after or 0.0)
        elif error.code in _AT_ONCE or error.code in _SOON:
            self._failures += 1
            if error.code in _AT_ONCE or self._failures >= _PATIENCE:
                self.leave()

    def leave(self) -> None:
        """Put aside, for twice as long as the last time; calls that fail together count once."""
        if self._aside and self.rest > 0:
            return
        self._rest = min(max(_FIRST_REST, 2 * self._rest), _LONGEST_REST)
        if not self._aside:
            structlog.get_logger().warning(
                "upstream_put_aside", upstream=repr(self.upstream), seconds=self._rest
            )
        self._aside, self._until = True, self._clock() + self._rest


def likely(call: Call) -> int:
    """Tokens that a call is likely to burn, before it is known; the answer counts in full."""
    if call.kind == "embeddings":
        asked: Any = call.body.get("input", "")
        texts = [asked] if isinstance(asked, str) else asked
        return sum(map(_characters, texts)) // _CHARACTERS_A_TOKEN + 1
    characters = sum(len(text_of(turn.get("content"))) for turn in call.body.get("messages", ()))
    return characters // _CHARACTERS_A_TOKEN + (limit_of(call.body) or _LIKELY_ANSWER)


def _characters(asked: str | int | list[int]) -> int:
    """Of a text, or of what a token or several stand for."""
    if isinstance(asked, str):
        return len(asked)
    return _CHARACTERS_A_TOKEN * (len(asked) if isinstance(asked, list) else 1)


def _bucket(a_minute: float | None, burst: float, clock: Callable[[], float]) -> Bucket | None:
    return None if a_minute is None else Bucket(a_minute / 60, max(burst, 1.0), clock=clock)
