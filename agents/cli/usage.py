"""``agora usage``: what thinking has cost, and proofs of it that hold against the chain."""

import json
from collections.abc import Iterable
from typing import Annotated

import typer

from agents.console import FAILURE, run_command
from agents.fleet.options import AsJson, Provider

usage = typer.Typer(
    help="What thinking has cost, by task; `agora usage prove CALL` holds one call against the chain."
)


@usage.callback(invoke_without_command=True)
def history(
    context: typer.Context,
    agent: Annotated[int | None, typer.Option(help="Only what this agent, by its id, has thought.")] = None,
    task: Annotated[int | None, typer.Option(help="Each call for this task; 0 for those of none.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most lines.")] = 20,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """What thinking has cost, by task, the latest first."""
    if context.invoked_subcommand is not None:
        return

    async def command() -> Iterable[str]:
        from agents.cli.common import deployed, settings_of
        from agents.cli.usage_views import spent
        from agents.llm.gateway.records import records_in

        settings = settings_of(provider)
        async with deployed(settings) as (_, deployment):
            folder = settings.home / deployment.key
        with records_in(folder) as stores:
            return spent(stores, agent, task, limit, as_json=as_json)

    run_command(command)


@usage.command()
def prove(
    call: Annotated[str, typer.Argument(help="The receipt's name, as `agora usage --task` lists it.")],
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Show a receipt and verify it on chain, against the newest root of its channel that was redeemed.

    Exits 1 when no redeemed root has it yet.
    """
    proven = None

    async def command() -> Iterable[str]:
        from agents.cli.common import deployed, settings_of
        from agents.cli.usage_views import proof
        from agents.llm.gateway.proving import prove_call
        from agents.llm.gateway.records import records_in

        nonlocal proven
        settings = settings_of(provider)
        async with deployed(settings) as (rpc, deployment):
            with records_in(settings.home / deployment.key) as stores:
                proven = await prove_call(rpc, deployment, stores, call)
        return [json.dumps(proven.as_json())] if as_json else proof(proven)

    run_command(command)
    if proven is None or not proven.holds:
        raise typer.Exit(FAILURE)
