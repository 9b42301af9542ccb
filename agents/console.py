"""How a command ends: its result on standard output, a person's mistake as one sentence and exit code 2,
a cap that was reached as one more and exit code 3."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable

import typer

from agents.errors import AgoraError, CapReached, ContractError, UserError

USER_ERROR = 2
FAILURE = 1
CAPPED = 3


def run_command(command: Callable[[], Awaitable[Iterable[str]]]) -> None:
    """``run_plainly`` for a coroutine, on an event loop of its own."""
    run_plainly(lambda: asyncio.run(_awaited(command)))


def run_plainly(command: Callable[[], Iterable[str]]) -> None:
    """Run it and print its lines.

    Exits with 2 for a UserError, with 3 at a cap, with 1 when the chain or the network refused.
    """
    try:
        lines = command()
    except CapReached as error:
        _print(error.report)
        typer.echo(f"stopped: {error}", err=True)
        raise typer.Exit(CAPPED) from None
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(USER_ERROR) from None
    except ContractError as error:
        typer.echo(f"error: the contract refused: {error}", err=True)
        raise typer.Exit(FAILURE) from None
    except AgoraError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(FAILURE) from None
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(130)
    _print(lines)


def run_script(function: Callable[..., None]) -> None:
    """Make the function's parameters the options of this process's command line, and call it with them."""
    # The pretty tracebacks of Typer would show local variables, and among these could be a secret.
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(function)
    app()


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


async def _awaited(command: Callable[[], Awaitable[Iterable[str]]]) -> Iterable[str]:
    return await command()
