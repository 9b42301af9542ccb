"""A party's channel: opened and filled by the rule, from what is spare, once for each need."""

import asyncio
from dataclasses import replace

import pytest
from world import CAPITAL, RESERVE, draft

from agents.chain.bindings import usage_meter
from agents.errors import ModelUnavailable, ThinkingUnpaid
from agents.fleet.treasury import LONG_CALL, TRIES, FundedModel, Treasury, lot
from agents.llm.gateway.client import worst_cost
from agents.llm.prices import Price, cost, list_prices
from agents.llm.protocol import Message, ModelAnswer, ModelRequest, Usage
from agents.market.domain import account_of_agent, bond_of
from agents.mind.notes import Belief, BidNote, Notes
from agents.money import CREDIT

PRICE = Price(1_000 * CREDIT, 4_000 * CREDIT)
LOT = 6 * CREDIT
REQUEST = ModelRequest("Ada", "work", (Message("user", "?"),), 2_500)
"""Its worst case is a little more than 10 credits."""


class Account:
    """An agent with a channel, and with a word on what it has thought."""

    def __init__(self, world, wallet, agent_id, provider):
        self.world, self.agent_id, self.unredeemed = world, agent_id, 0
        self.notes = Notes(world.store, "Ada")
        self.parties = (wallet.address, provider.address)
        self.treasury = Treasury(
            "Ada",
            wallet,
            agent_id,
            self.parties,
            market=world.market,
            feed=world.feed,
            notes=self.notes,
            price=PRICE,
            unredeemed=lambda: self.unredeemed,
        )

    @property
    def deposit(self):
        channel = self.world.view.channels.channel(self.agent_id, *self.parties)
        return 0 if channel is None else channel.deposit

    @property
    def free(self):
        return self.world.view.balance(account_of_agent(self.agent_id)).free

    def think(self, units):
        """Calls were charged so much."""
        self.notes.add_thinking(Usage(), units)
        self.unredeemed += units

    def plan(self, task, worst):
        """A bid that is decided on and not sealed yet."""
        self.notes.put_bid(BidNote(task.id, "planned", price=5, belief=Belief(worst_cost=worst)))

    def lose_all(self):
        """The provider redeems what is in the channel, whatever was charged."""
        channels = self.world.view.channels
        channel = channels.channel(self.agent_id, *self.parties)
        paid_in = channel.deposit + channel.redeemed
        channels.apply(usage_meter.Redeemed(channel.id, paid_in, bytes(32)))

    async def keep(self):
        await self.treasury.keep()
        await self.world.catch_up()


@pytest.fixture
async def account(world, wallets):
    return Account(world, wallets[2], await world.register("Ada", wallets[2]), wallets[3])


@pytest.fixture
async def tasks(world, wallets):
    requester = await world.new_requester(wallets[1], capital=300 * CREDIT)
    return await world.post(requester, *(draft(str(number)) for number in range(4)))


def test_a_lot_covers_a_long_call_and_is_at_least_a_credit():
    assert lot(PRICE) == LOT == cost(LONG_CALL, PRICE)
    assert lot(Price(1, 1)) == CREDIT
    assert lot(list_prices().price_for("unlisted")) == 30 * CREDIT


async def test_a_channel_is_opened_once_with_a_lot(world, account):
    for _ in range(2):
        await account.treasury.open()
        await world.catch_up()
    assert (account.deposit, account.free) == (LOT, CAPITAL - LOT)
    assert account.treasury.paid_in == account.treasury.room == LOT
    assert not account.treasury.is_due


async def test_nothing_is_paid_in_before_there_is_something_to_think_about(account):
    assert not account.treasury.is_due
    await account.keep()
    assert account.deposit == 0


