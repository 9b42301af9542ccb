"""Ledger: every movement of credits once, and what it leaves in the accounts."""

from typing import Any

from agents.chain.bindings import ledger
from agents.explorer import schema
from agents.explorer.handlers.common import add_to
from agents.explorer.handlers.reasons import reason_of
from agents.explorer.handlers.registry import Place, Row, handles
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows

Part = tuple[str | None, str | None]
"""An account, if it is one, and the part of it that credits leave or reach; neither where they are made."""

FREE, LOCKED, OUTSIDE, BURN, DESTROYED, DEBT = "free", "locked", "outside", "burn", "destroyed", "debt"


@handles(ledger.Deposited)
def _deposited(event: ledger.Deposited, at: Place, rows: Rows) -> None:
    account = schema.account_text(event.account)
    _move(rows, at, account, free=event.amount, contributed=event.amount)
    record(rows, at, event.amount, (event.from_, OUTSIDE), (account, FREE))


@handles(ledger.Withdrawn)
def _withdrawn(event: ledger.Withdrawn, at: Place, rows: Rows) -> None:
    account = schema.account_text(event.account)
    _move(rows, at, account, free=-event.amount, contributed=-event.amount)
    record(rows, at, event.amount, (account, FREE), (event.to, OUTSIDE))


@handles(ledger.Transferred)
def _transferred(event: ledger.Transferred, at: Place, rows: Rows) -> None:
    source, target = schema.account_text(event.from_), schema.account_text(event.to)
    _move(rows, at, source, free=-event.amount)
    _move(rows, at, target, free=event.amount)
    record(rows, at, event.amount, (source, FREE), (target, FREE))


@handles(ledger.Locked)
def _locked(event: ledger.Locked, at: Place, rows: Rows) -> None:
    account = schema.account_text(event.account)
    _move(rows, at, account, free=-event.amount, locked=event.amount)
    record(rows, at, event.amount, (account, FREE), (account, LOCKED))


@handles(ledger.Unlocked)
def _unlocked(event: ledger.Unlocked, at: Place, rows: Rows) -> None:
    account = schema.account_text(event.account)
    _move(rows, at, account, free=event.amount, locked=-event.amount)
    record(rows, at, event.amount, (account, LOCKED), (account, FREE))


@handles(ledger.Paid)
def _paid(event: ledger.Paid, at: Place, rows: Rows) -> None:
    source, target = schema.account_text(event.from_), schema.account_text(event.to)
    _move(rows, at, source, locked=-event.amount)
    _move(rows, at, target, free=event.amount)
    record(rows, at, event.amount, (source, LOCKED), (target, FREE))


@handles(ledger.Held)
def _held(event: ledger.Held, at: Place, rows: Rows) -> None:
    source, target = schema.account_text(event.from_), schema.account_text(event.to)
    _move(rows, at, source, free=-event.amount)
    _move(rows, at, target, locked=event.amount)
    record(rows, at, event.amount, (source, FREE), (target, LOCKED))


@handles(ledger.Burned)
def _burned(event: ledger.Burned, at: Place, rows: Rows) -> None:
    account = schema.account_text(event.from_)
    _move(rows, at, account, locked=-event.amount)
    count(rows, at, "pending_burn", event.amount)
    record(rows, at, event.amount, (account, LOCKED), (None, BURN))


@handles(ledger.BurnFlushed)
def _burn_flushed(event: ledger.BurnFlushed, at: Place, rows: Rows) -> None:
    count(rows, at, "pending_burn", -event.amount)
    record(rows, at, event.amount, (None, BURN), (None, DESTROYED))


@handles(ledger.DebtRecorded)
def _debt_recorded(event: ledger.DebtRecorded, at: Place, rows: Rows) -> None:
    debtor, creditor = schema.account_text(event.debtor), schema.account_text(event.creditor)
    _move(rows, at, debtor, debt=event.amount, creditor=creditor)
    record(rows, at, event.amount, (debtor, DEBT), (creditor, DEBT), debtor)


