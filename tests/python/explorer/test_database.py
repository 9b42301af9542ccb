"""The database of the index: where it may be, and whose tables are in it."""

import asyncio
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import BOTH
from scripted_chain import ScriptedChain, rpc_to
from scripted_market import scripted_deployment
from sqlalchemy import insert, inspect, select, text
from truth import folded, fresh, rows_of

from agents.errors import DatabaseDown, DatabaseUnfit, IndexMissing, IndexTooNew
from agents.explorer import schema
from agents.explorer.database import name_of, open_engine, reaching, writing
from agents.explorer.indexer import Indexer
from agents.explorer.migrations.versions import v0001_first_tables
from agents.explorer.versions import MIGRATIONS, check_tables, migrate


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell of these
@BOTH
def test_migrations_make_the_tables_that_the_code_knows(engine):
    migrate(engine)
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        # It would see one that is missing.
        schema.metadata.tables["reorgs"].drop(db)
        assert compare_metadata(context, schema.metadata)


def made_at_first(engine):
    """The tables of the first version, in an empty database."""
    with writing(engine) as db:
        context = MigrationContext.configure(db)
        with Operations.context(context):
            v0001_first_tables.upgrade()
        context.stamp(ScriptDirectory(MIGRATIONS), v0001_first_tables.revision)


def copy_into(engine, other):
    """All rows of an index are in another, whose tables may be of an earlier version."""
    with other.connect() as source, writing(engine) as db:
        for table in schema.metadata.sorted_tables:
            known = [table.c[one["name"]] for one in inspect(db).get_columns(table.name)]
            rows = [dict(row) for row in source.execute(select(*known)).mappings()]
            if rows:
                db.execute(insert(table), rows)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
@BOTH
async def test_an_index_of_the_first_version_goes_on_as_a_new_one(engine, tmp_path):
    chain, dice, new = ScriptedChain(scripted_deployment()), Random("upgrade"), fresh(tmp_path, "new")
    chain.mine(dice, 60)
    await folded(chain, new)
    made_at_first(engine)
    copy_into(engine, new)
    with writing(engine) as db:
        # As the handlers of its time may have said.
        db.execute(schema.bids.update().values(status="won"))
        db.execute(schema.tasks.delete().where(schema.tasks.c.id == 1))
    with pytest.raises(IndexMissing):
        check_tables(engine)
    chain.fork(5)
    chain.mine(dice, 30)
    async with (
        rpc_to(chain) as rpc,
        Indexer(rpc, chain.deployment, engine) as old,
        Indexer(rpc, chain.deployment, new) as other,
    ):
        assert await old.catch_up() == await other.catch_up()
    check_tables(engine)
    with engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []
    rows = rows_of(engine)
    assert rows["tasks"]
    assert rows == rows_of(new)
    new.dispose()


@BOTH
def test_tables_are_made_once(engine):
    with pytest.raises(IndexMissing):
        check_tables(engine)
    migrate(engine)
    migrate(engine)
    check_tables(engine)


@BOTH
def test_tables_of_a_later_version_are_left_alone(engine):
    migrate(engine)
    with engine.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    for read in (migrate, check_tables):
        with pytest.raises(IndexTooNew, match="'later'") as caught:
            read(engine)
        assert caught.value.revision == "later"
        assert name_of(engine) in str(caught.value)


@BOTH
def test_a_migration_that_fails_leaves_nothing(engine):
    """All of it is one transaction, the making of tables too."""
    with engine.begin() as db:
        db.execute(text("CREATE TABLE tasks (id INTEGER)"))
    with pytest.raises(Exception, match="tasks"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["tasks"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "no address of a database"),
        ("mysql://localhost/agora", "mysql"),
        ("sqlite://", "in a file"),
        ("sqlite:///:memory:", "in a file"),
    ],
)
def test_an_unfit_address_is_refused_in_a_sentence(url, why):
    with pytest.raises(DatabaseUnfit, match=why):
        open_engine(url)


def test_a_server_that_is_not_there_is_down_and_its_password_is_not_told():
    engine = open_engine("postgresql://agora:secret@127.0.0.1:1/agora")
    with pytest.raises(DatabaseDown) as caught:
        migrate(engine)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in repr(engine)


def test_a_file_that_is_no_database_is_unfit(tmp_path):
    (tmp_path / "explorer.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseUnfit, match="not a database"):
        migrate(open_engine(f"sqlite:///{tmp_path}/explorer.db"))


async def test_two_that_write_take_turns(engine):
    """Also where one of them reads first, and what it read would have changed by the time that it writes."""
    migrate(engine)

    def count():
        for _ in range(20):
            with writing(engine) as db:
                epoch = db.execute(text("SELECT COALESCE(MAX(epoch), 0) + 1 FROM reorgs")).scalar()
                row = {"epoch": epoch, "ancestor": 0, "old_head": 0, "time": 0, "deep": False}
                db.execute(schema.reorgs.insert().values(row))

    await asyncio.gather(*(asyncio.to_thread(count) for _ in range(3)))
    with engine.connect() as db:
        assert db.execute(text("SELECT MAX(epoch) FROM reorgs")).scalar() == 60


def test_errors_of_the_program_are_not_taken_for_the_database(engine):
    with pytest.raises(KeyError), reaching(engine):
        raise KeyError("ours")


def test_the_folder_of_a_file_is_made(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/not/there/explorer.db")
    migrate(engine)
    assert (tmp_path / "not/there/explorer.db").exists()
    engine.dispose()
