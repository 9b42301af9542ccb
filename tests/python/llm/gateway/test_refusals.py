"""Bad requests: each is told what is wrong, by name, and costs nothing."""

import dataclasses
import json

import pytest
from house import (
    AGENT,
    CHAIN_ID,
    CHAT,
    EMBEDDINGS,
    METER,
    MODEL,
    PROVIDER,
    RESPONSES,
    SEED,
    House,
    call,
    chat,
    says,
)
from structlog.testing import capture_logs

from agents.errors import CallFailed
from agents.llm.gateway.account import SHORT
from agents.llm.gateway.budgets import Limits
from agents.llm.gateway.exchange import MOST_BYTES
from agents.llm.gateway.vouchers import short
from agents.llm.prices import PriceTable
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Reply
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.money import CREDIT

SMALL = "SmolLM2-test"
"""A model of the price list, with a context of 2048 tokens."""


def turn(**fields):
    return {"role": "user", "content": "hi"} | fields


MALFORMED = [
    (CHAT, chat(messages=[]), "messages"),
    (CHAT, chat(messages="hi"), "messages"),
    (CHAT, chat(messages=["hi"]), "messages[0]"),
    (CHAT, chat(messages=[{"content": "hi"}]), "messages[0].role"),
    (CHAT, chat(messages=[turn(role="robot")]), "messages[0].role"),
    (CHAT, chat(messages=[turn(), turn(content=5)]), "messages[1].content"),
    (CHAT, chat(messages=[turn(content=None)]), "messages[0].content"),
    (CHAT, chat(messages=[turn(content=["hi"])]), "messages[0].content[0].type"),
    (CHAT, chat(messages=[turn(content=[{"type": "image_url"}])]), "messages[0].content[0].type"),
    (CHAT, chat(messages=[turn(content=[{"type": "text"}])]), "messages[0].content[0].text"),
    (CHAT, chat(messages=[turn(role="tool")]), "messages[0].tool_call_id"),
    (CHAT, chat(messages=[turn(tool_calls={})]), "messages[0].tool_calls"),
    (CHAT, chat(messages=[turn(tool_calls=[{}])]), "messages[0].tool_calls[0].function"),
    (
        CHAT,
        chat(messages=[turn(tool_calls=[call(arguments={})])]),
        "messages[0].tool_calls[0].function.arguments",
    ),
    (CHAT, {"messages": [turn()]}, "model"),
    (CHAT, chat(model=""), "model"),
    (CHAT, chat(max_tokens=0), "max_tokens"),
    (CHAT, chat(max_tokens="9"), "max_tokens"),
    (CHAT, chat(max_tokens=9, max_completion_tokens=8), "max_tokens"),
    (CHAT, chat(n=9), "n"),
    (CHAT, chat(temperature=3), "temperature"),
    (CHAT, chat(stream="yes"), "stream"),
    (CHAT, chat(stream_options={"include_usage": 1}), "stream_options.include_usage"),
    (CHAT, chat(tools=[{"type": "function", "function": {"name": "a b"}}]), "tools[0].function.name"),
    (CHAT, chat(response_format={"type": "xml"}), "response_format.type"),
    (CHAT, chat(response_format={"type": "json_schema"}), "response_format.json_schema"),
    (
        CHAT,
        chat(response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": {"$defs": 1}}}),
        "response_format.json_schema.schema.$defs",
    ),
    (
        CHAT,
        chat(tools=[{"type": "function", "function": {"name": "a", "parameters": {"definitions": [1]}}}]),
        "tools[0].function.parameters.definitions",
    ),
    (CHAT, chat(tool_choice="look"), "tool_choice"),
    (CHAT, chat(tool_choice={"type": "function", "function": "look"}), "tool_choice"),
    (CHAT, chat(tool_choice={"type": "function", "function": None}), "tool_choice"),
    (CHAT, chat(n_predict=100_000), "n_predict"),
    (CHAT, chat(prediction={"type": "content"}), "prediction"),
    (CHAT, chat(modalities=["audio"]), "modalities[0]"),
    (CHAT, chat(model_list=[{}]), "model_list"),
    (CHAT, chat(custom_llm_provider="other"), "custom_llm_provider"),
    (CHAT, chat(functions=[]), "functions"),
    (CHAT, chat(**{"x" * 1000: 1}), "x" * 200),
    (CHAT, chat(messages=[turn(audio={"id": "audio_1"})]), "messages[0].audio"),
    (
        CHAT,
        chat(
            messages=[turn(content=[{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}])]
        ),
        "messages[0].content[0].cache_control",
    ),
    (
        CHAT,
        chat(tools=[{"type": "function", "function": {"name": "look"}, "cache_control": {}}]),
        "tools[0].cache_control",
    ),
    (CHAT, chat(messages=[turn(images=["iVBO"])]), "messages[0].images"),
    (
        CHAT,
        chat(messages=[turn(tool_calls=[call(name="x" * 65)])]),
        "messages[0].tool_calls[0].function.name",
    ),
    (
        EMBEDDINGS,
        {"model": MODEL, "input": "hi", "aws_bedrock_runtime_endpoint": "http://x"},
        "aws_bedrock_runtime_endpoint",
    ),
    (RESPONSES, {"model": MODEL}, "input"),
    (RESPONSES, {"model": MODEL, "input": [{"role": "robot", "content": "hi"}]}, "input[0].role"),
    (RESPONSES, {"model": MODEL, "input": [{"type": "item_reference", "id": "x"}]}, "input[0].type"),
    (
        RESPONSES,
        {"model": MODEL, "input": [turn(content=[{"type": "input_image"}])]},
        "input[0].content[0].type",
    ),
    (RESPONSES, {"model": MODEL, "input": "hi", "previous_response_id": "resp_1"}, "previous_response_id"),
    (RESPONSES, {"model": MODEL, "input": "hi", "store": True}, "store"),
    (RESPONSES, {"model": MODEL, "input": "hi", "background": True}, "background"),
    (RESPONSES, {"model": MODEL, "input": "hi", "include": ["reasoning.encrypted_content"]}, "include"),
    (RESPONSES, {"model": MODEL, "input": "hi", "tools": [{"type": "web_search"}]}, "tools[0].type"),
    (
        RESPONSES,
        {"model": MODEL, "input": "hi", "text": {"format": {"type": "json_schema"}}},
        "text.format.name",
    ),
    (EMBEDDINGS, {"model": MODEL}, "input"),
    (EMBEDDINGS, {"model": MODEL, "input": "x", "encoding_format": "int8"}, "encoding_format"),
    (EMBEDDINGS, {"model": MODEL, "input": "x", "dimensions": 0}, "dimensions"),
]


@pytest.mark.parametrize(
    ("path", "body", "field"), MALFORMED, ids=[f"{one[0][4:]}-{one[2]}" for one in MALFORMED]
)
async def test_malformed_body_is_refused_by_its_field(house, path, body, field):
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        response = await client.post(path, json=body)
    problem = says(response, 400, "invalid_request", response.json()["error"]["param"])
    # A union of types names the type after the field.
    assert problem["error"]["param"] == field or problem["error"]["param"].startswith(f"{field}.")
    assert field in problem["detail"]
    assert house.state() == before


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "cut", "a list", "not UTF-8", "NaN", "half a pair", "too deep", "too long a number"],
)
@pytest.mark.parametrize("path", [CHAT, RESPONSES, EMBEDDINGS])
async def test_body_that_is_no_json_object_is_refused(house, path, raw):
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        says(await client.post(path, content=raw), 400, "invalid_request", "body")
    assert house.state() == before


