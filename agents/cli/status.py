"""``agora chain status``: the node, its newest block, and the contracts on it."""

from collections.abc import Iterable
from dataclasses import asdict

import typer

from agents.console import run_command
from agents.fleet.options import AsJson, Provider

chain = typer.Typer(help="The chain that the market is on.", no_args_is_help=True)


@chain.callback()
def _group() -> None:
    """A group, though it has one command."""


@chain.command()
def status(provider: Provider = None, as_json: AsJson = False) -> None:
    """Whether the node answers, what its newest block is, and where the contracts are."""

    async def command() -> Iterable[str]:
        from agents.cli.chain_views import look, shown
        from agents.cli.common import quiet_settings
        from agents.cli.show import document, page, pairs

        found = await look(quiet_settings(provider))
        if as_json:
            return document(asdict(found))
        return page(pairs(shown(found)))

    run_command(command)
