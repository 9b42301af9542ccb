"""``agora run``: a fleet on a chain and a timeline of its own, which can be recorded and lived again."""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.console import CAPPED, run_plainly
from agents.errors import BadSetting
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


def run(
    record_in: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="DIR", help="Keep the run here, for `agora replay DIR`.", file_okay=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Whatever is drawn in the run follows from it.")] = 0,
    agents: Annotated[int, typer.Option(min=1, help="How many agents to run.")] = 5,
    policy: options.Policy = "learned",
    tasks: Annotated[
        Path | None, typer.Option(help="Post the tasks of a JSONL file; else the twelve examples.")
    ] = None,
    limit: options.Limit = None,
    bidding: options.Bidding = 30,
    reveal: options.Reveal = 20,
    delivery: options.Delivery = 600,
    review: options.Review = 60,
    reads: Annotated[
        float, typer.Option(min=1, help="Prompt tokens that thinking reads in a second.")
    ] = USUAL.reads,
    writes: Annotated[float, typer.Option(min=1, help="Tokens that it writes in a second.")] = USUAL.writes,
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
    ended = SETTLED

    def command() -> Iterable[str]:
        nonlocal ended
        settings = Settings()
        configure(settings.log_level, as_json=json_logs)
        if settings.gateway is not None:
            raise BadSetting("AGORA_GATEWAY", "is set, but such a run has a gateway of its own: unset it")
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
        shown = for_person(sys.stderr, as_json=json_logs)
        with tempfile.TemporaryDirectory(prefix="agora-run-") as folder:
            kept = record_in or Path(folder)
            done = record(
                settings, plan, seed, source, kept, open_upstream(settings), limit=limit, progress=shown
            )
        ended = done.outcome
        return [*done.lines, *_conclusion(done, record_in)]

    run_plainly(command)
    if ended not in (SETTLED, STOPPED):
        typer.echo(f"stopped: {ended}", err=True)
        raise typer.Exit(CAPPED)


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
