"""The parts of a run's world that have to be set up, and taken down again."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from agents.chain.journal.blocks import Genesis
from agents.chain.journal.book import Journal
from agents.chain.journal.market import PAPER
from agents.fleet.timeline.lots import Lots
from agents.fleet.timeline.node import TimelineNode
from agents.fleet.timeline.outside import Outside
from agents.llm.cassette.store import Cassette
from agents.settings import Settings

BEGINNING = 1_767_225_600
"""The first second of every such chain: 2026-01-01 UTC. Its blocks go by the run's own seconds."""
MARK_BYTES = 7


def genesis_of(seed: int) -> Genesis:
    """How the chain of a run with this seed begins."""
    return Genesis(BEGINNING, int.from_bytes(Lots(seed, "genesis").draw(MARK_BYTES), "big"))


@contextmanager
def new_home() -> Iterator[Path]:
    """A folder for what the run's parties keep, which nobody looks at afterwards."""
    with tempfile.TemporaryDirectory(prefix="agora-run-") as folder:
        yield Path(folder)


@contextmanager
def standing(outside: Outside, journal: Journal, genesis: Genesis, home: Path) -> Iterator[TimelineNode]:
    """A node that stands where the journal does, with the market on its chain."""
    node = TimelineNode(outside, journal, genesis, log=home / "node.log")
    try:
        node.start(home / "contract_addresses.json")
        yield node
    finally:
        node.stop()


@contextmanager
def branch(recorded: Journal, last: int, path: Path) -> Iterator[Journal]:
    """A new journal with the blocks of a recorded one up to ``last``, after which its market is complete."""
    paper = recorded.paper(PAPER)
    assert paper is not None, "it is known when the market was complete"
    recorded.copy(path, last, {PAPER: paper})
    with closing(Journal.open(path)) as journal:
        yield journal


def inserted(outside: Outside, opening: Callable[[], Cassette]) -> AbstractContextManager[Cassette]:
    """A cassette, which is used outside only."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Cassette]:
        with closing(opening()) as cassette:
            yield cassette

    return outside.opened(opened())


def settings_in(
    home: Path, node: TimelineNode, prices: Path | None, configuration: Mapping[str, Any]
) -> Settings:
    """The recorded settings in a new home. What the environment says now is none of the run's."""
    here = {
        "home": home,
        "content": str(home / "content"),
        "addresses": home / "contract_addresses.json",
        "provider": node.url,
        "models": prices,
        "gateway": None,
    }
    usual = {name: one.default for name, one in Settings.model_fields.items() if not one.default_factory}
    return Settings(**{**usual, **configuration, **here})
