"""``agora audit`` and ``agora doctor``: whether every credit adds up, and whether this machine has what is needed."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import At
from agents.console import FAILURE, run_command
from agents.errors import BadSetting
from agents.fleet.options import AsJson, Provider


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
        from agents.cli.common import deployed, settings_of
        from agents.fleet.demo import conservation_line
        from agents.fleet.progress import on_terminal
        from agents.lab.audit import audit_chain
        from agents.lab.journal import audit_journal

        nonlocal conserved
        settings = settings_of(provider)
        if journal is None:
            if at is not None:
                raise BadSetting("--at", "needs a journal: `agora audit run.db --at BLOCK`")
            async with deployed(settings) as (rpc, deployment):
                report = await audit_chain(rpc, deployment)
        else:
            with on_terminal("replaying") as told:
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


def doctor(provider: Provider = None, as_json: AsJson = False) -> None:
    """Check Python, Node, Hardhat, model, chain and contracts; says what to do, and exits 1 if something is missing."""
    healthy = True

    async def command() -> Iterable[str]:
        from agents.cli.common import settings_of
        from agents.lab.doctor import examine

        nonlocal healthy
        findings = await examine(settings_of(provider))
        healthy = all(finding.ok for finding in findings)
        if as_json:
            return [json.dumps([{"what": one.what, "ok": one.ok, "detail": one.detail} for one in findings])]
        return [f"{'ok ' if one.ok else '!! '} {one.what:<11}{one.detail}" for one in findings]

    run_command(command)
    if not healthy:
        raise typer.Exit(FAILURE)