async def test_a_bid_that_is_planned_has_the_channel_hold_half_of_the_most_it_can_cost(account, tasks):
    account.plan(tasks[0], 20 * CREDIT)
    assert account.treasury.is_due
    await account.keep()
    assert account.deposit == 10 * CREDIT
    assert not account.treasury.is_due
    account.think(CREDIT // 2)
    await account.keep()
    assert account.deposit == 16 * CREDIT, "what is missing is less than a lot"


async def test_no_more_than_half_of_what_is_spare_is_paid_in_unasked(account, tasks):
    account.plan(tasks[0], 400 * CREDIT)
    await account.keep()
    assert account.deposit == (CAPITAL - bond_of(RESERVE)) // 2
    assert account.free == CAPITAL - account.deposit


async def test_a_view_that_lags_pays_nothing_twice(world, account, tasks):
    account.plan(tasks[0], 20 * CREDIT)
    for _ in range(3):
        await account.treasury.keep()
    assert len(await world.events(usage_meter.ChannelOpened)) == 1
    assert await world.events(usage_meter.ToppedUp) == []


async def test_what_the_chain_refuses_once_is_asked_again_under_another_name(world, wallets, account, tasks):
    account.plan(tasks[0], 20 * CREDIT)
    # The free credits leave while the view does not know it.
    await world.market.withdraw(
        wallets[2], account_of_agent(account.agent_id), wallets[2].address, CAPITAL, intent="leave"
    )
    await account.treasury.keep()
    await world.give(wallets[2], account_of_agent(account.agent_id), CAPITAL, "back")
    await account.keep()
    assert account.deposit == 10 * CREDIT


class Gatekeeper:
    """A model that answers once its party has paid in enough, and is ``busy`` for so many calls."""

    name = "scripted"

    def __init__(self, account, needs, takes=0):
        self.account, self.needs, self.takes, self.calls = account, needs, takes, 0

    async def complete(self, request):
        self.calls += 1
        missing = self.needs - self.account.treasury.room
        if missing > 0:
            raise ThinkingUnpaid("not covered", "insufficient_credits", missing)
        if self.calls <= self.takes:
            self.account.think(self.account.treasury.room)
            raise ThinkingUnpaid("another call was faster", "insufficient_credits", self.needs)
        return ModelAnswer("yes", self.name, Usage())


async def follow(world):
    while True:
        await world.catch_up()
        await asyncio.sleep(0.01)


@pytest.fixture
async def following(world):
    running = asyncio.create_task(follow(world))
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.usefixtures("following")
async def test_a_call_that_is_refused_is_made_again_when_the_channel_is_filled(world, account):
    model = Gatekeeper(account, 9 * CREDIT)
    answer = await FundedModel(model, account.treasury).complete(REQUEST)
    assert (answer.text, model.calls, account.deposit) == ("yes", 2, 9 * CREDIT)
    await FundedModel(Gatekeeper(account, 10 * CREDIT), account.treasury).complete(REQUEST)
    assert account.deposit == 9 * CREDIT + LOT, "at least a lot"


@pytest.mark.usefixtures("following")
async def test_calls_that_are_refused_together_fill_the_channel_once(world, account):
    models = [Gatekeeper(account, 5 * CREDIT) for _ in range(3)]
    await asyncio.gather(*(FundedModel(model, account.treasury).complete(REQUEST) for model in models))
    assert account.deposit == LOT


@pytest.mark.usefixtures("following")
async def test_a_call_gives_up_when_others_are_always_faster(account):
    model = Gatekeeper(account, CREDIT, takes=100)
    with pytest.raises(ThinkingUnpaid):
        await FundedModel(model, account.treasury).complete(REQUEST)
    assert model.calls == TRIES


LONG = replace(REQUEST, max_tokens=100_000)


@pytest.mark.usefixtures("following")
async def test_who_cannot_pay_is_told_so_and_the_bonds_are_left_alone(account, tasks):
    for task in tasks:
        account.plan(task, 0)
    spare = CAPITAL - sum(task.bond for task in tasks)
    with pytest.raises(ThinkingUnpaid):
        await FundedModel(Gatekeeper(account, spare + 1), account.treasury).complete(LONG)
    assert account.deposit == 0
    await FundedModel(Gatekeeper(account, spare), account.treasury).complete(LONG)
    assert (account.deposit, account.free) == (spare, CAPITAL - spare)


@pytest.mark.usefixtures("following")
async def test_a_refusal_brings_no_more_than_the_call_can_cost(account):
    worst = worst_cost("scripted", REQUEST, PRICE)
    with pytest.raises(ThinkingUnpaid):
        await FundedModel(Gatekeeper(account, 90 * CREDIT), account.treasury).complete(REQUEST)
    assert account.deposit == 2 * worst > LOT, (
        "beyond a lot and a call nothing is paid that no answer tells of"
    )


@pytest.mark.parametrize("redeems", [False, True])
@pytest.mark.usefixtures("following")
async def test_a_gateway_that_takes_and_does_not_think_is_soon_paid_no_more(account, tasks, redeems):
    model = FundedModel(Gatekeeper(account, 10**12), account.treasury)
    account.plan(tasks[0], 20 * CREDIT)
    for _ in range(5):
        with pytest.raises(ThinkingUnpaid):
            await model.complete(REQUEST)
        if redeems:
            account.lose_all()
        await account.keep()
    assert account.treasury.paid_in == 2 * worst_cost("scripted", REQUEST, PRICE)


async def test_a_budget_that_is_spent_has_nothing_paid_in(account):
    class Spent:
        name, calls = "scripted", 0

        async def complete(self, _request):
            self.calls += 1
            raise ThinkingUnpaid("the budget of the run is spent", "budget_spent")

    model = Spent()
    with pytest.raises(ModelUnavailable, match="budget"):
        await FundedModel(model, account.treasury).complete(REQUEST)
    assert (model.calls, account.deposit) == (1, 0)
