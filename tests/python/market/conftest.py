"""The market on nodes of its own: once with a pool that says what it is told to say, once with the true one."""

import pytest
from nodes import running_node
from stage import STUB, Stage


@pytest.fixture(scope="session")
def stage():
    with running_node() as node:
        stage = Stage(node.url, pool=STUB)
        yield stage
        stage.close()


@pytest.fixture(scope="session")
def true_stage():
    with running_node() as node:
        stage = Stage(node.url)
        yield stage
        stage.close()
