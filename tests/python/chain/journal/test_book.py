"""The journal's file: what was appended is there after anything, and what was altered is found and named."""

import multiprocessing
import os
import shutil
import signal
import sqlite3

import pytest

from agents.chain.journal.blocks import Block, Genesis, Origin
from agents.chain.journal.book import Journal
from agents.errors import (
    BlockNotInJournal,
    FileExists,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalUnwritable,
    NotAJournal,
)

LENGTH = 12


def word(number):
    return number.to_bytes(32, "big")


def block(number):
    """A block with as many transactions as its number says, the first of them long."""
    transactions = tuple(bytes([one]) * (3000 if one == 0 else 40) for one in range(number))
    return Block(
        number,
        1_700_000_000 + number,
        7,
        word(number),
        word(2 * number),
        word(3 * number),
        transactions,
        bytes(8 * number),
    )


ORIGIN = Origin(Genesis(1_700_000_000, 5), word(1), word(2))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.db"


@pytest.fixture
def written(path):
    """The path of a closed journal of LENGTH blocks and one paper."""
    journal = Journal.open(path)
    journal.begin(ORIGIN)
    for number in range(1, LENGTH + 1):
        journal.append(block(number))
    journal.keep_paper("market", '{"deployBlock": 3}')
    journal.close()
    return path


def alter(path, statement, *values):
    """Change the file with SQL, past the triggers that forbid it."""
    with sqlite3.connect(path, isolation_level=None) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        assert db.execute(statement, values).rowcount > 0
    db.close()


def test_what_was_appended_is_read_again(written):
    journal = Journal.open(written)
    assert (journal.origin, journal.last) == (ORIGIN, LENGTH)
    assert list(journal.blocks()) == [block(number) for number in range(1, LENGTH + 1)]
    assert [one.number for one in journal.blocks(2)] == [1, 2]
    assert list(journal.blocks(0)) == []
    assert journal.paper("market") == '{"deployBlock": 3}'
    assert journal.paper("none") is None
    journal.append(block(LENGTH + 1))
    assert [one.number for one in journal.blocks()][-1] == LENGTH + 1
    journal.close()


def test_a_journal_is_read_while_it_is_written(written):
    writer, reader = Journal.open(written), Journal.open(written, write=False)
    writer.append(block(LENGTH + 1))
    assert [one.number for one in reader.blocks()] == list(range(1, LENGTH + 1))
    reader.close()
    writer.close()


@pytest.mark.parametrize("number", [-1, LENGTH + 1])
def test_a_block_that_is_not_there(written, number):
    journal = Journal.open(written, write=False)
    with pytest.raises(BlockNotInJournal, match=f"no block {number}: give one from 0 to {LENGTH}"):
        list(journal.blocks(number))
    journal.close()


def test_a_journal_that_is_not_there(path):
    with pytest.raises(JournalMissing, match="node start"):
        Journal.open(path, write=False)
    assert not path.exists()


def test_a_second_writer_is_refused_until_the_first_has_gone(written):
    first = Journal.open(written)
    with pytest.raises(JournalInUse, match="another node runs"):
        Journal.open(written)
    first.close()
    first.close()
    Journal.open(written).close()


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(3000), b"\0" * 5000]
)
def test_another_file_is_refused_and_left_as_it_is(path, content):
    path.write_bytes(content)
    for write in (True, False):
        with pytest.raises(NotAJournal):
            Journal.open(path, write=write)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE origin (time)")
    db.close()
    with pytest.raises(NotAJournal, match="another program"):
        Journal.open(path)


def test_a_journal_of_a_later_version_is_refused(written):
    alter(written, "INSERT INTO papers VALUES ('a', 'b', X'00')")
    with sqlite3.connect(written) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(NotAJournal, match="version 2"):
        Journal.open(written)


def test_a_folder_that_cannot_be_written(path):
    path.mkdir()
    with pytest.raises(JournalUnwritable, match="make room or mend its rights"):
        Journal.open(path)


# One byte altered

