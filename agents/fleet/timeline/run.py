"""Runs a fleet on a timeline of its own, records it, and lives a recorded run again."""

from contextlib import AbstractAsyncContextManager, ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog

from agents.chain.journal.blocks import Block
from agents.chain.journal.book import Journal
from agents.chain.journal.market import complete_at
from agents.errors import AgoraError, NotARecording, RunDiverged
from agents.fleet.progress import Progress
from agents.fleet.timeline.figures import Count, Figures
from agents.fleet.timeline.interrupts import Wish, heard
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
from agents.fleet.timeline.scene import branch, genesis_of, inserted, new_home, settings_in, standing
from agents.fleet.timeline.stage import Lived, Stage
from agents.fleet.timeline.witness import Witness
from agents.llm.cassette.manifest import Manifest, code_revision, configuration_of
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.upstreams.base import Upstream
from agents.settings import Settings

CUT_OFF = "cut off"
"""The outcome of a replay whose recording has no end, since its process was killed."""

PATIENCE = 60.0
"""Real seconds in which a recorded answer is found for certain."""
LOOK_ON = 300
"""Blocks after the first that is another during which a call that was never recorded may still say why."""

log = structlog.get_logger(__name__)


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
    paths.begin(tasks, limit, settings.models)
    with ExitStack() as stack:
        outside, wish = stack.enter_context(Outside()), stack.enter_context(heard())
        source = stack.enter_context(outside.opened(upstream))
        assert source is not None, "a run on a timeline has its own gateway"
        home = stack.enter_context(new_home())
        journal = stack.enter_context(closing(Journal.open(paths.journal)))
        node = stack.enter_context(standing(outside, journal, genesis_of(seed), home))
        # Only now all contracts are compiled for certain.
        configuration = configuration_of(settings)
        made_with = Manifest(code_revision(), contracts(), configuration, seed, tuple(source.models))
        recording = Recording(plan, made_with, versions())
        recording.save(folder)
        writing = partial(Cassette.write, paths.cassette, made_with)
        cassette, seen = stack.enter_context(inserted(outside, writing)), _Recording(wish)
        stage = Stage(
            plan,
            seed,
            paths.tasks,
            settings_in(home, node, paths.own_prices, configuration),
            outside,
            node,
            Recorder(source, cassette, "record"),
            seen,
            progress,
        )
        lived = stage.play()
        done = seen.count.figures(lived)
        recording.ended(Ending(lived.outcome, done.block, done.state_root, seen.stopped)).save(folder)
        return done


def replay(folder: Path, progress: Progress | None = None) -> Figures:
    """Live a recorded run again: a fresh node, no model and no network, and each block is the recorded one.

    Raises NotARecording, ContractChanged, RunDiverged or CassetteMiss at the first difference, JournalDamaged,
    CassetteUnreadable.
    """
    recording, paths = Recording.load(folder), Paths(folder)
    made_with, ending = recording.made_with, recording.ending
    check_contracts(made_with)
    _warn(recording)
    with ExitStack() as stack:
        outside, home = stack.enter_context(Outside(PATIENCE)), stack.enter_context(new_home())
        recorded = stack.enter_context(closing(Journal.open(paths.journal, write=False)))
        first = complete_at(recorded)
        if first is None or recorded.origin is None:
            raise NotARecording(folder, "it ended before its market was deployed")
        journal = stack.enter_context(branch(recorded, first, home / "run.db"))
        node = stack.enter_context(standing(outside, journal, recorded.origin.genesis, home))
        cassette = stack.enter_context(inserted(outside, partial(Cassette.read, paths.cassette)))
        seen = _Replay(ending)
        stage = Stage(
            recording.plan,
            made_with.seed,
            paths.tasks,
            settings_in(home, node, paths.own_prices, made_with.configuration),
            outside,
            node,
            Recorder(None, cassette, "replay"),
            seen,
            progress,
        )
        seen.witness = Witness(recorded, first, stage.names())
        return seen.count.figures(seen.see_through(stage))


@dataclass(slots=True)
class _Recording:
    """Sees a run that is recorded."""

    wish: Wish
    count: Count = field(default_factory=Count)
    stopped: int | None = None

    def __call__(self, block: Block) -> bool:
        self.count.add(block)
        if self.wish.stop and self.stopped is None:
            self.stopped = block.number
        return self.wish.stop


class _Through(Exception):
    """The last block of a run that did not end has come again."""


@dataclass(slots=True)
class _Replay:
    """Sees a run that is lived again."""

    ending: Ending | None
    count: Count = field(default_factory=Count)
    witness: Witness = field(init=False)
    parted: RunDiverged | None = None

    def __call__(self, block: Block) -> bool:
        if self.parted is not None:
            if block.number > self.parted.block + LOOK_ON:
                raise self.parted
            return False
        try:
            self.witness.see(block)
        except RunDiverged as error:
            self.parted = error
            return False
        self.count.add(block)
        if self.ending is None and self.witness.is_through:
            raise _Through
        return self.ending is not None and block.number == self.ending.stopped

    def see_through(self, stage: Stage) -> Lived:
        """The whole run, which ends as the recorded one. Raises RunDiverged."""
        if self.ending is None and self.witness.is_through:
            return Lived(CUT_OFF, [])
        try:
            lived = stage.play()
        except _Through:
            return Lived(CUT_OFF, [])
        except AgoraError as error:
            # Once it has parted, what else comes of answers to another run is no news.
            if self.parted is None:
                raise
            raise self.parted.followed_by(error) from None
        if self.parted is not None:
            raise self.parted
        self.witness.conclude()
        if self.ending is not None and lived.outcome != self.ending.outcome:
            was, now = self.ending.outcome, lived.outcome
            raise RunDiverged(self.witness.block, f"the recording ended as {was!r}, the replay as {now!r}")
        return lived


def _warn(recording: Recording) -> None:
    """Say what else is different here: it may be why the replay comes out otherwise."""
    here, recorded = code_revision(), recording.made_with.code
    if here != recorded:
        log.warning("replay.other_code", recorded=recorded, here=here)
    now = versions()
    for name, version in recording.versions.items():
        if now.get(name) != version:
            log.warning("replay.other_version", of=name, recorded=version, here=now.get(name))
