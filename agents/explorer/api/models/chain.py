"""Blocks, transactions and events, decoded."""

from typing import Any

from agents.explorer.api.models.common import Model


class BlockRow(Model):
    """A block."""

    number: int
    hash: str
    parent: str
    time: int
    transactions_total: int
    """All that it holds."""
    transactions: int
    """Those that touch the market; only these are kept."""
    events: int
    base_fee: int
    """Wei."""


class Argument(Model):
    """An argument of a call or of an error."""

    name: str
    type: str
    """As the ABI writes it."""
    value: Any
    """Numbers (beyond 2**53 as decimal strings), bytes as 0x hex, structs as objects by member, arrays as lists."""


class Call(Model):
    """A call, decoded by ABI."""

    contract: str | None
    """Name of the market's contract; null for a stranger."""
    function: str | None
    """Null if the ABI does not have it."""
    arguments: list[Argument] | None
    """Null where they cannot be read or are too large to show."""


class CustomError(Model):
    """Why a transaction was undone."""

    error: str | None
    """Name of the custom error, or "Error" or "Panic" of Solidity itself; null if it is not known."""
    arguments: list[Argument] | None
    data: str | None
    """The raw bytes, 0x hex, of an error that is not known by name; null if the node did not tell."""


class TransactionRow(Model):
    """A transaction that touched the market."""

    hash: str
    block: int
    time: int
    position: int
    """In its block."""
    sender: str
    to: str | None
    contract: str | None
    """Name of the called contract."""
    function: str | None
    value: str
    """Wei, decimal."""
    gas_used: int
    fee: str
    """Wei, decimal."""
    succeeded: bool
    error: str | None
    """Name of the custom error."""


class EventRow(Model):
    """An event, decoded."""

    seq: int
    """The order of all events: block * 2**20 + log."""
    block: int
    time: int
    tx: str
    log: int
    address: str
    contract: str
    name: str
    arguments: dict[str, Any]
    """By name; what may be larger than 2**53 as a decimal string."""
    tasks: list[int]
    """Tasks that it touches."""
    agents: list[int]
    """Agents that it touches."""
    text: str
    """What happened, in one line."""


class TransactionDetail(TransactionRow):
    """A transaction, its call, what it did and why it failed."""

    nonce: int
    gas: int
    """The limit it was sent with."""
    call: Call
    custom_error: CustomError | None
    events: list[EventRow]
    """In order, at most 1000; all at /api/events?tx=."""


class BlockDetail(BlockRow):
    """A block and its market transactions."""

    market_transactions: list[TransactionRow]
    """In order, at most 1000; all at /api/transactions?block=."""
