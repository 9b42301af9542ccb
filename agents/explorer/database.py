"""The database of the index: SQLite in a file, or a PostgreSQL server, and its tables in this version.

Whatever keeps the database from working becomes one error, DatabaseDown, which is worth another try.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import URL

from agents.chain.deployment import Deployment
from agents.errors import DatabaseDown, DatabaseUnfit, LibraryMissing
from agents.settings import Settings

INDEX = "explorer.db"
"""The file of the index, in the deployment's folder."""
BUSY_SECONDS = 10.0
"""How long a reader or writer of SQLite waits for another."""
STATEMENTS = 256
"""That a connection to SQLite keeps ready: those of all pages, some for each length of a list of keys."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16384",  # in KiB, for each connection
    "wal_autocheckpoint=8192",  # in pages: those that change in every batch are copied less often
)
"""What each connection to SQLite begins with."""
POOL = 16
"""Connections that are open at the same time, for as many requests that are answered at once."""
WRITES = "agora_writes"
"""The execution option of connections whose transactions write."""


def database_of(settings: Settings, deployment: Deployment) -> str:
    """The address of the market's index."""
    if settings.database is not None:
        return settings.database.get_secret_value()
    return f"sqlite:///{settings.home / deployment.key / INDEX}"


def open_engine(url: str) -> Engine:
    """The database at an SQLAlchemy URL; nothing is connected to yet, but a file's folder is made.

    Raises DatabaseUnfit for another kind of database, LibraryMissing where the one for PostgreSQL is not
    installed.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise DatabaseUnfit("what was named is no address of a database") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed)
    if kind in ("postgresql", "postgres"):
        return _postgresql(parsed)
    raise DatabaseUnfit(f"{kind} is none of the databases that it can be in")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnfit("it must be in a file")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    how = {"timeout": BUSY_SECONDS, "cached_statements": STATEMENTS}
    engine = create_engine(url, connect_args=how, pool_size=POOL, max_overflow=0)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # Transactions begin where SQLAlchemy says so, or the driver would leave the making of tables outside.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who writes says so at once: one who has read before could not wait for another writer any more.
        at_once = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401 - it is optional
    except ImportError:
        raise LibraryMissing("psycopg", "postgres") from None
    own = url.set(drivername="postgresql+psycopg")
    return create_engine(own, pool_size=POOL, max_overflow=0, pool_pre_ping=True)


def name_of(engine: Engine) -> str:
    """The database as a person may read it: without the password."""
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes, after those of others that write at the same time; raises DatabaseDown."""
    with (
        reaching(engine),
        engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def reaching(engine: Engine) -> Iterator[None]:
    """What is done inside raises DatabaseDown where the database is not there, busy, full or broken off.

    Raises DatabaseUnfit for a file that is no database, or is damaged.
    """
    driver: Any = engine.dialect.dbapi
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        reason = str(error.orig if isinstance(error, exc.DBAPIError) else error)
        raise DatabaseDown(name_of(engine), _short(reason)) from error
    except (driver.OperationalError, driver.InterfaceError) as error:
        raise DatabaseDown(name_of(engine), _short(str(error))) from error
    except (exc.DatabaseError, driver.DatabaseError) as error:
        original = error.orig if isinstance(error, exc.DatabaseError) else error
        # Its subclasses tell of mistakes in statements, which are ours.
        if type(original) is not driver.DatabaseError:
            raise
        raise DatabaseUnfit(f"{name_of(engine)}: {_short(str(original))}") from error


def _short(reason: str) -> str:
    lines = reason.strip().splitlines()
    return lines[0][:200] if lines else "no reason given"
