"""What all commands that look at a chain have in common."""

from typing import Annotated

import typer

from agents.logs import configure
from agents.settings import Settings

Provider = Annotated[str | None, typer.Option(help="The chain's JSON-RPC address; else AGORA_PROVIDER.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings_of(provider: str | None) -> Settings:
    """The settings, with this address of a node if there is one; logs are written as they say."""
    settings = Settings() if provider is None else Settings(provider=provider)
    configure(settings.log_level)
    return settings
