"""What all commands that look at a chain have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.logs import configure
from agents.settings import Settings


def settings_of(provider: str | None) -> Settings:
    """The settings, with this address of a node if there is one; logs are written as they say."""
    settings = Settings() if provider is None else Settings(provider=provider)
    configure(settings.log_level)
    return settings


@asynccontextmanager
async def deployed(settings: Settings) -> AsyncIterator[tuple[Rpc, Deployment]]:
    """The chain of the settings, and the contracts on it.

    Raises ProviderUnreachable, AddressesMissing, AddressesStale or WrongChain.
    """
    async with Rpc(settings.provider) as rpc:
        await rpc.connect()
        yield rpc, await Deployment.load(settings.addresses, rpc)
