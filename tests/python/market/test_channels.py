"""Channels, pledges and lines: the view has them as the contract does, after anything that happens to them."""

import pytest
from channel_ids import channel_id_of
from thinkers import Thinkers

from agents.chain.bindings.structs import Claim
from agents.chain.reader import read
from agents.llm.gateway.vouchers import Domain
from agents.market.domain import account_of, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.view import MarketView

ROOT = b"\7" * 32


@pytest.fixture
async def bank(world, wallets):
    """An agent of the owner with a channel of 1,000 units to the provider, and 100 of its own."""
    bank = Bank(Thinkers(world, wallets))
    bank.agent = await world.register("Ada", bank.thinkers.owner, 1100)
    bank.thinkers.signers[bank.agent] = bank.thinkers.owner
    await bank.thinkers.open_channel(bank.agent, 1000)
    return bank


class Bank:
    """One agent's channel to one provider."""

    def __init__(self, thinkers):
        self.thinkers, self.world = thinkers, thinkers.world
        self.meter = self.world.deployment.meter

    @property
    def channels(self):
        return self.world.view.channels

    @property
    def channel(self):
        return self.channels.channel(*self.thinkers.parties(self.agent))

    @property
    def available(self):
        """What the view says that a provider may count on."""
        channel, provider = self.channel, self.thinkers.provider.address
        indebted = self.world.view.balance(account_of_agent(self.agent)).debt
        if not channel.open or channel.exit_end or self.channels.is_former(channel) or indebted:
            return 0
        return channel.deposit + self.channels.allowance(self.agent, provider)

    async def redeem(self, cumulative):
        parties = agent_id, signer, provider = self.thinkers.parties(self.agent)
        channel = channel_id_of(*parties, self.channel.epoch)
        digest = Domain(31337, self.meter.address).digest(channel, cumulative, ROOT)
        claim = Claim(agent_id, signer, cumulative, ROOT)
        await self.thinkers.do("redeem", provider, claim, self.thinkers.owner.sign_digest(digest))

    async def agrees(self, available):
        """The view and the contract have the same channel, and count on the same."""
        found, told = await self.thinkers.on_chain(self.agent), self.channel
        if told.open:
            assert (found.redeemed, found.exit_end) == (told.redeemed, told.exit_end)
        assert found.deposit == told.deposit
        assert (found.epoch, found.open) == (told.epoch + (not told.open), told.open)
        assert await self.thinkers.available(self.agent) == self.available == available
        held = sum(one.deposit for one in self.channels)
        assert self.channels.deposits == held == self.channels.deposits_of(self.agent)
        assert (await self.world.market.balance(account_of(self.meter.address))).locked == held


async def test_a_channel_is_opened_filled_redeemed_and_left(bank):
    parties = bank.thinkers.parties(bank.agent)
    assert (
        bank.channel.id
        == channel_id_of(*parties, 0)
        == await read(bank.world.rpc, bank.meter.channel_id(*parties))
    )
    assert bank.channels.with_id(bank.channel.id) == bank.channel
    await bank.agrees(1000)
    await bank.thinkers.top_up(bank.agent, 50)
    await bank.agrees(1050)
    await bank.redeem(200)
    await bank.agrees(850)
    assert (bank.channel.root, bank.channels.spent(bank.agent)) == (ROOT, 200)
    await bank.thinkers.do("start_exit", *parties)
    await bank.agrees(0)
    await bank.redeem(300)
    await bank.world.reach(bank.channel.exit_end)
    closed = bank.channel.id
    await bank.thinkers.do("close_channel", *parties, by=bank.thinkers.provider)
    await bank.agrees(0)
    assert bank.channels.with_id(closed) is None
    await bank.thinkers.open_channel(bank.agent, 10)
    await bank.agrees(10)
    assert (bank.channel.epoch, bank.channel.redeemed, bank.channel.id != closed) == (1, 0, True)
    await bank.redeem(4)
    assert bank.channels.spent(bank.agent) == 304, "over all its channels"
    await bank.agrees(6)


async def test_what_secures_a_debt_is_what_the_contract_counts(bank):
    do, agent, provider = bank.thinkers.do, bank.agent, bank.thinkers.provider
    await do("pledge", agent, 60)
    await bank.agrees(1060)
    await do("set_credit_line", agent, 30, by=provider)
    await bank.agrees(1090)
    await do("start_unpledge", agent)
    await bank.agrees(1030)
    await do("pledge", agent, 1)
    await bank.agrees(1091)
    await do("start_unpledge", agent)
    window = await read(bank.world.rpc, bank.meter.challenge_window())
    await bank.world.reach(bank.world.feed.now() + window)
    await do("unpledge", agent)
    await bank.agrees(1030)
    await do("pledge", agent, 5)
    await bank.agrees(1035)
    limit = bank.channels.overdraft_limit
    assert (
        limit == (await read(bank.world.rpc, bank.world.deployment.parameters.current())).overdraft_limit > 0
    )
    await do("set_credit_line", agent, limit + 1, by=provider)
    await bank.agrees(1000 + limit)
    assert bank.channels.credit_line(provider.address, agent) == limit + 1


async def test_an_overdraft_is_spent_but_for_what_the_provider_loses(bank):
    await bank.thinkers.do("set_credit_line", bank.agent, 30, by=bank.thinkers.provider)
    await bank.redeem(1050)
    await bank.agrees(0)
    assert bank.channels.spent(bank.agent) == 1030
    assert (await bank.thinkers.balance(bank.agent)).debt == 30
    account, ledger = account_of_agent(bank.agent), bank.world.deployment.ledger
    await bank.world.sender.send(bank.thinkers.owner, ledger.repay(account, account, 30), intent="repay")
    await bank.world.catch_up()
    await bank.agrees(30)


async def test_a_pledge_that_was_seized_secures_no_more(bank):
    await bank.thinkers.do("pledge", bank.agent, 40)
    await bank.redeem(1010)
    window = await read(bank.world.rpc, bank.meter.challenge_window())
    await bank.world.reach(bank.world.feed.now() + window)
    await bank.thinkers.do("seize", bank.agent, by=bank.thinkers.provider)
    assert bank.channels.pledges[bank.agent] == 30
    await bank.agrees(30)


async def test_an_agent_that_was_sold_takes_nothing_along(bank, wallets):
    await bank.thinkers.do("set_credit_line", bank.agent, 30, by=bank.thinkers.provider)
    owner, buyer = bank.thinkers.owner.address, wallets[4].address
    sale = bank.world.deployment.registry.transfer_from(owner, buyer, bank.agent)
    await bank.world.sender.send(bank.thinkers.owner, sale, intent="sale")
    await bank.world.catch_up()
    await bank.agrees(0)
    assert bank.channels.is_former(bank.channel)
    assert bank.channels.credit_line(bank.thinkers.provider.address, bank.agent) == 0


async def test_a_view_that_was_made_anew_is_the_same(bank):
    await bank.thinkers.do("pledge", bank.agent, 40)
    await bank.redeem(10)
    again = MarketFeed(bank.world.tailer, MarketView()).view
    assert again.channels == bank.channels
    await bank.redeem(11)
    assert again.channels != bank.channels
