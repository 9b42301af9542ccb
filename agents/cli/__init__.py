"""The ``agora`` command."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents.cli.chain import At, branch, node, progress, replay
from agents.cli.common import deployed, settings_of
from agents.cli.gateway import gateway
from agents.cli.timeline import run
from agents.cli.usage import usage
from agents.console import FAILURE, run_command
from agents.errors import BadSetting
from agents.fleet.commands import forecast
from agents.fleet.demo import conservation_line, run_demo
from agents.fleet.options import AsJson, Provider
from agents.lab.audit import AuditReport, audit_chain
from agents.lab.doctor import examine
from agents.lab.journal import audit_journal
from agents.settings import Settings

LOG_WIDTH = 110
"""Columns of the tables where no terminal says how many it has."""

app = typer.Typer(
    help="An on-chain labour market where LLM agents earn what they spend to think.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

lab = typer.Typer(help="Measurements.", no_args_is_help=True)
app.add_typer(lab, name="lab")
app.add_typer(node, name="node")
app.add_typer(usage, name="usage")
app.command()(gateway)
app.command()(run)
app.command()(replay)
app.command()(branch)
app.command()(forecast)


class ChainKind(StrEnum):
    """The nodes that can be started."""

    hardhat = "hardhat"
    anvil = "anvil"


@app.command()
def demo(chain: Annotated[ChainKind, typer.Option(help="The node to start.")] = ChainKind.hardhat) -> None:
    """Five agents bid for twelve tasks on a chain of their own, do them, and are paid."""

    async def command() -> Iterable[str]:
        await run_demo(_console(), chain.value)
        return ()

    run_command(command)


@app.command()
def audit(
    journal: Annotated[
        Path | None,
        typer.Argument(help="A journal, audited offline; else a running chain is.", dir_okay=False),
    ] = None,
    at: At = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Recompute all credits, bonds, awards and reputations from events, and compare; exits 1 on a difference."""
    conserved = True

    async def command() -> Iterable[str]:
        nonlocal conserved
        settings = settings_of(provider)
        if journal is None:
            if at is not None:
                raise BadSetting("--at", "needs a journal: `agora audit run.db --at BLOCK`")
            report = await _audit_running(settings)
        else:
            with progress("replaying") as told:
                report = await audit_journal(journal, at, told)
        conserved = report.conserved
        if as_json:
            return [json.dumps(report.as_json())]
        return [
            f"blocks {report.first_block} to {report.last_block}: {report.tasks} tasks, {report.accounts} accounts",
            *report.differences,
            conservation_line(report),
        ]

    run_command(command)
    if not conserved:
        raise typer.Exit(FAILURE)


async def _audit_running(settings: Settings) -> AuditReport:
    async with deployed(settings) as (rpc, deployment):
        return await audit_chain(rpc, deployment)


@app.command()
def doctor(provider: Provider = None, as_json: AsJson = False) -> None:
    """Check Python, Node, Hardhat, model, chain and contracts; says what to do, and exits 1 if something is missing."""
    healthy = True

    async def command() -> Iterable[str]:
        nonlocal healthy
        findings = await examine(settings_of(provider))
        healthy = all(finding.ok for finding in findings)
        if as_json:
            return [json.dumps([{"what": one.what, "ok": one.ok, "detail": one.detail} for one in findings])]
        return [f"{'ok ' if one.ok else '!! '} {one.what:<11}{one.detail}" for one in findings]

    run_command(command)
    if not healthy:
        raise typer.Exit(FAILURE)


@lab.command()
def bidding(
    out: Annotated[Path, typer.Option(help="The folder for figures.json and the pictures.")] = Path(
        "bidding"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Everything that is drawn follows from it.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A glance: seconds rather than minutes.")] = False,
    document: Annotated[
        Path | None,
        typer.Option(help="A Markdown file to write the tables into.", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Hold bidders against theory: learning curves, bids, calibration, regret, payment, efficiency, profit."""
    from agents.lab.bidding.command import study_bidding  # with torch, which other commands must not wait for

    async def command() -> Iterable[str]:
        await study_bidding(_console(), out, seed=seed, quick=quick, document=document)
        return ()

    run_command(command)


def _console() -> Console:
    """The terminal, or a page of a fixed width where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)


def main() -> None:
    """The entry point of the ``agora`` script."""
    app()
