"""A node whose blocks come by the clock, as those of real chains do."""

import pytest
from nodes import running_node


@pytest.fixture(scope="session")
def interval_node(tmp_path_factory):
    with running_node(tmp_path_factory.mktemp("interval"), block_ms=250) as node:
        yield node
