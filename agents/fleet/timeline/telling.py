"""Transactions in words, for whoever looks for the one that went another way."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Self

from agents.chain import bindings
from agents.chain.abi import AbiError, Function, decode
from agents.chain.accounts import Account
from agents.chain.transaction import Transaction
from agents.llm.cassette.nearest import difference

MOST_LETTERS = 160
"""Of the arguments that are shown."""
_SELECTOR_BYTES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One signed transaction in words: ``commit(3, 7, 1234) by Research (0x…), nonce 4``."""

    what: str
    """The function's name, or what else it does."""
    arguments: Sequence[Any] | None
    """As JSON can hold them; None where there are none or they cannot be read."""
    who: str
    transaction: Transaction

    @classmethod
    def read(cls, raw: bytes, names: Mapping[str, str]) -> Self:
        """The transaction; ``names`` are those of senders by address."""
        sender = str(Account.recover_transaction(raw))
        transaction = Transaction.read(raw)
        what, arguments = _asked(transaction)
        who = f"{names[sender]} ({sender})" if sender in names else sender
        return cls(what, arguments, who, transaction)

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.arguments or ()))
        shown = listed if len(listed) <= MOST_LETTERS else f"{listed[:MOST_LETTERS]}…"
        return f"{self.what}{'' if self.arguments is None else f'({shown})'} {self.origin}"

    @property
    def origin(self) -> str:
        """Whose it is."""
        return f"by {self.who}, nonce {self.transaction.nonce}"

    @property
    def terms(self) -> Mapping[str, Any]:
        """What it says beside the call."""
        said = asdict(self.transaction)
        return {name: value for name, value in said.items() if name != "data"}


def parting(recorded: bytes | None, now: bytes | None, names: Mapping[str, str]) -> str:
    """How one transaction differs from another that stands in its place."""
    before, after = (None if raw is None else Told.read(raw, names) for raw in (recorded, now))
    if before and after and (before.what, before.origin) == (after.what, after.origin):
        where = difference(before.arguments, after.arguments) or difference(before.terms, after.terms)
        return f"is {before.what} {before.origin}, but another one: {where.replace('asked', 'now')}"
    return f"was {before or 'none'}, and now is {after or 'none'}"


def _asked(transaction: Transaction) -> tuple[str, Sequence[Any] | None]:
    """What it does, and with which arguments."""
    data = transaction.data
    if not data:
        return f"a payment of {transaction.value} wei to {transaction.to}", None
    function = _functions().get(data[:_SELECTOR_BYTES])
    if function is None:
        return f"a call of 0x{data[:_SELECTOR_BYTES].hex()} at {transaction.to}", None
    try:
        return function.name, _plain(decode(function.inputs, data[_SELECTOR_BYTES:], function.name))
    except AbiError:
        return function.name, None


def _plain(value: Any) -> Any:
    """Decoded values as JSON can hold them."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _functions() -> Mapping[bytes, Function]:
    """Every function of the market's contracts by its selector."""
    modules = [
        importlib.import_module(f"{bindings.__name__}.{one.name}")
        for one in pkgutil.iter_modules(bindings.__path__)
    ]
    found = (value for module in modules for value in vars(module).values())
    return {one.selector: one for one in found if isinstance(one, Function)}
