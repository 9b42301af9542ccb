"""``agora export``: whole lists as CSV or JSON, for other programs."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from agents.cli.common import quiet_settings
from agents.cli.index import Reading, reading
from agents.cli.listing import asking
from agents.cli.show import tell, visible, working
from agents.console import run_command
from agents.errors import FileUnwritable, FilterRefused, SettingOutOfRange
from agents.explorer.queries.export import EXPORTS, as_csv, as_json, pieces
from agents.fleet.options import Provider

Format = Literal["csv", "json"]


def resources(incomplete: str) -> Iterable[str]:
    """The lists whose names begin so."""
    return [name for name in EXPORTS if name.startswith(incomplete)]


Resource = Annotated[
    str, typer.Argument(autocompletion=resources, help=f"What to export: {', '.join(EXPORTS)}.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file to write; else standard output.", dir_okay=False)
]
As = Annotated[Format | None, typer.Option("--format", help="Else as the file's name ends, or json.")]
Filters = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="NAME=VALUE", help="Only rows like this, as in the API: state=Settled."),
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
    """Write a whole list as CSV or JSON, the newest first; no spreadsheet runs what agents wrote in it."""

    async def command() -> Iterable[str]:
        if resource not in EXPORTS:
            raise SettingOutOfRange("the list to export", resource, f"one of {', '.join(EXPORTS)}")
        written = (
            "json" if json else as_format or ("csv" if out is not None and out.suffix == ".csv" else "json")
        )
        asked = dict(_filter(one) for one in filters or [])
        async with reading(quiet_settings(provider)) as index:
            parts = _parts(index, resource, written, asked)
            if out is None:
                await asyncio.to_thread(_print, parts)
            else:
                with working(f"exporting {resource}"):
                    await asyncio.to_thread(_write, parts, out)
                tell(f"{out} has the {resource} up to the chain's head")
        return ()

    run_command(command)


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise FilterRefused("--filter", f"must be NAME=VALUE, and {text!r} has no =")
    return name, value


def _parts(index: Reading, resource: str, written: str, filters: dict[str, str]) -> Iterator[bytes]:
    """The export, piece by piece, to be read in a thread of its own. Raises FilterRefused."""
    wanted = EXPORTS[resource]
    rows = pieces(lambda page: index.answer(wanted.list, page), asking(wanted.asked, **filters))
    return as_csv(wanted.item, rows) if written == "csv" else as_json(rows)


def _print(parts: Iterable[bytes]) -> None:
    for part in parts:
        text = part.decode()
        # Another program gets what is there, a terminal only what it can show.
        sys.stdout.write(visible(text, keep="\n") if sys.stdout.isatty() else text)
    sys.stdout.flush()


def _write(parts: Iterable[bytes], path: Path) -> None:
    """The file holds all of it, or is as it was. Raises FileUnwritable."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("wb") as file:
            file.writelines(parts)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileUnwritable(path, error.strerror or type(error).__name__) from None
