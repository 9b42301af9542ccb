"""``agora lab``: measurements."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_command

lab = typer.Typer(help="Measurements.", no_args_is_help=True)


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

    async def command() -> Iterable[str]:
        from agents.cli.show import wide_console
        from agents.lab.bidding.command import study_bidding

        await study_bidding(wide_console(), out, seed=seed, quick=quick, document=document)
        return ()

    run_command(command)
