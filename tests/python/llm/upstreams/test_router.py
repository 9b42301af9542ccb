"""Router: calls find an endpoint that works and has room, and one that is slow or dead harms only its own."""

import asyncio
import time
from collections import Counter
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_endpoint import Endpoint, Events, chunk, completion, failure, tokens
from pydantic import SecretStr
from structlog.testing import capture_logs

from agents.errors import CallFailed
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, usage_body
from agents.llm.upstreams.http import HttpUpstream
from agents.llm.upstreams.lanes import Lane, likely
from agents.llm.upstreams.router import Router

CALL = Call("chat", "m", {"messages": [{"role": "user", "content": "x" * 40}], "max_tokens": 10})


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Puppet:
    """An upstream that answers with its name, fails with ``broken``, or waits for ``gate``."""

    def __init__(self, name: str, *models: str) -> None:
        self.name, self.models = name, models or ("m",)
        self.broken: CallFailed | None = None
        self.gate: asyncio.Event | None = None
        self.calls = 0
        self.alive = True
        self.break_late = False

    def __repr__(self) -> str:
        return self.name

    async def complete(self, call: Call) -> Reply:
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.broken is not None:
            raise CallFailed.of_json(self.broken.to_json())
        return Reply({"choices": [], "by": self.name}, Usage(10, 2))

    async def stream(self, call: Call) -> Chunks:
        self.calls += 1
        if self.broken is not None and not self.break_late:
            raise self.broken
        yield {"choices": [{"delta": {"content": self.name}}]}
        if self.broken is not None:
            raise self.broken
        yield {"choices": [], "usage": usage_body(Usage(10, 2))}

    async def probe(self) -> bool:
        return self.alive


def down(code: str = "upstream_unreachable", status: int = 502, **fields: Any) -> CallFailed:
    return CallFailed(status, code, "test", **fields)


def lane(puppet: Puppet, **options: Any) -> Lane:
    return Lane(puppet, **options)


async def by(router: Router, number: int = 1) -> Counter[str]:
    """Who answered so many calls, made one after the other."""
    return Counter([(await router.complete(CALL)).body["by"] for _ in range(number)])


async def test_calls_go_round() -> None:
    a, b, other = Puppet("a"), Puppet("b"), Puppet("c", "other")
    router = Router([a, b, other])
    assert router.models == ("m", "other")
    assert await by(router, 6) == {"a": 3, "b": 3}
    with pytest.raises(CallFailed, match="there is m, other") as caught:
        await router.complete(Call("chat", "gone", CALL.body))
    assert caught.value.status == 404


async def test_a_dead_endpoint_costs_one_try_and_is_asked_again_later() -> None:
    a, b, clock = Puppet("a"), Puppet("b"), Clock()
    a.broken = down()
    async with Router(
        [lane(a, clock=clock, probe=a.probe), lane(b, clock=clock, probe=b.probe)], clock=clock
    ) as router:
        with capture_logs() as logs:
            assert await by(router, 6) == {"b": 6}
        assert a.calls == 1, "put aside"
        assert [log["event"] for log in logs] == ["upstream_put_aside"]
        a.alive = False
        clock.now += 6
        assert await by(router, 4) == {"b": 4}
        await asyncio.sleep(0)
        a.alive, a.broken = True, None
        clock.now += 6
        assert await by(router, 4) == {"b": 4}, "it was not alive, and rests for twice as long"
        clock.now += 6
        await by(router)
        await asyncio.sleep(0)
        assert await by(router, 4) == {"a": 2, "b": 2}
        assert a.calls == 3


async def test_calls_that_fail_together_put_aside_once() -> None:
    a, b, clock = Puppet("a"), Puppet("b"), Clock()
    a.broken = down()
    one = lane(a, clock=clock)
    router = Router([one, b], clock=clock)
    await asyncio.gather(*(router.complete(CALL) for _ in range(10)))
    assert a.calls == 5
    assert one.rest == 5
    clock.now += 5.1
    await asyncio.gather(*(router.complete(CALL) for _ in range(10)))
    assert one.rest == 10


async def test_without_a_probe_the_next_call_is_one() -> None:
    a, b, clock = Puppet("a"), Puppet("b"), Clock()
    a.broken = down()
    router = Router([lane(a, clock=clock), lane(b, clock=clock)], clock=clock)
    await by(router, 4)
    clock.now += 5.1
    a.broken = None
    assert await by(router, 4) == {"a": 2, "b": 2}


