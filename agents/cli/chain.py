"""Commands about nodes and their journals: ``agora node start``, ``agora replay``, ``agora branch``."""

import asyncio
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents.chain.devnet import CHAIN_ID
from agents.chain.journal.replay import Progress
from agents.chain.node import GuardedNode
from agents.cli.timeline import replay_run
from agents.console import run_command, run_plainly
from agents.fleet.app import interruptible
from agents.fleet.progress import Drawn, Quiet, telling
from agents.lab.journal import branch_journal, replay_journal
from agents.logs import configure
from agents.settings import Settings

node = typer.Typer(help="A chain of one's own that survives its node.", no_args_is_help=True)

Recorded = Annotated[Path, typer.Argument(help="A journal's file, or the folder of a recorded run.")]
JournalPath = Annotated[Path, typer.Argument(help="The journal's file.", dir_okay=False)]
At = Annotated[int | None, typer.Option(min=0, help="The last block that counts; else all do.")]


@node.command()
def start(
    journal: Annotated[
        Path, typer.Option(help="The file that the chain lives in; made if need be.", dir_okay=False)
    ] = Path("run.db"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 lets the system choose.")] = 8545,
    block_ms: Annotated[int, typer.Option(min=10, help="Milliseconds between blocks.")] = 1000,
) -> None:
    """Start a node, or go on where its journal ends; the market is deployed on it. Ctrl-C stops it."""

    async def command() -> Iterable[str]:
        settings = Settings()
        configure(settings.log_level)
        stop = asyncio.Event()
        with interruptible(stop), progress("replaying") as told:
            running = GuardedNode(
                journal, block_ms=block_ms, port=port, operator_key=operator_key(journal), progress=told
            )
            async with running as up:
                await up.deploy(settings.addresses)
                for line in _greeting(up, journal, settings.addresses):
                    typer.echo(line)
                await _until(stop, up)
        return [f"stopped after block {running.block}; the same command goes on from there"]

    run_command(command)


def replay(
    recorded: Recorded,
    at: At = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Live a recorded run again, or mine a journal's blocks again, offline; exits 2 at the first difference.

    Of a folder that `agora run --record` made, the agents themselves act again, on the answers that were recorded; of
    a journal, its transactions are carried out again. Every state and hash is compared.
    """
    if recorded.is_dir():
        if at is not None:
            raise typer.BadParameter(
                "a run is replayed to its end: give the journal in it for a block", param_hint="--at"
            )
        run_plainly(lambda: replay_run(recorded, as_json=as_json))
        return

    async def command() -> Iterable[str]:
        with progress("replaying") as told:
            done = await replay_journal(recorded, at, told)
        if as_json:
            figures = {"blocks": done.blocks, "transactions": done.transactions, "seconds": done.seconds}
            return [json.dumps(figures | {"transactionsPerSecond": done.rate})]
        return [
            f"{done.transactions} transactions in {done.blocks} blocks, the same states and hashes: "
            f"{done.seconds:.1f} s, {done.rate:.0f} transactions/s"
        ]

    run_command(command)


def branch(
    journal: JournalPath,
    at: Annotated[int, typer.Option(min=0, help="The last block that both worlds share.")],
    out: Annotated[
        Path | None, typer.Option(help="The new journal; by default named after the block.", dir_okay=False)
    ] = None,
) -> None:
    """Begin a second world from a journal's past."""

    async def command() -> Iterable[str]:
        target = out or journal.with_name(f"{journal.stem}-{at}{journal.suffix}")
        branch_journal(journal, at, target)
        return [
            f"{target} has blocks 0 to {at}: `agora node start --journal {target}` goes on from there; "
            "set AGORA_HOME to another folder, as what was stored since belongs to the first world"
        ]

    run_command(command)


node.command("replay")(replay)


def progress(what: str) -> AbstractContextManager[Progress]:
    """A bar on the terminal, where there is one."""
    console = Console(stderr=True)
    return telling(Drawn(console) if console.is_terminal else Quiet(), what)


def operator_key(journal: Path) -> str:
    """The key that is kept beside the journal, so that operators' addresses stay the same."""
    path = _key_path(journal)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def _key_path(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}.key")


def _greeting(up: GuardedNode, journal: Path, addresses: Path) -> list[str]:
    return [
        f"chain {CHAIN_ID} at {up.url}, block {up.block}",
        f"journal       {journal}",
        f"contracts     {addresses}",
        f"operator key  {_key_path(journal)}: AGORA_PROVIDER={up.url}/k/<key> is for deployments",
    ]


async def _until(stop: asyncio.Event, up: GuardedNode) -> None:
    """Wait for the person to stop the node, or for what stops it by itself, which is raised."""
    waits = [asyncio.create_task(stop.wait()), asyncio.create_task(up.stopped())]
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in pending:
        one.cancel()
    for one in done:
        one.result()
