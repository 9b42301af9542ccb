"""What ``agora export`` does: a list of the index goes to a file, or to standard output, piece by piece."""

import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from agents.cli.index import Reading, reading
from agents.cli.listing import asking
from agents.cli.show import tell, visible, working
from agents.errors import FileUnwritable, FilterRefused, SettingOutOfRange
from agents.explorer.queries.asked import Asked
from agents.explorer.queries.export import EXPORTS, Export, as_csv, as_json, pieces
from agents.settings import Settings


async def write(
    settings: Settings, name: str, out: Path | None, kind: str | None, filters: Iterable[str]
) -> Iterable[str]:
    """The list of this name is in the file ``out``, or on standard output, as ``csv`` or ``json``.

    Raises SettingOutOfRange, FilterRefused, FileUnwritable, and what ``reading`` raises.
    """
    if name not in EXPORTS:
        raise SettingOutOfRange("the list to export", name, f"one of {', '.join(EXPORTS)}")
    kind = kind or ("csv" if out is not None and out.suffix == ".csv" else "json")
    asked = _asked(EXPORTS[name].asked, dict(_filter(one) for one in filters))
    async with reading(settings) as index:
        parts = _parts(index, EXPORTS[name], kind, asked)
        if out is None:
            await asyncio.to_thread(_print, parts)
        else:
            with working(f"exporting {name}"):
                await asyncio.to_thread(_write, parts, out)
            tell(f"{out} has the {name} up to the chain's head")
    return ()


def _asked(form: type[Asked], filters: Mapping[str, str]) -> Asked:
    """The question; raises FilterRefused, which says what filters there are."""
    known = [name for name in form.model_fields if name != "cursor"]
    for name in filters:
        if name not in known:
            raise FilterRefused(
                f"--filter {name}", f"is no filter of this list, whose are {', '.join(known)}"
            )
    return asking(form, "--filter ", **filters)


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise FilterRefused("--filter", f"must be NAME=VALUE, and {text!r} has no =")
    return name, value


def _parts(index: Reading, wanted: Export, kind: str, asked: Asked) -> Iterator[bytes]:
    """The export, piece by piece, to be read in a thread of its own."""
    rows = pieces(lambda page: index.answer(wanted.list, page), asked)
    return as_csv(wanted.item, rows) if kind == "csv" else as_json(rows)


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
