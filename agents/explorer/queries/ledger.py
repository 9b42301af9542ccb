"""Ledger entries and accounts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from agents.errors import NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import AccountDetail, AccountRow, Entry, LedgerOverview, Page, ReasonTotal
from agents.explorer.queries.asked import AccountsAsked, EntriesAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, either, equal
from agents.explorer.queries.span import bounds, first_seq, within
from agents.explorer.queries.totals import totals_of

MOST_DEBTORS, LARGEST = 50, 10
RARE = 2_000
"""So many rows or fewer are listed and sorted, rather than looked for in order."""
NEWEST = 5_000
"""Entries of each side of an account from which its reasons are summed."""

_entries, _accounts, _agents = schema.entries.c, schema.accounts.c, schema.agents.c


_EXACT = ("kind", "reason", "task", "agent", "tx")
_SIDES = ("account_from", "account_to")
_LIST = Listing(
    select(schema.entries),
    [_entries.seq],
    {
        **equal(schema.entries, *_EXACT, *_SIDES),
        **within(_entries.seq),
        "min_amount": _entries.amount >= bindparam("min_amount"),
        "large": _entries.seq.in_(select(_entries.seq).where(_entries.amount >= bindparam("large"))),
    },
)
_NOT_RARE = (
    select(_entries.seq)
    .where(_entries.amount >= bindparam("amount"))
    .order_by(_entries.amount)
    .offset(RARE)
    .limit(1)
)
_NAMED = select(schema.accounts, _agents.name.label("agent_name")).select_from(
    schema.accounts.outerjoin(schema.agents, _agents.id == _accounts.agent)
)
_ACCOUNT = _NAMED.where(_accounts.account == bindparam("account"))
_FILTERS = {
    "indebted": _accounts.debt > 0,
    "of agents": _accounts.agent.is_not(None),
    "of addresses": _accounts.agent.is_(None),
}
_RICHEST = Listing(_NAMED, [_accounts.total, _accounts.account], _FILTERS, "total")
_POOREST = Listing(_NAMED, [_accounts.debt, _accounts.account], _FILTERS, "debt")


def list_entries(index: Index, asked: EntriesAsked) -> Page[Entry]:
    """Entries that pass the filters."""
    wanted = asked.filters(*_EXACT) | bounds(index, asked, first_seq)
    if asked.min_amount is not None:
        # Where only few are so large they are listed, since to look for them in order would take a scan.
        is_rare = index.value(_NOT_RARE, amount=asked.min_amount) is None
        wanted["large" if is_rare else "min_amount"] = asked.min_amount
    rows, following = _LIST.page(index.connection, asked.cut, *either(wanted, asked.account, *_SIDES))
    return Page(items=[Entry.model_validate(row) for row in rows], next=following)


def account_row(index: Index, row: Mapping[str, Any]) -> AccountRow:
    """An account with its agent's name."""
    return AccountRow.model_validate({**row, "contract": index.contracts.get(row["account"])})


def list_accounts(index: Index, asked: AccountsAsked) -> Page[AccountRow]:
    """Accounts, by what they hold, or by what they owe."""
    wanted = {"indebted": True} if asked.indebted else {}
    if asked.agents is not None:
        wanted["of agents" if asked.agents else "of addresses"] = True
    rows, following = (_POOREST if asked.indebted else _RICHEST).page(index.connection, asked.cut, wanted)
    return Page(items=[account_row(index, row) for row in rows], next=following)


def account_page(index: Index, account: str) -> AccountDetail:
    """One account; raises NotInIndex. Its reasons are summed over its newest entries."""
    row = index.one(_ACCOUNT, account=account)
    if row is None:
        raise NotInIndex("account", account)
    owing = _NAMED.where(_accounts.creditor == account, _accounts.debt > 0)
    debtors = index.all(owing.order_by(_accounts.debt.desc()).limit(MOST_DEBTORS))
    return AccountDetail.model_validate(
        {
            **account_row(index, row).model_dump(),
            "debtors": [account_row(index, debtor) for debtor in debtors],
            "reasons": _reasons(index, account),
        }
    )


def _reasons(index: Index, account: str) -> list[ReasonTotal]:
    """What came and went, by reason; what only moves between the account's parts is neither."""
    found: dict[str, dict[str, Any]] = {}
    sides = (
        ("received", _entries.account_to, _entries.account_from),
        ("paid", _entries.account_from, _entries.account_to),
    )
    for side, own, other in sides:
        newest = (
            select(_entries.reason, _entries.amount)
            .where(own == account, other.is_distinct_from(account), _entries.part_to != "debt")
            .order_by(_entries.seq.desc())
            .limit(NEWEST)
            .subquery()
        )
        sums = select(newest.c.reason, func.sum(newest.c.amount).label("amount"), func.count().label("count"))
        for row in index.all(sums.group_by(newest.c.reason)):
            total = found.setdefault(
                row["reason"], {"reason": row["reason"], "received": 0, "paid": 0, "count": 0}
            )
            total[side] += int(row["amount"])
            total["count"] += row["count"]
    listed = sorted(found.values(), key=lambda total: -(total["received"] + total["paid"]))
    return [ReasonTotal.model_validate(total) for total in listed]


def ledger_overview(index: Index) -> LedgerOverview:
    """The whole ledger, from the sums that are kept."""
    totals = totals_of(index)
    largest = index.all(_NAMED.order_by(_accounts.total.desc(), _accounts.account.desc()).limit(LARGEST))
    amounts, counts = totals.by_reason("flow"), totals.by_reason("moves")
    reasons = [
        {"reason": reason, "received": amount, "paid": amount, "count": counts.get(reason, 0)}
        for reason, amount in sorted(amounts.items(), key=lambda item: -item[1])
    ]
    names = ("accounts", "free", "locked", "pending_burn", "held", "minted", "destroyed")
    return LedgerOverview.model_validate(
        {
            **{name: totals[name] for name in names},
            "outside": totals["minted"] - totals["destroyed"] - totals["held"],
            "debts": totals["debt"],
            "indebted": totals["agents:indebted"],
            "treasury": _treasury(index),
            "largest": [account_row(index, row) for row in largest],
            "reasons": reasons,
        }
    )


def _treasury(index: Index) -> AccountRow | None:
    """The account that fees go to."""
    newest = select(_entries.account_to).where(_entries.reason == "fee").order_by(_entries.seq.desc())
    account = index.value(newest.limit(1))
    row = None if account is None else index.one(_ACCOUNT, account=account)
    return None if row is None else account_row(index, row)