COLUMNS = {
    "number": "number = 70",
    "timestamp": "timestamp = timestamp + 1",
    "base_fee": "base_fee = base_fee + 256",
    "mix_hash": "mix_hash = CAST(substr(mix_hash, 1, 31) || 'a' AS BLOB)",
    "state_root": "state_root = CAST('a' || substr(state_root, 2) AS BLOB)",
    "hash": "hash = CAST('a' || substr(hash, 2) AS BLOB)",
    "transactions": "transactions = CAST(substr(transactions, 1, 3) || 'a' || substr(transactions, 5) AS BLOB)",
    "outcomes": "outcomes = CAST(substr(outcomes, 2) || 'a' AS BLOB)",
    "seal": "seal = CAST('a' || substr(seal, 2) AS BLOB)",
}


def test_every_column_is_altered_below(written):
    with sqlite3.connect(written) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(blocks)")}
    db.close()
    assert columns == set(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [1, 7, LENGTH])
def test_a_column_of_a_block_that_was_altered_names_the_block(written, column, number):
    alter(written, f"UPDATE blocks SET {COLUMNS[column]} WHERE number = ?", number)
    journal, seen = Journal.open(written), []
    with pytest.raises(JournalDamaged, match=f"blocks 0 to {number - 1} are whole") as raised:
        seen.extend(one.number for one in journal.blocks())
    assert raised.value.good == number - 1
    assert [one.number for one in journal.blocks(number - 1)] == list(range(1, number))
    journal.close()


@pytest.mark.parametrize(
    "change",
    ["time = time + 1", "mark = 6", "hash = X'00'", "state_root = X'00'", "seal = X'00'"],
)
def test_a_first_block_that_was_altered_leaves_nothing(written, change):
    alter(written, f"UPDATE origin SET {change}")
    with pytest.raises(JournalDamaged, match="begin another journal") as raised:
        Journal.open(written)
    assert raised.value.good is None


@pytest.mark.parametrize("change", ["value = value || ' '", "seal = X'00'"])
def test_a_paper_that_was_altered_is_found(written, change):
    alter(written, f"UPDATE papers SET {change}")
    journal = Journal.open(written)
    with pytest.raises(JournalDamaged, match="paper 'market'"):
        journal.paper("market")
    assert len(list(journal.blocks())) == LENGTH
    journal.close()


def test_a_block_that_was_left_out_is_found(written):
    alter(written, "DELETE FROM blocks WHERE number = 5")
    journal = Journal.open(written)
    with pytest.raises(JournalDamaged, match=r"block 5 is not what was written\): blocks 0 to 4"):
        list(journal.blocks())
    journal.close()


