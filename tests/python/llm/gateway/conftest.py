"""A gateway for each test, or only its accounts, on the chain of the tests."""

import pytest
from house import House
from thinkers import Thinkers


@pytest.fixture
def house(store):
    return House(store)


@pytest.fixture
async def thinkers(world, wallets):
    thinkers = Thinkers(world, wallets).open()
    yield thinkers
    thinkers.close()
