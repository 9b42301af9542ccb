"""``agora run``: a fleet on a chain and a timeline of its own, which can be recorded and lived again."""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_plainly
from agents.errors import BadSetting, CapReached
from agents.fleet import options
from agents.fleet.app import open_upstream
from agents.fleet.progress import for_person
from agents.fleet.reckoning import SETTLED
from agents.fleet.strategies import policy_of
from agents.fleet.timeline.figures import Figures
from agents.fleet.timeline.recording import Plan
from agents.fleet.timeline.run import CUT_OFF, record, replay
from agents.fleet.timeline.stage import STOPPED
from agents.fleet.timeline.thinking import USUAL, Pace
from agents.logs import configure
from agents.market.examples import EXAMPLES
from agents.requester import Windows
from agents.settings import Settings

RecordIn = Annotated[
    Path | None,
    typer.Option(
        "--record", metavar="DIR", file_okay=False, help="Keep the run here, for `agora replay DIR`."
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Whatever is drawn in the run follows from it.")]
Agents = Annotated[int, typer.Option(min=1, help="How many agents to run.")]
Tasks = Annotated[Path | None, typer.Option(help="Post the tasks of a JSONL file; else the twelve examples.")]
Reads = Annotated[float, typer.Option(min=1, help="Prompt tokens that thinking reads in a second.")]
Writes = Annotated[float, typer.Option(min=1, help="Tokens that thinking writes in a second.")]


def run(
    record_in: RecordIn = None,
    seed: Seed = 0,
    agents: Agents = 5,
    policy: options.Policy = "learned",
    tasks: Tasks = None,
    limit: options.Limit = None,
    bidding: options.Bidding = 30,
    reveal: options.Reveal = 20,
    delivery: options.Delivery = 600,
    review: options.Review = 60,
    reads: Reads = USUAL.reads,
    writes: Writes = USUAL.writes,
    max_credits: options.MaxCredits = None,
    max_credits_per_agent: options.MaxCreditsPerAgent = None,
    max_credits_per_hour: options.MaxCreditsPerHour = None,
    max_credits_per_task: options.MaxCreditsPerTask = None,
    max_calls: options.MaxCalls = None,
    max_calls_per_hour: options.MaxCallsPerHour = None,
    max_transactions: options.MaxTransactions = None,
    max_minutes: options.MaxMinutes = None,
    json_logs: options.JsonLogs = False,
) -> None:
    """A fleet on a chain of its own, until all tasks have ended; seconds pass only when nobody has anything to do.

    Ctrl-C stops it after the next block. At a cap what was begun is finished, and the exit code is 3.
    """

    def command() -> Iterable[str]:
        policy_of(policy)
        limits = options.limits_of(
            (max_credits, max_credits_per_agent, max_credits_per_hour, max_credits_per_task),
            calls=max_calls,
            calls_per_hour=max_calls_per_hour,
            transactions=max_transactions,
            minutes=max_minutes,
        )
        windows, source = Windows(bidding, reveal, delivery, review), tasks or EXAMPLES
        plan = Plan(agents, policy, source.stem, windows, limits, Pace(reads, writes))
        return _run(plan, seed, source, limit, record_in, as_json=json_logs)

    run_plainly(command)


def _run(
    plan: Plan, seed: int, tasks: Path, limit: int | None, folder: Path | None, *, as_json: bool
) -> Iterable[str]:
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
