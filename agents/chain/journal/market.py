"""Where the market's contracts are, kept with the journal of their chain."""

import json
import os
from pathlib import Path
from typing import Any

from agents.chain.journal.book import Journal
from agents.errors import AddressesMissing, AddressesStale, NoMarketInJournal

PAPER = "market"


def market_of(journal: Journal, block: int) -> str:
    """The paper that ``keep_market`` wrote, if the market was complete at ``block``.

    Raises NoMarketInJournal or JournalDamaged.
    """
    paper, complete = journal.paper(PAPER), complete_at(journal)
    if paper is None or complete is None or complete > block:
        raise NoMarketInJournal(journal.path, block)
    return paper


def complete_at(journal: Journal) -> int | None:
    """The block after which the market was complete; None if it never was. Raises JournalDamaged."""
    paper = journal.paper(PAPER)
    return None if paper is None else int(json.loads(paper)["completeBlock"])


def keep_market(journal: Journal, addresses: Path, chain_id: int) -> None:
    """The journal has what the file says of its chain, on which the market is complete now.

    Raises AddressesMissing, AddressesStale or JournalUnwritable.
    """
    entries = _entries(addresses)
    if str(chain_id) not in entries:
        raise AddressesMissing(addresses, chain_id)
    journal.keep_paper(PAPER, json.dumps(entries[str(chain_id)] | {"completeBlock": journal.last}))


def write_market(market: str, addresses: Path, chain_id: int) -> None:
    """The file says of this chain what ``market_of`` gave; its readers see the old file or the new one.

    Raises AddressesStale.
    """
    record = {name: value for name, value in json.loads(market).items() if name != "completeBlock"}
    entries = (_entries(addresses) if addresses.exists() else {}) | {str(chain_id): record}
    part = addresses.with_name(f"{addresses.name}.{os.getpid()}.tmp")
    part.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    part.replace(addresses)


def _entries(addresses: Path) -> dict[str, Any]:
    try:
        entries = json.loads(addresses.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AddressesStale(addresses, "it is not JSON") from error
    if not isinstance(entries, dict):
        raise AddressesStale(addresses, "it is no table of chains")
    return entries