def test_blocks_of_another_chain_are_found(written, tmp_path):
    other = Journal.open(tmp_path / "other.db")
    other.begin(Origin(Genesis(1_700_000_000, 6), word(1), word(2)))
    other.append(block(1))
    other.close()
    with sqlite3.connect(tmp_path / "other.db") as db:
        row = db.execute("SELECT * FROM blocks").fetchone()
    db.close()
    alter(written, "REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
    journal = Journal.open(written)
    with pytest.raises(JournalDamaged, match="block 1 is not"):
        list(journal.blocks())
    journal.close()


def test_nothing_can_be_changed_by_mistake(written):
    with sqlite3.connect(written) as db:
        for statement in (
            "UPDATE blocks SET timestamp = 1",
            "DELETE FROM blocks",
            "UPDATE origin SET mark = 1",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="nothing is changed"):
                db.execute(statement)
    db.close()


# Every byte of the file, and its end


def opened(path, *, write=False):
    """The blocks that are read before an error, and the error if there is one."""
    blocks = []
    try:
        journal = Journal.open(path, write=write)
    except (JournalDamaged, NotAJournal) as error:
        return blocks, error
    try:
        if journal.origin:
            blocks.extend(journal.blocks())
    except JournalDamaged as error:
        return blocks, error
    finally:
        journal.close()
    return blocks, None


def test_a_byte_altered_anywhere_in_the_file_is_found_or_changes_nothing(written, tmp_path):
    whole, target = written.read_bytes(), tmp_path / "altered.db"
    expected = [block(number) for number in range(1, LENGTH + 1)]
    found = 0
    for place in range(0, len(whole), 97):
        target.write_bytes(whole[:place] + bytes([whole[place] ^ 0x11]) + whole[place + 1 :])
        blocks, error = opened(target)
        assert blocks == expected[: len(blocks)], f"byte {place} gives a block that was never written"
        assert error or blocks == expected, f"byte {place} takes blocks away and nobody notices"
        found += error is not None
    assert found > 100, "most of the file is blocks"


@pytest.mark.parametrize("part", [0.05, 0.3, 0.5, 0.8, 0.99])
def test_a_file_that_was_cut_off_keeps_what_is_before_the_cut(written, tmp_path, part):
    whole = written.read_bytes()
    cut = tmp_path / "cut.db"
    cut.write_bytes(whole[: int(len(whole) * part)])
    blocks, error = opened(cut)
    assert isinstance(error, JournalDamaged | NotAJournal)
    assert blocks == [block(number) for number in range(1, len(blocks) + 1)]
    assert opened(cut, write=True)[1], "nobody goes on with it"
    if isinstance(error, JournalDamaged) and error.good:
        journal = Journal.open(cut, write=False)
        journal.copy(tmp_path / "good.db", error.good, {})
        journal.close()
        kept, none = opened(tmp_path / "good.db")
        assert none is None
        assert kept == [block(number) for number in range(1, error.good + 1)]


def test_much_of_a_file_that_was_cut_off_is_kept(written, tmp_path):
    whole = written.read_bytes()
    cut = tmp_path / "cut.db"
    cut.write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(JournalDamaged) as raised:
        Journal.open(cut)
    assert raised.value.good > 0


# Copies


def test_a_copy_has_the_first_blocks_and_goes_on_differently(written, tmp_path):
    journal, target = Journal.open(written, write=False), tmp_path / "branch.db"
    journal.copy(target, 4, {"market": "here"})
    with pytest.raises(FileExists):
        journal.copy(target, 4, {})
    journal.close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["branch.db", "run.db", "run.db-lock"]
    branch = Journal.open(target)
    assert (branch.origin, branch.last, branch.paper("market")) == (ORIGIN, 4, "here")
    branch.append(block(5))
    assert [one.number for one in branch.blocks()] == [1, 2, 3, 4, 5]
    branch.close()


def test_a_copy_that_fails_leaves_nothing(written, tmp_path):
    alter(written, "UPDATE blocks SET timestamp = 1 WHERE number = 3")
    journal = Journal.open(written, write=False)
    with pytest.raises(JournalDamaged):
        journal.copy(tmp_path / "branch.db", 5, {})
    journal.close()
    assert [one.name for one in tmp_path.iterdir() if "branch" in one.name] == []


# Crashes


def write_until_killed(path, say):
    journal = Journal.open(path)
    journal.begin(ORIGIN)
    for number in range(1, 10_000):
        journal.append(block(min(number, 30)) if number < 30 else replaced(number))
        say.send(number)


def replaced(number):
    return Block(number, 1, 1, word(1), word(2), word(3), (), b"")


def test_a_block_that_was_appended_survives_kill_9(path):
    context = multiprocessing.get_context("spawn")
    heard, say = context.Pipe(duplex=False)
    writer = context.Process(target=write_until_killed, args=(path, say))
    writer.start()
    while heard.recv() < 40:
        pass
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    say.close()
    last = 40
    while True:
        try:
            last = heard.recv()
        except EOFError:
            break
    journal = Journal.open(path)
    assert journal.last in (last, last + 1)
    assert len(list(journal.blocks())) == journal.last
    journal.append(replaced(journal.last + 1))
    journal.close()


def test_a_log_beside_the_file_that_was_cut_off_leaves_whole_blocks(written, tmp_path):
    """What SQLite has not moved into the file yet lies in a second one."""
    journal = Journal.open(written)
    for number in range(LENGTH + 1, LENGTH + 4):
        journal.append(replaced(number))
    copy = tmp_path / "copy.db"
    shutil.copy(written, copy)
    log = written.with_name("run.db-wal").read_bytes()
    copy.with_name("copy.db-wal").write_bytes(log[: len(log) * 2 // 3])
    journal.close()
    opened_copy = Journal.open(copy)
    assert LENGTH <= opened_copy.last < LENGTH + 3
    assert len(list(opened_copy.blocks())) == opened_copy.last
    opened_copy.close()
