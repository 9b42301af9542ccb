"""What the tables are made of: kinds of columns, the place of an event, and how chain values become text.

    money, times, counts    integers of 64 bits; the token's cap bounds every amount to 1e15 units
    accounts                "agent:5", or an address with its checksum
    hashes, digests         "0x…" in lower case
    ids that others choose  decimal text: proposals, and cases of the evaluator pool

A table is either folded, its rows change and go to ``undo`` first, or appended, its rows stand for one event
each and a reorg deletes those after the ancestor by ``seq``.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text
from sqlalchemy.types import TypeEngine

from agents.chain.words import checksummed
from agents.market.domain import AGENT_FLAG

LOG_BITS = 20
"""More logs than a block can hold."""

metadata = MetaData()

Big: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; SQLite's only integer, which is its row id where it is the key."""


def seq_of(block: int, log: int) -> int:
    """The one number that orders all events."""
    return block << LOG_BITS | log


def place_of(seq: int) -> tuple[int, int]:
    """The block and the log index of an event."""
    return seq >> LOG_BITS, seq & ((1 << LOG_BITS) - 1)


def account_text(account: int) -> str:
    """A Ledger account as the tables keep it. What is neither an agent's nor an address stays a number in hex."""
    if account >> 161:
        return hex(account)
    if account & AGENT_FLAG:
        return f"agent:{account ^ AGENT_FLAG}"
    return checksummed(f"0x{account:040x}")


def agent_account(agent_id: int) -> str:
    """The account of an agent as the tables keep it."""
    return f"agent:{agent_id}"


def agent_of(account: str) -> int | None:
    """The agent whose account it is; None for an address."""
    kind, _, number = account.partition(":")
    return int(number) if kind == "agent" else None


def hex_text(data: bytes) -> str:
    """Bytes as the tables keep them."""
    return f"0x{data.hex()}"


def plain_text(text: str) -> str:
    """Text as PostgreSQL can keep it, which refuses NUL."""
    return text.replace("\0", "\ufffd")


def key(name: str) -> Column[int]:
    """A column of a primary key."""
    return Column(name, Big, primary_key=True, autoincrement=False)


def text_key(name: str) -> Column[str]:
    """A column of a primary key that is text."""
    return Column(name, Text, primary_key=True)


def number(name: str, default: int | None = None, *, index: bool = False) -> Column[int]:
    """A number that is always there."""
    return Column(name, Big, nullable=False, default=default, index=index)


def maybe_number(name: str, *, index: bool = False) -> Column[int | None]:
    """A number that may be missing."""
    return Column(name, Big, index=index)


def words(name: str, *, index: bool = False) -> Column[str]:
    """Text that is always there."""
    return Column(name, Text, nullable=False, index=index)


def maybe_words(name: str, *, index: bool = False) -> Column[str | None]:
    """Text that may be missing."""
    return Column(name, Text, index=index)


def place() -> list[Column[Any]]:
    """Where the last event stands that changed the row; ``time`` is the block's, in seconds."""
    return [number("block"), number("time"), words("tx"), number("log")]


def birth() -> list[Column[Any]]:
    """Where the event stands that made the entity."""
    return [number("created_block"), number("created_time"), words("created_tx")]


def appended() -> list[Column[Any]]:
    """The place of a row that stands for one event: its number is the key."""
    return [key("seq"), *place()]
