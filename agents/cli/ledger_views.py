"""The ledger as people read it."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from agents.cli.accounts import Holding
from agents.cli.show import credits_of, line, moment, pairs, table
from agents.explorer.api.models import AccountRow, Entry, LedgerOverview

SHORT = 14
"""Characters of an account in a table, that of an address without its middle."""


def short(account: str | None) -> str:
    """An account that fits into a table."""
    if account is None:
        return ""
    return account if len(account) <= SHORT else f"{account[:6]}…{account[-4:]}"


def holdings(found: Sequence[Holding]) -> RenderableType:
    """A row for each account that was asked for."""
    return table(
        ["account", ">free", ">locked", ">owed", ">outside", ">ETH"],
        (
            [
                one.account,
                *map(credits_of, (one.free, one.locked, one.debt, one.outside)),
                "" if one.wei is None else f"{int(one.wei) / 10**18:,.4f}",
            ]
            for one in found
        ),
    )


def entries(found: Sequence[Entry]) -> RenderableType:
    """A row for each movement."""
    return table(
        ["time", "reason", "from", "to", ">credits", "task"],
        (
            [
                moment(one.time),
                one.reason,
                _side(one.account_from, one.part_from),
                _side(one.account_to, one.part_to),
                credits_of(one.amount),
                "" if one.task is None else str(one.task),
            ]
            for one in found
        ),
    )


def _side(account: str | None, part: str | None) -> str:
    """An account, or what lies beside all accounts; the free part goes without saying."""
    if account is None:
        return part or ""
    return short(account) if part in (None, "free") else f"{short(account)} {part}"


def overview(found: LedgerOverview) -> Iterable[RenderableType]:
    """The whole ledger."""
    yield pairs(
        [
            (
                "accounts",
                f"{found.accounts}, of which {found.indebted} owe {credits_of(found.debts)} credits",
            ),
            ("free", f"{credits_of(found.free)} credits"),
            ("locked", f"{credits_of(found.locked)} credits"),
            ("to burn", f"{credits_of(found.pending_burn)} credits"),
            (
                "held",
                f"{credits_of(found.held)} credits in the Ledger, {credits_of(found.outside)} outside it",
            ),
            (
                "minted",
                f"{credits_of(found.minted)} credits, of which {credits_of(found.destroyed)} are destroyed",
            ),
        ]
    )
    if found.reasons:
        yield Text("")
        yield table(
            ["what moved", ">credits", ">times"],
            ([one.reason, credits_of(one.received), str(one.count)] for one in found.reasons),
        )
    if found.largest:
        yield Text("")
        yield accounts(found.largest)


def accounts(found: Sequence[AccountRow]) -> RenderableType:
    """A row for each account."""
    return table(
        ["account", "~whose", ">free", ">locked", ">owes"],
        (
            [
                one.account,
                line(one.agent_name or one.contract or ""),
                credits_of(one.free),
                credits_of(one.locked),
                credits_of(one.debt) if one.debt else "",
            ]
            for one in found
        ),
    )
