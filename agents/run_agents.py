"""Runs a fleet of agents, posts tasks, or both.

    python agents/run_agents.py --agents 5 --provider http://127.0.0.1:8545
    python agents/run_agents.py --create-tasks --provider http://127.0.0.1:8545
    python agents/run_agents.py --tasks tasks.jsonl --limit 20 --until-settled --max-credits 50

Stopped and started again, it goes on where it was.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import structlog
import typer

from agents.console import run_command, run_script
from agents.fleet import options
from agents.fleet.app import Job, run_job
from agents.fleet.definitions import AGENT_DEFINITIONS
from agents.fleet.forecast import Forecast
from agents.fleet.jobs import job_of, limits_of
from agents.fleet.progress import for_person
from agents.fleet.shards.run import Shards, run_in_shards
from agents.logs import configure
from agents.settings import Settings

__all__ = ["AGENT_DEFINITIONS", "run_agents"]

log = structlog.get_logger(__name__)


def run_agents(
    agents: options.Agents = None,
    policy: options.Policy = "learned",
    provider: options.Provider = None,
    create_tasks: options.CreateTasks = False,
    tasks: options.TasksFile = None,
    limit: options.Limit = None,
    until_settled: Annotated[
        bool, typer.Option("--until-settled", help="Stop when every open task has ended.")
    ] = False,
    seed_phrase_file: Annotated[
        Path | None, typer.Option(help="A file with the BIP-39 phrase of the wallets.")
    ] = None,
    bidding: options.Bidding = 30,
    reveal: options.Reveal = 20,
    delivery: options.Delivery = 600,
    review: options.Review = 60,
    json_logs: options.JsonLogs = False,
    ray: options.Ray = None,
    shard_size: options.ShardSize = 500,
    shard_cpus: options.ShardCpus = 1.0,
    max_credits: options.MaxCredits = None,
    max_credits_per_agent: options.MaxCreditsPerAgent = None,
    max_credits_per_hour: options.MaxCreditsPerHour = None,
    max_credits_per_task: options.MaxCreditsPerTask = None,
    max_calls: options.MaxCalls = None,
    max_calls_per_hour: options.MaxCallsPerHour = None,
    max_transactions: options.MaxTransactions = None,
    max_minutes: options.MaxMinutes = None,
) -> None:
    """Run agents that bid for tasks, do them and are paid; post tasks and score what comes back.

    At a cap nothing new is begun and what was begun is finished; the exit code is then 3.
    """

    async def command() -> list[str]:
        settings = Settings() if provider is None else Settings(provider=provider)
        configure(settings.log_level, as_json=json_logs)
        job = job_of(
            agents,
            policy,
            create_tasks,
            tasks,
            limit,
            (bidding, reveal, delivery, review),
            until_settled=until_settled,
            seed_phrase_file=seed_phrase_file,
        )
        limits = limits_of(
            (max_credits, max_credits_per_agent, max_credits_per_hour, max_credits_per_task),
            calls=max_calls,
            calls_per_hour=max_calls_per_hour,
            transactions=max_transactions,
            minutes=max_minutes,
        )
        shards = None if ray is None else Shards(ray, shard_size, shard_cpus)
        return await _run(settings, replace(job, limits=limits), shards, as_json=json_logs)

    run_command(command)


async def _run(settings: Settings, job: Job, shards: Shards | None, *, as_json: bool) -> list[str]:
    tell, shown = partial(_tell, settings, as_json), for_person(sys.stderr, as_json=as_json)
    if shards is None:
        return await run_job(settings, job, tell, shown)
    return await run_in_shards(settings, job, shards, tell, shown)


def _tell(settings: Settings, as_json: bool, forecast: Forecast) -> None:
    """What to expect, on standard error for a person, in the log for a machine."""
    if as_json or settings.log_level not in ("DEBUG", "INFO"):
        log.info("run.forecast", **forecast.as_json())
    else:
        typer.echo("\n".join(forecast.lines()), err=True)


if __name__ == "__main__":
    run_script(run_agents)