async def test_failures_in_a_row_put_aside_what_answers_now_and_then() -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken = down("upstream_failed")
    router = Router([a, b], pause=0.0)
    assert await by(router, 12) == {"b": 12}
    assert a.calls == 3


@pytest.mark.parametrize(
    "code",
    ["upstream_refuses_key", "insufficient_quota", "model_server_died", "upstream_unfit", "usage_missing"],
)
async def test_what_cannot_pass_is_tried_elsewhere_only(code: str) -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken = down(code)
    with pytest.raises(CallFailed):
        await Router([a]).complete(CALL)
    assert a.calls == 1
    assert await by(Router([a, b])) == {"b": 1}


async def test_a_mistake_of_the_caller_is_tried_once() -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken = b.broken = down("context_length_exceeded", 400)
    with pytest.raises(CallFailed):
        await Router([a, b]).complete(CALL)
    assert a.calls + b.calls == 1


async def test_all_that_is_left_is_tried_and_the_failure_says_when_to_come_back() -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken, b.broken = down(), down("upstream_timeout", 504)
    with pytest.raises(CallFailed) as caught:
        await Router([a, b], attempts=4, pause=0.001).complete(CALL)
    assert a.calls + b.calls == 4
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 1


async def test_no_try_begins_after_the_time() -> None:
    a = Puppet("a")
    a.broken = down("rate_limited", 429, retry_after=30.0)
    with pytest.raises(CallFailed) as caught:
        await Router([a], seconds=20).complete(CALL)
    assert a.calls == 1
    assert caught.value.retry_after == pytest.approx(30, abs=1)


async def test_a_time_to_come_back_holds_for_all_calls() -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken = down("rate_limited", 429, retry_after=0.3)
    router = Router([lane(a, probe=a.probe), b], pause=0.0)
    assert await by(router, 6) == {"b": 6}
    assert a.calls == 1
    alone, start = Router([a], attempts=1), time.monotonic()
    with pytest.raises(CallFailed):
        await alone.complete(CALL)
    a.broken = None
    assert await by(alone) == {"a": 1}
    assert time.monotonic() - start >= 0.29


async def test_a_full_or_hung_endpoint_leaves_the_others_free() -> None:
    hung, b = Puppet("hung"), Puppet("b")
    hung.gate = asyncio.Event()
    router = Router([lane(hung, concurrency=2), lane(b, concurrency=2)])
    calls = [asyncio.create_task(router.complete(CALL)) for _ in range(30)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        while sum(call.done() for call in calls) < 28:
            await asyncio.sleep(0)
    assert (hung.calls, b.calls) == (2, 28)
    hung.gate.set()
    await asyncio.gather(*calls)


async def test_who_waits_is_let_through_in_order_and_who_leaves_takes_no_place() -> None:
    a = Puppet("a")
    a.gate = asyncio.Event()
    router, done = Router([lane(a, concurrency=1)]), []

    async def caller(number: int) -> None:
        await router.complete(CALL)
        done.append(number)

    calls = [asyncio.create_task(caller(number)) for number in range(5)]
    await asyncio.sleep(0)
    calls[2].cancel()
    a.gate.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert done == [0, 1, 3, 4]
    assert await by(router) == {"a": 1}


async def test_calls_a_minute_send_the_rest_elsewhere_and_then_wait() -> None:
    a, b = Puppet("a"), Puppet("b")
    router = Router([lane(a, concurrency=2, calls_per_minute=60), b])
    assert await by(router, 10) == {"a": 2, "b": 8}
    slow = Router([lane(a, concurrency=1, calls_per_minute=600)])
    start = time.monotonic()
    await by(slow, 3)
    assert time.monotonic() - start >= 0.19


async def test_tokens_a_minute_count_what_was_burned() -> None:
    clock, a = Clock(), Puppet("a")
    tried = lane(a, tokens_per_minute=120, clock=clock)  # 20 at once, 2 a second
    assert tried.wait(CALL) == 0
    await tried.pace(CALL)  # 40 characters and 10 tokens of answer: 20
    assert tried.wait(CALL) == pytest.approx(10)
    tried.used(CALL, Usage(10, 2))
    assert tried.wait(CALL) == pytest.approx(6)
    tried.used(CALL, Usage(100, 10))
    assert tried.wait(CALL) == pytest.approx(51)
    assert tried.wait(Call("embeddings", "m", {"input": ["x" * 8, "y" * 8]})) == pytest.approx(43.5)


async def test_a_stream_is_tried_again_before_its_first_chunk_and_not_after() -> None:
    a, b = Puppet("a"), Puppet("b")
    a.broken = down("upstream_failed")
    router = Router([a, b], pause=0.0)
    for _ in range(2):
        chunks = [one async for one in router.stream(CALL)]
        assert chunks[0]["choices"][0]["delta"]["content"] == "b"
    a.break_late = b.break_late = True
    b.broken = down("upstream_hung_up")
    before = a.calls + b.calls
    chunks = router.stream(CALL)
    await anext(chunks)
    with pytest.raises(CallFailed):
        await anext(chunks)
    assert a.calls + b.calls == before + 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["ok", "fail", "cancel", "stream", "leave"]), max_size=30), st.integers(1, 3))
