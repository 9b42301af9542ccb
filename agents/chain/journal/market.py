"""Where the market's contracts are, kept with the journal of their chain."""

import json
import os
from pathlib import Path
from typing import Any

from agents.chain.journal.book import Journal
from agents.errors import AddressesMissing, AddressesStale, NoMarketInJournal

PAPER = "market"


def market_of(journal: Journal, block: int) -> str:
    """The chain's entry of an addresses file, as JSON. Raises NoMarketInJournal, JournalDamaged."""
    paper = journal.paper(PAPER)
    if paper is None or json.loads(paper)["deployBlock"] > block:
        raise NoMarketInJournal(journal.path, block)
    return paper


def keep_market(journal: Journal, addresses: Path, chain_id: int) -> None:
    """The journal has what the file says of its chain.

    Raises AddressesMissing, AddressesStale or JournalUnwritable.
    """
    entries = _entries(addresses)
    if str(chain_id) not in entries:
        raise AddressesMissing(addresses, chain_id)
    journal.keep_paper(PAPER, json.dumps(entries[str(chain_id)]))


def write_market(market: str, addresses: Path, chain_id: int) -> None:
    """The file says of this chain what ``market_of`` gave; its readers see the old file or the new one.

    Raises AddressesStale.
    """
    entries = (_entries(addresses) if addresses.exists() else {}) | {str(chain_id): json.loads(market)}
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
