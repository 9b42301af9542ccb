"""What is overdue, by state and to the second."""

from dataclasses import replace

import pytest
from test_percept import DEADLINE, REVEAL_END, TASK

from agents.market.domain import AwardMode, Round, TaskState
from agents.mind.actions import (
    CloseDefaulted,
    CloseRejected,
    CloseRuled,
    CloseSealed,
    DeclareDefault,
    Finalize,
    Forfeit,
    Release,
)
from agents.mind.duties import overdue


@pytest.mark.parametrize("grace", [0, 3, 12])
@pytest.mark.parametrize(
    ("state", "round_", "due", "action"),
    [
        (TaskState.OPEN, Round.NONE, REVEAL_END, Finalize(7)),
        (TaskState.AWARDED, Round.NONE, DEADLINE, DeclareDefault(7)),
        (TaskState.SUBMITTED, Round.NONE, DEADLINE, Release(7)),
        (TaskState.SUBMITTED, Round.CONVENED, DEADLINE, CloseSealed(7)),
        (TaskState.DISPUTED, Round.CONVENED, DEADLINE, CloseSealed(7)),
        (TaskState.RULED, Round.UNSEALED, DEADLINE, CloseRuled(7)),
        (TaskState.DEFAULTED, Round.NONE, DEADLINE, CloseDefaulted(7)),
        (TaskState.REJECTED, Round.NONE, DEADLINE, CloseRejected(7)),
    ],
)
def test_a_step_is_due_at_its_second_and_not_before(state, round_, due, action, grace):
    task = replace(TASK, state=state, round=round_, deadline=DEADLINE)
    assert [overdue(task, due + grace + delta, grace) for delta in (-1, 0, 1)] == [None, action, action]


@pytest.mark.parametrize(
    ("state", "round_"),
    [
        (TaskState.SUBMITTED, Round.UNSEALED),
        (TaskState.DISPUTED, Round.UNSEALED),
        (TaskState.DISPUTED, Round.APPEAL),
    ],
)
def test_a_case_before_a_panel_is_the_panels(state, round_):
    assert overdue(replace(TASK, state=state, round=round_, deadline=DEADLINE), 10**10) is None


def test_a_race_is_not_finalized():
    assert overdue(replace(TASK, mode=AwardMode.RACE), 10**10) is None


@pytest.mark.parametrize("state", [state for state in TaskState if state.is_final])
def test_an_ended_task_asks_for_nothing(state):
    assert overdue(replace(TASK, state=state, deadline=DEADLINE), 10**10) is None


def test_intents_name_one_decision_each():
    assert Finalize(7).intent == "finalize:7"
    assert CloseRejected(7).intent == "closerejected:7"
    assert Forfeit(7, 1).intent != Forfeit(7, 2).intent != Forfeit(8, 2).intent
