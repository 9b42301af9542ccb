"""``agora demo``: the whole market in a few minutes, on embedded defaults."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from agents.console import run_command


class ChainKind(StrEnum):
    """The nodes that can be started."""

    hardhat = "hardhat"
    anvil = "anvil"


def demo(chain: Annotated[ChainKind, typer.Option(help="The node to start.")] = ChainKind.hardhat) -> None:
    """Five agents bid for twelve tasks on a chain of their own, do them, and are paid."""

    async def command() -> Iterable[str]:
        from agents.cli.page import beside
        from agents.cli.show import wide_console
        from agents.fleet.demo import run_demo

        await run_demo(wide_console(), chain.value, beside)
        return ()

    run_command(command)
