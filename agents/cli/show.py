"""How commands show what they found: tables for people, one JSON document for machines."""

import json
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from agents.errors import NeedsAnswer
from agents.market.domain import TaskState
from agents.money import format_credits

PAGE = 100
"""Columns of a page where no terminal says how many it has."""
LOG_WIDTH = 110
"""Columns of the demo's tables where no terminal says how many it has."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that are not seen, and may change how others are."""
STATE_STYLES = {
    "Open": "cyan",
    "Awarded": "yellow",
    "Submitted": "magenta",
    "Rejected": "red",
    "Disputed": "red",
    "Ruled": "red",
    "Defaulted": "red",
    "Settled": "green",
    "Refunded": "red",
    "Cancelled": "dim",
    "Expired": "dim",
}
STATES = tuple(STATE_STYLES)
assert len(STATES) == len(TaskState)


def visible(text: str, keep: str = "") -> str:
    """``text`` with each character that controls a terminal, or the order of others, written as its escape.

    Those in ``keep`` stay. Whatever agents wrote goes through this before it is shown.
    """
    return "".join(
        char if char in keep or unicodedata.category(char) not in _HIDDEN else _escape(char) for char in text
    )


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def line(text: str | None) -> Text:
    """What an agent wrote, as one line."""
    return Text(visible(text or ""))


def paragraphs(text: str) -> Text:
    """What an agent wrote, with its own lines."""
    return Text(visible(text, keep="\n"))


def credits_of(units: int | None) -> str:
    """Credits to the hundredth; empty for none."""
    return "" if units is None else format_credits(units)


def state(name: str) -> Text:
    """A task's state in its colour."""
    return Text(name, style=STATE_STYLES.get(name, ""))


def moment(seconds: int | None) -> str:
    """Chain time as local time; empty for none."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else ""


_KINDS = ">~+"


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], title: str = "") -> Table:
    """A table; a column whose name begins with ``>`` is of figures, one with ``~`` may be cut off, and what is in one
    with ``+`` goes on in the next line."""
    found = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    if title:
        found.title, found.title_justify, found.title_style = title, "left", "bold"
    for column in columns:
        name = column.lstrip(_KINDS)
        found.add_column(
            name,
            justify="right" if column.startswith(">") else "left",
            no_wrap=not column.startswith("+"),
            overflow="fold" if column.startswith("+") else "ellipsis",
            min_width=len(name),
        )
    for row in rows:
        # A plain string would be read as Rich's markup.
        found.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return found


def pairs(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """Names and values, one a line; long values go on in the next."""
    found = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    found.add_column(style="bold", no_wrap=True)
    found.add_column(overflow="fold")
    for name, value in rows:
        found.add_row(name, value if isinstance(value, Text) else Text(value))
    return found


def page(*parts: RenderableType) -> Iterator[str]:
    """The lines of what is to be shown, as wide as the terminal and coloured only there."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PAGE)
    with console.capture() as shown:
        for part in parts:
            console.print(part, highlight=False)
    for one in shown.get().splitlines():
        yield one.rstrip()


def document(value: object) -> Iterator[str]:
    """The one JSON document that a command prints; what is not ASCII is escaped in it."""
    yield json.dumps(value, indent=2)


def working(what: str) -> AbstractContextManager[object]:
    """A turning mark on the terminal while something takes its time, on standard error."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def tell(text: str) -> None:
    """A word beside the result, on standard error."""
    sys.stderr.write(f"{text}\n")


def wide_console() -> Console:
    """The terminal, or a page of a fixed width where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)


def confirmed(question: str, option: str) -> bool:
    """Whether the person says yes; raises NeedsAnswer, which names the option, where nobody is there to ask."""
    if not sys.stdin.isatty():
        raise NeedsAnswer(option, "confirm it")
    return typer.confirm(question, err=True)
