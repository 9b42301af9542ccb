"""An explorer at work: the index is kept up with its chain, and the application answers from it, in one event loop."""

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.guard.server import GuardServer, settle_memory
from agents.chain.rpc import Rpc
from agents.errors import BadSetting, DatabaseDown, PortInUse, RpcError, TransportError
from agents.explorer.api.app import build
from agents.explorer.api.context import PAGE, Context
from agents.explorer.api.policy import Policy
from agents.explorer.api.rpc import Node, node_at
from agents.explorer.api.security import name_of
from agents.explorer.api.standing import Standing
from agents.explorer.api.wire import PatientHttp
from agents.explorer.database import database_of, open_engine
from agents.explorer.indexer import Indexer, Progress, Status
from agents.explorer.origin import Origin
from agents.explorer.schema import place_of
from agents.explorer.versions import check_tables, migrate
from agents.explorer.waiting import within
from agents.market.content import ContentStore
from agents.settings import Settings

LOOK_SECONDS = 1.0
"""Between two looks at the chain's head where another process writes the index."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an explorer is served."""

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str | None = None
    """Where people find it, if not at host and port."""
    origins: frozenset[str] = frozenset()
    """Pages elsewhere that may read."""
    read_only: bool = False
    """Whether another process writes the index."""
    dev_key: bool = True
    """Whether the page offers the development key; on chains of developers only."""
    policy: Policy = field(default_factory=Policy)
    page: Path = PAGE


class Serving:
    """An explorer that answers at ``url``."""

    def __init__(self, url: str, context: Context, works: Sequence["asyncio.Task[None]"]) -> None:
        """``works`` go on for as long as it serves."""
        self.url, self.context = url, context
        self._works = works

    async def until(self, stop: asyncio.Event) -> None:
        """Wait for ``stop``. Raises what ends any of its works before: IndexTooNew or IndexOfAnotherChain when the
        index turns out to be none of ours, WrongChain or AddressesStale when that is so of a node that was down at
        first, and errors that nobody foresaw."""
        stopping = asyncio.create_task(stop.wait())
        telling = asyncio.create_task(self.context.broadcast.ended())
        works = (telling, *self._works)
        try:
            await asyncio.wait((stopping, *works), return_when=asyncio.FIRST_COMPLETED)
            for one in works:
                if one.done():
                    one.result()
        finally:
            stopping.cancel()
            telling.cancel()


@asynccontextmanager
async def serve(
    settings: Settings, options: Options, progress: Progress | None = None
) -> AsyncIterator[Serving]:
    """An explorer of the settings' chain; ``progress`` is told of a backlog. While no node answers it shows the index
    that there is.

    Raises PortInUse, ProviderUnreachable, AddressesMissing, AddressesStale, WrongChain, BadSetting, DatabaseUnfit,
    IndexTooNew, and IndexMissing where it only reads.
    """
    policy = _policy(options)
    async with AsyncExitStack() as stack:
        rpc = await stack.enter_async_context(Rpc(settings.provider))
        origin = await Origin.find(settings, rpc)
        deployment = origin.deployment
        engine = open_engine(database_of(settings, deployment))
        stack.callback(engine.dispose)
        await asyncio.to_thread(_prepare, engine, read_only=options.read_only)
        watch = Watch(rpc, origin)
        if origin.confirmed:
            # Or it would be told for a moment that nobody knows how far the chain is.
            await watch.look()
        node = _node(settings, deployment)
        if node is not None:
            await stack.enter_async_context(node.upstream)
        context = Context(
            engine=engine,
            deployment=deployment,
            content=ContentStore(settings.content),
            standing=watch.standing,
            settings=settings,
            policy=policy,
            node=node,
            dev_key=options.dev_key and node is not None,
            page=options.page,
            is_writer=watch.is_writer,
        )
        watch.context = context
        works = await stack.enter_async_context(_following(watch, options, progress))
        await stack.enter_async_context(context.broadcast)
        server = GuardServer(build(context), options.host, options.port, http=PatientHttp)
        try:
            await stack.enter_async_context(server)
        except OSError as error:
            raise PortInUse(options.host, options.port) from error
        # Streams would hold the server up when it stops.
        stack.callback(context.broadcast.close)
        settle_memory()
        yield Serving(server.url, context, works)


