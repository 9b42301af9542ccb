"""OpenAI's own client against the gateway with the embedded model, in process and over HTTP."""

import json
from contextlib import asynccontextmanager

import numpy as np
import openai
import pytest
import pytest_asyncio
from house import AGENT, House
from openai import AsyncOpenAI
from pydantic import BaseModel, ConfigDict

from agents.chain.guard.server import GuardServer
from agents.chain.store import Store
from agents.llm.embeddings import Embedder
from agents.llm.gateway.wire import BoundedHttp
from agents.llm.upstreams.embeddings import MINILM_NAME
from agents.llm.upstreams.open import open_upstreams
from agents.llm.weights import SMOLLM2_NAME
from agents.money import CREDIT
from agents.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
ASKED = [{"role": "user", "content": "How is the weather in Paris?"}]
HELLO = [{"role": "user", "content": "Say hello."}]


class Colour(BaseModel):
    """What the model is to answer."""

    model_config = ConfigDict(extra="forbid")

    colour: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("gateway") / "store.db")
    blank = {"openai_api_key": None, "openai_base_url": None, "model": None, "gguf": None}
    async with open_upstreams(Settings(_env_file=None, **blank), Embedder()) as upstream:
        yield House(store, upstream)
    store.close()


@asynccontextmanager
async def in_process(house, key):
    async with house.openai(key) as client:
        yield client


@asynccontextmanager
async def over_http(house, key):
    async with (
        GuardServer(house.gateway.app, http=BoundedHttp) as server,
        AsyncOpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0) as client,
    ):
        yield client


@pytest_asyncio.fixture(loop_scope="module", params=[in_process, over_http])
async def client(house, request):
    """The stock client of an agent with a thousand credits; it has paid for what it did, once that is done."""
    before = len(house.meter.receipts(AGENT, limit=1000))
    async with request.param(house, house.member(units=100_000 * CREDIT)) as client:
        yield client
    state = house.state()
    receipts = [one for _, one in house.meter.receipts(AGENT, limit=1000)]
    assert len(receipts) > before
    assert state.settled == state.vouched == sum(one.cost for one in receipts)
    assert state.reserved == 0


async def test_chat(client):
    completion = await client.chat.completions.create(
        model=SMOLLM2_NAME, messages=HELLO, max_tokens=20, seed=1
    )
    assert completion.choices[0].message.content
    assert completion.usage.prompt_tokens > 0
    assert 0 < completion.usage.completion_tokens <= 20


async def test_raw_response_tells_the_cost(house, client):
    raw = await client.chat.completions.with_raw_response.create(
        model=SMOLLM2_NAME, messages=HELLO, max_tokens=5, extra_headers={"Agora-Task": "3"}
    )
    _, newest = house.meter.receipts(AGENT, task=3, limit=1000)[-1]
    assert raw.headers["agora-call"] == newest.call
    assert int(raw.headers["agora-cost"]) == newest.cost > 0
    assert raw.parse().usage.completion_tokens == newest.usage.completion_tokens


async def test_stream(client):
    stream = await client.chat.completions.create(
        model=SMOLLM2_NAME,
        messages=HELLO,
        max_tokens=20,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text
    assert chunks[-1].usage.completion_tokens > 0


async def test_tools(client):
    tools = [{"type": "function", "function": WEATHER}]
    completion = await client.chat.completions.create(
        model=SMOLLM2_NAME, messages=ASKED, tools=tools, tool_choice="required", max_tokens=60
    )
    [call] = completion.choices[0].message.tool_calls
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments)["city"] in ("Paris", "Rome")
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    messages = [*ASKED, completion.choices[0].message.model_dump(exclude_none=True), result]
    after = await client.chat.completions.create(model=SMOLLM2_NAME, messages=messages, max_tokens=20)
    assert after.choices[0].message.content


