"""What one party sends: once for each intent, and again under a new name once the old one is dead."""

import asyncio

import pytest
from world import draft

from agents.chain.devnet import warp
from agents.market.domain import TaskState
from agents.mind.actions import Finalize, Release
from agents.mind.hands import PAUSE, Hands


@pytest.fixture
async def task(world, wallets):
    requester = await world.new_requester(wallets[1])
    (task,) = await world.post(requester, draft())
    return task


@pytest.fixture
def hands(world, wallets):
    return Hands("Ada", wallets[1], world.market, world.feed.now)


async def test_a_refusal_is_returned_and_rested_on(world, hands, task):
    error = await hands.attempt(Release(task.id))
    assert error is not None
    assert not hands.is_ready("release", task.id)
    assert hands.is_ready("finalize", task.id), "another kind does not rest"
    await warp(world.rpc, PAUSE)
    await world.catch_up()
    assert hands.is_ready("release", task.id)


async def test_what_was_mined_and_failed_is_sent_again_under_a_new_name(world, hands, task, wallets):
    action = Finalize(task.id)
    call = world.deployment.auction.finalize(task.id)
    # With gas given, nothing is tried first: the transaction is mined, and fails.
    with pytest.raises(Exception, match="RevealStillOpen"):
        await world.sender.send(wallets[1], call, intent=f"Ada:{action.intent}", gas=200_000)
    await warp(world.rpc, task.reveal_end - world.feed.now())
    await world.catch_up()
    assert "RevealStillOpen" in str(await hands.attempt(action)), "the dead one, found in the store"
    assert await hands.attempt(action) is None
    await world.catch_up()
    assert world.view.tasks[task.id].state is TaskState.EXPIRED


async def test_an_action_done_is_not_done_again(world, hands, task):
    await warp(world.rpc, task.reveal_end - world.feed.now())
    await world.catch_up()
    assert await hands.attempt(Finalize(task.id)) is None
    head = await world.rpc.call("eth_blockNumber")
    assert await hands.attempt(Finalize(task.id)) is None
    assert await world.rpc.call("eth_blockNumber") == head


async def test_what_is_on_its_way_or_not_yet_seen_is_not_sent_again(world, hands, task):
    action = Finalize(task.id)
    await warp(world.rpc, task.reveal_end - world.feed.now())
    await world.catch_up()
    assert hands.is_free(action)
    sending = asyncio.create_task(hands.attempt(action))
    await asyncio.sleep(0)
    assert not hands.is_free(action)
    assert hands.is_free(Release(task.id)), "another kind is"
    assert await sending is None
    assert not hands.is_free(action), "the view does not know of it yet"
    await warp(world.rpc, 1)
    await world.catch_up()
    assert hands.is_free(action)


def test_the_time_to_try_again_is_that_of_what_has_rested_longest(wallets):
    now = [100]
    hands = Hands("Ada", wallets[1], None, lambda: now[0])
    assert hands.rested() is None
    hands.rest("commit", 1, "busy")
    now[0] = 102
    hands.rest("commit", 2, "busy")
    assert hands.rested() == 100 + PAUSE
    now[0] = 100 + PAUSE
    assert hands.rested() == 102 + PAUSE
    now[0] = 102 + PAUSE
    assert hands.rested() is None
