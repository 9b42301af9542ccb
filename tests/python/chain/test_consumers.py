import pytest
from tailing import drain

from agents.chain.bindings.credit_token import Transfer
from agents.chain.consumers import Consumers, Place
from agents.chain.tailer import Tailer


@pytest.fixture
async def tailer(rpc, store, deployment):
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block, patience=0)
    await drain(tailer)
    return tailer


class Counter:
    """Writes down each amount minted; it may fall over before it has kept what it took."""

    def __init__(self, store, name, tailer):
        self.store, self.name, self.tailer = store, name, tailer
        self.consumers = Consumers(store)
        store.migrate("test-1", "CREATE TABLE taken (name TEXT, value INTEGER)")

    def catch_up(self, falls_at=None):
        place = self.consumers.place(self.name) or Place(0)
        for logged in self.tailer.since(place, [Transfer]):
            with self.store.transaction() as db:
                db.execute("INSERT INTO taken VALUES (?, ?)", (self.name, logged.event.value))
                self.consumers.advance(db, self.name, Place(logged.block, logged.index + 1))
                if logged.event.value == falls_at:
                    raise KeyError(falls_at)

    def taken(self):
        query = "SELECT value FROM taken WHERE name = ?"
        return [row["value"] for row in self.store.db.execute(query, (self.name,))]


async def test_consumer_that_was_away_or_fell_over_takes_each_event_once(store, tailer, mint):
    one, other = (Counter(store, name, tailer) for name in ("one", "other"))
    one.catch_up()
    before = len(one.taken())
    await mint(1, 2, 3)
    await drain(tailer)
    with pytest.raises(KeyError):
        one.catch_up(falls_at=2)
    assert one.taken()[before:] == [1], "what was not kept was not taken"
    await mint(4)
    await drain(tailer)
    for _ in range(2):
        one.catch_up()
        other.catch_up()
    assert one.taken()[before:] == [1, 2, 3, 4]
    assert other.taken() == one.taken(), "whoever comes late gets all of it"
    assert set(one.consumers.places()) == {"one", "other"}


async def test_fork_sets_back_only_those_who_took_of_it(rpc, store, tailer, mint):
    fast, slow = (Counter(store, name, tailer) for name in ("fast", "slow"))
    await mint(1)
    await drain(tailer)
    for one in (fast, slow):
        one.catch_up()
    resting = slow.consumers.place("slow")
    ancestor = tailer.cursor.number
    snapshot = await rpc.call("evm_snapshot")
    await mint(2)
    await drain(tailer)
    fast.catch_up()
    await rpc.call("evm_revert", snapshot)
    await drain(tailer)
    assert fast.consumers.place("fast") == Place(ancestor + 1)
    assert slow.consumers.place("slow") == resting
    await mint.sender.reopen(ancestor)
    await mint(5)
    await drain(tailer)
    for one in (fast, slow):
        one.catch_up()
    assert fast.taken()[-3:] == [2, 2, 5], "what the fork took back is the consumer's own to undo"
    assert slow.taken()[-3:] == [1, 2, 5]
