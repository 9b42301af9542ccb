"""What all parties of one process share: the node, the contracts, the view, the documents, the gateway."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agents.chain.deployment import Deployment
from agents.chain.faucet import Faucet
from agents.chain.rpc import Rpc
from agents.chain.sender import IN_FLIGHT, Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Seed, Wallet
from agents.fleet.caps import Caps, Limits
from agents.fleet.gateway import Access, OwnGateway, RemoteGateway
from agents.fleet.history import History
from agents.fleet.progress import Progress, Quiet, following
from agents.fleet.strategies import Shared
from agents.fleet.surroundings import WORLD, Surroundings
from agents.fleet.tally import Tally
from agents.llm.embeddings import Embedder, Embeds
from agents.llm.prices import PriceTable
from agents.llm.upstreams.base import Upstream
from agents.market.content import ContentStore
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from agents.mind.earnings import unremembered
from agents.mind.experience import Experience
from agents.settings import Settings

REQUESTER_WALLET, PROVIDER_WALLET, FIRST_AGENT_WALLET = 0, 1, 10
"""Indices on the seed's path."""


@dataclass(slots=True)
class Office:
    """One store and what writes through it: nobody else in the world signs for its wallets."""

    store: Store
    sender: Sender
    market: Marketplace
    tally: Tally


