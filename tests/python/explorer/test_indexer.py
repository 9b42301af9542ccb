"""The indexer on a real provider, and on scripted chains whose nodes and databases come and go."""

import asyncio
from dataclasses import replace
from random import Random

import httpx
import pytest
from databases import BOTH
from scripted_chain import InMemory, ScriptedChain, rpc_to
from scripted_market import scripted_deployment
from sqlalchemy import select, text
from structlog.testing import capture_logs

from agents.chain.rpc import Rpc
from agents.errors import IndexInUse, IndexOfAnotherChain, NodeBehind, TransportError, WrongChain
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer
from agents.market.domain import account_of


class Door(InMemory):
    """The way to a chain, which can be shut."""

    shut = False

    async def handle_async_request(self, request):
        if self.shut:
            raise httpx.ConnectError("refused")
        return await super().handle_async_request(request)


@pytest.fixture
def chain():
    chain = ScriptedChain(scripted_deployment())
    chain.mine(Random("indexer"), 30)
    return chain


@pytest.fixture
def door(chain):
    return Door(chain)


@pytest.fixture
async def provider(door):
    async with Rpc("http://chain.test", transport=door, uniform=lambda *_: 0.0) as rpc:
        yield rpc


def newest(engine):
    with engine.connect() as db:
        return db.execute(select(schema.cursor.c.block)).scalar_one()


def all_of(engine, table):
    with engine.connect() as db:
        return db.execute(select(table)).mappings().all()


async def until(holds):
    """Wait for something that comes by itself."""
    while not holds():
        await asyncio.sleep(0.01)


async def test_the_index_holds_what_a_real_node_has_failures_among_it(rpc, deployment, engine, wallets):
    sender = wallets[0].address
    call = deployment.ledger.withdraw(account_of(sender), sender, 5)
    request = {"from": sender, "to": call.to, "data": "0x" + call.data.hex(), "gas": "0x30000"}
    await rpc.each([("eth_sendTransaction", (request,))])
    async with Indexer(rpc, deployment, engine) as indexer:
        cursor = await indexer.catch_up()
        assert cursor.block == int(await rpc.call("eth_blockNumber"), 16) == newest(engine)
        assert indexer.status.behind == 0
    blocks, sent = all_of(engine, schema.blocks), all_of(engine, schema.transactions)
    assert [one["number"] for one in blocks] == list(range(deployment.deploy_block, cursor.block + 1))
    (failed,) = [one for one in sent if one["status"] == 0]
    assert (failed["contract"], failed["function"], failed["sender"]) == ("Ledger", "withdraw", sender)
    assert {one["name"]: one["value"] for one in failed["arguments"]} == {
        "account": sender,
        "to": sender,
        "amount": 5,
    }
    assert failed["error"]["error"] == "InsufficientFree"
    assert [one["value"] for one in failed["error"]["arguments"]] == [sender, 0, 5]
    raw = await rpc.call("eth_getTransactionReceipt", failed["hash"])
    assert failed["gas_used"] == int(raw["gasUsed"], 16)
    (first, *_) = all_of(engine, schema.events)
    assert (first["contract"], first["name"]) == ("CreditToken", "RoleGranted")


@pytest.mark.parametrize("refused", ["debug_traceTransaction", None])
async def test_why_a_transaction_failed_is_asked_in_two_ways(chain, provider, engine, refused):
    """By a trace; or, where the node makes none, by the same call, which this chain does not answer."""
    if refused:
        chain.unknown.add(refused)
    chain.mine(Random("failures"), 30)
    async with Indexer(provider, chain.deployment, engine) as indexer:
        await indexer.catch_up()
    failed = [one for one in all_of(engine, schema.transactions) if one["status"] == 0]
    told = {one["error"]["error"] for one in failed}
    assert len(failed) > 3
    assert told == ({None} if refused else {"InsufficientFree", None})


async def test_logs_of_transactions_that_their_block_does_not_hold_are_not_believed(chain, provider, engine):
    next(block for block in chain.blocks if block.logs).logs[0]["transactionHash"] = "0x" + "5a" * 32
    async with Indexer(provider, chain.deployment, engine) as indexer:
        with pytest.raises(TransportError, match="does not hold"):
            await indexer.catch_up()


async def test_a_node_that_is_away_is_waited_for(chain, door, provider, engine):
    stop, changes = asyncio.Event(), []
    async with Indexer(
        provider, chain.deployment, engine, poll=0.01, changed=lambda: changes.append(1)
    ) as indexer:
        running = asyncio.create_task(indexer.run(stop))
        await until(lambda: indexer.status.node == "up" and indexer.status.behind == 0)
        since = indexer.status.node_since
        door.shut = True
        with capture_logs() as logs:
            await until(lambda: indexer.status.node == "down")
        assert indexer.status.node_since > since
        assert "ConnectError" in indexer.status.trouble
        assert [one["event"] for one in logs] == ["node_down"]
        assert indexer.status.cursor.block == newest(engine) == 30
        chain.mine(Random("away"), 7)
        changes.clear()
        door.shut = False
        await until(lambda: indexer.status.node == "up" and newest(engine) == 37)
        assert changes
        assert indexer.status.trouble is None
        stop.set()
        await running


