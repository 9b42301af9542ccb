"""CreditToken: credits outside of the Ledger."""

from agents.chain.bindings import credit_token
from agents.explorer import schema
from agents.explorer.handlers.clues import LEG
from agents.explorer.handlers.common import ZERO_ADDRESS, tally
from agents.explorer.handlers.ledger import DESTROYED, OUTSIDE, Part, record
from agents.explorer.handlers.reasons import reason_of
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows

NOWHERE: Part = (None, None)
"""Where new credits come from."""


@handles(credit_token.Transfer)
def _transferred(event: credit_token.Transfer, at: Place, rows: Rows) -> None:
    vault, amount = at.deed.contracts["Ledger"], event.value
    kind = "transfer"
    if event.from_ == ZERO_ADDRESS:
        kind = "mint"
        count(rows, at, "minted", amount)
    if event.to == ZERO_ADDRESS:
        kind = "burn"
        count(rows, at, "destroyed", amount)
    for holder, change in ((event.from_, -amount), (event.to, amount)):
        if holder != ZERO_ADDRESS:
            tally(rows, at, schema.token_balances, {"address": holder}, amount=change)
        if holder == vault:
            count(rows, at, "held", change)
    rows.add(
        schema.token_transfers,
        {
            "seq": at.seq,
            "kind": kind,
            "sender": event.from_,
            "recipient": event.to,
            "amount": amount,
            **at.columns,
        },
    )
    if amount and reason_of(at, rows).why != LEG:
        _record(event, at, rows, kind)


def _record(event: credit_token.Transfer, at: Place, rows: Rows, kind: str) -> None:
    """A movement that the Ledger does not tell of."""
    source = NOWHERE if kind == "mint" else (event.from_, OUTSIDE)
    target: Part = (event.to, OUTSIDE)
    if kind == "burn":
        target = (None, DESTROYED)
    elif event.to == at.deed.contracts["Ledger"]:
        # It is in no account: a gift.
        count(rows, at, "gifts", event.value)
    names = {"mint": "Minted", "burn": "Destroyed", "transfer": "Sent"}
    record(rows, at, event.value, source, target, kind=names[kind])
