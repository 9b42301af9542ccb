"""The keeper ends what everybody else has left, so that nothing stays open for ever."""

import pytest
from world import CAPITAL, draft, saying

from agents.fleet.keeper import GRACE, Keeper
from agents.market.domain import Balance, TaskState, account_of
from agents.mind.hands import Hands


@pytest.fixture
async def keeper(world, wallets):
    clock = world.feed.now
    return Keeper(Hands("keeper", wallets[4], world.market, clock), world.view, clock)


@pytest.fixture
async def buyer(world, wallets):
    return await world.new_requester(wallets[1])


async def comes(world, keeper, due):
    """The keeper does nothing a second before its time, and takes one step at its time."""
    await world.reach(due + GRACE - 1)
    before = dict(world.view.tasks)
    await keeper.step()
    await world.catch_up()
    assert world.view.tasks == before
    await world.reach(due + GRACE)
    await keeper.step()
    await world.catch_up()
    (task,) = world.view.tasks.values()
    return task


async def test_a_task_without_bids_of_a_requester_that_is_gone_expires(world, keeper, buyer):
    (task,) = await world.post(buyer, draft())
    assert (await comes(world, keeper, task.reveal_end)).state is TaskState.EXPIRED
    assert await world.market.balance(account_of(buyer.wallet.address)) == Balance(CAPITAL, 0)


async def test_an_auction_that_nobody_ends_is_ended(world, wallets, keeper, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    (task,) = await world.post(buyer, draft())
    await world.turn(agent)
    await world.reach(task.bidding_end)
    await world.turn(agent)
    assert (await comes(world, keeper, task.reveal_end)).state is TaskState.AWARDED


async def test_work_that_is_not_delivered_is_declared_so(world, wallets, keeper, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    (task,) = await world.post(buyer, draft())
    await world.award(task.id, agent)
    done = await comes(world, keeper, world.view.tasks[task.id].deadline)
    assert (done.state, done.defaulted) == (TaskState.REFUNDED, True)


async def test_a_worker_that_nobody_scores_is_paid(world, wallets, keeper, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    (task,) = await world.post(buyer, draft())
    await world.award(task.id, agent)
    await world.turn(agent)
    done = await comes(world, keeper, world.view.tasks[task.id].deadline)
    assert (done.state, done.silent) == (TaskState.SETTLED, True)


async def test_a_rejected_task_is_closed(world, wallets, keeper, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("green"))
    (task,) = await world.post(buyer, draft())
    await world.award(task.id, agent)
    await world.turn(agent)
    await world.turn(buyer)
    assert (await comes(world, keeper, world.view.tasks[task.id].deadline)).state is TaskState.REFUNDED
