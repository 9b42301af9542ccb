"""The options of the command line that describe a job, shared by the commands that run one and that forecast one.

They are declared where little is imported, so that help and completion come at once.
"""

from pathlib import Path
from typing import Annotated

import typer

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
