"""What ``agora run`` and ``agora replay`` of its recordings do."""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from agents.errors import BadSetting, CapReached
from agents.fleet.app import open_upstream
from agents.fleet.progress import for_person
from agents.fleet.reckoning import SETTLED
from agents.fleet.timeline.figures import Figures
from agents.fleet.timeline.recording import Plan
from agents.fleet.timeline.run import CUT_OFF, record, replay
from agents.fleet.timeline.stage import STOPPED
from agents.logs import configure
from agents.settings import Settings


def record_run(
    plan: Plan, seed: int, tasks: Path, limit: int | None, folder: Path | None, *, as_json: bool
) -> Iterable[str]:
    """The run of this plan, recorded in ``folder`` if there is one. Raises CapReached at a cap, with what there is to
    say, and BadSetting."""
    settings = Settings()
    configure(settings.log_level, as_json=as_json)
    if settings.gateway is not None:
        raise BadSetting("AGORA_GATEWAY", "is set, but such a run has a gateway of its own: unset it")
    shown = for_person(sys.stderr, as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="agora-run-") as nowhere:
        kept, upstream = folder or Path(nowhere), open_upstream(settings)
        done = record(settings, plan, seed, tasks, kept, upstream, limit=limit, progress=shown)
    lines = [*done.lines, *_conclusion(done, folder)]
    if done.outcome not in (SETTLED, STOPPED):
        raise CapReached(done.outcome, lines)
    return lines


def replay_run(folder: Path, *, as_json: bool) -> Iterable[str]:
    """What ``agora replay`` says of a folder: the figures of a replay that came out as the recording."""
    configure(Settings().log_level, as_json=as_json)
    done = replay(folder, for_person(sys.stderr, as_json=as_json))
    if as_json:
        return [done.as_json()]
    end = " and there the recording was cut off" if done.outcome == CUT_OFF else ""
    return [*done.lines, f"the same again: {_figures(done)}{end}"]


def _conclusion(done: Figures, folder: Path | None) -> list[str]:
    kept = [] if folder is None else [f"recorded: `agora replay {folder}` lives it again"]
    return [_figures(done), *kept]


def _figures(done: Figures) -> str:
    return (
        f"{done.transactions} transactions in {done.blocks} blocks in {done.seconds:.1f} s; block {done.block} has "
        f"state {done.state_root}"
    )
