"""What is overdue, by state and to the second."""

from dataclasses import replace

import pytest
from test_percept import DEADLINE, REVEAL_END, TASK

from agents.market.domain import TaskState
from agents.mind.actions import CloseRejected, DeclareDefault, Finalize, Forfeit, Release
from agents.mind.duties import overdue


@pytest.mark.parametrize("grace", [0, 3, 12])
@pytest.mark.parametrize(
    ("state", "due", "action"),
    [
        (TaskState.OPEN, REVEAL_END, Finalize(7)),
        (TaskState.AWARDED, DEADLINE, DeclareDefault(7)),
        (TaskState.SUBMITTED, DEADLINE, Release(7)),
        (TaskState.REJECTED, DEADLINE, CloseRejected(7)),
    ],
)
def test_a_step_is_due_at_its_second_and_not_before(state, due, action, grace):
    task = replace(TASK, state=state, deadline=DEADLINE)
    assert [overdue(task, due + grace + delta, grace) for delta in (-1, 0, 1)] == [None, action, action]


@pytest.mark.parametrize("state", [state for state in TaskState if state.is_final])
def test_an_ended_task_asks_for_nothing(state):
    assert overdue(replace(TASK, state=state, deadline=DEADLINE), 10**10) is None


def test_intents_name_one_decision_each():
    assert Finalize(7).intent == "finalize:7"
    assert CloseRejected(7).intent == "closerejected:7"
    assert Forfeit(7, 1).intent != Forfeit(7, 2).intent != Forfeit(8, 2).intent
