"""Rows are read and written through memory, and blocks are taken back."""

import pytest
from databases import BOTH
from sqlalchemy import select

from agents.explorer import rows as module
from agents.explorer import schema
from agents.explorer.rows import Rows, clear, rewind
from agents.explorer.schema import seq_of
from agents.explorer.versions import migrate

PLACE = {"block": 1, "time": 10, "tx": "0x01", "log": 0}


@pytest.fixture
def connection(engine):
    migrate(engine)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def rows(connection):
    return Rows(connection)


def total(key, value, block=1):
    return {"key": key, "value": value, **PLACE, "block": block}


def totals(rows):
    """What is in the table itself."""
    return {
        row.key: row.value
        for row in rows.connection.execute(select(schema.totals.c.key, schema.totals.c.value))
    }


@BOTH
def test_what_was_put_is_there_at_once_and_in_the_table_after_a_flush(rows):
    rows.put(schema.totals, total("tasks", 1))
    rows.update(schema.totals, ("tasks",), value=2)
    assert rows.get(schema.totals, ("tasks",))["value"] == 2
    assert totals(rows) == {}
    rows.flush()
    assert totals(rows) == {"tasks": 2}
    again = Rows(rows.connection)
    assert again.get(schema.totals, ("tasks",)) == total("tasks", 2)
    again.put(schema.totals, total("tasks", 3))
    again.put(schema.totals, total("agents", 1))
    again.delete(schema.totals, ("nothing",))
    again.flush()
    assert totals(again) == {"tasks": 3, "agents": 1}
    again.delete(schema.totals, ("agents",))
    assert again.get(schema.totals, ("agents",)) is None
    again.flush()
    assert totals(again) == {"tasks": 3}


@BOTH
def test_values_come_back_as_they_were_given(rows):
    """Truth, documents and nothing at all: SQLite knows none of them."""
    agent = {"id": 1, "owner": "0xA", "uri": "ü\u202e", "active": False, **PLACE}
    agent |= {"created_block": 1, "created_time": 10, "created_tx": "0x01"}
    rows.put(schema.agents, agent)
    proposal = {
        "id": "7",
        "proposer": "0xB",
        "status": "created",
        "description": "",
        "vote_start": 1,
        "vote_end": 2,
    }
    proposal |= {"targets": [{"a": [1, None]}], "values": [], "signatures": [], "calldatas": []}
    rows.put(
        schema.proposals, {**proposal, **PLACE, "created_block": 1, "created_time": 1, "created_tx": "0x01"}
    )
    rows.flush()
    again = Rows(rows.connection)
    found = again.get(schema.agents, (1,))
    assert found["active"] is False
    assert found["uri"] == "ü\u202e"
    assert found["earned"] == 0
    assert found["parent"] is None
    assert again.get(schema.proposals, ("7",))["targets"] == [{"a": [1, None]}]


def test_a_row_that_was_read_does_not_change_with_later_ones(rows):
    rows.put(schema.totals, total("tasks", 1))
    before = rows.get(schema.totals, ("tasks",))
    rows.update(schema.totals, ("tasks",), value=2)
    assert before["value"] == 1


def test_unknown_columns_and_missing_rows_are_named(rows):
    with pytest.raises(LookupError, match="totals has no column colour"):
        rows.put(schema.totals, {**total("tasks", 1), "colour": 1})
    with pytest.raises(LookupError, match="totals has no column colour"):
        rows.add(schema.totals, {**total("tasks", 1), "colour": 1})
    rows.put(schema.totals, total("tasks", 1))
    with pytest.raises(LookupError, match="totals has no column colour"):
        rows.update(schema.totals, ("tasks",), colour=1)
    with pytest.raises(LookupError, match="totals has no row"):
        rows.update(schema.totals, ("agents",), value=1)


def test_a_table_that_does_not_fit_in_memory_is_read_again(rows, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for key in "abcd":
        rows.put(schema.totals, total(key, 1))
    rows.flush()
    rows.update(schema.totals, ("a",), value=2)
    assert rows.get(schema.totals, ("e",)) is None
    rows.flush()
    assert totals(rows) == {"a": 2, "b": 1, "c": 1, "d": 1}


@BOTH
def test_blocks_are_taken_back_one_after_the_other_or_at_once(rows):
    for block in (1, 2, 3):
        rows.open_block(block, undoable=True)
        rows.put(schema.totals, total("tasks", block, block))
        rows.update(schema.totals, ("tasks",), value=block * 10)
        rows.put(schema.totals, total(f"of {block}", 1, block))
        if block == 2:
            rows.delete(schema.totals, ("of 1",))
        rows.add(schema.links, {"kind": "task", "key": "5", "seq": seq_of(block, 3)})
        rows.flush()
    assert totals(rows) == {"tasks": 30, "of 2": 1, "of 3": 1}
    rewind(rows, 2)
    assert totals(rows) == {"tasks": 20, "of 2": 1}
    assert links(rows) == [seq_of(1, 3), seq_of(2, 3)]
    assert rows.get(schema.totals, ("of 3",)) is None
    rows.open_block(3, undoable=True)
    rows.put(schema.totals, total("tasks", 99, 3))
    rows.flush()
    rewind(rows, 0)
    assert totals(rows) == {}
    assert links(rows) == []


def links(rows):
    return sorted(rows.connection.execute(select(schema.links.c.seq)).scalars())


def test_only_undoable_blocks_leave_images(rows):
    for block in (1, 2):
        rows.open_block(block, undoable=block == 2)
        rows.put(schema.totals, total("tasks", block, block))
        rows.close_block()
    rows.put(schema.totals, total("outside", 1))
    rows.flush()
    images = rows.connection.execute(select(schema.undo)).mappings().all()
    assert [(one["block"], one["key"], one["image"]["value"]) for one in images] == [(2, '["tasks"]', 1)]


def test_what_is_cleared_is_what_follows_from_events(rows):
    rows.put(schema.totals, total("tasks", 1))
    rows.add(schema.links, {"kind": "task", "key": "5", "seq": 1})
    rows.put(schema.cursor, {"id": 1, "block": 1, "hash": "", "epoch": 0, "undo_from": 0})
    rows.flush()
    clear(rows)
    assert totals(rows) == {}
    assert links(rows) == []
    assert rows.get(schema.cursor, (1,)) is not None
