"""Agents that think on a real chain through a meter, without a model: tokens cost a unit each."""

import itertools

from agents.chain.reader import read
from agents.chain.store import Store
from agents.errors.tokens import Usage
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.redeemer import Redeemer
from agents.llm.gateway.vouchers import Domain, SignedVoucher
from agents.llm.prices import Price, PriceTable
from agents.market.domain import account_of, account_of_agent
from agents.money import CREDIT

UNIT = PriceTable(Price(10**6, 10**6), {"free": (Price(0, 0), None)})
REQUEST, RESPONSE = b"\1" * 32, b"\2" * 32


class Thinkers:
    """One gateway's accounts, and those who think through it. All agents are the owner's."""

    def __init__(self, world, wallets):
        self.world, self.market = world, world.market
        self.owner, self.provider = wallets[2], wallets[3]
        self.path = world.folder / "gateway.db"
        self.numbers = itertools.count()
        self.store = None
        self.signers = {}

    def open(self, enough=10**9, limits=None, market=None, **options):
        """Begin, as a process does; a second time, as after its end: what was in flight is nobody's."""
        self.close()
        self.store = Store.open(self.path)
        world = self.world
        domain = Domain(world.deployment.chain_id, world.deployment.meter.address)
        self.meter = Meter(
            self.store, world.view, domain, self.provider.address, UNIT, world.feed.now, limits
        )
        market = market or self.market
        self.redeemer = Redeemer(self.meter, market, world.view, self.provider, enough=enough, **options)
        if self not in world.feed._followers:
            world.feed.follow(self)
        for agent_id, signer in self.signers.items():
            self.meter.enlist(agent_id, f"agent {agent_id}", signer)
        return self

    def take(self, block):
        """As a follower of the feed, whichever redeemer there is."""
        self.redeemer.take(block)

    def reset(self):
        """As a follower of the feed."""
        self.redeemer.reset()

    def close(self):
        if self.store is not None:
            self.store.close()
            self.store = None

    def intent(self, what):
        return f"{what}:{next(self.numbers)}"

    async def do(self, what, *arguments, by=None):
        """A method of the marketplace by the owner, or by another."""
        await getattr(self.market, what)(by or self.owner, *arguments, intent=self.intent(what))
        await self.world.catch_up()

    async def agent(self, deposit=1000, pledge=0, line=0, signer=None, capital=CREDIT):
        """A new agent with so much in its channel; ``signer`` by itself, as an address, or else at hand."""
        agent_id = await self.world.register(f"thinker {next(self.numbers)}", self.owner, capital)
        self.signers[agent_id] = signer or self.owner
        if pledge:
            await self.do("pledge", agent_id, pledge)
        if line:
            await self.do("set_credit_line", agent_id, line, by=self.provider)
        if deposit:
            await self.open_channel(agent_id, deposit)
        self.meter.enlist(agent_id, f"agent {agent_id}", self.signers[agent_id])
        return agent_id

    def parties(self, agent_id):
        signer = self.signers[agent_id]
        address = signer if isinstance(signer, str) else signer.address
        return agent_id, address, self.provider.address

    async def open_channel(self, agent_id, amount):
        await self.do("open_channel", *self.parties(agent_id), amount)

    async def top_up(self, agent_id, amount):
        await self.do("top_up", *self.parties(agent_id), amount)

    def admit(self, agent_id, worst=100, **options):
        return self.meter.admit(agent_id, **({"model": "unit", "worst": worst, "task": 1} | options))

    async def settle(self, reservation, tokens):
        return await self.meter.settle(
            reservation, Usage(tokens), request=REQUEST, response=RESPONSE, status=200
        )

    async def think(self, agent_id, tokens, worst=None, **options):
        """One call from its beginning to its end."""
        return await self.settle(self.admit(agent_id, worst or tokens, **options), tokens)

    def signed(self, agent_id, wallet, claim=None):
        """What the agent's own signer sends for what is due."""
        claim = claim or self.meter.account(agent_id).due
        digest = self.meter.domain.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
        return SignedVoucher(claim, wallet.sign_digest(digest))

    async def redeem_all(self):
        sent = await self.redeemer.redeem_all()
        await self.world.catch_up()
        return sent

    def account(self, agent_id):
        return self.meter.account(agent_id)

    async def balance(self, agent_id):
        return await self.market.balance(account_of_agent(agent_id))

    async def earned(self):
        """What the provider has of it."""
        return (await self.market.balance(account_of(self.provider.address))).free

    async def on_chain(self, agent_id):
        """The channel as the contract has it."""
        return await read(self.world.rpc, self.world.deployment.meter.channel_of(*self.parties(agent_id)))

    async def available(self, agent_id):
        meter = self.world.deployment.meter
        return await read(self.world.rpc, meter.available(*self.parties(agent_id)))
