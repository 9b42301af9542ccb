"""Transactions in words, for whoever looks for the one that went another way."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from eth_account import Account

from agents.chain import bindings
from agents.chain.abi import AbiError, Function, decode
from agents.chain.transaction import Transaction

MOST_LETTERS = 160
"""Of the arguments that are shown."""
_SELECTOR_BYTES = 4


def told(raw: bytes, names: Mapping[str, str]) -> str:
    """``commit(3, 7, 0x…) by Research (0x…), nonce 4``; ``names`` are those of senders by address."""
    sender = str(Account.recover_transaction(raw))
    who = f"{names[sender]} ({sender})" if sender in names else sender
    transaction = Transaction.read(raw)
    return f"{_asked(transaction)} by {who}, nonce {transaction.nonce}"


def _asked(transaction: Transaction) -> str:
    data = transaction.data
    if not data:
        return f"a payment of {transaction.value} wei to {transaction.to}"
    function = _functions().get(data[:_SELECTOR_BYTES])
    if function is None:
        return f"a call of 0x{data[:_SELECTOR_BYTES].hex()} at {transaction.to}"
    try:
        values = decode(function.inputs, data[_SELECTOR_BYTES:], function.name)
    except AbiError:
        return f"{function.name}(?)"
    shown = ", ".join("0x" + one.hex() if isinstance(one, bytes) else str(one) for one in values)
    return f"{function.name}({shown if len(shown) <= MOST_LETTERS else shown[:MOST_LETTERS] + '…'})"


@cache
def _functions() -> Mapping[bytes, Function]:
    """Every function of the market's contracts by its selector."""
    modules = [
        importlib.import_module(f"{bindings.__name__}.{one.name}")
        for one in pkgutil.iter_modules(bindings.__path__)
    ]
    found = (value for module in modules for value in vars(module).values())
    return {one.selector: one for one in found if isinstance(one, Function)}
