"""Rates fill up by the clock, each client's for itself."""

import pytest
from guarded import AGENT, OPERATOR

from agents.chain.guard.limits import MOST_ADDRESSES, Limits
from agents.chain.guard.refusals import Code
from agents.chain.guard.rules import Rules
from agents.errors import Refused

RULES = Rules(
    chain_id=1,
    rate=10,
    burst=20,
    most_weight=15,
    agent_keys=frozenset({AGENT}),
    operator_keys=frozenset({OPERATOR}),
)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(RULES, clock)


def code_of(limits, client, calls):
    with pytest.raises(Refused) as caught:
        limits.take(client, calls)
    return caught.value.code


def test_a_burst_and_then_the_rate(limits, clock):
    client = limits.client(None, "10.0.0.1")
    limits.take(client, 15)
    limits.take(client, 5)
    assert code_of(limits, client, 1) == Code.RATE
    clock.now += 0.5
    assert code_of(limits, client, 6) == Code.RATE
    limits.take(client, 5)  # What was refused has cost nothing.
    clock.now += 3600
    limits.take(client, 15)
    limits.take(client, 5)
    assert code_of(limits, client, 1) == Code.RATE


def test_one_request_has_a_limit_of_its_own(limits):
    assert code_of(limits, limits.client(None, "10.0.0.1"), 16) == Code.SIZE


def test_addresses_and_keys_do_not_share(limits):
    for client in (
        limits.client(None, "10.0.0.1"),
        limits.client(None, "10.0.0.2"),
        limits.client(AGENT, "10.0.0.1"),
    ):
        limits.take(client, 15)
        limits.take(client, 5)
        assert code_of(limits, client, 1) == Code.RATE
    # The same address again, and the same key from elsewhere.
    assert code_of(limits, limits.client(None, "10.0.0.1"), 1) == Code.RATE
    assert code_of(limits, limits.client(AGENT, "10.0.0.9"), 1) == Code.RATE


def test_operators_have_no_limit(limits):
    operator = limits.client(OPERATOR, "10.0.0.1")
    assert operator.operator
    limits.take(operator, 10**9)


@pytest.mark.parametrize("key", ["", "x", AGENT + "x", AGENT[:-1], "\udcff"])
def test_a_key_that_nobody_has_opens_nothing(limits, key):
    with pytest.raises(Refused) as caught:
        limits.client(key, "10.0.0.1")
    assert (caught.value.code, caught.value.status) == (Code.KEY, 401)


def test_only_so_many_addresses_are_remembered_and_the_busy_ones_stay(limits):
    busy = limits.client(None, "10.0.0.1")
    limits.take(busy, 15)
    limits.take(busy, 5)
    for number in range(3 * MOST_ADDRESSES):
        limits.client(None, f"other-{number}")
        if number % 1000 == 0:
            limits.client(None, "10.0.0.1")
    assert code_of(limits, limits.client(None, "10.0.0.1"), 1) == Code.RATE
    assert len(limits) <= MOST_ADDRESSES
