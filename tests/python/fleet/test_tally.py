"""The tally: what a run came to, over all processes that it had, and what the last hour came to, over all runs."""

import json

import pytest

from agents.chain.store import Store
from agents.fleet.tally import Calls, Tally
from agents.llm.protocol import Usage


class Clock:
    def __init__(self, now=1_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fleet.db"


@pytest.fixture
def opened(path, clock):
    stores = []

    def again():
        for store in stores:
            store.close()
        stores.append(Store.open(path))
        return Tally(stores[-1], clock)

    yield again
    for store in stores:
        store.close()


def sign(tally, intent, gas=None):
    """An entry of the outbox; mined, if it has used gas."""
    receipt, state = (None, "pending") if gas is None else (json.dumps({"gasUsed": hex(gas)}), "mined")
    with tally.store.transaction() as db:
        db.execute(
            "INSERT INTO outbox (intent, wallet, nonce, raw, hash, cost, state, receipt) "
            "VALUES (?, '0xA', 0, x'', ?, '1', ?, ?)",
            (intent, intent, state, receipt),
        )


def test_calls_add_up_by_party_and_in_all(opened):
    tally = opened()
    tally.count("ada", "work", Usage(100, 10), 7)
    tally.count("ada", "work", Usage(50, 5), 3)
    tally.count("bob", "fit", Usage(20, 2), 1)
    assert tally.total == Calls(3, 170, 17, 11)
    assert tally.cost_of == {"ada": 10, "bob": 1}
    counted = {"calls": 3, "prompt": 170, "completion": 17, "credits": 11}
    assert tally.figures() == counted | {"transactions": 0, "gas": 0}


def test_a_run_that_was_killed_goes_on_counting_and_one_that_ended_does_not(opened):
    tally = opened()
    assert not tally.resumed
    sign(tally, "a")
    tally.count("ada", "work", Usage(100, 10), 7)
    tally = opened()
    assert tally.resumed
    tally.count("ada", "work", Usage(1, 1), 1)
    assert (tally.total.cost, tally.cost_of["ada"], tally.transactions) == (8, 8, 1)
    tally.finish()
    tally = opened()
    assert not tally.resumed
    assert (tally.total, tally.cost_of, tally.transactions) == (Calls(), {}, 0)


def test_transactions_and_their_gas_are_those_of_the_run(opened):
    tally = opened()
    sign(tally, "earlier", gas=21_000)
    tally.finish()
    tally = opened()
    assert (tally.transactions, tally.gas()) == (0, 0)
    sign(tally, "mined", gas=100_000)
    sign(tally, "pending")
    assert (tally.transactions, tally.gas()) == (2, 100_000)


def test_the_last_hour_slides_and_does_not_end_with_a_run_or_a_process(opened, clock):
    tally = opened()
    tally.count("ada", "work", Usage(1, 1), 5)
    tally.finish()
    clock.now += 30 * 60
    tally = opened()
    tally.count("ada", "work", Usage(1, 1), 2)
    assert (tally.last_hour().calls, tally.last_hour().cost) == (2, 7)
    clock.now += 31 * 60
    assert (tally.last_hour().calls, tally.last_hour().cost) == (1, 2)
    clock.now += 30 * 60
    assert tally.last_hour() == Calls()


def test_a_call_is_kept_with_the_transaction_that_it_stands_in(opened):
    def half_a_note(store, tally):
        with store.transaction():
            tally.count("ada", "work", Usage(1, 1), 5)
            raise InterruptedError

    tally = opened()
    with pytest.raises(InterruptedError):
        half_a_note(tally.store, tally)
    assert opened().total == Calls()
