"""The limits outside the model: what is refused, and that the limit itself is allowed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_percept import TASK

from agents.market.domain import Balance
from agents.mind.actions import CloseRejected, Commit, Finalize, Release, Reveal, Submit, TakeOver
from agents.mind.spending import SpendingPolicy

RICH = Balance(10**9, 0)


def commit(price=5, bond=TASK.bond, task=TASK):
    return Commit(task.id, price, 60, bond)


def test_a_commitment_within_all_limits_is_allowed():
    assert SpendingPolicy().refusal(commit(), TASK, RICH) is None


@pytest.mark.parametrize("bond", [TASK.bond - 1, TASK.bond + 1, 0])
def test_another_bond_than_the_tasks_is_refused(bond):
    assert "bond" in SpendingPolicy().refusal(commit(bond=bond), TASK, RICH)


@pytest.mark.parametrize(
    ("price", "allowed"),
    [(-1, False), (0, False), (1, True), (TASK.reserve, True), (TASK.reserve + 1, False)],
)
def test_a_price_must_lie_between_nothing_and_the_reserve(price, allowed):
    assert (SpendingPolicy().refusal(commit(price), TASK, RICH) is None) is allowed


@pytest.mark.parametrize(
    "action", [Reveal(7, 1, 1), Finalize(7), Submit(7, b""), Release(7), CloseRejected(7)]
)
def test_what_takes_nothing_from_the_free_credits_is_never_refused(action):
    assert SpendingPolicy(1.0).refusal(action, TASK, Balance()) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1), st.integers(100_000, 10**9))
def test_what_is_allowed_always_leaves_the_runway(free, locked, share, reserve):
    task, balance = replace(TASK, reserve=reserve), Balance(free, locked)
    refusal = SpendingPolicy(share).refusal(commit(bond=task.bond, task=task), task, balance)
    rest = free - task.bond
    assert (refusal is None) == (rest >= int(balance.total * share))
    if refusal is None:
        assert rest >= 0
    assert SpendingPolicy(share).refusal(TakeOver(task.id), task, balance) == refusal, "it locks a bond too"