async def test_a_node_that_is_away_at_first_is_told_of_once_it_was_asked(chain, door, provider, engine):
    door.shut, stop = True, asyncio.Event()
    async with Indexer(provider, chain.deployment, engine, poll=0.01) as indexer:
        assert indexer.status.node is None
        with capture_logs() as logs:
            running = asyncio.create_task(indexer.run(stop))
            await until(lambda: indexer.status.node is not None)
        assert (indexer.status.node, indexer.status.writing) == ("down", True)
        assert [one["event"] for one in logs] == ["node_down"]
        stop.set()
        await running


async def test_a_node_that_lags_is_waited_for_but_not_for_ever(chain, provider, engine):
    async with Indexer(provider, chain.deployment, engine, patience=1000.0) as indexer:
        await indexer.catch_up()
        chain.fork(2)
        with pytest.raises(NodeBehind) as caught:
            await indexer.catch_up()
        assert (caught.value.known, caught.value.head) == (30, 28)
        assert newest(engine) == 30
    async with Indexer(provider, chain.deployment, engine, patience=0.0) as indexer:
        assert (await indexer.catch_up()).block == 28
        assert indexer.status.cursor.epoch == 1


async def test_another_chain_under_the_same_node_takes_nothing_away(chain, door, provider, engine):
    async with Indexer(provider, chain.deployment, engine, patience=0.0) as indexer:
        await indexer.catch_up()
        chain.fork(30)
        chain.blocks[0].raw["hash"] = "0x" + "22" * 32
        chain.mine(Random("another"), 40)
        with pytest.raises(WrongChain):
            await indexer.catch_up()
        assert newest(engine) == 30


async def test_a_range_that_never_fits_together_is_given_up_for_now(chain, provider, engine):
    chain.blocks[20].raw["parentHash"] = "0x" + "33" * 32
    async with Indexer(provider, chain.deployment, engine) as indexer:
        with pytest.raises(TransportError, match="not of one chain"):
            await indexer.catch_up()
        assert indexer.status.cursor.block == 0


async def test_a_backlog_is_told_of_as_it_shrinks(chain, provider, engine):
    told = []
    async with Indexer(
        provider, chain.deployment, engine, progress=lambda *one: told.append(one), range_blocks=7
    ) as indexer:
        await indexer.catch_up()
    assert told == [(7, 30), (14, 30), (21, 30), (28, 30), (30, 30)]


@BOTH
async def test_one_process_writes_and_the_next_takes_over(chain, provider, engine, database):
    async with Indexer(provider, chain.deployment, engine) as one:
        await one.catch_up()
        other_engine = open_engine(database)
        async with Indexer(provider, chain.deployment, other_engine, poll=0.01) as other:
            with pytest.raises(IndexInUse) as caught:
                await other.catch_up()
            assert "process" in caught.value.holder
            stop = asyncio.Event()
            running = asyncio.create_task(other.run(stop))
            await until(lambda: other.status.trouble is not None)
            assert not other.status.writing
            chain.mine(Random("next"), 5)
            await one.close()
            await until(lambda: other.status.writing and newest(engine) == 35)
            stop.set()
            await running
        other_engine.dispose()


async def test_a_server_that_breaks_off_is_waited_for(chain, provider, postgres):
    address = postgres.database()
    name = address.partition("?")[0].rpartition("/")[2]
    engine, admin = open_engine(address), open_engine(postgres.url())
    stop = asyncio.Event()

    def order(*statements):
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            for statement in statements:
                db.execute(text(statement))

    async with Indexer(provider, chain.deployment, engine, poll=0.01) as indexer:
        running = asyncio.create_task(indexer.run(stop))
        await until(lambda: indexer.status.cursor and indexer.status.behind == 0)
        order(
            f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        chain.mine(Random("broken off"), 5)
        await until(lambda: indexer.status.database == "down")
        assert "cannot be used for now" in indexer.status.trouble
        assert not indexer.status.writing
        order(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        await until(lambda: indexer.status.writing and newest(engine) == 35)
        assert indexer.status.database == "up"
        assert indexer.status.trouble is None
        stop.set()
        await running
    for one in (engine, admin):
        one.dispose()


async def test_the_index_of_another_market_is_left_alone(chain, provider, engine):
    async with Indexer(provider, chain.deployment, engine) as indexer:
        await indexer.catch_up()
    other = replace(chain.deployment, genesis_hash="0x" + "44" * 32)
    async with Indexer(rpc_to(chain), other, engine) as indexer:
        with pytest.raises(IndexOfAnotherChain) as caught:
            await indexer.run(asyncio.Event())
    assert (caught.value.found, caught.value.wanted) == (chain.deployment.key, other.key)
    assert newest(engine) == 30
