"""What the options of several commands are; those of fleets are in ``agents.fleet.options``.

Commands are declared in modules that import little, so that help and completion come at once: what a command needs,
it imports when it runs.
"""

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.choices import skills

PERSON_WALLET = 2
"""The index of the person's own wallet on the seed's path; a fleet signs with others."""

WalletIndex = Annotated[
    int | None,
    typer.Option(
        "--wallet",
        min=0,
        max=2**31 - 1,
        help=f"Which wallet of the home folder's seed signs; else {PERSON_WALLET}.",
    ),
]
KeyFile = Annotated[
    Path | None, typer.Option(help="A file that holds a private key in hex, to sign with.", dir_okay=False)
]
Credits = Annotated[str, typer.Argument(metavar="CREDITS", help="How many credits.")]
TaskId = Annotated[int, typer.Argument(min=1, metavar="TASK", help="The task's number.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

ListLimit = Annotated[int, typer.Option("--limit", min=1, max=200, help="The most that are listed.")]
Cursor = Annotated[str | None, typer.Option(help="Go on where a list ended: its `next`.")]
Oldest = Annotated[bool, typer.Option("--oldest", help="The oldest, or the least, first.")]
OfSkill = Annotated[
    str | None, typer.Option("--skill", autocompletion=skills, help="Only those of this skill.")
]

JournalPath = Annotated[Path, typer.Argument(help="The journal's file.", dir_okay=False)]
At = Annotated[int | None, typer.Option(min=0, help="The last block that counts; else all do.")]
