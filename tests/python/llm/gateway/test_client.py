"""The client that agents think with: what it sends, what its answers cost, and what a problem means to an agent."""

import json

import httpx
import pytest
from channel_ids import channel_id_of
from house import AGENT, MODEL, SEED, House
from pydantic import SecretStr

from agents.chain.store import Store
from agents.errors import (
    AnswerInvalid,
    AnswerTruncated,
    CallFailed,
    ModelMissing,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
    ThinkingUnpaid,
)
from agents.llm.gateway.client import LOCAL_URL, FixedKey, GatewayModel, SignedKey, local_client, worst_cost
from agents.llm.prices import PriceTable, cost
from agents.llm.protocol import Message, ModelRequest, Usage
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.money import CREDIT

PRICE = PriceTable.load().price_for(MODEL)


def asked(text="Say three words.", max_tokens=20, **fields):
    return ModelRequest("ada", "work", (Message("user", text),), max_tokens, **fields)


class Told:
    """A script that keeps what it was asked."""

    def __init__(self, answer="one two three"):
        self.answer, self.requests = answer, []

    def __call__(self, request):
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def opened(tmp_path):
    stores = []

    def open_house(script, **options):
        stores.append(Store.open(tmp_path / f"gateway-{len(stores)}.db"))
        return House(stores[-1], ScriptedUpstream(script, name=MODEL), **options)

    yield open_house
    for store in stores:
        store.close()


def model_of(house, key, charged=None, model=MODEL):
    return GatewayModel(
        local_client(house.gateway.app),
        FixedKey(SecretStr(key)),
        model,
        None if charged is None else lambda *told: charged.append(told),
    )


async def test_an_answer_comes_with_its_cost_and_its_receipt(opened):
    script, charged = Told(), []
    house = opened(script)
    model = model_of(house, house.member(), charged)
    request = asked(task=5, schema={"type": "object"}, seed=3)
    answer = await model.complete(request)
    assert (answer.text, answer.model, answer.usage) == ("one two three", MODEL, Usage(3, 3))
    assert answer.cost == cost(answer.usage, PRICE) > 0
    ((_, receipt),) = house.meter.books.receipts(AGENT)
    assert (receipt.call, receipt.cost, receipt.task, receipt.purpose) == (
        answer.call,
        answer.cost,
        5,
        "work",
    )
    assert charged == [(request, answer.usage, answer.cost)]
    (heard,) = script.requests
    assert (heard.messages, heard.schema, heard.seed, heard.task) == (
        request.messages,
        {"type": "object"},
        3,
        5,
    )
    assert "ada" in (heard.agent, house.meter.name_of(AGENT))


async def test_an_answer_that_is_cut_off_is_charged_and_no_answer(opened):
    house, charged = opened(Told("one two three")), []
    with pytest.raises(AnswerTruncated) as caught:
        await model_of(house, house.member(), charged).complete(asked(max_tokens=2))
    assert caught.value.usage == (3, 2)
    assert [units for _, _, units in charged] == [cost(Usage(3, 2), PRICE)] == [house.state().settled]


FAILURES = [
    (ModelUnavailable("away"), ModelUnavailable, "away"),
    (CallFailed(429, "rate_limited", "too many"), ModelUnavailable, "too many"),
    (CallFailed(404, "model_not_found", "gone"), ModelMissing, "AGORA_MODEL"),
    (CallFailed(400, "context_length_exceeded", "too long"), PromptRefused, "too long"),
    (CallFailed(502, "upstream_refuses_key", "the key is refused"), ModelUnfit, "the key is refused"),
    (CallFailed(503, "model_server_died", "it died"), ModelUnfit, "it died"),
]


@pytest.mark.parametrize(("failure", "kind", "says"), FAILURES, ids=lambda one: getattr(one, "code", None))
async def test_a_failure_for_nothing_is_told_by_its_kind_and_not_charged(opened, failure, kind, says):
    house, charged = opened(Told(failure)), []
    with pytest.raises(kind, match=says):
        await model_of(house, house.member(), charged).complete(asked())
    assert charged == []
    assert house.state().settled == 0


async def test_a_failure_that_burned_tokens_is_charged(opened):
    house, charged = opened(Told(AnswerInvalid("rubbish", (4, 6)))), []
    with pytest.raises(AnswerInvalid) as caught:
        await model_of(house, house.member(), charged).complete(asked())
    assert caught.value.usage == (4, 6)
    assert [units for _, _, units in charged] == [cost(Usage(4, 6), PRICE)] == [house.state().settled]


async def test_a_call_that_is_not_covered_says_what_is_missing_and_asks_nobody(opened):
    script = Told()
    house = opened(script)
    model = model_of(house, house.member(units=0))
    with pytest.raises(ThinkingUnpaid) as caught:
        await model.complete(asked())
    assert caught.value.code == "no_channel"
    house.fund(AGENT, SEED.wallet(AGENT).address, caught.value.shortfall - 1)
    with pytest.raises(ThinkingUnpaid) as caught:
        await model.complete(asked())
    assert (caught.value.code, caught.value.shortfall) == ("insufficient_credits", 1)
    assert script.requests == []


