"""Answers that come in chunks: what is handed on, when it is settled, and what is paid by whoever hangs up."""

import asyncio
import hashlib
import json

import httpx
import pytest
from house import AGENT, CHAT, MODEL, House, call, chat, says

from agents.chain.guard.server import GuardServer
from agents.errors import CallFailed
from agents.llm.gateway.wire import BoundedHttp
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import usage_body
from agents.money import CREDIT

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": MODEL}


def said(word):
    """A chunk that says a word."""
    return HEAD | {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}


def told(usage):
    """The last chunk."""
    return HEAD | {"choices": [], "usage": usage_body(usage)}


class Plays:
    """An upstream that plays steps: chunks, errors, and events that it waits for."""

    models = (MODEL,)

    def __init__(self, *steps):
        self.steps, self.closed = steps, asyncio.Event()

    async def stream(self, call):
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        finally:
            self.closed.set()


async def streamed(house, key, **fields):
    """The events of a whole stream, and its bytes."""
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat(stream=True, **fields))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [one for one in response.text.split("\n\n") if one.startswith("data: ")]
    return [one.removeprefix("data: ") for one in events], response.content


def receipt(house):
    """The one receipt that there is."""
    [(_, one)] = house.meter.receipts(AGENT)
    return one


@pytest.mark.parametrize("asks", [False, True])
async def test_chunks_pass_and_the_usage_only_for_those_who_ask(store, asks):
    chunks = [said("one"), said("two"), told(Usage(9, 2))]
    house = House(store, Plays(*chunks))
    options = {"stream_options": {"include_usage": True}} if asks else {}
    events, content = await streamed(house, house.member(), **options)
    assert [json.loads(one) for one in events[:-1]] == (chunks if asks else chunks[:-1])
    assert events[-1] == "[DONE]"
    one = receipt(house)
    assert (one.usage, one.status, one.cost) == (Usage(9, 2), 200, house.state().settled)
    assert f": agora-call: {one.call}\n: agora-cost: {one.cost}\n".encode() in content


async def test_receipt_holds_the_digest_of_the_events(store):
    house = House(store, Plays(said("one"), told(Usage(9, 1))))
    _, content = await streamed(house, house.member())
    events = b"".join(one + b"\n\n" for one in content.split(b"\n\n") if one.startswith(b"data: "))
    assert receipt(house).response == hashlib.sha256(events).digest()


async def test_last_word_comes_after_the_settlement(store):
    house = House(store, Plays(said("one"), told(Usage(9, 1))))
    key, known = house.member(), []
    house.meter.on_receipt.append(known.append)
    sent = []

    async def receive():
        if sent:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": json.dumps(chat(stream=True)).encode()}

    async def send(message):
        sent.append((message.get("body", b""), len(known)))

    scope = {
        "type": "http",
        "method": "POST",
        "path": CHAT,
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {key}".encode())],
    }
    await house.gateway.app(scope, receive, send)
    [(_, settled)] = [one for one in sent if b"[DONE]" in one[0]]
    assert settled == 1
    assert [settled for body, settled in sent if b'"one"' in body] == [0]


async def test_error_before_the_first_chunk_has_a_status(store):
    house = House(store, Plays(CallFailed(429, "upstream_busy", "busy")))
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        says(await client.post(CHAT, json=chat(stream=True)), 429, "upstream_busy")
    assert house.state() == before


