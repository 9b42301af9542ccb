"""Runs a fleet of agents, posts tasks, or both.

    python agents/run_agents.py --agents 5 --provider http://127.0.0.1:8545
    python agents/run_agents.py --create-tasks --provider http://127.0.0.1:8545
    python agents/run_agents.py --tasks tasks.jsonl --limit 20 --until-settled

Stopped and started again, it goes on where it was.
"""

from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_command, run_script
from agents.fleet.app import Job, batch_of, run_job
from agents.fleet.definitions import AGENT_DEFINITIONS, fleet
from agents.fleet.strategies import policy_of
from agents.logs import configure
from agents.requester import Windows
from agents.settings import Settings

__all__ = ["AGENT_DEFINITIONS", "run_agents"]


def run_agents(
    agents: Annotated[
        int | None, typer.Option(help="How many agents to run. With --tasks 5, with --create-tasks alone 0.")
    ] = None,
    policy: Annotated[
        str, typer.Option(help="What names their prices: learned, adaptive, truthful, markup or closed-form.")
    ] = "learned",
    provider: Annotated[str | None, typer.Option(help="The chain's JSON-RPC address.")] = None,
    create_tasks: Annotated[
        bool, typer.Option("--create-tasks", help="Post the twelve example tasks.")
    ] = False,
    tasks: Annotated[Path | None, typer.Option(help="Post the tasks of a JSONL file.")] = None,
    limit: Annotated[int | None, typer.Option(help="Post only the first so many of the file.")] = None,
    until_settled: Annotated[
        bool, typer.Option("--until-settled", help="Stop when every open task has ended.")
    ] = False,
    seed_phrase_file: Annotated[
        Path | None, typer.Option(help="A file with the BIP-39 phrase of the wallets.")
    ] = None,
    bidding: Annotated[int, typer.Option(help="Seconds in which bids are taken.")] = 30,
    reveal: Annotated[int, typer.Option(help="Seconds in which they are opened.")] = 20,
    delivery: Annotated[int, typer.Option(help="Seconds to deliver, from the award.")] = 600,
    review: Annotated[int, typer.Option(help="Seconds to score, and to dispute.")] = 60,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log JSON, one object a line.")] = False,
) -> None:
    """Run agents that bid for tasks, do them and are paid; post tasks and score what comes back."""

    async def command() -> list[str]:
        settings = Settings() if provider is None else Settings(provider=provider)
        configure(settings.log_level, as_json=json_logs)
        policy_of(policy)
        source, drafts = batch_of(create_tasks, tasks, limit)
        count = agents if agents is not None else (0 if create_tasks else len(AGENT_DEFINITIONS))
        job = Job(
            agents=fleet(count, policy),
            source=source,
            drafts=drafts,
            # A requester without agents has nothing to wait for once its own tasks have ended.
            until_settled=until_settled or count == 0,
            seed_phrase_file=seed_phrase_file,
            windows=Windows(bidding, reveal, delivery, review),
        )
        return await run_job(settings, job)

    run_command(command)


if __name__ == "__main__":
    run_script(run_agents)
