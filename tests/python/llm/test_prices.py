"""Prices: what tokens cost, and what a file of them may say."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.errors import PricesMalformed
from agents.llm.embedded import CONTEXT
from agents.llm.prices import Price, PriceTable, cost, list_prices
from agents.llm.protocol import Usage
from agents.llm.weights import SMOLLM2_NAME
from agents.money import CREDIT

tokens = st.integers(0, 10**9)
rates = st.integers(0, 10**12)
usages = st.builds(
    lambda fresh, cached, completion: Usage(fresh + cached, completion, cached), tokens, tokens, tokens
)
prices = st.builds(Price, rates, rates, rates)


@given(usages, prices)
def test_cost_is_never_negative_and_free_only_if_nothing_is_owed(usage: Usage, price: Price) -> None:
    fresh = usage.prompt_tokens - usage.cached_tokens
    owed = fresh * price.input_per_million + usage.cached_tokens * price.cached_per_million
    owed += usage.completion_tokens * price.output_per_million
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


@given(usages, rates, rates)
def test_cached_tokens_cost_as_any_others_unless_it_is_said(usage: Usage, one: int, other: int) -> None:
    assume(usage.cached_tokens and one)
    fresh = Usage(usage.prompt_tokens, usage.completion_tokens)
    assert cost(usage, Price(one, other)) == cost(fresh, Price(one, other))
    assert cost(usage, Price(one, other, 0)) < cost(fresh, Price(one, other, 0)) or one < 10**6


def test_the_longest_beginning_counts_and_a_whole_name_before_it() -> None:
    table = PriceTable(
        Price(9, 9),
        {"a-*": (Price(1, 1), None), "a-big*": (Price(2, 2), 10), "a-bigger": (Price(3, 3), 20)},
    )
    assert [table.price_for(name).input_per_million for name in ("a-small", "a-bigg", "a-bigger", "b")] == [
        *(1, 2, 3, 9)
    ]
    assert [table.context_of(name) for name in ("a-small", "a-bigg", "a-bigger", "b")] == [None, 10, 20, None]


def test_embedded_models_have_a_list_price_and_a_context() -> None:
    listed = list_prices()
    assert listed.price_for(SMOLLM2_NAME) == Price(1_000 * CREDIT, 4_000 * CREDIT)
    assert listed.price_for("unlisted") == Price(5_000 * CREDIT, 20_000 * CREDIT)
    assert listed.context_of(SMOLLM2_NAME) == CONTEXT
    assert listed.context_of("unlisted") is None
    assert 0 < listed.price_for("all-MiniLM-L6-v2").input_per_million < 1_000 * CREDIT


def test_a_file_of_ones_own_goes_before_the_list(tmp_path) -> None:
    own = tmp_path / "models.yaml"
    own.write_text(
        "upstreams: {}\ndefault: {input: 7, output: 8}\nmodels:\n"
        "  mine: {input: 0.000001, output: 2.5, cached: '0', context: 4096}\n"
        "  SmolLM2-*: {input: 2, output: 3}\n"
    )
    table = PriceTable.load(own)
    assert table.price_for("mine") == Price(1, 2_500_000, 0)
    assert table.context_of("mine") == 4096
    assert table.price_for("unlisted") == Price(7 * CREDIT, 8 * CREDIT)
    assert table.price_for(SMOLLM2_NAME) == Price(2 * CREDIT, 3 * CREDIT)
    assert table.price_for("all-MiniLM-L6-v2") == list_prices().price_for("all-MiniLM-L6-v2")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[]", "models:"),
        ("models: [", "line 1"),
        ("models: 3", "models:"),
        ("model: {}", "'model'"),
        ("models:\n  m: 3", "models: m"),
        ("models:\n  m: {input: 1}", "output"),
        ("models:\n  m: {input: 1, output: 1, price: 2}", "'price'"),
        ("models:\n  m: {input: -1, output: 1}", "'-1'"),
        ("models:\n  m: {input: 1e3, output: 1}", "'1e3'"),
        ("models:\n  m: {input: 1, output: 1, context: many}", "context"),
        ("models:\n  m: {input: 1, output: 1, context: 0}", "context"),
        ("default: {input: [1], output: 1}", "default: input"),
        (b"\xff", "UTF-8"),
        (None, "No such file"),
    ],
)
def test_what_a_file_gets_wrong_is_named(tmp_path, text, named) -> None:
    path = tmp_path / "models.yaml"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PricesMalformed, match=named) as refused:
        PriceTable.load(path)
    assert str(path) in str(refused.value)
