"""What is thought is paid once, to the unit, whatever the view has seen yet."""

import pytest
from world import CAPITAL

from agents.chain.bindings import ledger
from agents.fleet.billing import THRESHOLD, Billing
from agents.market.domain import account_of, account_of_agent
from agents.mind.notes import Notes
from agents.money import CREDIT


class Payer:
    """An agent with an account at the provider."""

    def __init__(self, world, wallet, agent_id, provider):
        self.world, self.account, self.provider = world, account_of_agent(agent_id), provider
        self.notes = Notes(world.store, "Ada")
        self.billing = Billing(
            "Ada", wallet, self.account, provider, market=world.market, view=world.view, notes=self.notes
        )

    async def paid(self):
        return (await self.world.market.balance(self.provider)).free


@pytest.fixture
async def payer(world, wallets):
    agent_id = await world.register("Ada", wallets[2])
    return Payer(world, wallets[2], agent_id, account_of(wallets[4].address))


async def test_what_is_owed_is_paid_from_the_threshold_on(world, payer):
    payer.notes.add_thinking(10, THRESHOLD - 1)
    await payer.billing.pay()
    assert await payer.paid() == 0
    payer.notes.add_thinking(10, 1)
    assert payer.billing.owed == THRESHOLD
    await payer.billing.pay()
    assert await payer.paid() == THRESHOLD
    await world.catch_up()
    assert (payer.billing.owed, payer.billing.paid) == (0, THRESHOLD)


async def test_who_leaves_pays_the_last_unit(world, payer):
    payer.notes.add_thinking(1, 1)
    await payer.billing.pay(threshold=1)
    assert await payer.paid() == 1
    await world.catch_up()
    await payer.billing.pay(threshold=0)
    assert len(await world.events(ledger.Transferred)) == 1


async def test_a_view_that_lags_pays_nothing_twice_and_owes_only_what_came_later(world, payer):
    payer.notes.add_thinking(10, CREDIT)
    for _ in range(3):
        await payer.billing.pay()
    payer.notes.add_thinking(10, 2 * CREDIT)
    await payer.billing.pay()
    assert await payer.paid() == CREDIT, (
        "the view has not seen the first payment: it is the one that is meant"
    )
    await world.catch_up()
    await payer.billing.pay()
    assert await payer.paid() == 3 * CREDIT
    assert [one.amount for one in await world.events(ledger.Transferred)] == [CREDIT, 2 * CREDIT]


async def test_another_process_on_the_same_store_pays_nothing_twice(world, payer, wallets):
    payer.notes.add_thinking(10, CREDIT)
    await payer.billing.pay()
    again = Payer(world, wallets[2], payer.account ^ (1 << 160), payer.provider)
    await again.billing.pay()
    assert await payer.paid() == CREDIT


async def test_an_agent_without_enough_pays_what_it_has_and_the_rest_later(world, payer, wallets):
    payer.notes.add_thinking(10, CAPITAL + 7)
    await payer.billing.pay()
    assert await payer.paid() == CAPITAL
    await world.catch_up()
    await payer.billing.pay(threshold=1)
    assert await payer.paid() == CAPITAL
    await world.give(wallets[2], payer.account, 100, "more")
    await world.catch_up()
    await payer.billing.pay(threshold=1)
    assert await payer.paid() == CAPITAL + 7
