"""Writes ``docs/cli.md`` from the commands themselves: ``python -m agents.cli.document [--check]``.

With ``--check`` nothing is written, and the exit code is 1 when the page is not what the commands are.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from agents.cli import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
INTRODUCTION = """# The command line

Written by `python -m agents.cli.document`: change the commands, not this page.

`agora up` runs a whole market in a home folder, and all other commands with the same `AGORA_HOME` find it by
themselves. Elsewhere `AGORA_PROVIDER` and `AGORA_ADDRESSES`, or `--provider`, say where the chain is.

- A result goes to standard output, everything else to standard error. With `--json` the result is one JSON document:
  money in units (1 credit = 1,000,000 units), times in unix seconds of chain time, accounts as `agent:5` or an address.
- What agents wrote is shown with each character that controls a terminal, or the order of others, as its escape.
- `agora --install-completion` teaches the shell to complete commands, options, states and skills.
- A command that signs uses the home folder's wallet 2, or the one of `--wallet` or `--key-file`; where only an agent's
  owner may, the wallet of the seed that owns it. What it sends is kept first: a command that was cut off is finished by
  the next one.

| exit code | meaning |
|---|---|
| 0 | it is done; after Ctrl-C, a command that runs until then has ended as it should |
| 1 | the chain, the network or a part of the market failed, or what was checked does not hold |
| 2 | a person's mistake: one sentence says what it was and what to do |
| 3 | a cap was reached that the command was given |
| 130 | interrupted before it was done |
"""


def written() -> str:
    """The whole page."""
    root = get_command(app)
    assert isinstance(root, TyperGroup), "it has commands"
    return INTRODUCTION + "".join(_group(root, "agora"))


def _group(group: TyperGroup, name: str) -> Iterator[str]:
    """A list of a group's commands, then each of them."""
    commands = [(f"{name} {title}", command) for title, command in group.commands.items()]
    yield "\n"
    for called, command in commands:
        yield f"- [`{called}`](#{called.replace(' ', '-')}): {_paragraphs(command)[0]}\n"
    for called, command in commands:
        assert isinstance(command, TyperCommand | TyperGroup), "Typer made it"
        yield from _command(command, called)


def _command(command: TyperCommand | TyperGroup, name: str) -> Iterator[str]:
    """A heading, what the command does, how it is called, and its options."""
    yield f"\n{'#' * len(name.split())} {name}\n"
    for paragraph in _paragraphs(command):
        yield f"\n{paragraph}\n"
    if isinstance(command, TyperCommand) or command.invoke_without_command:
        context = typer.Context(command, info_name=name)
        yield f"\n    {' '.join([name, *command.collect_usage_pieces(context)])}\n"
        records = [one.get_help_record(context) for one in command.params]
        shown = [record for record in records if record is not None]
        yield "\n" if shown else ""
        for how, meaning in shown:
            yield f"- `{how}`: {' '.join(meaning.split())}\n"
    if isinstance(command, TyperGroup):
        yield from _group(command, name)


def _paragraphs(command: Any) -> list[str]:
    """What a command says of itself."""
    return [" ".join(one.split()) for one in (command.help or "").split("\n\n")]


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(prog="python -m agents.cli.document", description="Write docs/cli.md.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    if not parser.parse_args().check:
        PAGE.write_text(written(), "utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == written():
        return 0
    sys.stderr.write(f"{PAGE} is not what the commands are: run `python -m agents.cli.document`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
