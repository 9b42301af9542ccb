"""Metering: what tokens cost, and that every burned token is counted once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_endpoint import request

from agents.errors import AnswerTruncated, ModelUnavailable
from agents.llm.metering import MeteredModel, Price, cost, price_for
from agents.llm.protocol import ModelRequest, Usage
from agents.llm.scripted import ScriptedModel
from agents.llm.weights import SMOLLM2_NAME
from agents.money import CREDIT

usages = st.builds(Usage, st.integers(0, 10**9), st.integers(0, 10**9))
prices = st.builds(Price, st.integers(0, 10**12), st.integers(0, 10**12))


@given(usages, prices)
def test_cost_is_never_negative_and_free_only_if_nothing_is_owed(usage: Usage, price: Price) -> None:
    owed = usage.prompt_tokens * price.input_per_million + usage.completion_tokens * price.output_per_million
    assert cost(usage, price) >= 0
    assert (cost(usage, price) == 0) == (owed == 0)
    assert cost(usage, price) * 10**6 - owed in range(10**6)


@given(usages, usages, prices)
def test_cost_grows_with_usage(usage: Usage, more: Usage, price: Price) -> None:
    assert cost(usage, price) <= cost(usage + more, price)


@given(st.lists(usages, min_size=1, max_size=8), prices)
def test_costs_of_parts_add_up_to_the_whole_within_one_unit_each(parts: list[Usage], price: Price) -> None:
    whole = cost(sum(parts, Usage()), price)
    assert whole <= sum(cost(part, price) for part in parts) <= whole + len(parts)


def test_price_for_takes_the_longest_prefix() -> None:
    table = {"a-": Price(1, 1), "a-big": Price(2, 2)}
    assert price_for("a-bigger", table) == Price(2, 2)
    assert price_for("a-small", table) == Price(1, 1)
    assert price_for("other", table) == price_for("another", table)


def test_embedded_model_has_a_list_price() -> None:
    assert price_for(SMOLLM2_NAME) == Price(1_000 * CREDIT, 4_000 * CREDIT)
    assert price_for(SMOLLM2_NAME) != price_for("unlisted")


async def test_answers_and_failures_are_counted_by_agent_and_reported() -> None:
    def script(asked: ModelRequest) -> str:
        return "a b c" if asked.max_tokens > 2 else "far too many words"

    seen: list[tuple[str, str, Usage, int]] = []
    price = Price(10**6, 2 * 10**6)
    model = MeteredModel(ScriptedModel(script), price=price, on_usage=lambda *event: seen.append(event))
    answer = await model.complete(request("one two"))
    with pytest.raises(AnswerTruncated):
        await model.complete(request("one two", max_tokens=2))
    assert answer.text == "a b c"
    assert model.name == "scripted"
    assert seen == [("ada", "work", Usage(2, 3), 8), ("ada", "work", Usage(2, 2), 6)]
    assert model.usage == {"ada": Usage(4, 5)}


async def test_failure_that_burned_nothing_is_not_reported() -> None:
    def script(_asked: ModelRequest) -> str:
        raise ModelUnavailable("away")

    seen: list[object] = []
    model = MeteredModel(ScriptedModel(script), on_usage=lambda *event: seen.append(event))
    with pytest.raises(ModelUnavailable):
        await model.complete(request())
    assert seen == []
    assert model.usage == {}
