"""Checkers that need no model: the result holds the right number, or is the right text."""

import re
import unicodedata
from decimal import Decimal

from agents.market.specification import AnswerKey

PASS, FAIL = 100, 0

# A run of digits with points and commas in it, sign and exponent; a word's own digits (H2O) do not count.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,/])(?P<sign>[+-]?)(?:[$€£¥]\s?)?(?P<digits>\.?[0-9](?:[0-9.,]*[0-9])?)"
    r"(?:[eE](?P<exponent>[+-]?[0-9]+))?(?P<fraction>/[0-9])?"
)
_PLAIN = re.compile(r"(?:[0-9]*|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_MINUSES = str.maketrans(dict.fromkeys("\u2212\u2012\u2013\ufe63\uff0d", "-"))
_CLOSING = ".,;:!?"
_QUOTES = "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb"


def normalise_number(text: str) -> Decimal | None:
    """The last number in ``text``, or None if there is none or it can be read in two ways.

    ``"$1,234.50 "`` is 1234.50 and ``"The answer is 42."`` is 42; ``1.234,50``, ``1,2``, ``1/2`` and
    ``1.2.3`` are not numbers here, and neither are NaN, infinity or exponents over three digits.
    """
    plain = "".join(_ascii_digit(char) for char in text.translate(_MINUSES))
    numbers = list(_NUMBER.finditer(plain))
    if not numbers:
        return None
    last = numbers[-1]
    if last["fraction"] or not _PLAIN.fullmatch(last["digits"]):
        return None
    exponent = last["exponent"] or "0"
    if len(exponent.lstrip("+-")) > 3:
        return None
    return Decimal(f"{last['sign']}{last['digits'].replace(',', '')}e{exponent}")


def normalise_text(text: str) -> str:
    """``text`` without differences of case, width, spacing, outer quotes and closing punctuation.

    A text of nothing but such marks keeps them: ``"!"`` stays ``"!"``.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = " ".join(folded.split())
    bare = spaced.lstrip(_QUOTES + " ").rstrip(_QUOTES + _CLOSING + " ")
    return bare or spaced


def check_number(answer: str, key: AnswerKey) -> int:
    """100 if the last number in ``answer`` equals the key's, else 0."""
    found, expected = normalise_number(answer), normalise_number(key.answer)
    return PASS if found is not None and found == expected else FAIL


def check_exact(answer: str, key: AnswerKey) -> int:
    """100 if ``answer`` is the key's text but for case, spacing, quotes and closing punctuation, else 0."""
    return PASS if normalise_text(answer) == normalise_text(key.answer) else FAIL


def _ascii_digit(char: str) -> str:
    """A decimal digit of any script as 0 to 9; superscripts and circled digits are no decimal digits."""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
