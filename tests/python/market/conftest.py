"""The market with a pool that says what it is told to say, on a node of its own."""

import pytest
from nodes import running_node
from stage import Stage


@pytest.fixture(scope="session")
def bare_node():
    """A node without contracts, which mines at once."""
    with running_node() as node:
        yield node


@pytest.fixture(scope="session")
def stage(bare_node):
    stage = Stage(bare_node.url)
    yield stage
    stage.close()
