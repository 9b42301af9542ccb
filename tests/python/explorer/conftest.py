"""Databases of both kinds for the explorer's tests."""

import os

import pytest

from agents.explorer.database import open_engine
from bench.explorer.postgres import QUICK, PostgresMissing, programs, running_postgres

pytest.register_assert_rewrite("watching")


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server; where there is none the test is skipped, but not where CI says that all is there."""
    try:
        programs()
    except PostgresMissing as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    with running_postgres(*QUICK) as server:
        yield server


@pytest.fixture
def database(request, tmp_path):
    """The address of an empty database: SQLite, or what ``indirect`` parametrization says."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path}/explorer.db"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def engine(database):
    engine = open_engine(database)
    yield engine
    engine.dispose()
