"""A gateway's accounts on the chain of the tests."""

import pytest
from thinkers import Thinkers


@pytest.fixture
async def thinkers(world, wallets):
    thinkers = Thinkers(world, wallets).open()
    yield thinkers
    thinkers.close()
