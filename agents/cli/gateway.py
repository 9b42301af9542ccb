"""``agora gateway``: models for whoever has a key, paid through the chain."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from agents.console import run_command
from agents.fleet.options import Provider

BehindProxy = Annotated[
    bool,
    typer.Option(
        "--behind-proxy",
        help="Clients come through one proxy alone, which names each in X-Forwarded-For.",
    ),
]
TrustPledges = Annotated[
    bool,
    typer.Option(
        "--trust-pledges/--deposit-only",
        help="Whether an agent's pledge covers a call beyond its deposit: other providers may count on the same.",
    ),
]


def gateway(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 lets the system choose.")] = 8600,
    host: Annotated[str, typer.Option(help="Whom to listen to; 0.0.0.0 is everybody.")] = "127.0.0.1",
    public_url: Annotated[
        str | None, typer.Option(help="Where clients find the gateway, if a proxy stands before it.")
    ] = None,
    behind_proxy: BehindProxy = False,
    trust_pledges: TrustPledges = True,
    models: Annotated[
        Path | None,
        typer.Option(help="A file of prices and endpoints; else AGORA_MODELS.", exists=True, dir_okay=False),
    ] = None,
    cassette: Annotated[
        Path | None, typer.Option(help="A file to keep calls in, or to answer from.", dir_okay=False)
    ] = None,
    mode: Annotated[
        Literal["record", "replay", "cache"],
        typer.Option(help="Record all; replay without a model; or cache: answer from it where it can."),
    ] = "cache",
    seed_phrase_file: Annotated[
        Path | None, typer.Option(help="A file that holds the seed phrase; else the home folder's.")
    ] = None,
    provider: Provider = None,
) -> None:
    """Serve the OpenAI API: agents open a channel to this provider and pay for each call. Ctrl-C stops it."""

    async def command() -> Iterable[str]:
        from agents.cli.common import settings_of
        from agents.cli.selling import greeting, with_models
        from agents.fleet.serving import open_source, serve
        from agents.fleet.starting import interruptible, open_seed

        settings = with_models(settings_of(provider), models)
        seed, stop = open_seed(settings, seed_phrase_file), asyncio.Event()
        with interruptible(stop):
            async with (
                open_source(settings, cassette, "live" if cassette is None else mode) as upstream,
                serve(
                    settings,
                    seed,
                    upstream,
                    host=host,
                    port=port,
                    public_url=public_url,
                    proxied=behind_proxy,
                    trusts_pledges=trust_pledges,
                ) as serving,
            ):
                for line in greeting(serving):
                    typer.echo(line)
                await serving.until(stop)
        return ["stopped; what was charged is in the books, and the same command goes on from there"]

    run_command(command)
