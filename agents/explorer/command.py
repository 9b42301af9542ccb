"""The command that serves an explorer: ``agora explorer``, and ``python -m agents.explorer`` for other processes."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from agents.console import run_command
from agents.fleet.options import Provider

GREETING = "explorer  "
"""How the line begins that says where the explorer answers."""

Host = Annotated[str, typer.Option(help="Whom to listen to; 0.0.0.0 is everybody.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 lets the system choose.")]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|URL",
        help="Where the index is: a file, or postgresql://USER@HOST/NAME; with a password, in AGORA_DATABASE.",
    ),
]
Addresses = Annotated[
    Path | None, typer.Option(help="The contracts' addresses; else AGORA_ADDRESSES.", dir_okay=False)
]
Content = Annotated[
    str | None, typer.Option(help="Where documents are, a folder or a URL; else AGORA_CONTENT.")
]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Show the index that another process writes.")]
DevKey = Annotated[
    bool, typer.Option("--dev-key/--no-dev-key", help="Offer the development key, on local chains only.")
]
PublicUrl = Annotated[str | None, typer.Option(help="Where people find the page, if not at host and port.")]
AllowOrigin = Annotated[
    list[str] | None, typer.Option(metavar="URL", help="A page elsewhere that may read; can be repeated.")
]


def explorer(
    host: Host = "127.0.0.1",
    port: Port = 8700,
    database: Database = None,
    provider: Provider = None,
    addresses: Addresses = None,
    content: Content = None,
    read_only: ReadOnly = False,
    dev_key: DevKey = True,
    public_url: PublicUrl = None,
    allow_origin: AllowOrigin = None,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log JSON, one object a line.")] = False,
) -> None:
    """Index the chain's events, and serve them as a page and an API. Ctrl-C stops it; it goes on from there."""

    async def command() -> Iterable[str]:
        from agents.explorer.arguments import settings_with
        from agents.explorer.serving import Options, serve
        from agents.fleet.progress import on_terminal
        from agents.fleet.starting import interruptible
        from agents.logs import configure

        options = Options(
            host=host,
            port=port,
            public_url=public_url,
            origins=frozenset(allow_origin or ()),
            read_only=read_only,
            dev_key=dev_key,
        )
        settings = settings_with(provider, addresses, content, database)
        configure(settings.log_level, as_json=json_logs)
        stop = asyncio.Event()
        with interruptible(stop), on_terminal("indexing") as told:
            async with serve(settings, options, told) as serving:
                typer.echo(f"{GREETING}{serving.url}")
                await serving.until(stop)
        return ["stopped; the same command goes on from here"]

    run_command(command)
