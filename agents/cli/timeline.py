"""``agora run``: a fleet on a chain and a timeline of its own, which can be recorded and lived again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_plainly
from agents.fleet import options

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
    reads: Reads = 1000.0,
    writes: Writes = 50.0,
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
        from agents.cli.recorded import record_run
        from agents.fleet.jobs import limits_of
        from agents.fleet.strategies import policy_of
        from agents.fleet.timeline.recording import Plan
        from agents.fleet.timeline.thinking import Pace
        from agents.market.examples import EXAMPLES
        from agents.requester import Windows

        policy_of(policy)
        limits = limits_of(
            (max_credits, max_credits_per_agent, max_credits_per_hour, max_credits_per_task),
            calls=max_calls,
            calls_per_hour=max_calls_per_hour,
            transactions=max_transactions,
            minutes=max_minutes,
        )
        windows, source = Windows(bidding, reveal, delivery, review), tasks or EXAMPLES
        plan = Plan(agents, policy, source.stem, windows, limits, Pace(reads, writes))
        return record_run(plan, seed, source, limit, record_in, as_json=json_logs)

    run_plainly(command)