class Watch:
    """Knows how the index stands: from the indexer here, or where another process is at it, from index and node."""

    def __init__(self, rpc: Rpc, origin: Origin) -> None:
        self.rpc, self.origin = rpc, origin
        self.indexer: Indexer | None = None
        self.context: Context | None = None
        self._seen = Standing(node_up=origin.confirmed, node_since=int(time.time()))

    def standing(self) -> Standing:
        """How it stands, from memory."""
        seen, status = self._seen, self.indexer.status if self.indexer else None
        if not self.origin.confirmed:
            seen = replace(seen, node_up=False, trouble="the node does not answer")
        elif status is not None:
            if status.writing and status.node is not None:
                up, since = status.node == "up", int(status.node_since)
                head = status.chain_head or seen.chain_head
                seen = replace(seen, chain_head=head, node_up=up, node_since=since)
            seen = replace(seen, trouble=_trouble(status, node_up=seen.node_up))
        if status is not None and status.writing and status.cursor is not None:
            cursor = status.cursor
            return replace(seen, block=cursor.block if cursor.hash else None, epoch=cursor.epoch)
        end = self.context.broadcast.end if self.context else None
        if end is None or end.seq == 0:
            return seen
        block, _ = place_of(end.seq)
        return replace(seen, block=block, epoch=end.epoch)

    def is_writer(self) -> bool:
        """Whether the indexer here is the one that writes."""
        return self.indexer is not None and self.indexer.status.writing

    async def run(self, stop: asyncio.Event) -> None:
        """Look at the chain's head again and again while no indexer here does."""
        while not stop.is_set():
            if self.indexer is None or not self.indexer.status.writing:
                await self.look()
            await within(LOOK_SECONDS, stop)

    async def look(self) -> None:
        """Ask the node for the chain's head."""
        try:
            head, up = int(await self.rpc.call("eth_blockNumber"), 16), True
        except (TransportError, RpcError, TypeError, ValueError):
            head, up = self._seen.chain_head or 0, False
        since = self._seen.node_since if up == self._seen.node_up else int(time.time())
        self._seen = replace(self._seen, chain_head=head or None, node_up=up, node_since=since)


def _trouble(status: Status, *, node_up: bool) -> str | None:
    """What is wrong, as everybody may read it: the error itself names hosts and users, and is in the log."""
    if status.trouble is None:
        return None
    if status.database == "down":
        return "the database does not answer"
    return "another process writes the index" if node_up else "the node does not answer"


@asynccontextmanager
async def _following(
    watch: Watch, options: Options, progress: Progress | None
) -> AsyncIterator[Sequence["asyncio.Task[None]"]]:
    """The index is kept up with the chain, and the texts with the index; the tasks that do it."""
    context, stop = watch.context, asyncio.Event()
    assert context is not None
    looking = asyncio.create_task(watch.run(stop))
    reading = asyncio.create_task(context.library.run(stop))
    async with AsyncExitStack() as stack:
        if options.read_only:
            index = asyncio.create_task(_show(watch.origin, stop))
        else:
            indexer = Indexer(
                watch.rpc,
                context.deployment,
                context.engine,
                progress=progress,
                changed=context.broadcast.wake,
            )
            watch.indexer = await stack.enter_async_context(indexer)
            index = asyncio.create_task(_keep_up(watch.origin, indexer, stop))
        try:
            yield index, looking, reading
        finally:
            stop.set()
            await asyncio.gather(index, looking, reading, return_exceptions=True)


async def _keep_up(origin: Origin, indexer: Indexer, stop: asyncio.Event) -> None:
    await origin.confirm(stop)
    await indexer.run(stop)


async def _show(origin: Origin, stop: asyncio.Event) -> None:
    await origin.confirm(stop)
    await stop.wait()


def _prepare(engine: Engine, *, read_only: bool) -> None:
    """The tables are those of this version; where the database is down, that is left to who comes to it later."""
    try:
        (check_tables if read_only else migrate)(engine)
    except DatabaseDown as error:
        log.warning("explorer.begins_without_database", reason=str(error))


def _node(settings: Settings, deployment: Deployment) -> Node | None:
    """The node that wallets of the page may ask: none but one of developers, on this machine."""
    parts = urlsplit(settings.provider)
    if deployment.chain_id != CHAIN_ID or parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        return None
    return node_at(settings.provider, deployment.chain_id)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _policy(options: Options) -> Policy:
    """Raises BadSetting for an address that is none."""
    names = set(options.policy.names)
    if options.public_url is not None:
        names.add(name_of(_origin("--public-url", options.public_url).split("://")[1]))
    origins = {_origin("--allow-origin", one) for one in options.origins}
    return replace(options.policy, names=frozenset(names), origins=frozenset(origins))


def _origin(option: str, url: str) -> str:
    """Scheme, host and port of an address, as browsers write an origin."""
    problem = BadSetting(option, "must be an address that begins with http:// or https://")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or not host:
        raise problem
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
