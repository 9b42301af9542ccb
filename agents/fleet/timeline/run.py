"""Runs a fleet on a timeline of its own, records it, and lives a recorded run again."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from agents.chain.journal.blocks import Block, Genesis
from agents.chain.journal.book import Journal
from agents.chain.journal.market import PAPER, complete_at
from agents.errors import NotARecording, RunDiverged
from agents.fleet.progress import Progress
from agents.fleet.timeline.interrupts import heard
from agents.fleet.timeline.lots import Lots
from agents.fleet.timeline.node import TimelineNode
from agents.fleet.timeline.outside import Outside
from agents.fleet.timeline.recording import (
    Ending,
    Paths,
    Plan,
    Recording,
    check_contracts,
    contracts,
    versions,
)
from agents.fleet.timeline.stage import STOPPED, Lived, Stage
from agents.fleet.timeline.witness import Witness
from agents.llm.cassette.manifest import Manifest, code_revision, configuration_of
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.upstreams.base import Upstream
from agents.settings import Settings

BEGINNING = 1_767_225_600
"""The first second of every such chain: 2026-01-01 UTC. Its blocks go by the run's own seconds."""
MARK_BITS = 62

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Figures:
    """What a run, or its replay, came to; a stopped or killed run's replay goes as far as it went."""

    lines: list[str]
    outcome: str
    block: int
    state_root: str
    blocks: int
    """Those of the run itself, after the deployment of its market."""
    transactions: int
    seconds: float
    """Of the real world, from the first of these blocks on."""

    def as_json(self) -> str:
        """The figures for machines."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "lines"})


class _Through(Exception):
    """The last block of a run that did not end has come again."""


def record(
    settings: Settings,
    plan: Plan,
    seed: int,
    tasks: Path,
    folder: Path,
    upstream: AbstractAsyncContextManager[Upstream | None],
    *,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Figures:
    """Run a fleet to its end on a chain of its own, recorded in ``folder``.

    ``tasks`` is a file of tasks, of which the first ``limit`` are posted; ``upstream`` answers the models' calls.
    Ctrl-C stops the run after the next block; what there is by then is a recording too. Raises FileExists, and what
    else a person has to mend.
    """
    paths = Paths(folder)
    paths.begin(tasks, limit)
    with ExitStack() as stack:
        outside = stack.enter_context(Outside())
        wish = stack.enter_context(heard())
        source = stack.enter_context(outside.opened(upstream))
        assert source is not None, "a run on a timeline has its own gateway"
        journal = Journal.open(paths.journal)
        stack.callback(journal.close)
        mark = int.from_bytes(Lots(seed, "genesis").draw(8), "big") % 2**MARK_BITS
        home = stack.enter_context(_home())
        node = stack.enter_context(_standing(outside, journal, Genesis(BEGINNING, mark), home))
        configuration = configuration_of(settings)
        made_with = Manifest(code_revision(), contracts(), configuration, seed, tuple(source.models))
        recording = Recording(plan, made_with, versions())
        recording.save(folder)
        cassette = outside.run(_written(paths.cassette, made_with))
        stack.callback(lambda: outside.run(_closed(cassette)))
        count = _Count()
        stopped: list[int] = []

        def seen(block: Block) -> bool:
            count.add(block)
            if wish.stop and not stopped:
                stopped.append(block.number)
            return wish.stop

        stage = Stage(
            plan,
            seed,
            paths.tasks,
            _settings(configuration, home, node),
            outside,
            node,
            Recorder(source, cassette, "record"),
            seen,
            progress,
        )
        lived = stage.play()
        figures = count.figures(lived)
        ending = Ending(lived.outcome, figures.block, figures.state_root, *stopped)
        recording.ended(ending).save(folder)
        return figures


def replay(folder: Path, progress: Progress | None = None) -> Figures:
    """Live a recorded run again: a fresh node, no model and no network, and each block is the recorded one.

    Raises NotARecording, ContractChanged, RunDiverged or CassetteMiss at the first difference, JournalDamaged,
    CassetteUnreadable.
    """
    recording, paths = Recording.load(folder), Paths(folder)
    check_contracts(recording.made_with)
    _warn(recording)
    with ExitStack() as stack:
        outside = stack.enter_context(Outside())
        home = stack.enter_context(_home())
        recorded = Journal.open(paths.journal, write=False)
        stack.callback(recorded.close)
        first = complete_at(recorded)
        if first is None:
            raise NotARecording(folder, "it ended before its market was deployed")
        journal = _branch(recorded, first, home / "run.db")
        stack.callback(journal.close)
        assert recorded.origin is not None
        node = stack.enter_context(_standing(outside, journal, recorded.origin.genesis, home))
        cassette = outside.run(_read(paths.cassette))
        stack.callback(lambda: outside.run(_closed(cassette)))
        made_with, ending = recording.made_with, recording.ending
        count = _Count()

        def seen(block: Block) -> bool:
            witness.see(block)
            count.add(block)
            if ending is None and witness.is_through:
                raise _Through
            return ending is not None and block.number == ending.stopped

        stage = Stage(
            recording.plan,
            made_with.seed,
            paths.tasks,
            _settings(made_with.configuration, home, node),
            outside,
            node,
            Recorder(None, cassette, "replay"),
            seen,
            progress,
        )
        witness = Witness(recorded, first, stage.names())
        try:
            lived = stage.play()
            witness.conclude()
        except _Through:
            lived = Lived(STOPPED, [])
        _compare_endings(ending, lived, witness.block)
        return count.figures(lived)


@dataclass(slots=True)
class _Count:
    """What the blocks of a run come to."""

    began: float = 0.0
    blocks: int = 0
    transactions: int = 0
    newest: Block | None = None

    def add(self, block: Block) -> None:
        self.began = self.began or time.perf_counter()
        self.blocks += 1
        self.transactions += len(block.transactions)
        self.newest = block

    def figures(self, lived: Lived) -> Figures:
        number, root = (self.newest.number, self.newest.state_root.hex()) if self.newest else (0, "")
        seconds = time.perf_counter() - self.began
        counted = (self.blocks, self.transactions, seconds)
        return Figures(lived.report, lived.outcome, number, f"0x{root}", *counted)


def _warn(recording: Recording) -> None:
    """Say what else is different here: it may be why the replay comes out otherwise."""
    here, recorded = code_revision(), recording.made_with.code
    if here != recorded:
        log.warning("replay.other_code", recorded=recorded, here=here)
    now = versions()
    for name, version in recording.versions.items():
        if now.get(name) != version:
            log.warning("replay.other_version", of=name, recorded=version, here=now.get(name))


def _compare_endings(ending: Ending | None, lived: Lived, block: int) -> None:
    if ending is not None and lived.outcome != ending.outcome:
        raise RunDiverged(
            block, f"the recording ended as {ending.outcome!r}, the replay as {lived.outcome!r}"
        )


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agora-run-") as folder:
        yield Path(folder)


@contextmanager
def _standing(outside: Outside, journal: Journal, genesis: Genesis, home: Path) -> Iterator[TimelineNode]:
    """A node that stands where the journal does, with the market."""
    node = TimelineNode(outside, journal, genesis, log=home / "node.log")
    try:
        node.start(home / "contract_addresses.json")
        yield node
    finally:
        node.stop()


def _branch(recorded: Journal, first: int, path: Path) -> Journal:
    """A journal of the deployment alone."""
    paper = recorded.paper(PAPER)
    assert paper is not None, "it is known when the market was complete"
    recorded.copy(path, first, {PAPER: paper})
    return Journal.open(path)


def _settings(configuration: Any, home: Path, node: TimelineNode) -> Settings:
    """The recorded settings in a new home. What the environment says now is none of the run's."""
    here = {
        "home": home,
        "content": str(home / "content"),
        "addresses": home / "contract_addresses.json",
        "provider": node.url,
    }
    return Settings(**{**dict.fromkeys(Settings.model_fields), **configuration, **here})


async def _written(path: Path, manifest: Manifest) -> Cassette:
    return Cassette.write(path, manifest)


async def _read(path: Path) -> Cassette:
    return Cassette.read(path)


async def _closed(cassette: Cassette) -> None:
    cassette.close()
