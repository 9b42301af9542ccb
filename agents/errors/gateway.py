"""Errors of the gateway: what a call of a model is refused for, and books that do not fit the chain."""

from pathlib import Path
from typing import Any, Literal

from agents.errors.base import AgoraError, UserError

Unpaid = Literal[
    "no_channel",
    "insufficient_credits",
    "indebted",
    "leaving",
    "voucher_due",
    "call_in_flight",
    "unpaid_rest",
    "unsigned_limit",
]
Flaw = Literal[
    "another_chain",
    "another_contract",
    "other_channel",
    "smaller_amount",
    "unknown_claim",
    "wrong_root",
    "bad_signature",
]


class PricesMalformed(UserError):
    """A file of models and prices cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class PaymentRequired(AgoraError):
    """A call of a model is not covered; nothing was spent.

    ``code`` says what is missing, ``shortfall`` how many units, ``detail`` what to do it with: plain JSON.
    """

    def __init__(self, code: Unpaid, message: str, *, shortfall: int = 0, **detail: Any) -> None:
        super().__init__(message)
        self.code, self.shortfall = code, shortfall
        self.detail = detail


class BudgetSpent(AgoraError):
    """A call would go beyond a budget; nothing was spent. Amounts in units."""

    def __init__(self, scope: str, limit: int, spent: int, worst: int) -> None:
        """``scope`` is task, agent, hour or run; ``spent`` includes what calls in flight may come to."""
        super().__init__(
            f"the budget of the {scope} is {limit} units, of which {spent} are spent or reserved: this call may "
            f"cost {worst}; ask for fewer tokens, or raise the budget"
        )
        self.scope, self.limit, self.spent, self.worst = scope, limit, spent, worst


class VoucherRefused(AgoraError):
    """A voucher is not the one that is due; ``flaw`` names what is wrong with it."""

    def __init__(self, flaw: Flaw, message: str) -> None:
        super().__init__(message)
        self.flaw = flaw


class BooksBehind(UserError):
    """The chain has redeemed more than the books know of: an older copy was restored, or others serve the channel."""

    def __init__(self, channel_id: bytes, redeemed: int, settled: int) -> None:
        super().__init__(
            f"channel 0x{channel_id.hex()[:16]}… has redeemed {redeemed} units on chain, but the books know of "
            f"{settled}: they are an older copy, or another gateway serves this provider; bring back the newest copy, "
            "or have the provider close the channel, and open it anew"
        )
        self.channel_id, self.redeemed, self.settled = channel_id, redeemed, settled


class BooksDamaged(UserError):
    """What the books keep of a channel does not add up."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"the books in {path} are damaged ({detail}): bring back a copy that is whole")


class UnknownCall(UserError):
    """No receipt has this name."""

    def __init__(self, call: str) -> None:
        super().__init__(f"there is no receipt {call!r}: `agora usage` lists them")
