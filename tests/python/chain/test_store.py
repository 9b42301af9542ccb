import os
import signal
import subprocess
import sys

import pytest

from agents.chain.store import Store
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


def test_pin_refuses_another_chain(store):
    store.pin(31337, "0xaaaa")
    store.pin(31337, "0xaaaa")
    with pytest.raises(WrongChain):
        store.pin(31337, "0xbbbb")