@dataclass(slots=True)
class Session:
    """A process's connection to one deployment."""

    settings: Settings
    rpc: Rpc
    deployment: Deployment
    seed: Seed
    upstream: Upstream | None
    """What answers the calls of models; None where the gateway is somebody else's."""
    embedder: Embeds
    content: ContentStore
    offices: dict[str, Office] = field(default_factory=dict)
    opinions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One opinion at a time, so that they never fill the model's slots while there is work."""
    shared: Shared = field(default_factory=Shared)
    """What the strategies of all agents share."""
    caps: Caps = field(default_factory=Caps)
    """What the run may come to."""
    progress: Progress = field(default_factory=Quiet)
    """Where long work is shown."""
    experience: Experience = field(default_factory=Experience)
    """What questions to the model came to, in this run and before."""
    surroundings: Surroundings = WORLD
    """Where its time and its chance come from."""
    _gateway: Access | None = None
    _feed: MarketFeed | None = None
    _faucet: Faucet | None = None

    @property
    def feed(self) -> MarketFeed:
        """The market's view and its clock; there is one as soon as an office is open."""
        assert self._feed is not None, "open an office first"
        return self._feed

    @property
    def faucet(self) -> Faucet:
        """The one faucet of the process: two would use the same account's nonces."""
        assert self._faucet is not None, "open an office first"
        return self._faucet

    @property
    def gateway(self) -> Access:
        """Where the process's parties think; there is one as soon as the session has begun."""
        assert self._gateway is not None, "begin first"
        return self._gateway

    def wallet(self, index: int) -> Wallet:
        """The wallet with this index on the seed's path."""
        return self.seed.wallet(index)

    @property
    def folder(self) -> Path:
        """Where this deployment's stores are; a node that was started anew gets a new folder."""
        return self.settings.home / self.deployment.key

    def open_office(self, name: str, in_flight: int = IN_FLIGHT) -> Office:
        """The office of this name, with its store opened and locked. Raises WalletsInUse.

        ``in_flight`` is how many transactions of one of its wallets may wait for a block at the same time.
        """
        if name in self.offices:
            return self.offices[name]
        store = Store.open(self.folder / f"{name}.db", alone=self.surroundings.alone)
        chain_id = self.deployment.chain_id
        store.pin(chain_id, self.deployment.genesis_hash)
        sender = Sender(self.rpc, store, chain_id, in_flight=in_flight)
        tally = Tally(store, self.surroundings.clock)
        office = Office(store, sender, Marketplace(self.rpc, self.deployment, sender), tally)
        self.caps.join(office.tally)
        self.offices[name] = office
        if self._feed is None:
            self._faucet = Faucet(self.rpc, store, chain_id, self.surroundings.draw)
            tailer = Tailer(self.rpc, store, self.deployment.decoders, self.deployment.deploy_block)
            self._feed = MarketFeed(tailer, MarketView(), self._reopen)
            self.caps.watch(self._feed.view)
        return office

    async def begin(self, wallets: Sequence[Wallet] = (), payer: Wallet | None = None) -> None:
        """Settle what an earlier process left pending, take in the chain up to its head, and open the gateway.

        With the keys of ``wallets``, the requester and the faucet, what no longer pays enough is replaced. ``payer``
        pays the gas of what is redeemed for thinking; without it the provider itself does. Raises ModelMissing, and
        GatewayUnreachable, GatewayUnfit or GatewayTooDear for another's gateway.
        """
        first = self.feed.block
        behind = int(await self.rpc.call("eth_blockNumber"), 16) - max(first, self.deployment.deploy_block)
        async with following(self.progress, "blocks", behind, lambda: self.feed.block - first):
            await self.feed.catch_up()
        signers = [*wallets, self.wallet(REQUESTER_WALLET), self.wallet(PROVIDER_WALLET), self.faucet.wallet]
        await asyncio.gather(*(office.sender.recover(signers) for office in self.offices.values()))
        await self.feed.catch_up()
        if self._gateway is None:
            self._gateway = await self._open_gateway(payer)
            self._recall()

    async def _open_gateway(self, payer: Wallet | None) -> Access:
        settings, first = self.settings, next(iter(self.offices.values()))
        prices = PriceTable.load(settings.models)
        if settings.gateway is not None:
            return await RemoteGateway.open(
                settings.gateway, settings.model, prices, self.deployment, self.feed
            )
        assert self.upstream is not None, "a gateway of one's own needs an upstream"
        provider = self.wallet(PROVIDER_WALLET)
        return OwnGateway(
            self.upstream,
            settings.model,
            prices,
            provider=provider,
            payer=payer or provider,
            limits=self.caps.limits,
            rpc=self.rpc,
            deployment=self.deployment,
            store=first.store,
            market=first.market,
            feed=self.feed,
            surroundings=self.surroundings,
        )

    def _recall(self) -> None:
        """What earlier runs learned of the model, and what this one did before it was killed."""
        for step in History(self.settings.home).steps(self.gateway.model):
            self.experience.learn(step)
        for office in self.offices.values():
            for step in unremembered(office.store)[0]:
                self.experience.learn(step)

    def finish(self) -> None:
        """The run has ended as it should: what its limits are held against begins anew."""
        self.caps.finish()
        self.gateway.end_run()

    async def close(self) -> None:
        """Close the offices. What is pending stays in their stores."""
        if self._gateway is not None:
            await self._gateway.close()
        if self._faucet is not None:
            await self._faucet.close()
        for office in self.offices.values():
            await office.sender.close()
            office.store.close()

    async def _reopen(self, ancestor: int) -> None:
        await asyncio.gather(*(office.sender.reopen(ancestor) for office in self.offices.values()))


@asynccontextmanager
async def open_session(
    settings: Settings,
    seed: Seed,
    upstream: Upstream | None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    surroundings: Surroundings = WORLD,
) -> AsyncIterator[Session]:
    """A session on the chain at ``settings.provider``, which keeps to these limits and shows its long work.

    Its parties think by ``upstream``, or by the gateway that ``settings`` name. Raises ProviderUnreachable,
    AddressesMissing, AddressesStale or WrongChain.
    """
    async with AsyncExitStack() as stack:
        way = Rpc(settings.provider, transport=surroundings.transport, uniform=surroundings.uniform)
        rpc = await stack.enter_async_context(way)
        await rpc.connect()
        session = Session(
            settings=settings,
            rpc=rpc,
            deployment=await Deployment.load(settings.addresses, rpc),
            seed=seed,
            upstream=upstream,
            embedder=surroundings.embedder or Embedder(),
            content=ContentStore(settings.content),
            caps=Caps(limits, clock=surroundings.clock),
            progress=progress or Quiet(),
            surroundings=surroundings,
        )
        stack.push_async_callback(session.close)
        yield session
