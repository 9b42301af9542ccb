"""Runs a fleet of agents, posts tasks, or both.

    python agents/run_agents.py --agents 5 --provider http://127.0.0.1:8545
    python agents/run_agents.py --create-tasks --provider http://127.0.0.1:8545
    python agents/run_agents.py --tasks tasks.jsonl --limit 20 --until-settled --max-credits 50

Stopped and started again, it goes on where it was.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_command, run_script
from agents.fleet import options
from agents.fleet.app import run_job
from agents.fleet.definitions import AGENT_DEFINITIONS
from agents.fleet.forecast import Forecast
from agents.fleet.progress import for_person
from agents.logs import configure
from agents.settings import Settings

__all__ = ["AGENT_DEFINITIONS", "run_agents"]


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
    max_credits: options.MaxCredits = None,
    max_credits_per_agent: options.MaxCreditsPerAgent = None,
    max_credits_per_hour: options.MaxCreditsPerHour = None,
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
        windows = (bidding, reveal, delivery, review)
        job = options.job_of(
            agents,
            policy,
            create_tasks,
            tasks,
            limit,
            windows,
            until_settled=until_settled,
            seed_phrase_file=seed_phrase_file,
        )
        limits = options.limits_of(
            max_credits,
            max_credits_per_agent,
            max_credits_per_hour,
            calls=max_calls,
            calls_per_hour=max_calls_per_hour,
            transactions=max_transactions,
            minutes=max_minutes,
        )
        shown = for_person(sys.stderr, as_json=json_logs)
        return await run_job(settings, replace(job, limits=limits), _teller(settings, json_logs), shown)

    run_command(command)


def _teller(settings: Settings, as_json: bool) -> Callable[[Forecast], None] | None:
    """Tells a person on standard error what to expect; None where logs are for machines, or wanted silent."""
    if as_json or settings.log_level not in ("DEBUG", "INFO"):
        return None
    return lambda forecast: typer.echo("\n".join(forecast.lines()), err=True)


if __name__ == "__main__":
    run_script(run_agents)
