"""The options of the command line that describe a job, shared by the commands that run one and that forecast one."""

from pathlib import Path
from typing import Annotated

import typer

from agents.fleet.app import Job, batch_of
from agents.fleet.caps import Limits
from agents.fleet.definitions import AGENT_DEFINITIONS, fleet
from agents.fleet.strategies import policy_of
from agents.money import parse_credits
from agents.requester import Windows

_CAPS = "Caps"

Agents = Annotated[
    int | None, typer.Option(help="How many agents to run. With --tasks 5, with --create-tasks alone 0.")
]
Policy = Annotated[
    str, typer.Option(help="What names their prices: learned, adaptive, truthful, markup or closed-form.")
]
Provider = Annotated[str | None, typer.Option(help="The chain's JSON-RPC address; else AGORA_PROVIDER.")]
CreateTasks = Annotated[bool, typer.Option("--create-tasks", help="Post the twelve example tasks.")]
TasksFile = Annotated[Path | None, typer.Option(help="Post the tasks of a JSONL file.")]
Limit = Annotated[int | None, typer.Option(help="Post only the first so many of the file.")]
Bidding = Annotated[int, typer.Option(help="Seconds in which bids are taken.")]
Reveal = Annotated[int, typer.Option(help="Seconds in which they are opened.")]
Delivery = Annotated[int, typer.Option(help="Seconds to deliver, from the award.")]
Review = Annotated[int, typer.Option(help="Seconds to score, and to dispute.")]
JsonLogs = Annotated[bool, typer.Option("--json", "--json-logs", help="Log JSON, one object a line.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

_SHARDS = "Shards"
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        rich_help_panel=_SHARDS,
        help="Spread the agents over the Ray cluster at this address; local for one of this machine alone.",
    ),
]
ShardSize = Annotated[int, typer.Option(min=1, rich_help_panel=_SHARDS, help="Agents in a shard.")]
ShardCpus = Annotated[float, typer.Option(min=0, rich_help_panel=_SHARDS, help="Processors that one takes.")]

MaxCredits = Annotated[
    str | None,
    typer.Option(
        metavar="CREDITS", rich_help_panel=_CAPS, help="The most credits that all model calls may cost."
    ),
]
MaxCreditsPerAgent = Annotated[
    str | None,
    typer.Option(
        metavar="CREDITS", rich_help_panel=_CAPS, help="The most that one agent's model calls may cost."
    ),
]
MaxCreditsPerHour = Annotated[
    str | None,
    typer.Option(
        metavar="CREDITS", rich_help_panel=_CAPS, help="The most that an hour's model calls may cost."
    ),
]
MaxCreditsPerTask = Annotated[
    str | None,
    typer.Option(
        metavar="CREDITS", rich_help_panel=_CAPS, help="The most that the work on one task may cost."
    ),
]
MaxCalls = Annotated[int | None, typer.Option(rich_help_panel=_CAPS, help="The most model calls.")]
MaxCallsPerHour = Annotated[
    int | None, typer.Option(rich_help_panel=_CAPS, help="The most model calls in an hour.")
]
MaxTransactions = Annotated[int | None, typer.Option(rich_help_panel=_CAPS, help="The most transactions.")]
MaxMinutes = Annotated[
    int | None, typer.Option(rich_help_panel=_CAPS, help="Minutes after which nobody bids any more.")
]


def job_of(
    agents: int | None,
    policy: str,
    create_tasks: bool,
    tasks: Path | None,
    limit: int | None,
    windows: tuple[int, int, int, int],
    *,
    until_settled: bool = False,
    seed_phrase_file: Path | None = None,
) -> Job:
    """The job that the options describe; raises UserError for what cannot be."""
    policy_of(policy)
    source, drafts = batch_of(create_tasks, tasks, limit)
    count = agents if agents is not None else (0 if create_tasks else len(AGENT_DEFINITIONS))
    return Job(
        agents=fleet(count, policy),
        source=source,
        drafts=drafts,
        # A requester without agents has nothing to wait for once its own tasks have ended.
        until_settled=until_settled or count == 0,
        seed_phrase_file=seed_phrase_file,
        windows=Windows(*windows),
    )


def limits_of(written: tuple[str | None, str | None, str | None, str | None], **counts: int | None) -> Limits:
    """The caps: credits in all, an agent, an hour and a task as decimal numbers, and how many of what else.

    Raises InvalidAmount or SettingOutOfRange.
    """
    amounts = (None if text is None else parse_credits(text) for text in written)
    return Limits(*amounts, **counts)