async def test_body_too_large_is_refused(house):
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        response = await client.post(CHAT, content=b" " * (MOST_BYTES + 1))
    assert says(response, 413, "body_too_large")["limit"] == MOST_BYTES
    assert house.state() == before


@pytest.mark.parametrize("path", ["challenge", "keys", "vouchers"])
async def test_desk_takes_short_bodies_only(house, path):
    async with house.client(house.member()) as client:
        says(await client.post(f"/v1/agora/{path}", content=b" " * (SHORT + 1)), 413, "body_too_large")


@pytest.mark.parametrize("path", [CHAT, RESPONSES, EMBEDDINGS])
@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, "key_missing"), ("Basic eDp5", "key_missing"), ("Bearer agora_00", "invalid_api_key")],
)
async def test_key_that_is_none_is_refused(house, path, authorization, code):
    house.member()
    before = house.state()
    async with house.client() as client:
        headers = {"Authorization": authorization} if authorization else {}
        response = await client.post(path, json=chat(), headers=headers)
    says(response, 401, code)
    assert response.headers["www-authenticate"] == "Bearer"
    assert house.state() == before


async def test_unknown_model_is_refused_with_the_list(house):
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        for path, body in (
            (CHAT, chat(model="gpt-9")),
            (RESPONSES, {"model": "gpt-9", "input": "hi"}),
            (EMBEDDINGS, {"model": "gpt-9", "input": "hi"}),
        ):
            assert (
                MODEL in says(await client.post(path, json=body), 404, "model_not_found", "model")["detail"]
            )
        says(await client.get("/v1/models/gpt-9"), 404, "model_not_found", "model")
    assert house.state() == before


