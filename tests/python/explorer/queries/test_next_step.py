"""What a submission to the evaluator pool waits for, as the contract lets it go on."""

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
