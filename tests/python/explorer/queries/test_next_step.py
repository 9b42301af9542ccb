"""What a submission to the evaluator pool, a race and a direct award wait for, as the contracts let them go on."""

from types import SimpleNamespace

import pytest

from agents.explorer.queries.next_step import next_step

POOL, REQUESTER = "0x" + "00" * 19 + "AA", "0x" + "00" * 19 + "BB"
DEADLINE = 100


@pytest.mark.parametrize(
    ("round_", "now", "action", "deadline"),
    [
        ("None", DEADLINE - 1, "release", DEADLINE),
        ("None", DEADLINE, "release", None),
        ("Convened", DEADLINE - 1, "unseal", DEADLINE),
        ("Convened", DEADLINE, "closeSealed", None),
        ("Unsealed", DEADLINE, "vote", None),
    ],
)
def test_pool_without_a_panel_has_the_worker_paid(round_, now, action, deadline):
    index = SimpleNamespace(pool=POOL, head=lambda: SimpleNamespace(time=now))
    task = {
        "state": "Submitted",
        "evaluator": POOL,
        "requester": REQUESTER,
        "round": round_,
        "deadline": DEADLINE,
    }
    step = next_step(index, task)
    assert (step.action, step.deadline) == (action, deadline)


RACE = {"head": 3, "head_deadline": DEADLINE, "case": None, "secret": None}
OPEN = {
    "id": 7,
    "state": "Open",
    "mode": "Race",
    "evaluator": POOL,
    "requester": REQUESTER,
    "bidding_end": 50,
    "reveal_end": 60,
    "commitments": 1,
}
PANEL = {"secret": "0x01", "case": str((7 << 64) + 3)}


@pytest.mark.parametrize(
    ("race", "now", "action", "account"),
    [
        (None, 60, "finalize", None),
        (RACE | {"head_deadline": None}, 60, "finalize", None),
        (RACE, 99, "unseal", REQUESTER),
        (RACE | {"secret": "0x01"}, 99, "judge", None),
        (RACE | PANEL, 99, "vote", None),
        (RACE | PANEL, 100, "vote", None),
        (RACE | PANEL | {"case": str((7 << 64) + 2)}, 99, "judge", None),
        (RACE, 100, "release", None),
    ],
)
def test_race_by_the_pool_waits_for_the_secret_then_for_a_panel_of_each_head(race, now, action, account):
    index = SimpleNamespace(pool=POOL, head=lambda: SimpleNamespace(time=now), one=lambda _: race)
    step = next_step(index, OPEN)
    assert (step.action, step.account) == (action, account)


def test_race_by_a_contract_waits_for_it():
    index = SimpleNamespace(pool=POOL, head=lambda: SimpleNamespace(time=99), one=lambda _: RACE)
    step = next_step(index, OPEN | {"evaluator": REQUESTER})
    assert (step.action, step.account, step.deadline) == ("judge", REQUESTER, DEADLINE)


def test_direct_award_waits_for_its_requester():
    index = SimpleNamespace(pool=POOL, head=lambda: SimpleNamespace(time=49))
    step = next_step(index, OPEN | {"mode": "Direct"})
    assert (step.account, step.deadline) == (REQUESTER, 50)