def test_whatever_happens_all_places_are_free_in_the_end(steps: list[str], concurrency: int) -> None:
    async def run() -> None:
        puppets = [Puppet("a"), Puppet("b")]
        lanes = [lane(puppet, concurrency=concurrency) for puppet in puppets]
        router, calls = Router(lanes, attempts=2, pause=0.0), []

        async def streamed(leave: bool) -> None:
            async with aclosing(router.stream(CALL)) as chunks:
                async for _ in chunks:
                    if leave:
                        break

        for number, step in enumerate(steps):
            puppets[number % 2].broken = down("upstream_failed") if step == "fail" else None
            call = streamed(step == "leave") if step in ("stream", "leave") else router.complete(CALL)
            calls.append(asyncio.ensure_future(call))
            await asyncio.sleep(0)
            if step == "cancel":
                calls[number // 2].cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert [one.running for one in lanes] == [0, 0]
        for puppet in puppets:
            puppet.broken = None
        assert sum((await by(router, 2)).values()) == 2

    asyncio.run(run())


def http(endpoint: Endpoint, **options: Any) -> HttpUpstream:
    return HttpUpstream(endpoint.url, {"m": "m"}, api_key=SecretStr("k"), **{"timeout": 5.0, **options})


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
async def test_busy_endpoint_is_tried_again(endpoint: Endpoint, status: int) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        return (status, failure("busy")) if len(endpoint.calls) < 3 else (200, completion("at last"))

    endpoint.answer = answer
    async with http(endpoint) as upstream:
        reply = await Router([upstream], pause=0.001).complete(CALL)
    assert reply.body["choices"][0]["message"]["content"] == "at last"
    assert len(endpoint.calls) == 3


async def test_retry_after_is_waited_for(endpoint: Endpoint) -> None:
    endpoint.headers = {"Retry-After": "0.4"}
    endpoint.answer = lambda _body: (429, failure("slow down"))
    start = time.monotonic()
    async with http(endpoint) as upstream:
        with pytest.raises(CallFailed) as caught:
            await Router([upstream], attempts=2, pause=0.001).complete(CALL)
    assert time.monotonic() - start >= 0.4
    assert caught.value.code == "rate_limited"
    assert len(endpoint.calls) == 2


async def test_calls_at_once_are_limited(endpoint: Endpoint) -> None:
    endpoint.delay = 0.02
    async with http(endpoint) as upstream:
        router = Router([lane(upstream, concurrency=2)])
        await asyncio.gather(*(router.complete(CALL) for _ in range(6)))
    assert endpoint.most_at_once == 2
    assert len(endpoint.calls) == 6


async def test_an_endpoint_that_hangs_up_in_mid_stream_has_burned_what_came(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (200, Events([chunk("a"), chunk("b")], "cut"))
    async with http(endpoint) as upstream:
        with pytest.raises(CallFailed) as caught:
            async for _ in Router([upstream]).stream(CALL):
                pass
    assert (caught.value.code, caught.value.usage) == ("upstream_hung_up", Usage(0, 2))
    assert len(endpoint.calls) == 1


async def test_hanging_up_on_the_router_reaches_the_endpoint(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _body: (200, Events([chunk("a"), chunk("b", usage=tokens())], "hang"))
    async with http(endpoint) as upstream:
        tried = lane(upstream, concurrency=1)
        async with aclosing(Router([tried]).stream(CALL)) as chunks:
            await anext(chunks)
            assert tried.running == 1
        assert tried.running == 0
        async with asyncio.timeout(20):
            while not endpoint.hung_up:
                await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("asked", "tokens"), [("x" * 39, 10), (["x" * 20] * 2, 11), ([7] * 40, 41), ([[7] * 20, [7] * 19], 40)]
)
def test_embeddings_are_guessed_whether_texts_are_sent_or_their_tokens(asked, tokens):
    assert likely(Call("embeddings", "m", {"input": asked})) == tokens