@pytest.mark.parametrize("usage", [Usage(9, 4), Usage()], ids=["told", "not told"])
async def test_error_within_is_an_event_and_what_came_is_paid(store, usage):
    house = House(
        store, Plays(said("one"), said("two"), CallFailed(502, "upstream_lost", "lost", usage=usage))
    )
    events, content = await streamed(house, house.member())
    assert json.loads(events[-1])["error"]["code"] == "upstream_lost"
    assert b"[DONE]" not in content
    one = receipt(house)
    assert one.status == 502
    prompt = -(-len(json.dumps(chat(stream=True), separators=(",", ":"))) // 4)
    assert one.usage == (usage if usage != Usage() else Usage(prompt, 2))


async def test_client_that_hangs_up_stops_the_upstream_and_pays_for_what_came(store):
    never = asyncio.Event()
    house = House(store, Plays(said("one"), said("two"), never, said("three")))
    key = house.member()
    async with (
        GuardServer(house.gateway.app, http=BoundedHttp) as server,
        httpx.AsyncClient(base_url=server.url) as client,
    ):
        headers = {"Authorization": f"Bearer {key}"}
        async with client.stream("POST", CHAT, json=chat(stream=True), headers=headers) as response:
            async for line in response.aiter_lines():
                if "two" in line:
                    break
        await asyncio.wait_for(house.upstream.closed.wait(), 10)
        for _ in range(100):
            if house.meter.receipts(AGENT):
                break
            await asyncio.sleep(0.05)
    one = receipt(house)
    assert (one.status, one.usage.completion_tokens) == (499, 2)
    assert house.state().reserved == 0


async def test_client_that_hangs_up_before_the_first_chunk_pays_for_the_prompt(store):
    house = House(store, Plays(asyncio.Event()))
    key, asked = house.member(), chat(stream=True, text="word " * 400)
    async with GuardServer(house.gateway.app) as server, httpx.AsyncClient(base_url=server.url) as client:
        headers = {"Authorization": f"Bearer {key}"}
        with pytest.raises(httpx.ReadTimeout):
            await client.post(CHAT, json=asked, headers=headers, timeout=httpx.Timeout(10, read=0.2))
        await asyncio.wait_for(house.upstream.closed.wait(), 10)
        for _ in range(100):
            if house.meter.receipts(AGENT):
                break
            await asyncio.sleep(0.05)
    one = receipt(house)
    assert (one.status, one.usage) == (499, Usage(-(-len(json.dumps(asked, separators=(",", ":"))) // 4), 0))
    assert one.cost > 0
    assert house.state().reserved == 0


@pytest.mark.parametrize(
    "chunk",
    [
        said("word " * 80),
        HEAD | {"choices": [{"index": 0, "delta": {"tool_calls": [call(arguments="x" * 396)]}}]},
    ],
    ids=["words", "tool call"],
)
async def test_answer_in_one_piece_is_paid_in_full_by_whoever_hangs_up_before_its_usage(store, chunk):
    house = House(store, Plays(chunk, asyncio.Event()))
    asked = asyncio.create_task(streamed(house, house.member(), max_tokens=300))
    while house.state().reserved == 0:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert receipt(house).usage.completion_tokens == 100


async def test_failure_that_does_not_tell_the_prompt_is_charged_for_it(store):
    failure = CallFailed(502, "usage_missing", "no usage", usage=Usage(0, 2))
    house = House(store, Plays(said("one"), said("two"), failure))
    await streamed(house, house.member())
    prompt = -(-len(json.dumps(chat(stream=True), separators=(",", ":"))) // 4)
    assert receipt(house).usage == Usage(prompt, 2)


async def test_usage_of_nothing_does_not_make_an_answer_free(store):
    house = House(store, Plays(said("one"), told(Usage())))
    await streamed(house, house.member())
    assert receipt(house).usage.completion_tokens == 1


async def test_caller_of_this_process_that_gives_up_pays_for_what_came(store):
    never = asyncio.Event()
    house = House(store, Plays(said("one"), never))
    call = asyncio.create_task(streamed(house, house.member()))
    while house.state().reserved == 0:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert house.upstream.closed.is_set()
    assert receipt(house).usage.completion_tokens == 1
    assert house.state().reserved == 0


async def test_caller_of_this_process_that_gives_up_a_whole_answer_pays_nothing(store):
    class Waits:
        models = (MODEL,)

        async def complete(self, call):
            await asyncio.Event().wait()

    house = House(store, Waits())
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        call = asyncio.create_task(client.post(CHAT, json=chat()))
        while house.state().reserved == 0:
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert house.state() == before


async def test_many_calls_at_once_are_all_settled(house):
    key = house.member(units=10_000 * CREDIT)
    async with house.client(key) as client:
        calls = (client.post(CHAT, json=chat(stream=number % 2 == 0)) for number in range(40))
        responses = await asyncio.gather(*calls)
    assert {one.status_code for one in responses} == {200}
    state = house.state()
    assert state.reserved == 0
    assert state.settled == state.vouched == sum(one.cost for _, one in house.meter.receipts(AGENT))
    assert len(house.meter.receipts(AGENT)) == 40
