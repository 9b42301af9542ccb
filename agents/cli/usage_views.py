"""What thinking has cost, as people and machines read it."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agents.llm.gateway.proving import Proven
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.records import Records, Spending
from agents.money import format_credits

PLACES = 6


def spent(
    stores: Sequence[Records], agent: int | None, task: int | None, limit: int, *, as_json: bool
) -> Iterable[str]:
    """What thinking has cost, by task, or each call for one task; of one agent, or of all."""
    if task is None:
        spending = [one for store in stores for one in store.spending(agent, limit=limit)][:limit]
        return _lines(spending, as_json, Spending.as_json, _spending_line, "no call was charged")
    calls = [one for store in stores for one in store.latest(agent, task, limit)]
    calls = sorted(calls, key=lambda one: one.time, reverse=True)[:limit]
    return _lines(calls, as_json, Receipt.as_json, _call_line, "no call for this task was charged")


def _lines(
    found: Sequence[Any],
    as_json: bool,
    to_json: Callable[[Any], dict[str, Any]],
    to_line: Callable[[Any], str],
    nothing: str,
) -> Iterable[str]:
    if as_json:
        return [json.dumps([to_json(one) for one in found])]
    return [to_line(one) for one in found] or [nothing]


def _spending_line(spent: Spending) -> str:
    what = f"task {spent.task}" if spent.task else "no task"
    return (
        f"{what:<10} agent {spent.agent_id:<6} {format_credits(spent.cost, PLACES):>16} credits  "
        f"{spent.calls:>4} calls  {spent.usage.prompt_tokens:>8} + {spent.usage.completion_tokens:<7} tokens  "
        f"{spent.model}"
    )


def _call_line(receipt: Receipt) -> str:
    used = receipt.usage
    return (
        f"{receipt.call:<22} agent {receipt.agent_id:<6} {receipt.purpose:<10} "
        f"{format_credits(receipt.cost, PLACES):>14} credits  "
        f"{used.prompt_tokens:>6} + {used.completion_tokens:<5} tokens  {receipt.model}"
    )


def proof(proven: Proven) -> Iterable[str]:
    """A receipt, and how it holds against the chain."""
    receipt = proven.receipt
    yield from (f"{name:<18} {value}" for name, value in receipt.as_json().items())
    if proven.redeemed is None:
        yield "not yet redeemed: the chain has no voucher of this channel"
        return
    cumulative = format_credits(proven.redeemed.cumulative, PLACES)
    if not proven.path and not proven.holds:
        yield f"not yet redeemed: the newest voucher on chain is for {cumulative} credits, before this call"
        return
    yield f"{'redeemed':<18} {cumulative} credits, receipts' root 0x{proven.redeemed.receipts_root.hex()}"
    yield from (f"{'proof' if not at else '':<18} 0x{one.hex()}" for at, one in enumerate(proven.path))
    yield "verified by UsageMeter.verifyReceipt" if proven.holds else "REFUSED by UsageMeter.verifyReceipt"
