"""The feed: the view follows the chain, tells who waits, and folds again after a reorg."""

import asyncio

import pytest
from world import CAPITAL, draft

from agents.chain.bindings import task_manager
from agents.chain.devnet import warp
from agents.chain.tailer import BlockEvents, Tailer
from agents.market.domain import account_of
from agents.market.feed import MarketFeed
from agents.market.view import MarketView


def new_feed(world, **options):
    tailer = Tailer(world.rpc, world.store, world.deployment.decoders, world.deployment.deploy_block)
    return MarketFeed(tailer, MarketView(), **options)


async def head(world):
    raw = await world.rpc.call("eth_getBlockByNumber", "latest", False)
    return int(raw["number"], 16), int(raw["timestamp"], 16)


async def test_catch_up_takes_in_everything_and_says_whether_there_was_anything(world, wallets):
    assert await world.feed.catch_up() is False
    await world.give(wallets[1], account_of(wallets[1].address), CAPITAL, "buyer")
    assert world.view.balance(account_of(wallets[1].address)).free == 0, "not before it looks"
    assert await world.feed.catch_up() is True
    assert world.view.balance(account_of(wallets[1].address)).free == CAPITAL
    assert await world.feed.catch_up() is False


async def test_now_is_the_time_of_the_newest_block_also_of_an_empty_one(world):
    await warp(world.rpc, 1000)
    await world.catch_up()
    assert (world.feed.block, world.feed.now()) == await head(world)


async def test_more_blocks_than_one_request_holds_are_taken_in_at_once(world):
    for _ in range(230):
        await world.rpc.call("evm_mine")
    await world.feed.catch_up()
    assert world.feed.block == (await head(world))[0]


async def test_changed_wakes_everybody_who_waits_once_for_each_news(world):
    waiting = [asyncio.create_task(world.feed.changed()) for _ in range(3)]
    await asyncio.sleep(0)
    await world.feed.catch_up()
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting), "nothing is new"
    await world.rpc.call("evm_mine")
    await world.feed.catch_up()
    await asyncio.wait_for(asyncio.gather(*waiting), 10)
    late = asyncio.create_task(world.feed.changed())
    await asyncio.sleep(0)
    assert not late.done(), "who comes later waits for the next"
    late.cancel()


class Stream:
    """A tailer with so many ranges of blocks to give."""

    def __init__(self, *ranges):
        self.ranges = list(ranges)

    def replay(self):
        return []

    async def poll(self):
        await asyncio.sleep(0)
        return self.ranges.pop(0) if self.ranges else []


async def test_who_waits_is_told_before_the_head_is_reached():
    """Where blocks come faster than they are read, it never is."""
    stream = Stream(*([BlockEvents(number, "0x", number, ())] for number in range(1, 50)))
    feed = MarketFeed(stream, MarketView())
    running = asyncio.create_task(feed.catch_up())
    await asyncio.wait_for(feed.changed(), 10)
    assert feed.block < 10
    await running


class Witness:
    """A follower that writes down what the view knew when it was told."""

    def __init__(self, view):
        self.view, self.seen = view, []

    def take(self, block):
        self.seen += [one.event.task_id in self.view.tasks for one in block.events if is_task(one.event)]

    def reset(self):
        self.seen.append("reset")


def is_task(event):
    return isinstance(event, task_manager.TaskCreated)


async def test_followers_are_told_after_the_view_and_of_forks(world, wallets):
    feed, witness = world.feed, Witness(world.view)
    feed.follow(witness)
    snapshot = await world.rpc.call("evm_snapshot")
    await world.post(await world.new_requester(wallets[1]), draft())
    await feed.catch_up()
    assert witness.seen == [True]
    await world.close()  # Else it would send again what the fork took back.
    await world.rpc.call("evm_revert", snapshot)
    await world.rpc.call("evm_increaseTime", "0x64")
    await world.rpc.call("evm_mine")
    await feed.catch_up()
    assert witness.seen == [True, "reset"]


async def test_a_new_feed_on_the_same_store_knows_it_all_without_the_node(world, wallets):
    buyer = await world.new_requester(wallets[1])
    await world.post(buyer, draft())
    feed = new_feed(world)
    assert feed.view.tasks == world.view.tasks
    assert feed.view.balances == world.view.balances
    assert (feed.now(), feed.block) == (world.feed.now(), world.feed.block)


async def test_after_a_reorg_the_view_is_that_of_the_new_chain_and_the_ancestor_is_told(world, wallets):
    told = []

    async def on_reorg(ancestor):
        told.append(ancestor)

    account = account_of(wallets[1].address)
    await world.give(wallets[1], account, CAPITAL, "kept")
    ancestor, _ = await head(world)
    feed = new_feed(world, on_reorg=on_reorg)
    await feed.catch_up()
    snapshot = await world.rpc.call("evm_snapshot")
    await world.give(wallets[1], account, 5, "lost")
    await feed.catch_up()
    assert feed.view.balance(account).free == CAPITAL + 5
    await world.close()  # Else it would send again what the fork took back.
    await world.rpc.call("evm_revert", snapshot)
    await world.rpc.call("evm_increaseTime", "0x64")
    await world.rpc.call("evm_mine")
    await feed.catch_up()
    assert feed.view.balance(account).free == CAPITAL
    assert feed.view.contributed[account] == CAPITAL
    assert told == [ancestor]
    assert (feed.block, feed.now()) == await head(world)


@pytest.mark.parametrize("rounds", [3])
async def test_two_folds_of_the_same_blocks_are_equal(world, wallets, rounds):
    buyer = await world.new_requester(wallets[1])
    await world.post(buyer, *(draft(str(number)) for number in range(rounds)))
    views = [new_feed(world).view for _ in range(2)]
    assert vars(views[0]) == vars(views[1])
