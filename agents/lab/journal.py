"""What is done with a journal offline: see that it replays, audit it at any block, and branch from it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.journal.book import Journal
from agents.chain.journal.market import PAPER, market_of, write_market
from agents.chain.journal.replay import Progress, Replayed, replayed
from agents.errors import NoMarketInJournal, NotAJournal
from agents.lab.audit import AuditReport, audit_chain


async def replay_journal(path: Path, at: int | None = None, progress: Progress | None = None) -> Replayed:
    """Every block up to ``at``, by default all of them, came out as it was.

    Raises JournalMissing, NotAJournal, JournalDamaged, BlockNotInJournal, JournalOfAnotherChain, ReplayMismatch
    or ToolchainMissing.
    """
    with _reading(path, at) as journal:
        async with replayed(journal, at, progress=progress) as (_, done):
            return done


async def audit_journal(path: Path, at: int | None = None, progress: Progress | None = None) -> AuditReport:
    """The audit of the chain as it was at block ``at``, by default its last.

    Raises what ``replay_journal`` raises, and NoMarketInJournal.
    """
    with _reading(path, at) as journal, tempfile.TemporaryDirectory(prefix="agora-audit-") as folder:
        market = market_of(journal, journal.last if at is None else at)
        addresses = Path(folder) / "contract_addresses.json"
        write_market(market, addresses, CHAIN_ID)
        async with replayed(journal, at, progress=progress) as (rpc, _):
            return await audit_chain(rpc, await Deployment.load(addresses, rpc))


def branch_journal(path: Path, at: int, out: Path) -> None:
    """A new journal at ``out`` has the blocks up to ``at``, and its chain can go on from there.

    Raises FileExists, JournalMissing, NotAJournal, JournalDamaged, BlockNotInJournal or JournalUnwritable.
    """
    with _reading(path, at) as journal:
        try:
            papers = {PAPER: market_of(journal, at)}
        except NoMarketInJournal:
            papers = {}
        journal.copy(out, at, papers)


@contextmanager
def _reading(path: Path, at: int | None) -> Iterator[Journal]:
    """The journal, whole up to block ``at``: what is wrong with it is said before anything is started."""
    journal = Journal.open(path, write=False)
    try:
        if journal.origin is None:
            raise NotAJournal(path, "its chain has not begun")
        journal.check(at)
        yield journal
    finally:
        journal.close()
