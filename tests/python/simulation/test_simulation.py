"""Random markets under errors, lies, forks, shutdowns and deaths: every store ends as the chain says, both ways."""

import os
import sqlite3
from collections import Counter
from contextlib import closing

import pytest
import structlog
from faults.engine import ERRORS, LIES

from agents.chain.outbox import Outbox
from agents.chain.sender import Sender
from agents.chain.tailer import Tailer
from simulation.life import MOMENTS
from simulation.network import Weather
from simulation.run import Failure

SEEDS = int(os.environ.get("AGORA_SIMULATION_SEEDS", "100"))
REGRESSIONS = {
    0: "the tailer kept logs that came twice, and failed",
    9: "logs were lost of a block whose last transaction left none",
    13: "a receipt stayed in the outbox, of a block that left the chain before the tailer had read it",
    36: "the logs that a node had left out were never read",
}
"""Seeds that once failed, and what they brought to light."""
STORM = Weather(errors=0.05, lies=0.02, forks=0.2, amnesia=0.05, deaths=1.0)

seen: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _quiet():
    """A run logs thousands of faults; a failure tells them all."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(wrapper_class=before)


@pytest.mark.parametrize("seed", dict.fromkeys([*range(SEEDS), *REGRESSIONS]))
def test_every_store_ends_as_the_chain_says(fresh, memory, seed):
    seen.update(fresh.play(seed, memory))
    seen["seeds"] += 1


def test_the_seeds_have_seen_everything():
    if seen["seeds"] < 100:
        pytest.skip("few seeds were played")
    things = [
        *(str(fault) for fault in (*ERRORS, *LIES)),
        *(f"killed {moment}" for moment in MOMENTS),
        *("shut down", "forks", "forgotten"),
        *("TaskCreated", "TaskCancelled", "BidCommitted", "BidRevealed", "BondForfeited", "TaskAwarded"),
        *("TaskExpired", "ResultSubmitted", "TaskEvaluated", "TaskSettled", "TaskRejected", "TaskRefunded"),
        *("TaskDefaulted", "TaskTakenOver", "Transferred"),
    ]
    assert not [thing for thing in things if not seen[thing]]


def test_the_same_seed_is_the_same_life(fresh, memory):
    lives = []
    for number in range(2):
        folder = memory / str(number)
        folder.mkdir()
        snapshot = fresh.node.ask("evm_snapshot")
        counts = fresh.play(4, folder)
        fresh.node.ask("evm_revert", snapshot)
        lives.append((counts, [kept(path) for path in sorted(folder.glob("*.db"))]))
    assert lives[0] == lives[1]


def kept(path):
    """All that a party has signed, decided and read."""
    with closing(sqlite3.connect(path)) as db:
        tables = ("outbox", "decisions", "blocks", "logs")
        return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


def forgets_reorgs(monkeypatch):
    def nothing(self, *_):
        return 0

    monkeypatch.setattr(Outbox, "reopen", nothing)
    monkeypatch.setattr(Outbox, "retract", nothing)


def never_looks_back(monkeypatch):
    async def is_current(self, cursor):
        return True

    monkeypatch.setattr(Tailer, "_is_current", is_current)


def signs_anew_after_a_death(monkeypatch):
    """What was signed and has no outcome is forgotten, and signed again with another nonce."""
    begin = Sender.__init__

    def forgetful(self, rpc, store, *arguments, **options):
        begin(self, rpc, store, *arguments, **options)
        store.db.execute("DELETE FROM outbox WHERE state = 'pending'")

    monkeypatch.setattr(Sender, "__init__", forgetful)


@pytest.mark.parametrize("bug", [forgets_reorgs, never_looks_back, signs_anew_after_a_death])
def test_a_bug_does_not_survive_the_storm(fresh, memory, monkeypatch, bug):
    bug(monkeypatch)
    for seed in range(5):
        folder = memory / str(seed)
        folder.mkdir()
        snapshot = fresh.node.ask("evm_snapshot")
        try:
            fresh.play(seed, folder, STORM)
        except Failure:
            return
        finally:
            fresh.node.ask("evm_revert", snapshot)
    raise AssertionError("nothing has come to light")