@handles(ledger.DebtPaid)
def _debt_paid(event: ledger.DebtPaid, at: Place, rows: Rows) -> None:
    debtor, creditor = schema.account_text(event.debtor), schema.account_text(event.creditor)
    payer = schema.account_text(event.payer)
    _move(rows, at, payer, free=-event.amount)
    _move(rows, at, debtor, debt=-event.amount)
    _move(rows, at, creditor, free=event.amount)
    record(rows, at, event.amount, (payer, FREE), (creditor, FREE), debtor)


@handles(ledger.DebtForgiven)
def _debt_forgiven(event: ledger.DebtForgiven, at: Place, rows: Rows) -> None:
    debtor, creditor = schema.account_text(event.debtor), schema.account_text(event.creditor)
    _move(rows, at, debtor, debt=-event.amount)
    record(rows, at, event.amount, (debtor, DEBT), (creditor, DEBT), debtor)


def record(
    rows: Rows,
    at: Place,
    amount: int,
    source: Part,
    target: Part,
    debtor: str | None = None,
    kind: str | None = None,
) -> None:
    """The movement at this place, from one part to another."""
    reason, name = reason_of(at, rows), kind or type(at.logged.event).__name__
    entry = {
        "seq": at.seq,
        "kind": name,
        "reason": reason.why,
        "amount": amount,
        "account_from": source[0],
        "part_from": source[1],
        "account_to": target[0],
        "part_to": target[1],
        "debtor": debtor,
        "task": reason.task,
        "agent": reason.agent or _agent_in(source, target, debtor),
    }
    sides = {
        **_side("from", _account_at(rows, at, source)),
        **_side("to", _account_at(rows, at, target)),
    }
    rows.add(schema.entries, {**entry, **sides, **at.columns})
    count(rows, at, f"flow:{name}:{reason.why}", amount)
    count(rows, at, f"moves:{name}:{reason.why}")
    if reason.why == "refund" and reason.task is not None:
        add_to(rows, at, schema.tasks, reason.task, refunded=amount)


def _agent_in(source: Part, target: Part, debtor: str | None) -> int | None:
    for account in (debtor, source[0], target[0]):
        agent = None if account is None else schema.agent_of(account)
        if agent is not None:
            return agent
    return None


def _account_at(rows: Rows, at: Place, part: Part) -> Row | None:
    """The Ledger account that has this part; None for credits that are in none."""
    account, name = part
    if account is None or name not in (FREE, LOCKED, DEBT):
        return None
    row = rows.get(schema.accounts, (account,))
    return _move(rows, at, account) if row is None else row


def _side(name: str, account: Row | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {f"{name}_{part}": account[part] for part in (FREE, LOCKED, DEBT)}


def _move(
    rows: Rows,
    at: Place,
    account: str,
    *,
    free: int = 0,
    locked: int = 0,
    debt: int = 0,
    contributed: int = 0,
    creditor: str | None = None,
) -> Row:
    """Change an account's parts, and what is reckoned of them; returns the account after it."""
    before = rows.get(schema.accounts, (account,))
    if before is None:
        count(rows, at, "accounts")
        agent = schema.agent_of(account)
        zero = {"free": 0, "locked": 0, "debt": 0, "contributed": 0, "entries": 0, "creditor": None}
        before = {"account": account, "agent": agent, **zero, **at.birth}
    after = {
        **before,
        "free": before["free"] + free,
        "locked": before["locked"] + locked,
        "total": before["free"] + free + before["locked"] + locked,
        "debt": before["debt"] + debt,
        "contributed": before["contributed"] + contributed,
        "entries": before["entries"] + 1,
        "creditor": creditor or (before["creditor"] if before["debt"] + debt else None),
        **at.columns,
    }
    rows.put(schema.accounts, after)
    for part, amount in ((FREE, free), (LOCKED, locked), (DEBT, debt)):
        if amount:
            count(rows, at, part, amount)
    _mirror(rows, at, before, after)
    return after


def _mirror(rows: Rows, at: Place, before: Row, after: Row) -> None:
    """An agent's own row shows what its account holds."""
    if after["agent"] is None:
        return
    shown = {"balance_free": after["free"], "balance_locked": after["locked"], "debt": after["debt"]}
    rows.update(schema.agents, (after["agent"],), **shown, **at.columns)
    step = bool(after["debt"]) - bool(before["debt"])
    if step:
        count(rows, at, "agents:indebted", step)
