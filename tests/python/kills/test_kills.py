"""Parties and tailers are killed again and again, at every moment that matters: nothing is lost, nothing is doubled."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

from simulation.party import accounts
from simulation.truth import Truth, differences, silences, stored

from agents.chain.faucet import TEST_PHRASE
from agents.chain.reader import request
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Seed
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from kills.doom import MOMENTS
from kills.raising import KILLS, Upbringing, job_of, mine

PARTY_KILLS, TAILER_KILLS = KILLS // 5, KILLS * 3 // 10
"""Of each."""
ENOUGH, LONGEST_TURN = 15, 5
"""Seconds of the chain: who is awake for so long while it could open a bid has opened it."""


async def test_parties_that_are_killed_lose_nothing_and_do_nothing_twice(fresh, node, tmp_path):
    others = accounts(fresh.casts)
    members = [
        Upbringing(
            cast.name,
            job_of(cast, 1 + 3 * at, others, node.url, node.addresses),
            tmp_path,
            PARTY_KILLS,
        )
        for at, cast in enumerate(fresh.casts)
    ]
    miner = asyncio.create_task(mine(fresh.node))
    try:
        await asyncio.gather(*(member.go_through() for member in members))
    finally:
        miner.cancel()
    died = sum((member.died for member in members), Counter())
    print(dict(died))
    assert died.total() == PARTY_KILLS * len(members)
    assert set(+died) == set(MOMENTS), "some moment has never come"
    async with Rpc(node.url) as rpc:
        await compared(
            rpc, fresh.node, fresh.deployment, fresh.known, members, fresh.casts, LONGEST_TURN, ENOUGH
        )


async def compared(rpc, node, deployment, known, members, casts, longest_turn, enough):
    """What all kept is what the chain says, and what could be opened was opened."""
    truth, found = Truth(node.ask, deployment, known), []
    # The node may go on to build blocks, in which nothing happens any more.
    await catch_up(rpc, deployment, [member.store for member in members])
    market = Marketplace(rpc, deployment, None)
    for member, cast in zip(members, casts, strict=True):
        view = view_of(rpc, deployment, member.store)
        found += differences(truth, member.store, cast, market, view)
        found += silences(truth, member.store, cast, member.awake(longest_turn), [], enough)
    assert found == []
    assert len(truth.events) > 100, "little has happened"


async def test_a_tailer_that_is_killed_reads_each_event_once(fresh, node, tmp_path):
    job = {"provider": node.url, "addresses": str(node.addresses)}
    tailer = Upbringing("tailer", job, tmp_path, TAILER_KILLS, ("logs", "writing", "commit", "kept"))
    busy = asyncio.create_task(mint_and_mine(fresh.node, fresh.deployment.token))
    try:
        await tailer.go_through()
    finally:
        busy.cancel()
    print(dict(tailer.died))
    assert len(+tailer.died) == 4, "some moment has never come"
    async with Rpc(node.url) as rpc:
        await catch_up(rpc, fresh.deployment, [tailer.store])
    truth = Truth(fresh.node.ask, fresh.deployment, fresh.known)
    assert len(truth.logs) > len(fresh.known.logs) + TAILER_KILLS, "the chain was idle"
    with closing(sqlite3.connect(tailer.store)) as db:
        assert stored(truth, db) == []


async def mint_and_mine(node, token):
    """Events in each block, until cancelled."""
    minter = Seed(TEST_PHRASE).wallet(0).address
    while True:
        for amount in range(1, 6):
            node.ask("eth_sendTransaction", request(token.mint(minter, amount), minter))
        node.ask("evm_mine")
        await asyncio.sleep(0.05)


async def catch_up(rpc, deployment, paths):
    """What was mined after they had ended."""
    for path in paths:
        store = Store.open(path)
        while await Tailer(rpc, store, deployment.decoders, deployment.deploy_block).poll():
            pass
        store.close()


def view_of(rpc, deployment, path):
    """What a new process would know."""
    store = Store.open(path)
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
    try:
        return MarketFeed(tailer, MarketView()).view
    finally:
        store.close()