async def test_no_funds_is_402_with_shortfall_and_remedy(house):
    key = house.member(units=1 * CREDIT)
    before = house.state()
    async with house.client(key) as client:
        problem = says(await client.post(CHAT, json=chat()), 402, "insufficient_credits")
    assert problem["shortfall"] > 0
    assert problem["channel_id"] == f"0x{before.channel_id.hex()}"
    assert problem["remedy"] == {
        "chain_id": CHAIN_ID,
        "contract": METER,
        "function": "topUp(uint256 agentId,address signer,address provider,uint256 amount)",
        "arguments": [AGENT, before.signer, PROVIDER.address, problem["shortfall"]],
    }
    assert house.state() == before
    house.fund(AGENT, before.signer, 1 * CREDIT + problem["shortfall"])
    async with house.client(key) as client:
        assert (await client.post(CHAT, json=chat())).status_code == 200


async def test_without_a_channel_the_remedy_is_to_open_one(house):
    key = house.member(units=0)
    async with house.client(key) as client:
        problem = says(await client.post(CHAT, json=chat()), 402, "no_channel")
    assert problem["remedy"]["function"].startswith("open(")
    assert problem["remedy"]["arguments"] == [
        AGENT,
        SEED.wallet(AGENT).address,
        PROVIDER.address,
        problem["shortfall"],
    ]


async def test_budget_that_is_spent_is_402(store):
    house = House(store, limits=Limits(task=CREDIT))
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        says(await client.post(CHAT, json=chat(), headers={"Agora-Task": "3"}), 402, "budget_spent")
    assert house.state() == before


async def test_answer_beyond_the_context_is_refused_with_the_numbers(store):
    house = House(store, ScriptedUpstream(lambda _: "yes", name=SMALL))
    context = PriceTable.load().context_of(SMALL)
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        body = chat(model=SMALL, max_tokens=context + 1)
        problem = says(await client.post(CHAT, json=body), 400, "context_length_exceeded", "max_tokens")
        assert (problem["limit"], problem["requested"]) == (context, context + 1)
        assert str(context) in problem["detail"]
        body = chat(model=SMALL, max_tokens=None, max_completion_tokens=context + 1)
        says(await client.post(CHAT, json=body), 400, "context_length_exceeded", "max_completion_tokens")
    assert house.state() == before


def failing(error):
    def script(_):
        raise error

    return ScriptedUpstream(script, name=MODEL)


UPSTREAM_FAILURES = [
    (
        CallFailed(
            400, "context_length_exceeded", "9000 > 2048", detail={"prompt_tokens": 9000, "limit": 2048}
        ),
        None,
    ),
    (CallFailed(429, "upstream_busy", "busy", retry_after=7.5), "8"),
    (CallFailed(502, "upstream_refuses_key", "no"), "5"),
    (CallFailed(503, "upstream_unavailable", "down"), "5"),
    (CallFailed(504, "upstream_timeout", "slow"), "10"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("error", "wait"), UPSTREAM_FAILURES, ids=lambda one: getattr(one, "code", None))
async def test_upstream_failure_is_told_and_costs_nothing(store, error, wait, stream):
    house = House(store, failing(error))
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat(stream=stream))
    problem = says(response, error.status, error.code)
    assert response.headers.get("retry-after") == wait
    assert ("advice" in problem) == (wait is not None)
    assert problem.items() >= error.detail.items()
    assert house.state() == before


