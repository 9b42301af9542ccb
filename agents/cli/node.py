"""Commands about nodes and their journals: ``agora node start``, ``agora replay``, ``agora branch``."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import At, JournalPath
from agents.console import run_command, run_plainly
from agents.fleet.options import AsJson

node = typer.Typer(help="A chain of one's own that survives its node.", no_args_is_help=True)

Recorded = Annotated[Path, typer.Argument(help="A journal's file, or the folder of a recorded run.")]


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
        from agents.chain.node import GuardedNode
        from agents.cli.nodes import greeting, operator_key, until
        from agents.fleet.progress import on_terminal
        from agents.fleet.starting import interruptible
        from agents.logs import configure
        from agents.settings import Settings

        settings = Settings()
        configure(settings.log_level)
        stop = asyncio.Event()
        with interruptible(stop), on_terminal("replaying") as told:
            running = GuardedNode(
                journal, block_ms=block_ms, port=port, operator_key=operator_key(journal), progress=told
            )
            async with running as up:
                await up.deploy(settings.addresses)
                for line in greeting(up, journal, settings.addresses):
                    typer.echo(line)
                await until(stop, up)
        return [f"stopped after block {running.block}; the same command goes on from there"]

    run_command(command)


def replay(
    recorded: Recorded,
    at: At = None,
    as_json: AsJson = False,
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

        def again() -> Iterable[str]:
            from agents.cli.recorded import replay_run

            return replay_run(recorded, as_json=as_json)

        run_plainly(again)
        return

    async def command() -> Iterable[str]:
        from agents.fleet.progress import on_terminal
        from agents.lab.journal import replay_journal

        with on_terminal("replaying") as told:
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
        from agents.lab.journal import branch_journal

        target = out or journal.with_name(f"{journal.stem}-{at}{journal.suffix}")
        branch_journal(journal, at, target)
        return [
            f"{target} has blocks 0 to {at}: `agora node start --journal {target}` goes on from there; "
            "set AGORA_HOME to another folder, as what was stored since belongs to the first world"
        ]

    run_command(command)


node.command("replay")(replay)
