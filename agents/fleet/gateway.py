"""Where a process's parties think: at a gateway of its own, or at one that somebody else runs."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, TypeVar

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.errors import (
    ContractError,
    GatewayTooDear,
    GatewayUnfit,
    GatewayUnreachable,
    ModelMissing,
    RetryableError,
    RpcError,
)
from agents.fleet.caps import Limits
from agents.fleet.surroundings import Surroundings
from agents.llm.gateway.budgets import Limits as Budget
from agents.llm.gateway.client import FixedKey, Key, SignedKey, local_client, remote_client
from agents.llm.gateway.gateway import Gateway
from agents.llm.gateway.keys import Keys
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.redeemer import Redeemer
from agents.llm.gateway.signin import ChainAuthority, Place
from agents.llm.gateway.vouchers import Domain
from agents.llm.prices import Price, PriceTable
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Upstream
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.mind.notes import Notes
from agents.money import format_credits

Note = Callable[[int, str, Usage, int], None]
"""Told of each charged call: the task or 0, the purpose, the tokens, and the cost in units."""

DEAREST = 2
"""Another's gateway may ask so many times the price in one's own list."""
MOST_NAMED = 5
"""Models in a line."""

_Told = TypeVar("_Told", bound=BaseModel)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seat:
    """One party's place at a gateway."""

    agent_id: int
    key: Key
    signer: str
    """Whose vouchers hold in its channel."""


class Access(Protocol):
    """A gateway, as the parties of a process use it; shipped as ``OwnGateway`` and ``RemoteGateway``."""

    client: httpx.AsyncClient
    provider: str
    """The address that is paid for thinking."""
    model: str
    """What the parties think with."""
    price: Price
    counts: bool
    """Whether it tells the parties' notes of their calls by itself; else their clients do."""

    async def seat(self, name: str, agent_id: int, wallet: Wallet) -> Seat:
        """A place for a party that is registered as this agent."""
        ...

    def count(self, agent_id: int, notes: Notes, note: Note) -> None:
        """Have ``note`` told of each of the agent's calls, first of those that its notes have missed."""
        ...

    def unredeemed(self, agent_id: int, notes: Notes) -> int:
        """What the agent was charged that the chain has not been told yet, in units."""
        ...

    async def step(self) -> None:
        """Redeem what should not wait."""
        ...

    async def stop(self) -> None:
        """Let go of what is under way."""
        ...

    async def settle(self) -> None:
        """All that is owed to the provider has been redeemed, as far as it can be; what fails is logged."""
        ...

    def end_run(self) -> None:
        """The run is over: what the next one may spend begins anew."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class OwnGateway:
    """A gateway in this process. Its books are in the store of the first office; its parties' wallets sign at once."""

    counts = True

    def __init__(
        self,
        upstream: Upstream,
        model: str | None,
        prices: PriceTable,
        *,
        provider: Wallet,
        payer: Wallet,
        limits: Limits,
        rpc: Rpc,
        deployment: Deployment,
        store: Store,
        market: Marketplace,
        feed: MarketFeed,
        surroundings: Surroundings,
    ) -> None:
        """``payer`` pays the gas of redemptions, and ``provider`` is paid by them. Raises ModelMissing."""
        self.provider, self.model = provider.address, _chosen(model, upstream.models)
        self.price = prices.price_for(self.model)
        domain = Domain(deployment.chain_id, deployment.meter.address)
        self.meter = Meter(store, feed.view, domain, self.provider, prices, feed.now, _budget(limits))
        self.meter.on_receipt.append(self._count)
        place = Place("gateway.invalid", "http://gateway.invalid", deployment.chain_id)
        keys = Keys(
            store,
            provider,
            place,
            ChainAuthority(rpc, deployment.registry),
            epoch_of=feed.view.epoch_of,
            clock=surroundings.clock,
            randomness=surroundings.draw,
        )
        self.gateway = Gateway(upstream=upstream, prices=prices, meter=self.meter, keys=keys)
        self.redeemer = Redeemer(self.meter, market, feed.view, payer)
        feed.follow(self.redeemer)
        self.client = local_client(self.gateway.app)
        self._notes: dict[int, Note] = {}
        self._signers: dict[int, str] = {}

    async def seat(self, name: str, agent_id: int, wallet: Wallet) -> Seat:
        """The agent's own wallet signs its vouchers."""
        self._signers[agent_id] = wallet.address
        return Seat(agent_id, FixedKey(self.gateway.join(agent_id, name, wallet)), wallet.address)

    def count(self, agent_id: int, notes: Notes, note: Note) -> None:
        """What was settled and not noted, because the process was killed in between, is noted now."""
        self._notes[agent_id] = note
        known, after = notes.thinking.calls, 0
        while page := self.meter.books.receipts(agent_id, after=after):
            for _, receipt in page[known:]:
                self._count(receipt)
            known, after = max(0, known - len(page)), page[-1][0]

    def unredeemed(self, agent_id: int, _notes: Notes) -> int:
        """As the books say."""
        account = self.meter.account(agent_id, self._signers.get(agent_id, ""))
        return account.settled - account.redeemed

    async def step(self) -> None:
        """Redeem what is due, and let go of keys whose holders have lost their right."""
        await self.redeemer.turn()
        await self.gateway.keys.review()

    async def stop(self) -> None:
        """What is not redeemed yet stays in the books."""

    async def settle(self) -> None:
        """Redeem all vouchers."""
        try:
            await self.redeemer.redeem_all()
        except (ContractError, RetryableError, RpcError) as error:
            log.warning("thinking.unredeemed", reason=str(error))

    def end_run(self) -> None:
        """As the books are told."""
        self.meter.end_run()

    async def close(self) -> None:
        """The books stay in their store."""
        await self.client.aclose()

    def _count(self, receipt: Receipt) -> None:
        note = self._notes.get(receipt.agent_id)
        if note is not None:
            note(receipt.task, receipt.purpose, receipt.usage, receipt.cost)


