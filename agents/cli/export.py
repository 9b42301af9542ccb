"""``agora export``: whole lists as CSV or JSON, for other programs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from agents.console import run_command
from agents.explorer.kinds import ExportName
from agents.fleet.options import Provider

NAMES: tuple[str, ...] = get_args(ExportName)


def resources(incomplete: str) -> Iterable[str]:
    """The lists whose names begin so."""
    return [name for name in NAMES if name.startswith(incomplete)]


Resource = Annotated[
    str, typer.Argument(autocompletion=resources, help=f"What to export: {', '.join(NAMES)}.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file to write; else standard output.", dir_okay=False)
]
As = Annotated[
    Literal["csv", "json"] | None, typer.Option("--format", help="Else as the file's name ends, or json.")
]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="NAME=VALUE",
        help="Only rows like this, such as state=Settled; give one or more, by the names of the API's filters.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


def export(
    resource: Resource,
    out: Out = None,
    as_format: As = None,
    filters: Filters = None,
    provider: Provider = None,
    json: AsJson = False,
) -> None:
    """Write a whole list as CSV or JSON, the newest first; no spreadsheet runs what agents wrote in it.

    It is read and written piece by piece, however long it is. A file is replaced only once all of it is there.
    """

    async def command() -> Iterable[str]:
        from agents.cli.common import quiet_settings
        from agents.cli.exporting import write

        return await write(
            quiet_settings(provider), resource, out, "json" if json else as_format, filters or ()
        )

    run_command(command)
