"""Sums over the whole market, kept by the handlers so that the overview never scans.

tasks, tasks:<State>            how many there are, and in each state
agents, agents:active           how many are registered, and take work
agents:indebted                 agents that owe
accounts, messages, bids        how many there ever were
minted, destroyed               tokens, since deployment
held, gifts                     tokens in the Ledger, and those of them that were sent without a deposit
free, locked, debt              sums over all accounts
pending_burn                    burned, their tokens not destroyed yet
thinking                        what was redeemed, less what providers lost by it
owed, lost                      of what was redeemed beyond deposits: recorded as debt, and lost
in_channels, pledged, staked    what is locked for these now
vote_locked                     tokens locked for votes now
value                           the prices of all settled tasks
flow:<kind>:<reason>            units that moved, by the entry's kind and reason
moves:<kind>:<reason>           how often
transactions, events            those that were taken in
checked, violation              the newest block whose books were checked; the first in which they did not add up
"""

from collections.abc import Mapping

from agents.explorer import schema
from agents.explorer.handlers.registry import Place
from agents.explorer.rows import Rows

LENGTHS = {"minute": 60, "hour": 3_600, "day": 86_400}
"""Kinds of buckets, in seconds."""


def total(rows: Rows, key: str) -> int:
    """The sum under this name; 0 where nothing was counted."""
    row = rows.get(schema.totals, (key,))
    return 0 if row is None else int(row["value"])


def count(rows: Rows, at: Place, key: str, amount: int = 1) -> None:
    """Add to the sum under this name."""
    rows.put(schema.totals, {"key": key, "value": total(rows, key) + amount, **at.columns})


def count_bucket(rows: Rows, block: int, timestamp: int, **amounts: int) -> None:
    """Add to the columns of the minute, the hour and the day that hold ``timestamp``."""
    for kind, length in LENGTHS.items():
        start = timestamp - timestamp % length
        row = rows.get(schema.buckets, (kind, start))
        before = row or {"kind": kind, "start": start}
        changed = {name: before.get(name, 0) + amount for name, amount in amounts.items()}
        rows.put(schema.buckets, {**before, **changed, "block": block})


def end_block(rows: Rows, *, block: int, timestamp: int, transactions: int, events: int) -> None:
    """Count a block's transactions and events, and check its books where they changed. Call it for every block
    that touched the market, after its events."""
    place = {"block": block, "time": timestamp, "tx": "", "log": 0}
    for key, amount in (("transactions", transactions), ("events", events)):
        rows.put(schema.totals, {"key": key, "value": total(rows, key) + amount, **place})
    count_bucket(rows, block, timestamp, transactions=transactions, events=events)
    if any(_changed(rows, key, block) for key in ("free", "locked", "held", "pending_burn", "minted")):
        _check(rows, block, timestamp, place)


def _changed(rows: Rows, key: str, block: int) -> bool:
    row = rows.get(schema.totals, (key,))
    return row is not None and row["block"] == block


def _check(rows: Rows, block: int, timestamp: int, place: Mapping[str, object]) -> None:
    accounts = total(rows, "free") + total(rows, "locked")
    held, gifts, pending = (total(rows, key) for key in ("held", "gifts", "pending_burn"))
    minted, destroyed = total(rows, "minted"), total(rows, "destroyed")
    holds = held - gifts == accounts + pending and minted - destroyed >= held
    rows.put(
        schema.conservation,
        {
            "block": block,
            "time": timestamp,
            "holds": holds,
            "accounts_sum": accounts,
            "pending_burn": pending,
            "held": held,
            "gifts": gifts,
            "minted": minted,
            "destroyed": destroyed,
        },
    )
    rows.put(schema.totals, {"key": "checks", "value": total(rows, "checks") + 1, **place})
    rows.put(schema.totals, {"key": "checked", "value": block, **place})
    if not holds and rows.get(schema.totals, ("violation",)) is None:
        rows.put(schema.totals, {"key": "violation", "value": block, **place})
