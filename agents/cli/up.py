"""``agora up``: a whole market with one command, which goes on where it was when it is given again."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_command
from agents.fleet import options

PAGE_PORT, NODE_PORT, GATEWAY_PORT = 8700, 8545, 8600
_PORTS, _TASKS = "Ports", "Tasks"

Home = Annotated[
    Path | None,
    typer.Option(help="The folder that the market lives in; else AGORA_HOME.", file_okay=False),
]
Agents = Annotated[
    int, typer.Option(min=0, help="How many agents bid and work; 0 for those of others alone.")
]
Host = Annotated[
    str, typer.Option(rich_help_panel=_PORTS, help="Whom page and models listen to; 0.0.0.0 is everybody.")
]
Port = Annotated[
    int, typer.Option(min=0, max=65535, rich_help_panel=_PORTS, help="Of the page; 0 lets the system choose.")
]
NodePort = Annotated[int, typer.Option(min=0, max=65535, rich_help_panel=_PORTS, help="Of the node.")]
GatewayPort = Annotated[int, typer.Option(min=0, max=65535, rich_help_panel=_PORTS, help="Of the models.")]
BlockMs = Annotated[int, typer.Option(min=10, help="Milliseconds between blocks.")]
UntilSettled = Annotated[
    bool, typer.Option("--until-settled", help="Stop when the tasks that were given have ended.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print where everything is as JSON, once it is up.")]


def up(
    home: Home = None,
    agents: Agents = 5,
    policy: options.Policy = "learned",
    create_tasks: options.CreateTasks = False,
    tasks: options.TasksFile = None,
    limit: options.Limit = None,
    until_settled: UntilSettled = False,
    port: Port = PAGE_PORT,
    node_port: NodePort = NODE_PORT,
    gateway_port: GatewayPort = GATEWAY_PORT,
    host: Host = "127.0.0.1",
    block_ms: BlockMs = 1000,
    bidding: options.Bidding = 30,
    reveal: options.Reveal = 20,
    delivery: options.Delivery = 600,
    review: options.Review = 60,
    max_credits: options.MaxCredits = None,
    max_credits_per_agent: options.MaxCreditsPerAgent = None,
    max_credits_per_hour: options.MaxCreditsPerHour = None,
    max_credits_per_task: options.MaxCreditsPerTask = None,
    max_calls: options.MaxCalls = None,
    max_minutes: options.MaxMinutes = None,
    as_json: AsJson = False,
) -> None:
    """A whole market: node, contracts, models, agents, and the page that shows them, whose address is printed.

    Ctrl-C stops it, and the same command goes on where it was: all that lasts is in the home folder, and the log too.
    Meanwhile all other commands with this home find it by themselves. At a cap the exit code is 3.
    """

    async def command() -> Iterable[str]:
        from agents.cli.parts import Plan, Ports
        from agents.cli.telling import settings_at, tell_of
        from agents.fleet.jobs import job_of, limits_of

        settings = settings_at(home)
        job = job_of(agents, policy, create_tasks, tasks, limit, (bidding, reveal, delivery, review))
        limits = limits_of(
            (max_credits, max_credits_per_agent, max_credits_per_hour, max_credits_per_task),
            calls=max_calls,
            minutes=max_minutes,
        )
        job = replace(job, limits=limits, until_settled=until_settled)
        plan = Plan(job, Ports(port, node_port, gateway_port), host, block_ms)
        return await tell_of(settings, plan, as_json=as_json)

    run_command(command)
