"""What is used of eth_account, which takes long to import: only who signs, or reads signatures, needs it."""

import sys

# A library of eth_account lifts the limit on recursion so far that text with many brackets ends the process.
_limit = sys.getrecursionlimit()

from eth_account import Account  # noqa: E402
from eth_account.hdaccount.deterministic import HardNode, SoftNode, derive_child_key  # noqa: E402
from eth_account.hdaccount.mnemonic import Mnemonic  # noqa: E402
from eth_account.messages import encode_typed_data  # noqa: E402
from eth_account.typed_transactions.typed_transaction import TypedTransaction  # noqa: E402

sys.setrecursionlimit(_limit)

__all__ = [
    "Account",
    "HardNode",
    "Mnemonic",
    "SoftNode",
    "TypedTransaction",
    "derive_child_key",
    "encode_typed_data",
]
