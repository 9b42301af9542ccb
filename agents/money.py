"""Credits as integers: one credit is 10^6 units, on chain and here; text exists only at the edges."""

import re
from decimal import Decimal

from agents.errors import InvalidAmount

DECIMALS = 6
CREDIT = 10**DECIMALS

_AMOUNT = re.compile(r"\d+(\.\d{1,6})?")


def parse_credits(text: str) -> int:
    """Units in a decimal number of credits such as ``"12.5"``.

    Raises InvalidAmount for anything but digits with at most six of them after the point.
    """
    if not _AMOUNT.fullmatch(text.strip()):
        raise InvalidAmount(text)
    return int(Decimal(text.strip()) * CREDIT)


def format_credits(units: int, places: int = 2) -> str:
    """Credits with ``places`` decimals, cut off rather than rounded so that nobody reads more than is there."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), CREDIT)
    if places == 0:
        return f"{sign}{whole:,}"
    return f"{sign}{whole:,}.{rest:06d}"[: None if places >= DECIMALS else places - DECIMALS]
