"""Ledger entries and accounts."""

from typing import Literal

from agents.explorer.api.models.common import Model, Place

Part = Literal["free", "locked", "outside", "burned"]
Reason = Literal[
    "deposit",
    "withdrawal",
    "transfer",
    "escrow",
    "bond",
    "reward",
    "fee",
    "refund",
    "compensation",
    "thinking",
    "pledge",
    "stake",
    "postage",
    "panel",
    "debt",
    "burn",
    "mint",
    "vote-lock",
    "other",
]


class Entry(Place):
    """One movement of credits, once: it lowers one side by the amount and raises the other by it.

    Locking moves between the parts of one account. A deposit comes from outside, a withdrawal goes there; a burn has
    no receiving account.
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
    contributed: int
    """Fees and burns that it bore, in units, as the Ledger counts contributions."""
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
    """Accounts in debt."""
    treasury: AccountRow | None
    largest: list[AccountRow]
    """The ten that hold the most."""
    reasons: list[ReasonTotal]
