"""``agora up``: a whole market with one command, which goes on where it was when it is given again."""

import asyncio
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents.cli.chain import progress
from agents.cli.home import Market
from agents.cli.parts import Plan, Ports, Voice, keep_up
from agents.cli.show import document
from agents.console import run_command
from agents.errors import BadSetting
from agents.fleet import options
from agents.fleet.app import Job, interruptible
from agents.fleet.progress import Drawn, Progress, Quiet
from agents.logs import configure
from agents.settings import Settings

LOG = "agora.log"
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
        settings = _settings(home)
        job = options.job_of(agents, policy, create_tasks, tasks, limit, (bidding, reveal, delivery, review))
        limits = options.limits_of(
            (max_credits, max_credits_per_agent, max_credits_per_hour, max_credits_per_task),
            calls=max_calls,
            minutes=max_minutes,
        )
        job = replace(job, limits=limits, until_settled=until_settled)
        plan = Plan(job, Ports(port, node_port, gateway_port), host, block_ms)
        return await _keep_up(settings, plan, as_json=as_json)

    run_command(command)


def _settings(home: Path | None) -> Settings:
    settings = Settings() if home is None else Settings(home=home)
    if settings.gateway is not None:
        raise BadSetting("AGORA_GATEWAY", "is set, but `agora up` runs a gateway of its own: unset it")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    configure(settings.log_level, as_json=True, file=settings.home / LOG)
    return settings


async def _keep_up(settings: Settings, plan: Plan, *, as_json: bool) -> Iterable[str]:
    terminal, stop = Console(stderr=True), asyncio.Event()
    steps = _Steps(terminal, settings, plan.job, as_json=as_json)
    shown: Progress = Drawn(terminal) if terminal.is_terminal else Quiet()
    with interruptible(stop), steps, progress("replaying") as told:
        voice = Voice(steps.step, steps.ready, shown, told)
        said = await keep_up(settings, plan, voice, stop)
    ended = [*said, "stopped; the same command goes on from here"]
    if as_json:
        sys.stderr.write("".join(f"{one}\n" for one in ended))
        return []
    return ended


class _Steps:
    """Says what comes up, and at the end where it is."""

    def __init__(self, terminal: Console, settings: Settings, job: Job, *, as_json: bool) -> None:
        self._terminal, self._settings, self._job, self._as_json = terminal, settings, job, as_json
        self._mark = ExitStack()

    def __enter__(self) -> "_Steps":
        return self

    def __exit__(self, *_: object) -> None:
        self._mark.close()

    def step(self, part: str) -> None:
        """A part comes up."""
        self._mark.close()
        if self._terminal.is_terminal:
            self._mark.enter_context(self._terminal.status(f"starting {part} …"))
        else:
            sys.stderr.write(f"starting {part} …\n")

    def ready(self, market: Market) -> None:
        """Everything is up."""
        self._mark.close()
        if self._as_json:
            found = market.model_dump(mode="json") | {"home": str(self._settings.home)}
            typer.echo("\n".join(document(found)))
            return
        for line in self._beside(market):
            self._terminal.print(line, style="dim", highlight=False, soft_wrap=True)
        typer.echo(f"Agora is at {market.explorer} (Ctrl-C stops it)")

    def _beside(self, market: Market) -> list[str]:
        given = [_count(len(self._job.agents), "agent")]
        if self._job.source:
            given.append(_count(len(self._job.drafts), "task"))
        return [
            f"node      {market.provider}",
            f"models    {market.gateway}",
            f"fleet     {', '.join(given)}",
            f"home      {self._settings.home}, log {LOG}",
        ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
