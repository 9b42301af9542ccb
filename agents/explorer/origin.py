"""Which market an explorer shows: its chain says so or, while no node answers, the index that there is of it."""

import asyncio
from pathlib import Path

import structlog
from sqlalchemy import make_url, select

from agents.chain.deployment import Deployment, chains_of
from agents.chain.rpc import Rpc
from agents.errors import (
    AddressesStale,
    DatabaseDown,
    IndexMissing,
    ProviderUnreachable,
    RpcError,
    TransportError,
)
from agents.explorer import schema
from agents.explorer.database import database_of, open_engine, reaching
from agents.explorer.versions import check_tables
from agents.explorer.waiting import within
from agents.settings import Settings

AGAIN = 1.0
"""Seconds until a node that did not answer is asked again."""

log = structlog.get_logger(__name__)


class Origin:
    """The market of an explorer; ``confirmed`` says whether its chain was asked."""

    def __init__(self, rpc: Rpc, deployment: Deployment, addresses: Path, *, confirmed: bool) -> None:
        self.deployment, self.confirmed = deployment, confirmed
        self._rpc, self._addresses = rpc, addresses

    @classmethod
    async def find(cls, settings: Settings, rpc: Rpc) -> "Origin":
        """The market of the settings' chain.

        Raises AddressesMissing, AddressesStale, WrongChain, and ProviderUnreachable where no node answers and there
        are indexes of none, or of several, of the file's deployments.
        """
        try:
            await rpc.connect()
        except ProviderUnreachable as error:
            indexed = await asyncio.to_thread(_indexed, settings)
            if len(indexed) != 1:
                raise
            log.warning("explorer.begins_without_node", reason=str(error))
            return cls(rpc, indexed[0], settings.addresses, confirmed=False)
        deployment = await Deployment.load(settings.addresses, rpc)
        return cls(rpc, deployment, settings.addresses, confirmed=True)

    async def confirm(self, stop: asyncio.Event) -> None:
        """Wait until a node has answered, or for ``stop``.

        Raises WrongChain and AddressesStale when the node is on another chain than the index was made from.
        """
        while not (self.confirmed or stop.is_set()):
            try:
                await self.deployment.check(self._addresses, self._rpc)
                self.confirmed = True
            except (TransportError, RpcError):
                await within(AGAIN, stop)


def _indexed(settings: Settings) -> list[Deployment]:
    """The deployments in the addresses' file that there is an index of."""
    found = []
    for chain_id in chains_of(settings.addresses):
        try:
            deployment = Deployment.read(settings.addresses, chain_id)
        except AddressesStale as error:
            # Another chain's entry may be one of an older version.
            log.info("explorer.no_index", reason=str(error))
            continue
        if _market_of(database_of(settings, deployment)) == deployment.key:
            found.append(deployment)
    return found


def _market_of(url: str) -> str | None:
    """The market that the database holds an index of; None where it holds none, or does not answer."""
    engine = open_engine(url) if _may_be_there(url) else None
    if engine is None:
        return None
    try:
        check_tables(engine)
        with reaching(engine), engine.connect() as connection:
            return connection.scalar(select(schema.origin.c.market))
    except (DatabaseDown, IndexMissing) as error:
        log.info("explorer.no_index", reason=str(error))
        return None
    finally:
        engine.dispose()


def _may_be_there(url: str) -> bool:
    """A file of SQLite that is not there would be made by looking."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()
