"""The market's numbers: amounts, reputations, ranks, accounts and names."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.market.domain import (
    AwardMode,
    Balance,
    Bid,
    MarketTerms,
    Reputation,
    Task,
    TaskState,
    account_name,
    account_of,
    account_of_agent,
    bond_of,
    compensation_of,
    skill_name,
)

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
TERMS = MarketTerms(fee_bps=250, bond_percent=10, seat_fee=500)
TASK = Task(
    id=1,
    requester=ADDRESS,
    skill="writing",
    mode=AwardMode.SEALED_SECOND_PRICE,
    reserve=1_000_001,
    evaluator=ADDRESS,
    passing_score=60,
    bidding_end=10,
    reveal_end=20,
    delivery_window=30,
    review_window=40,
    terms=TERMS,
    specification=b"\1" * 32,
    seal=b"\2" * 32,
)


@pytest.mark.parametrize(
    ("reserve", "bond", "compensation"),
    [
        (100_000, 100_000, 10_000),
        (1_000_000, 100_000, 100_000),
        (1_000_001, 100_001, 100_001),
        (1_000_009, 100_001, 100_001),
        (20_000_000, 2_000_000, 2_000_000),
    ],
)
def test_bond_and_compensation_are_rounded_up(reserve, bond, compensation):
    assert (bond_of(reserve), compensation_of(reserve)) == (bond, compensation)
    assert replace(TASK, reserve=reserve).bond == bond


@given(st.integers(100_000, 2**48 - 1), st.integers(0, 100))
def test_amounts_are_the_contracts_formulas(reserve, percent):
    assert bond_of(reserve, percent) == max(100_000, (reserve * percent + 99) // 100)
    assert compensation_of(reserve) == (reserve * 1_000 + 9_999) // 10_000


def test_the_bond_is_of_the_tasks_own_terms():
    assert replace(TASK, reserve=1_000_001, terms=replace(TERMS, bond_percent=25)).bond == 250_001


def test_the_deposit_is_both_panels_fees_or_the_larger_ones_and_the_compensation():
    assert (TERMS.panel_fee, TERMS.appeal_fee) == (1_500_000, 3_500_000)
    assert TERMS.deposit(1_000_001) == 3_500_000 + 100_001
    assert TERMS.deposit(1_000_001, by_pool=True) == 3_500_000 + 1_500_000


def test_the_fee_is_rounded_down():
    assert replace(TASK, price=39).fee == 0
    assert replace(TASK, price=40).fee == 1
    assert replace(TASK, price=10_000).fee == 250


def test_states_from_settled_on_are_final():
    assert [state.name for state in TaskState if state.is_final] == [
        "SETTLED",
        "REFUNDED",
        "CANCELLED",
        "EXPIRED",
    ]


records = st.integers(0, 2**100).flatmap(lambda v: st.tuples(st.just(v), st.integers(0, v)))


@given(records)
def test_quality_is_between_floor_and_ceiling_and_the_contracts_formula(record):
    reputation = Reputation(*record)
    experience, merit = record
    assert reputation.quality == 5_000 + (5_000 * merit) // (experience + 100_000_000)
    assert 5_000 <= reputation.quality < 10_000
    assert 0 <= reputation.value <= 1


@given(records, st.integers(1, 10**12))
def test_a_worse_outcome_never_raises_quality_above_a_better_one(record, weight):
    experience, merit = record
    worse = Reputation(experience + weight, merit)
    better = Reputation(experience + weight, merit + weight)
    assert worse.quality <= better.quality
    assert Reputation().quality == 5_000 <= worse.quality, "a fresh identity is never better"


bids = st.builds(
    Bid,
    task_id=st.just(1),
    agent_id=st.integers(1, 9),
    price=st.integers(1, 2**48 - 1),
    promised=st.just(1),
    quality=st.integers(5_000, 10_000),
    tie_break=st.integers(0, 2**64 - 1),
)


@given(bids, bids)
def test_rank_is_the_contracts_comparison(a, b):
    left, right = a.price * b.quality, b.price * a.quality
    beats = left < right or (left == right and a.tie_break < b.tie_break)
    assert (a.rank < b.rank) == beats


def test_rank_is_exact_where_floats_are_not():
    price = 2**60
    low, high = Bid(1, 1, price, 1, 9_999, 0), Bid(1, 2, price + 1, 1, 9_999, 0)
    assert low.price / low.quality == high.price / high.quality
    assert low.rank < high.rank
    assert low.rank[0] == Fraction(price, 9_999)


def test_accounts_of_addresses_and_agents_never_meet():
    assert account_of(ADDRESS) == int(ADDRESS, 16) < 2**160 <= account_of_agent(0)
    assert account_of_agent(7) == 2**160 + 7
    assert account_name(account_of_agent(7)) == "agent 7"
    assert account_name(account_of(ADDRESS)) == ADDRESS.lower()
    assert account_name(1) == "0x" + "00" * 19 + "01"


def test_skill_names_are_shown_whatever_the_bytes():
    assert skill_name(b"code-reading".ljust(16, b"\0")) == "code-reading"
    assert skill_name(b"\xff" + bytes(15)) == "ff" + "00" * 15
    assert skill_name(bytes(16)) == ""


def test_a_balance_adds_up():
    assert Balance(3, 4).total == Balance(3, 4, debt=5).total == 7
    assert Balance().total == 0