async def test_failed_call_is_charged_what_it_used(store):
    house = House(store, failing(CallFailed(502, "answer_cut", "cut", usage=Usage(10, 5))))
    key = house.member()
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat())
    says(response, 502, "answer_cut")
    [(_, receipt)] = house.meter.books.receipts(AGENT)
    assert (receipt.usage, receipt.status) == (Usage(10, 5), 502)
    assert response.headers["agora-call"] == receipt.call
    assert int(response.headers["agora-cost"]) == receipt.cost == house.state().settled


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", CHAT), ("PUT", CHAT), ("DELETE", "/v1/models"), ("POST", "/v1/agora/account")],
)
async def test_wrong_method_is_405(house, method, path):
    async with house.client(house.member()) as client:
        response = await client.request(method, path)
    says(response, 405, "method_not_allowed")
    assert response.headers["allow"]


async def test_unknown_path_is_404(house):
    async with house.client(house.member()) as client:
        says(await client.get("/v1/files"), 404, "no_such_place")


@pytest.mark.parametrize(
    ("header", "value"),
    [("Agora-Task", "-1"), ("Agora-Task", "9" * 19), ("Agora-Purpose", "x" * 33), ("Agora-Purpose", "\xe9")],
)
async def test_header_that_makes_no_sense_is_refused_by_its_name(house, header, value):
    key = house.member()
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat(), headers={header.encode(): value.encode("latin-1")})
    says(response, 400, "invalid_request", header)


async def test_query_that_makes_no_sense_is_refused(house):
    async with house.client(house.member()) as client:
        for name, value in (("limit", "1001"), ("after", "x"), ("task", "-1")):
            says(await client.get("/v1/agora/usage", params={name: value}), 400, "invalid_request", name)
        says(await client.get("/v1/agora/usage?task=%ff"), 400, "invalid_request", "query")


class TestVouchers:
    """An agent whose signer is its own, so that each call has to be signed for before the next."""

    @pytest.fixture
    async def due(self, house):
        """What is to be signed after one call; the house's agent has made it."""
        signer = SEED.wallet(AGENT)
        house.fund(AGENT, signer.address, 1000 * CREDIT)
        house.key = house.gateway.join(AGENT, "ada", signer.address).get_secret_value()
        async with house.client(house.key) as client:
            response = await client.post(CHAT, json=chat())
        assert response.status_code == 200
        return json.loads(response.headers["agora-voucher-due"])

    def signed(self, house, due, wallet=None, **changes):
        """The claim, changed, and signed as it then is."""
        claim = house.state().due
        fields = due | changes
        claim = dataclasses.replace(claim, cumulative=fields["cumulative"])
        digest = house.meter.domain.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
        signature = short((wallet or SEED.wallet(AGENT)).sign_digest(digest))
        return fields | {"signature": f"0x{signature.hex()}"}

    async def test_next_call_waits_for_the_signature(self, house, due):
        async with house.client(house.key) as client:
            problem = says(await client.post(CHAT, json=chat()), 402, "voucher_due")
            assert problem["claim"] == due
            voucher = json.dumps(self.signed(house, due))
            response = await client.post(CHAT, json=chat(), headers={"Agora-Voucher": voucher})
        assert response.status_code == 200
        assert json.loads(response.headers["agora-voucher-due"])["cumulative"] > due["cumulative"]

    async def test_signature_can_be_sent_by_itself(self, house, due):
        async with house.client(house.key) as client:
            told = (await client.get("/v1/agora/account")).json()
            assert told["due"] == due
            response = await client.post("/v1/agora/vouchers", json=self.signed(house, due))
            assert response.status_code == 200
            assert response.json()["vouched"] == due["cumulative"]
            assert response.json()["due"] is None

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"chain_id": 1}, "voucher_another_chain"),
            ({"meter": "0x" + "11" * 20}, "voucher_another_contract"),
            ({"channel_id": "0x" + "11" * 32}, "voucher_other_channel"),
            ({"cumulative": 1}, "voucher_smaller_amount"),
            ({"cumulative": 10**15}, "voucher_unknown_claim"),
            ({"receipts_root": "0x" + "11" * 32}, "voucher_wrong_root"),
        ],
    )
    async def test_voucher_for_something_else_is_refused_by_name(self, house, due, changes, code):
        before = house.state()
        voucher = self.signed(house, due, **changes)
        async with house.client(house.key) as client:
            says(await client.post("/v1/agora/vouchers", json=voucher), 400, code, "voucher")
            headers = {"Agora-Voucher": json.dumps(voucher)}
            says(await client.post(CHAT, json=chat(), headers=headers), 400, code, "voucher")
        assert house.state() == before

    async def test_signature_of_another_is_refused(self, house, due):
        before = house.state()
        voucher = self.signed(house, due, wallet=SEED.wallet(3))
        async with house.client(house.key) as client:
            response = await client.post("/v1/agora/vouchers", json=voucher)
        says(response, 400, "voucher_bad_signature", "voucher")
        assert house.state() == before

    async def test_header_that_is_no_voucher_is_refused(self, house, due):
        before = house.state()
        async with house.client(house.key) as client:
            for value, param in (("x", "body"), ("{}", "chain_id")):
                response = await client.post(CHAT, json=chat(), headers={"Agora-Voucher": value})
                says(response, 400, "invalid_request", param)
        assert house.state() == before


