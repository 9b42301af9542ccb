"""Ledger entries and accounts."""

from typing import Literal

from agents.explorer.api.models.common import Model, Place
from agents.explorer.kinds import Reason

Part = Literal["free", "locked", "outside", "minted", "gift", "burn", "destroyed", "debt"]


class Entry(Place):
    """One movement of credits, once: it lowers one side by the amount and raises the other by it.

    Locking moves between the parts of one account. A deposit comes from outside (tokens), a withdrawal goes there; a
    burn waits in ``burn`` until the tokens are ``destroyed``; ``debt`` is no money. What stands beside each account
    is what it had after the movement: a statement of one account needs nothing else.
    """

    seq: int
    kind: str
    """The event: Deposited, Withdrawn, Transferred, Locked, Unlocked, Paid, Held, Burned, DebtRecorded, …"""
    reason: Reason
    account_from: str | None
    account_to: str | None
    part_from: Part | None
    part_to: Part | None
    amount: int
    """Units, positive."""
    debtor: str | None
    """Whose debt is recorded, paid or forgiven."""
    from_free: int | None
    """Units; what ``account_from`` had free afterwards."""
    from_locked: int | None
    from_debt: int | None
    to_free: int | None
    to_locked: int | None
    to_debt: int | None
    task: int | None
    agent: int | None


class AccountRow(Place):
    """An account of the Ledger."""

    account: str
    agent: int | None
    """The agent whose account it is."""
    agent_name: str | None
    contract: str | None
    """The market's contract whose account it is, by name."""
    free: int
    locked: int
    total: int
    """free + locked, in units."""
    debt: int
    """What it owes; no part of the total."""
    creditor: str | None
    contributed: int
    """Deposited less withdrawn, in units; may be negative."""
    entries: int
    """How many movements touched it."""


class ReasonTotal(Model):
    """What moved for one reason."""

    reason: Reason
    received: int
    """Units that came to the account (of the whole ledger: that moved)."""
    paid: int
    """Units that left it."""
    count: int


class AccountDetail(AccountRow):
    """One account and what went through it."""

    reasons: list[ReasonTotal]
    debtors: list[AccountRow]
    """Accounts that owe it, the largest debt first, at most 50."""


class LedgerOverview(Model):
    """The whole ledger in figures, in units."""

    accounts: int
    free: int
    locked: int
    pending_burn: int
    """Burned in the Ledger, the tokens not destroyed yet."""
    held: int
    """Tokens that the Ledger holds: free + locked + pending burn, and plain gifts."""
    minted: int
    destroyed: int
    outside: int
    """Tokens in nobody's Ledger account."""
    debts: int
    indebted: int
    """Agents in debt."""
    treasury: AccountRow | None
    largest: list[AccountRow]
    """The ten that hold the most."""
    reasons: list[ReasonTotal]
