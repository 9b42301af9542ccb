import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import nullcontext

import pytest

from agents.chain.consumers import Consumers
from agents.chain.outbox import Outbox
from agents.chain.store import SCHEMA, Store
from agents.chain.wallet import Seed
from agents.errors import WalletsInUse, WrongChain


def test_open_makes_the_folder_and_keeps_what_is_there(tmp_path):
    path = tmp_path / "new" / "store.db"
    store = Store.open(path)
    store.set_meta("key", "value")
    store.close()
    store = Store.open(path)
    assert store.meta("key") == "value"
    assert store.meta("other") is None
    store.close()


def test_open_refuses_a_store_in_use(tmp_path):
    store = Store.open(tmp_path / "store.db")
    with pytest.raises(WalletsInUse):
        Store.open(tmp_path / "store.db")
    store.close()
    Store.open(tmp_path / "store.db").close()


def test_only_where_others_reach_the_chain_does_a_wallet_belong_to_one_store(tmp_path):
    wallet = Seed.derived(bytes(16)).wallet(0).address

    def stores(*, alone):
        for name in ("a", "b"):
            store = Store.open(tmp_path / f"{name}-{alone}.db", alone=alone)
            store.pin(31337, f"0x{os.getpid():064x}")
            yield store

    for alone in (False, True):
        first, second = stores(alone=alone)
        first.claim(wallet)
        with nullcontext() if alone else pytest.raises(WalletsInUse):
            second.claim(wallet)
        first.close()
        second.close()


def test_killed_process_leaves_the_store_open_to_others_with_all_it_committed(tmp_path):
    path = tmp_path / "store.db"
    code = (
        "import sys, time; from pathlib import Path; from agents.chain.store import Store\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "with store.transaction(repeatable=True): store.set_meta('kept', 'yes')\n"
        "store.db.execute('BEGIN'); store.set_meta('half', 'done')\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    with child:
        child.stdout.readline()
        with pytest.raises(WalletsInUse):
            Store.open(path)
        os.kill(child.pid, signal.SIGKILL)
    store = Store.open(path)
    assert (store.meta("kept"), store.meta("half")) == ("yes", None)
    store.close()


def write_and_fail(store, key, *, nested):
    with store.transaction():
        if nested:
            with store.transaction():
                store.set_meta(key, "1")
        else:
            store.set_meta(key, "1")
        raise KeyError


@pytest.mark.parametrize("nested", [False, True])
def test_transaction_keeps_all_or_nothing(store, nested):
    with pytest.raises(KeyError):
        write_and_fail(store, "a", nested=nested)
    assert store.meta("a") is None
    with store.transaction():
        store.set_meta("b", "1")
    assert store.meta("b") == "1"


def test_migrate_runs_once_and_whole(store):
    sql = "CREATE TABLE one (a TEXT); -- two; of them\nCREATE TABLE two (a TEXT)"
    for _ in range(2):
        store.migrate("market-1", sql)
    store.db.execute("INSERT INTO two VALUES ('x;y')")
    with pytest.raises(Exception, match="syntax"):
        store.migrate("market-2", "CREATE TABLE three (a TEXT); CREATE NONSENSE;")
    tables = {row["name"] for row in store.db.execute("SELECT name FROM sqlite_master")}
    assert {"one", "two"} <= tables
    assert "three" not in tables, "a migration that fails leaves nothing"
    assert store.meta("migration:market-2") is None


async def test_what_is_written_soon_in_one_turn_is_one_transaction(store):
    store.db.execute("CREATE TABLE notes (text TEXT)")
    statements = []
    store.db.set_trace_callback(statements.append)

    def note(text):
        def write(db):
            db.execute("INSERT INTO notes VALUES (?)", (text,))
            if text == "bad":
                raise KeyError(text)
            return len(text)

        return store.soon(write)

    async def one(text):
        return await note(text)

    abandoned = asyncio.create_task(one("abandoned"))
    found = asyncio.gather(*(one(text) for text in ("a", "bad", "bcd")), return_exceptions=True)
    await asyncio.sleep(0)
    abandoned.cancel()
    first, bad, last = await found
    assert (first, last) == (1, 3), "each gets what its own write returned"
    assert isinstance(bad, KeyError), "and its own error"
    store.db.set_trace_callback(None)
    assert [row["text"] for row in store.db.execute("SELECT text FROM notes")] == ["a", "bcd"]
    assert statements.count("COMMIT") == 1
    assert "PRAGMA synchronous = FULL" in statements


async def test_commit_that_fails_is_told_to_all_and_keeps_nothing(store):
    store.db.execute("CREATE TABLE notes (text TEXT UNIQUE)")
    store.db.execute("CREATE TABLE marks (text TEXT REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED)")
    writes = [
        store.soon(lambda db: db.execute("INSERT INTO notes VALUES ('a')")),
        store.soon(lambda db: db.execute("INSERT INTO marks VALUES ('of nothing')")),
    ]
    found = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(one) for one in found] == [sqlite3.IntegrityError] * 2
    assert not store.db.in_transaction
    assert store.db.execute("SELECT * FROM notes").fetchall() == []
    await store.soon(lambda db: db.execute("INSERT INTO notes VALUES ('b')"))


def test_store_of_an_earlier_version_is_carried_over(tmp_path):
    path = tmp_path / "old.db"
    db = sqlite3.connect(path)
    db.executescript(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
        "INSERT INTO meta VALUES ('migration:chain-1', 'done'), ('genesis', '0xaaaa');" + SCHEMA
    )
    receipt = json.dumps({"blockNumber": "0x7", "blockHash": "0xbb", "transactionHash": "0x01"})
    row = "INSERT INTO outbox VALUES (?, '0xW', ?, x'02', ?, '5', ?, ?, ?, NULL)"
    db.execute(row, ("done", 0, "0x01", "mined", 7, receipt))
    db.execute(row, ("sent", 1, "0x02", "pending", None, None))
    db.commit()
    db.close()
    for _ in range(2):
        store = Store.open(path)
        outbox = Outbox(store)
        assert outbox.get("done").receipt["blockHash"] == "0xbb"
        assert outbox.blocks(10) == [(7, "0xbb")]
        assert [entry.intent for entry in outbox.pending()] == ["sent"]
        assert outbox.pending()[0].hashes == ("0x02",)
        assert Consumers(store).places() == {}
        store.close()


def test_pin_refuses_another_chain(store):
    store.pin(31337, "0xaaaa")
    store.pin(31337, "0xaaaa")
    with pytest.raises(WrongChain):
        store.pin(31337, "0xbbbb")
