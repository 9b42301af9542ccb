"""Credits as integers: one credit is 10^6 units, on chain and here; text exists only at the edges."""

import re

from agents.errors import InvalidAmount

DECIMALS = 6
CREDIT: int = 10**DECIMALS

_AMOUNT = re.compile(r"([0-9]{1,60})(?:\.([0-9]{1,6}))?")


def parse_credits(text: str) -> int:
    """Units in a decimal number of credits such as ``"12.5"``.

    Raises InvalidAmount for anything but digits with at most six of them after the point.
    """
    amount = _AMOUNT.fullmatch(text.strip())
    if amount is None:
        raise InvalidAmount(text)
    whole, rest = str(amount[1]), str(amount[2] or "")
    return int(whole) * CREDIT + int(rest.ljust(DECIMALS, "0"))


def format_credits(units: int, places: int = 2) -> str:
    """Credits with ``places`` decimals, cut off rather than rounded so that nobody reads more than is there."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), CREDIT)
    if places == 0:
        return f"{sign}{whole:,}"
    return f"{sign}{whole:,}.{rest:06d}"[: None if places >= DECIMALS else places - DECIMALS]
