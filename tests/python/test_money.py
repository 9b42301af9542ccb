"""Credits as text and as units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import InvalidAmount
from agents.money import CREDIT, format_credits, parse_credits


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0", 0),
        ("1", CREDIT),
        ("12.5", 12_500_000),
        ("0.000001", 1),
        (" 7 ", 7 * CREDIT),
        ("007", 7 * CREDIT),
    ],
)
def test_parse_reads_digits_with_at_most_six_after_the_point(text, units):
    assert parse_credits(text) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "1.",
        ".5",
        "1,5",
        "1e3",
        "0.0000001",
        "nan",
        "1 2",
        "0x1",
        "1_000",
        "\u0661",
        "9" * 61,
    ],
)
def test_parse_refuses_anything_else_and_shows_it(text):
    with pytest.raises(InvalidAmount) as raised:
        parse_credits(text)
    assert repr(text) in str(raised.value)


@pytest.mark.parametrize(
    ("units", "places", "text"),
    [
        (0, 2, "0.00"),
        (1, 2, "0.00"),
        (999_999, 2, "0.99"),
        (-1, 6, "-0.000001"),
        (-1_500_000, 1, "-1.5"),
        (1_234_567_890_000, 2, "1,234,567.89"),
        (1_999_999, 0, "1"),
        (1_999_999, 6, "1.999999"),
        (1_999_999, 9, "1.999999"),
    ],
)
def test_format_cuts_off_and_never_rounds_up(units, places, text):
    assert format_credits(units, places) == text


@given(st.integers(0, 2**128))
def test_what_is_written_in_full_is_read_back(units):
    assert parse_credits(format_credits(units, 6).replace(",", "")) == units


@given(st.integers(-(2**100), 2**100), st.integers(0, 6))
def test_nobody_reads_more_than_is_there(units, places):
    shown = format_credits(abs(units), places).replace(",", "")
    assert parse_credits(shown) <= abs(units) < parse_credits(shown) + 10 ** (6 - places)
    assert format_credits(units, places).startswith("-") == (units < 0)