async def test_a_wrong_key_is_for_a_person(opened):
    house = opened(Told())
    house.member()
    with pytest.raises(ModelUnfit, match="key"):
        await model_of(house, "agora_wrong").complete(asked())


async def test_models_and_costs_can_be_read(opened):
    house = opened(Told())
    model = model_of(house, house.member())
    (known,) = await model.list_available_models()
    assert (known["id"], known["price"]["output_per_million"]) == (MODEL, PRICE.output_per_million)
    await model.complete(asked())
    costs = await model.get_my_model_costs()
    assert [(one["model"], one["calls"], one["cost"]) for one in costs["spent"]] == [
        (MODEL, 1, house.state().settled)
    ]


async def test_a_model_that_is_not_there_is_named(opened):
    house = opened(Told())
    with pytest.raises(ModelMissing, match="scripted"):
        await model_of(house, house.member(), model="other").complete(asked())


# Keys for a wallet's signature


def signed(house):
    wallet = SEED.wallet(AGENT)
    house.authority.actors.add((AGENT, wallet.address))
    return SignedKey(local_client(house.gateway.app), AGENT, wallet)


async def test_a_wallet_gets_a_key_and_pays_by_the_gateways_signer(opened):
    house, charged = opened(Told()), []
    key = signed(house)
    await key.get()
    assert key.signer == house.keys.session_signer(AGENT, 0).address
    house.fund(AGENT, key.signer, 100 * CREDIT)
    model = GatewayModel(local_client(house.gateway.app), key, MODEL, lambda *told: charged.append(told))
    assert (await model.complete(asked())).cost == charged[0][2] > 0
    channel = channel_id_of(AGENT, key.signer, house.meter.provider, 0)
    assert next(iter(house.meter.books.vouchers())).channel_id == channel


async def test_a_key_that_has_expired_is_asked_for_again(opened):
    house = opened(Told())
    key = signed(house)
    before = await key.get()
    house.fund(AGENT, key.signer, 100 * CREDIT)
    house.clock.now += 10 * 24 * 3600
    model = GatewayModel(local_client(house.gateway.app), key, MODEL)
    await model.complete(asked())
    assert await key.get() != before


async def test_a_wallet_that_may_not_act_for_the_agent_gets_no_key(opened):
    house = opened(Told())
    with pytest.raises(ModelUnfit, match="no key"):
        await SignedKey(local_client(house.gateway.app), AGENT, SEED.wallet(AGENT)).get()


# What is at the other end


@pytest.mark.parametrize("content", ["", "[]", '{"choices": []}', '{"object": "list"}'])
async def test_what_is_no_gateway_is_named(content):
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, text=content))
    async with httpx.AsyncClient(transport=transport, base_url=LOCAL_URL) as client:
        with pytest.raises(ModelUnfit, match="AGORA_GATEWAY"):
            await GatewayModel(client, FixedKey(SecretStr("k")), MODEL).complete(asked())


async def test_a_gateway_out_of_reach_may_be_there_later():
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url=LOCAL_URL) as client:
        with pytest.raises(ModelUnavailable, match="ConnectError") as caught:
            await GatewayModel(client, FixedKey(SecretStr("agora_secret")), MODEL).complete(asked())
    assert "agora_secret" not in str(caught.value)


def test_no_key_is_in_a_repr():
    model = GatewayModel(httpx.AsyncClient(), FixedKey(SecretStr("agora_secret")), MODEL)
    assert "agora_secret" not in json.dumps([repr(model), repr(model._key), str(vars(model._key))])


@pytest.mark.parametrize("told", ["-5", "much", "1e9", "9" * 20])
async def test_sum_that_is_none_takes_nothing_from_the_agent(told):
    def answer(_):
        body = {
            "choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        }
        return httpx.Response(200, json=body, headers={"agora-cost": told})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway") as client:
        model = GatewayModel(client, FixedKey(SecretStr("agora_1")), MODEL)
        assert (await model.complete(asked())).cost == 0


async def test_a_gateway_is_not_believed_what_no_call_can_have_used():
    told = {
        "choices": [{"finish_reason": "stop", "message": {"content": "yes"}}],
        "usage": {"prompt_tokens": 10**12, "completion_tokens": 10**12},
    }
    answer = httpx.Response(200, json=told, headers={"agora-cost": str(10**15)})
    notes = []
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://gateway"
    ) as client:
        model = GatewayModel(
            client, FixedKey(SecretStr("agora_1")), MODEL, lambda *note: notes.append(note), PRICE
        )
        said = await model.complete(asked())
    request = asked()
    assert said.cost == worst_cost(MODEL, request, PRICE) == cost(said.usage, PRICE)
    assert said.usage.completion_tokens == request.max_tokens
    assert notes == [(request, said.usage, said.cost)]
