"""The versions of the index's tables: Alembic brings those of an older one to this one.

Only who may write an index, or serves it, needs Alembic, which takes long to import.
"""

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from agents.errors import IndexMissing, IndexTooNew
from agents.explorer.database import name_of, reaching, writing

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
MIGRATION_LOCK = 0x41474F5241_0001
"""PostgreSQL: two processes that begin at the same time make the tables one after the other."""


def migrate(engine: Engine) -> None:
    """The tables are those of this version. Raises IndexTooNew, DatabaseDown."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        script = ScriptDirectory(MIGRATIONS)
        _check_revision(connection, script)
        steps = {"fn": lambda revision, _: script._upgrade_revs("head", revision), "script": script}
        context = MigrationContext.configure(connection, opts=steps)
        with Operations.context(context):
            context.run_migrations()


def check_tables(engine: Engine) -> None:
    """For those who only read: raises IndexMissing, IndexTooNew, DatabaseDown."""
    with reaching(engine), engine.connect() as connection:
        script = ScriptDirectory(MIGRATIONS)
        if _check_revision(connection, script) != script.get_current_head():
            raise IndexMissing(name_of(engine))


def _check_revision(connection: Connection, script: ScriptDirectory) -> str | None:
    """The version of the tables, None where there are none; raises IndexTooNew when it is not known here."""
    revision = MigrationContext.configure(connection).get_current_revision()
    try:
        if revision is not None:
            script.get_revision(revision)
    except CommandError:
        raise IndexTooNew(name_of(connection.engine), str(revision)) from None
    return revision
