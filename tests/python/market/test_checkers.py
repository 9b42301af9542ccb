"""Checkers read numbers and texts as a person would, and nothing makes them fail."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.market.checkers import check_exact, check_number, normalise_number, normalise_text
from agents.market.specification import AnswerKey


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,234.50 ", "1234.50"),
        ("The answer is 42.", "42"),
        ("16 - 3 - 4 = 9, and 9 * 2 = 18", "18"),
        ("- 42", "42"),
        ("-42", "-42"),
        ("\u221242", "-42"),
        ("-$5", "-5"),
        ("a range of 3-5", "5"),
        ("**70000**", "70000"),
        ("\\boxed{7}", "7"),
        ("42kg", "42"),
        ("45%", "45"),
        ("10 m\u00b2", "10"),
        ("\u0664\u0662", "42"),
        ("\uff14\uff12", "42"),
        (".5", "0.5"),
        ("1e5", "100000"),
        ("0.10", "0.1"),
        ("2,125", "2125"),
        ("12 eggs (not H2O)", "12"),
    ],
)
def test_the_last_number_is_read(text: str, value: str) -> None:
    assert normalise_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "none", "NaN", "Infinity", "H2O", "1,2", "1.234,50", "1/2", "3/4/2020", "1.2.3", "1e5000", "½", "²"],
)
def test_what_is_no_number_or_could_be_two_is_none(text: str) -> None:
    assert normalise_number(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_number_is_read_from_every_usual_spelling(value: Decimal) -> None:
    for text in (f"{value}", f"{value:,}", f"The answer is {value:,}.", f"2 + 2 gives {value} euro"):
        assert normalise_number(text) == value
        assert check_number(text, AnswerKey.create(str(value))) == 100
        assert check_number(text, AnswerKey.create(str(value + 1))) == 0


@given(st.text() | st.from_regex(r"[-+0-9.,eE/$ \u0660-\u0669]{0,40}", fullmatch=True))
def test_no_text_breaks_a_checker(text: str) -> None:
    assert check_number(text, AnswerKey.create("7")) in (0, 100)
    assert check_exact(text, AnswerKey.create("seven")) in (0, 100)


@pytest.mark.parametrize("unit", ["1.", "1,", "$ ", "1e", "9", "/", "\u0664", "'"])
def test_a_megabyte_is_checked_in_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    check_number(text, AnswerKey.create("7"))
    check_exact(text, AnswerKey.create("7"))
    assert time.perf_counter() - started < 10


def test_a_huge_number_is_compared_to_the_last_digit() -> None:
    assert check_number("9" * 5000, AnswerKey.create("9" * 5000)) == 100
    assert check_number("9" * 5000, AnswerKey.create("9" * 4999 + "8")) == 0


def test_no_number_never_equals_a_key_without_one() -> None:
    assert check_number("none", AnswerKey.create("none")) == 0


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("Positive.", "positive"),
        ('  "Lisbon" \n', "Lisbon"),
        ("25\u00a0ETH", "25 eth"),
        ("STRASSE", "Straße"),
        ("\uff30\uff59\uff54\uff48\uff4f\uff4e!", "Python"),
        ("Helena   Voss", "helena voss"),
        ("\u201cyes\u201d", "yes"),
        ("!", "!"),
    ],
)
def test_texts_that_differ_only_in_form_are_equal(answer: str, key: str) -> None:
    assert check_exact(answer, AnswerKey.create(key)) == 100


@pytest.mark.parametrize(
    ("answer", "key"),
    [("", "yes"), ("...", "yes"), ("C", "C++"), ("not positive", "positive"), ("gitignore", ".gitignore")],
)
def test_other_texts_are_not(answer: str, key: str) -> None:
    assert check_exact(answer, AnswerKey.create(key)) == 0


@given(st.text())
def test_normalising_a_text_again_changes_nothing(text: str) -> None:
    assert normalise_text(normalise_text(text)) == normalise_text(text)