async def test_json_schema(client):
    completion = await client.chat.completions.parse(
        model=SMOLLM2_NAME,
        messages=[{"role": "user", "content": "Name a colour, as JSON."}],
        response_format=Colour,
        max_tokens=100,
    )
    assert completion.choices[0].message.parsed.colour


async def test_response(client):
    response = await client.responses.create(
        model=SMOLLM2_NAME, input="Say hello.", instructions="Be short.", max_output_tokens=20
    )
    assert response.output_text
    assert 0 < response.usage.output_tokens <= 20
    assert response.status in ("completed", "incomplete")


async def test_response_with_tools_and_their_outputs(client):
    tools = [{"type": "function", "strict": True, **WEATHER}]
    asked = [*ASKED]
    response = await client.responses.create(
        model=SMOLLM2_NAME, input=asked, tools=tools, tool_choice="required", max_output_tokens=60
    )
    [call] = response.output
    assert (call.type, call.name) == ("function_call", "get_weather")
    asked += [
        call.model_dump(include={"type", "call_id", "name", "arguments"}),
        {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"},
    ]
    after = await client.responses.create(model=SMOLLM2_NAME, input=asked, max_output_tokens=20)
    assert after.output_text


async def test_response_of_a_form(client):
    response = await client.responses.parse(
        model=SMOLLM2_NAME, input="Name a colour, as JSON.", text_format=Colour, max_output_tokens=100
    )
    assert response.output_parsed.colour


async def test_response_in_events(client):
    async with client.responses.stream(
        model=SMOLLM2_NAME, input="Name a colour, as JSON.", text_format=Colour, max_output_tokens=100
    ) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert "response.output_text.delta" in kinds
    assert final.output_parsed.colour


async def test_response_in_events_with_tools(client):
    tools = [{"type": "function", "strict": True, **WEATHER}]
    stream = await client.responses.create(
        model=SMOLLM2_NAME,
        input=ASKED,
        tools=tools,
        tool_choice="required",
        max_output_tokens=60,
        stream=True,
    )
    events = [event async for event in stream]
    [done] = [one for one in events if one.type == "response.function_call_arguments.done"]
    assert json.loads(done.arguments)["city"] in ("Paris", "Rome")
    assert [one.sequence_number for one in events] == list(range(len(events)))
    assert events[-1].response.output[0].call_id


async def test_embeddings_in_base64_and_in_numbers_are_the_same(client):
    # The client asks for base64 unless it is told otherwise.
    packed = await client.embeddings.create(model=MINILM_NAME, input=["red", "blue"])
    plain = await client.embeddings.create(model=MINILM_NAME, input=["red", "blue"], encoding_format="float")
    assert [len(one.embedding) for one in packed.data] == [384, 384]
    for one, other in zip(packed.data, plain.data, strict=True):
        assert np.allclose(one.embedding, other.embedding, atol=1e-6)
    assert packed.usage.prompt_tokens > 0
    with pytest.raises(openai.BadRequestError) as caught:
        await client.embeddings.create(model=MINILM_NAME, input="red", dimensions=8)
    assert caught.value.param == "dimensions"


async def test_refusals_are_the_errors_that_the_client_knows(house, client):
    await client.chat.completions.create(model=SMOLLM2_NAME, messages=HELLO, max_tokens=2)
    with pytest.raises(openai.NotFoundError) as caught:
        await client.chat.completions.create(model="gpt-9", messages=HELLO)
    assert caught.value.code == "model_not_found"
    assert SMOLLM2_NAME in str(caught.value)
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model=SMOLLM2_NAME, messages=HELLO, max_tokens=10**6)
    assert caught.value.code == "context_length_exceeded"
    long = [{"role": "user", "content": "hello " * 3000}]
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model=SMOLLM2_NAME, messages=long, max_tokens=5)
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.response.json()["limit"] > 0
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="agora_00").models.list()
    assert {one.id async for one in await client.models.list()} == {SMOLLM2_NAME, MINILM_NAME}
