"""The guard's own error codes, and how it says no."""

from enum import IntEnum
from typing import Any

from agents.errors import Refused


class Code(IntEnum):
    """JSON-RPC error codes; those above -32100 are the guard's, the rest are everybody's."""

    JUNK = -32700
    REQUEST = -32600
    METHOD = -32601
    PARAMS = -32602
    INTERNAL = -32603
    KEY = -32010
    DOOR = -32011
    SIZE = -32012
    RATE = -32013
    FORBIDDEN = -32014
    RANGE = -32015
    TRANSACTION = -32020
    TYPE = -32021
    CHAIN = -32022
    CREATION = -32023
    GAS = -32024
    PENDING = -32025
    LOST = -32030
    AWAY = -32031


def refused(code: Code, message: str, status: int = 200) -> Refused:
    """The refusal to raise; ``status`` is that of HTTP when the whole request is refused."""
    return Refused(int(code), message, status)


def reply(identifier: Any, error: Refused) -> dict[str, Any]:
    """The JSON-RPC reply that carries the refusal."""
    return {
        "jsonrpc": "2.0",
        "id": identifier,
        "error": {"code": error.code, "message": error.message},
    }