async def test_receipts_of_others_are_not_shown(house):
    mine, other = house.member(), house.member(8, "bob")
    async with house.client(mine) as client:
        call_id = (await client.post(CHAT, json=chat())).headers["agora-call"]
        assert (await client.get(f"/v1/agora/usage/{call_id}")).status_code == 200
    async with house.client(other) as client:
        hidden = says(await client.get(f"/v1/agora/usage/{call_id}"), 404, "call_not_found", "call")
        missing = says(await client.get(f"/v1/agora/usage/{call_id}0"), 404, "call_not_found", "call")
        assert hidden["detail"].replace(call_id, f"{call_id}0") == missing["detail"], (
            "not even that there is one"
        )
        assert (await client.get("/v1/agora/usage")).json()["receipts"] == []


async def test_nothing_that_was_said_or_any_key_is_logged(store):
    secret, answer = "the prompt is a secret", "and so is the answer"

    def script(request):
        if request.purpose == "fail":
            raise CallFailed(502, "x", secret)
        return answer

    house = House(store, ScriptedUpstream(script, name=MODEL))
    key = house.member()
    with capture_logs() as logs:
        async with house.client(key) as client:
            for stream in (False, True):
                assert (await client.post(CHAT, json=chat(secret, stream=stream))).status_code == 200
            await client.post(RESPONSES, json={"model": MODEL, "input": secret})
            await client.post(CHAT, json=chat(secret, n_predict=1))
            failed = await client.post(CHAT, json=chat(secret), headers={"Agora-Purpose": "fail"})
            assert failed.status_code == 502
    written = repr(logs) + repr(house.gateway) + repr(house.keys) + repr(house.meter)
    assert [one["event"] for one in logs] == ["call_failed"]
    for word in (secret, answer, key, key.removeprefix("agora_")):
        assert word not in written


async def test_vectors_of_another_length_than_was_asked_for_are_paid_all_the_same(store):
    class Stubborn:
        models = (MODEL,)

        async def complete(self, call):
            return Reply({"data": [{"embedding": [0.5, 0.5]}]}, Usage(5, 0))

    house = House(store, Stubborn())
    async with house.client(house.member()) as client:
        response = await client.post(EMBEDDINGS, json={"model": MODEL, "input": "hi", "dimensions": 3})
    says(response, 502, "wrong_dimensions", "dimensions")
    [(_, receipt)] = house.meter.books.receipts(AGENT)
    assert (receipt.usage, receipt.status) == (Usage(5, 0), 502)
