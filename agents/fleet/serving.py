"""A gateway that serves whoever comes over HTTP, and is paid by the seed's provider."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agents.chain.guard.server import GuardServer, settle_memory
from agents.chain.wallet import Seed
from agents.errors import BadSetting, PortInUse
from agents.fleet.enrolment import fund_gas
from agents.fleet.gateway import OwnGateway
from agents.fleet.runner import Party, run
from agents.fleet.session import PROVIDER_WALLET, Session, open_session
from agents.llm.cassette.manifest import Manifest, code_revision, configuration_of
from agents.llm.cassette.recorder import Mode, Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.gateway.app import behind_proxy
from agents.llm.gateway.signin import Place
from agents.llm.gateway.wire import BoundedHttp
from agents.llm.upstreams.base import Upstream
from agents.llm.upstreams.open import open_upstreams
from agents.settings import Settings

OFFICE = "gateway"
"""The store of its books and keys."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A gateway that answers at ``url``."""

    url: str
    gateway: OwnGateway
    session: Session

    async def until(self, stop: asyncio.Event) -> None:
        """Follow the chain and redeem what is due, until ``stop``; then redeem the rest."""
        await run(self.session.feed, [Party(OFFICE, self.gateway)], until=lambda: False, stop=stop)
        await self.gateway.settle()


@asynccontextmanager
async def serve(
    settings: Settings,
    seed: Seed,
    upstream: Upstream,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    public_url: str | None = None,
    proxied: bool = False,
    trusts_pledges: bool = True,
) -> AsyncIterator[Serving]:
    """A gateway on the chain of the settings; ``public_url`` is where its clients find it, if not at host and port, and
    ``proxied`` says that they come through a proxy which names them. ``trusts_pledges`` is whether what agents have
    pledged counts before a call.

    Port 0 is one that the system chooses. Raises PortInUse, what ``open_session`` raises, and BadSetting for an
    address that is none.
    """
    async with open_session(settings.model_copy(update={"gateway": None}), seed, upstream) as session:
        session.open_office(OFFICE)
        await session.begin()
        await fund_gas(session, [session.wallet(PROVIDER_WALLET)])
        own = session.gateway
        assert isinstance(own, OwnGateway), "the settings name no other"
        own.meter.trusts_pledges = trusts_pledges
        app = own.gateway.app
        server = GuardServer(behind_proxy(app) if proxied else app, host, port, http=BoundedHttp)
        try:
            await server.__aenter__()
        except OSError as error:
            raise PortInUse(host, port) from error
        try:
            own.gateway.keys.place = _place(public_url or server.url, session.deployment.chain_id)
            settle_memory()
            yield Serving(server.url, own, session)
        finally:
            await server.__aexit__(None, None, None)


@asynccontextmanager
async def open_source(settings: Settings, cassette: Path | None, mode: Mode) -> AsyncIterator[Upstream]:
    """The models of the settings: recorded on the cassette, or played from it, as ``mode`` says."""
    if mode == "replay":
        assert cassette is not None, "live is the only mode without a cassette"
        with _closing(Cassette.read(cassette)) as tape:
            yield Recorder(None, tape, mode)
        return
    async with open_upstreams(settings) as upstream:
        if cassette is None:
            yield upstream
            return
        with _closing(Cassette.write(cassette, _manifest(settings, upstream, mode))) as tape:
            yield Recorder(upstream, tape, mode)


@contextmanager
def _closing(cassette: Cassette) -> Iterator[Cassette]:
    try:
        yield cassette
    finally:
        cassette.close()


def _manifest(settings: Settings, upstream: Upstream, mode: Mode) -> Manifest | None:
    """What a recording was made with; a cache goes on whatever has changed."""
    if mode != "record":
        return None
    return Manifest(code_revision(), configuration=configuration_of(settings), models=tuple(upstream.models))


def _place(url: str, chain_id: int) -> Place:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting("--public-url", "must be an address that begins with http:// or https://")
    return Place(parts.netloc, f"{url.rstrip('/')}/v1", chain_id)
