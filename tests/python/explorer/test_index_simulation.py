"""Random lives of an index: the chain grows and forks, the node lags, lies and is not there, the process dies in the
midst of a batch; and in the end the tables are what a single fold of the final chain makes."""

import os
import sqlite3
from random import Random

import pytest
from faults.engine import Engine, Fault
from faults.transport import FaultyTransport
from scripted_chain import ScriptedChain
from scripted_market import scripted_deployment
from sqlalchemy import event
from truth import VIEWED, as_viewed, differences, dump, folded, fresh, rows_of, view_of, viewed

from agents.chain.rpc import Rpc
from agents.errors import AgoraError, DatabaseDown, TransportError
from agents.explorer.indexer import Indexer

SEEDS = int(os.environ.get("AGORA_SIMULATION_SEEDS", "100"))
STEPS = 12
QUICK = (Fault.REFUSE, Fault.DROP, Fault.DUPLICATE, Fault.LIMIT, Fault.BROKEN, Fault.GARBAGE)
LIES = (Fault.STALE, Fault.CUT, Fault.TWICE, Fault.FOREIGN)
"""Faults that need no waiting."""


class Life:
    """One index, what becomes of its chain and of its process, and dice."""

    def __init__(self, seed, folder):
        self.dice = Random(f"index {seed}")
        self.chain = ScriptedChain(scripted_deployment(), self.dice.randint(1, 4))
        self.engine = fresh(folder, f"life-{seed}")
        self.doom = None
        """How many steps of the database are left until the process dies; None for a long life."""
        event.listen(self.engine, "connect", self.connected)
        rate = self.dice.choice([0.0, 0.05, 0.15])
        rates = {fault: rate / len(QUICK) for fault in QUICK} | {fault: rate / len(LIES) for fault in LIES}
        self.faults = Engine(f"{seed}", self.forward, rates)
        self.undo = self.dice.choice([2, 8, 64])
        self.range = self.dice.choice([1, 3, 10, 100])
        self.patience = self.dice.choice([0.0, 1000.0])
        self.moves = 0.1
        """How likely the chain moves on between two requests."""
        self.deaths = self.reorgs = 0

    def connected(self, connection, _):
        assert isinstance(connection, sqlite3.Connection)
        connection.set_progress_handler(self.tick, 500)

    def tick(self):
        """Called by SQLite as it works: what is not 0 breaks off the statement, and the transaction is undone."""
        if self.doom is None:
            return 0
        self.doom -= 1
        return int(self.doom < 0)

    async def forward(self, content):
        """The chain may move on between any two requests."""
        if self.dice.random() < self.moves:
            self.move()
        return self.chain.answer(content)

    def move(self):
        """Some blocks come, or leave the chain and others come."""
        if self.chain.head > 2 and self.dice.random() < 0.3:
            self.reorgs += 1
            self.chain.fork(self.dice.randint(1, min(self.chain.head - 1, self.dice.choice([1, 3, 20]))))
        self.chain.mine(self.dice, self.dice.choice([0, 1, 1, 2, 5]))

    def indexer(self):
        rpc = Rpc("http://chain.test", transport=FaultyTransport(self.faults), uniform=lambda *_: 0.0)
        return rpc, Indexer(
            rpc,
            self.chain.deployment,
            self.engine,
            patience=self.patience,
            undo_blocks=self.undo,
            range_blocks=self.range,
        )

    async def live(self):
        """The index meets all that dice bring; then the chain and the node come to rest."""
        rpc, indexer = self.indexer()
        for _ in range(STEPS):
            self.move()
            self.doom = self.dice.randint(0, 60) if self.dice.random() < 0.3 else None
            try:
                await indexer.catch_up()
            except DatabaseDown:
                # The process is gone: what it had in memory is lost, and another one begins.
                self.deaths += 1
                self.doom = None
                await indexer.close()
                await rpc.close()
                rpc, indexer = self.indexer()
            except TransportError:
                continue
        self.faults.heal()
        self.doom = None
        # A node is believed to be behind for as long as it has fewer blocks than it told of.
        self.chain.mine(self.dice, 30)
        await self.rest(indexer)
        await indexer.close()
        await rpc.close()

    async def rest(self, indexer):
        """Until the index holds what the chain, which does not move any more, has."""
        self.moves = 0.0
        while True:
            try:
                cursor = await indexer.catch_up()
            except AgoraError:
                continue
            if cursor.hash == self.chain.blocks[-1].raw["hash"]:
                return


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("indexes")


async def test_whatever_happens_the_index_is_a_fold_of_the_final_chain(folder):
    wrong, deaths, reorgs, faults = {}, 0, 0, 0
    for seed in range(SEEDS):
        life = Life(seed, folder)
        await life.live()
        truth = await folded(life.chain, fresh(folder, f"truth-{seed}"))
        if dump(life.engine) != dump(truth):
            wrong[seed] = differences(rows_of(life.engine), rows_of(truth))
        if as_viewed(rows_of(life.engine, VIEWED)) != viewed(view_of(life.chain)):
            wrong[seed] = "another view"
        deaths, reorgs, faults = (
            deaths + life.deaths,
            reorgs + life.reorgs,
            faults + len(life.faults.happened),
        )
        for engine in (life.engine, truth):
            engine.dispose()
    assert not wrong
    # A simulation in which nothing happens proves nothing.
    assert deaths >= SEEDS // 2
    assert reorgs >= SEEDS
    assert faults >= SEEDS
