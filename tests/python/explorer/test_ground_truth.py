"""After lives of a market with errors, lies, forks and deaths, read by an indexer to which the same happens, each
figure of the overview, of every task and of every agent is the one that the raw logs add up to."""

import asyncio
from collections import Counter
from random import Random

import api_against_truth
import pytest
import structlog
from against_truth import strays
from faults.engine import Engine, rates
from faults.transport import FaultyTransport
from raw_logs import Chain
from raw_truth import Truth
from simulation.network import Weather
from simulation.stage import fresh, market, memory
from sqlalchemy import select

from agents.chain.rpc import Rpc
from agents.errors import TransportError
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer

__all__ = ["fresh", "market", "memory"]

SEEDS = (3, 6)
STORM = Weather(errors=0.03, lies=0.01, forks=0.05, amnesia=0.02, deaths=0.5)
LONG_SECONDS = 300
"""How long parties are active, and the weather is bad."""
TRIES = 200


@pytest.fixture(autouse=True)
def _quiet():
    """A run logs thousands of faults."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(wrapper_class=before)


async def index(market, engine, seed):
    """The index is as far as the chain, however often the node fails and the indexer begins anew."""
    dice = Random(seed)

    async def forward(content):
        return market.node.post(content)

    faulty = Engine(f"index {seed}", forward, rates(errors=0.3, lies=0.1))
    for _ in range(TRIES):
        transport = FaultyTransport(faulty)
        async with (
            Rpc("http://node", transport=transport) as rpc,
            Indexer(rpc, market.deployment, engine, patience=0.0) as indexer,
        ):
            try:
                async with asyncio.timeout(dice.choice((0.05, 0.5, 5.0))):
                    await indexer.catch_up()
            except (TransportError, TimeoutError):
                continue
            # A node that lies may have told of an older head.
            if indexer.status.cursor.block == int(market.node.ask("eth_blockNumber"), 16):
                return faulty
    raise AssertionError("the index did not come to the chain's head")


async def asked(deployment, engine, folder, truth):
    async with api_against_truth.application(deployment, engine, folder, truth.chain.head) as client:
        return await api_against_truth.strays(client, truth)


def test_every_figure_is_the_one_that_raw_logs_add_up_to(node, fresh, memory, monkeypatch):
    monkeypatch.setattr("simulation.run.ACTIVE_SECONDS", LONG_SECONDS)
    engine = open_engine(f"sqlite:///{memory}/index.db")
    seen = Counter()
    for seed in SEEDS:
        folder = memory / str(seed)
        folder.mkdir()
        snapshot = fresh.node.ask("evm_snapshot")
        fresh.play(seed, folder, STORM)
        seen["faults"] += len(asyncio.run(index(fresh, engine, seed)).happened)
        truth = Truth(Chain(node.url, api_against_truth.contracts_of(fresh.deployment)))
        seen.update(truth.states().values())
        with engine.connect() as db:
            assert strays(db, truth) == []
        assert asyncio.run(asked(fresh.deployment, engine, folder, truth)) == []
        with engine.connect() as db:
            assert not db.execute(select(schema.entries).where(schema.entries.c.reason == "other")).all()
        # The next life begins where this one began: all of this one leaves the chain.
        fresh.node.ask("evm_revert", snapshot)
    engine.dispose()
    assert all(seen[what] for what in ("faults", "Settled", "Refunded", "Expired"))
