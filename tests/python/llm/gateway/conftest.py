"""A gateway for each test."""

import pytest
from house import House


@pytest.fixture
def house(store):
    return House(store)
