"""What is reserved is never less than what a call can burn."""

import pytest
from house import AGENT, CHAT, MODEL, House, chat
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.gateway.worst import TEMPLATE_TOKENS, worst_usage
from agents.llm.prices import Price, cost
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Reply

PRICES = st.builds(Price, st.integers(0, 9), st.integers(0, 9))


def test_bytes_bound_the_prompt_where_no_context_is_known():
    assert worst_usage(100, 20, Price(1, 4), None) == Usage(100 + TEMPLATE_TOKENS, 20)
    assert worst_usage(100, 20, Price(1, 4), None, 3) == Usage(100 + TEMPLATE_TOKENS, 60)


@given(
    body=st.integers(0, 5000),
    limit=st.integers(1, 3000),
    price=PRICES,
    context=st.integers(1, 3000),
    choices=st.integers(1, 3),
    prompt=st.integers(0, 6000),
    answer=st.integers(0, 3000),
)
def test_nothing_that_can_happen_is_dearer(body, limit, price, context, choices, prompt, answer):
    answer = min(answer, limit, context)
    prompt = min(prompt, body + TEMPLATE_TOKENS, context - answer)
    burned = Usage(prompt, choices * answer)
    assert cost(burned, price) <= cost(worst_usage(body, limit, price, context, choices), price)


class Reporting:
    """An upstream that reports this usage, and remembers what it was asked."""

    models = (MODEL,)

    def __init__(self, usage):
        self.usage, self.calls = usage, []

    async def complete(self, call):
        self.calls.append(call)
        return Reply({"choices": []}, self.usage)


async def test_cost_stays_within_what_was_reserved_whatever_is_reported(store):
    house = House(store, Reporting(Usage(10**6, 10**6)))
    key = house.member(units=10**12)
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat())
    price = house.gateway.prices.price_for(MODEL)
    raw = len(response.request.content)
    assert house.state().settled == cost(worst_usage(raw, 20, price, None), price)


@pytest.mark.parametrize(
    ("fields", "limit"),
    [({}, 20), ({"max_tokens": None}, 512), ({"max_tokens": None, "max_completion_tokens": 7}, 7)],
)
async def test_limit_that_is_reserved_for_is_the_one_that_is_sent(store, fields, limit):
    house = House(store, Reporting(Usage(1, 1)))
    key = house.member()
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat(**fields, top_k=4, stream=False))
    assert response.status_code == 200
    [call] = house.upstream.calls
    assert call.body == chat(max_tokens=limit, top_k=4)
    assert (call.agent, call.name) == (AGENT, "ada")
