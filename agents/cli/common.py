"""What all commands that look at a chain have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.cli.home import noted
from agents.logs import configure
from agents.settings import Settings


def settings_of(provider: str | None) -> Settings:
    """The settings, with this address of a node if there is one; logs are written as they say.

    What neither is told nor stands in the environment is that of the market which `agora up` runs from this home.
    """
    settings = Settings()
    configure(settings.log_level)
    return located(settings, provider)


def quiet_settings(provider: str | None) -> Settings:
    """The same for commands whose words are their result: only warnings are logged, unless AGORA_LOG_LEVEL is set."""
    settings = Settings()
    configure(settings.log_level if "log_level" in settings.model_fields_set else "WARNING")
    return located(settings, provider)


def located(settings: Settings, provider: str | None) -> Settings:
    """The settings, with this node, or else the one of the environment, or else that of the home folder's market."""
    told, market = settings.model_fields_set, noted(settings.home)
    if provider is not None:
        # Checked as the environment's would be.
        provider = Settings(provider=provider).provider
    elif "provider" not in told and market is not None:
        provider = market.provider
    found: dict[str, Any] = {} if provider is None else {"provider": provider}
    if market is not None and "addresses" not in told and provider == market.provider:
        found["addresses"] = market.addresses
    return settings.model_copy(update=found)


@asynccontextmanager
async def deployed(settings: Settings) -> AsyncIterator[tuple[Rpc, Deployment]]:
    """The chain of the settings, and the contracts on it.

    Raises ProviderUnreachable, AddressesMissing, AddressesStale or WrongChain.
    """
    async with Rpc(settings.provider) as rpc:
        await rpc.connect()
        yield rpc, await Deployment.load(settings.addresses, rpc)