class RemoteGateway:
    """A gateway that somebody else runs, who is paid through it. It keeps signers for the parties' vouchers."""

    counts = False

    def __init__(
        self, client: httpx.AsyncClient, provider: str, model: str, price: Price, feed: MarketFeed
    ) -> None:
        self.client, self.provider, self.model, self.price = client, provider, model, price
        self._feed = feed

    @classmethod
    async def open(
        cls, url: str, model: str | None, prices: PriceTable, deployment: Deployment, feed: MarketFeed
    ) -> "RemoteGateway":
        """The gateway at ``url``, which may ask at most DEAREST times what ``prices`` say. Raises
        GatewayUnreachable, GatewayUnfit, GatewayTooDear or ModelMissing."""
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(remote_client(url))
            info, offered = await _look(client)
            models = {one.id: one for one in offered}
            _check_place(info, deployment)
            chosen = models[_chosen(model, list(models))]
            price = Price(**chosen.price.model_dump())
            _check_price(chosen.id, price, prices.price_for(chosen.id))
            stack.pop_all()
        return cls(client, info.provider, chosen.id, price, feed)

    async def seat(self, name: str, agent_id: int, wallet: Wallet) -> Seat:  # noqa: ARG002 - as the other one
        """A key for the wallet's signature; the gateway signs the vouchers, for no more than is in the channel."""
        key = SignedKey(self.client, agent_id, wallet)
        await key.get()
        return Seat(agent_id, key, key.signer)

    def count(self, agent_id: int, notes: Notes, note: Note) -> None:
        """The parties' clients count."""

    def unredeemed(self, agent_id: int, notes: Notes) -> int:
        """What the notes say, less what the chain does."""
        return max(0, notes.thinking.cost - self._feed.view.channels.spent(agent_id))

    async def step(self) -> None:
        """The provider redeems when it pleases."""

    async def stop(self) -> None:
        """Nothing is under way."""

    async def settle(self) -> None:
        """As ``step``."""

    def end_run(self) -> None:
        """Its budgets are its own affair."""

    async def close(self) -> None:
        """Hang up."""
        await self.client.aclose()


class _Info(BaseModel):
    chain_id: int
    meter: str
    provider: str = Field(pattern="^0x[0-9a-fA-F]{40}$")


class _Price(BaseModel):
    input_per_million: int = Field(ge=0)
    output_per_million: int = Field(ge=0)
    cached_per_million: int = Field(ge=0)


class _Model(BaseModel):
    id: str
    price: _Price


class _Models(BaseModel):
    data: list[_Model] = Field(min_length=1)


async def _get(client: httpx.AsyncClient, path: str, form: type[_Told]) -> _Told:
    """What the gateway says there, to anybody. Raises GatewayUnreachable or GatewayUnfit."""
    try:
        response = await client.get(path)
    except httpx.TransportError as error:
        raise GatewayUnreachable(str(client.base_url), type(error).__name__) from None
    if response.is_error:
        raise GatewayUnfit(f"it answers {response.status_code} to {path}")
    try:
        return form.model_validate_json(response.content)
    except ValidationError:
        raise GatewayUnfit(f"it does not answer {path} as Agora's gateways do") from None


async def _look(client: httpx.AsyncClient) -> tuple[_Info, list[_Model]]:
    """Whose gateway it is, and what there is to think with."""
    info = await _get(client, "/v1/agora/info", _Info)
    return info, (await _get(client, "/v1/models", _Models)).data


async def describe(url: str) -> str:
    """The gateway at ``url`` in one line. Raises GatewayUnreachable or GatewayUnfit."""
    async with remote_client(url) as client:
        info, models = await _look(client)
    names = ", ".join(model.id for model in models[:MOST_NAMED]) + (", …" if len(models) > MOST_NAMED else "")
    return f"{names} at the gateway of {info.provider}"


def _check_place(info: _Info, deployment: Deployment) -> None:
    """Raises GatewayUnfit for a gateway of another market."""
    place = deployment.chain_id, deployment.meter.address.lower()
    if (info.chain_id, info.meter.lower()) != place:
        raise GatewayUnfit(f"it takes vouchers for {info.meter} on chain {info.chain_id} only")


def _check_price(model: str, asked: Price, listed: Price) -> None:
    """Raises GatewayTooDear."""
    kinds = (
        ("input", asked.input_per_million, listed.input_per_million),
        ("output", asked.output_per_million, listed.output_per_million),
        # Whoever knows no cache pays for its tokens as for others.
        ("cached", asked.cached_per_million, listed.input_per_million),
    )
    for kind, price, known in kinds:
        if price > DEAREST * known:
            raise GatewayTooDear(model, kind, format_credits(price, 6), format_credits(DEAREST * known, 6))


def _chosen(wanted: str | None, models: Sequence[str]) -> str:
    if wanted is None:
        return models[0]
    if wanted not in models:
        raise ModelMissing(f"there is no model {wanted!r}, only {', '.join(models[:20])}: mend AGORA_MODEL")
    return wanted


def _budget(limits: Limits) -> Budget:
    return Budget(
        task=limits.credits_per_task,
        agent=limits.credits_per_agent,
        hour=limits.credits_per_hour,
        run=limits.credits,
    )
