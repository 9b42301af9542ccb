"""What tasks brought and took: every charged try counts, profits are rewards less thinking, and steps are told once."""

import pytest

from agents.chain.store import Store
from agents.llm.protocol import Usage
from agents.mind.earnings import Earnings, Practice, SkillCost, TaskProfit, remember, unremembered
from agents.mind.experience import Experience, Step
from agents.mind.notes import _BELIEFS_SCHEMA, _SCHEMA, Notes


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "notes.db")
    yield store
    store.close()


def test_the_thinking_on_a_task_is_the_sum_of_all_its_calls(store):
    ada = Earnings(store, "Ada")
    assert ada.thinking(7) is None
    ada.charge(7, "fit", Usage(5, 1), 3)
    ada.charge(7, "work", Usage(10, 2), 20)
    ada.charge(7, "work", Usage(12, 4), 25)
    ada.charge(8, "work", Usage(1, 1), 1)
    again = Earnings(store, "Ada")
    assert (again.thinking(7), again.thinking(7, "work"), again.thinking(8)) == (48, 45, 1)
    assert Earnings(store, "Bob").thinking(7) is None


def test_the_cost_of_work_is_what_its_tries_came_to_also_where_it_failed(store):
    notes = Notes(store, "Ada")
    notes.add_thinking(Usage(10, 2), 20, 7, "work")
    notes.add_thinking(Usage(10, 2), 30, 7, "work")
    notes.add_thinking(Usage(3, 1), 9, 7, "fit")
    notes.put_failure(7, "rubbish")
    assert notes.cost(7) == 50
    assert (notes.thinking.calls, notes.thinking.cost) == (3, 59)


def test_profits_are_kept_when_the_task_is_learned_from(store):
    notes = Notes(store, "Ada")
    notes.add_thinking(Usage(10, 2), 20, 7, "work")
    notes.put_learned([7, 8], "wise", {7: 100, 8: 0})
    kept = Earnings(store, "Ada").profits()
    assert kept == [TaskProfit(7, 100, 20), TaskProfit(8, 0, 0)]
    assert [one.profit for one in kept] == [80, 0]


def test_what_work_cost_before_there_were_receipts_is_still_known(store):
    store.migrate("notes-1", _SCHEMA)
    store.migrate("notes-2", _BELIEFS_SCHEMA)
    store.db.execute("INSERT INTO results VALUES ('Ada', 7, x'01', 'm', 33)")
    notes = Notes(store, "Ada")
    assert (notes.cost(7), notes.result(7)) == (33, b"\1")
    assert unremembered(store) == ([], [])


def test_steps_are_told_once_and_only_when_they_have_ended(store):
    ada, bob = Earnings(store, "Ada"), Earnings(store, "Bob")
    for earnings, task in ((ada, 1), (ada, 2), (bob, 1)):
        earnings.charge(task, "work", Usage(10, 4), 30)
        earnings.charge(task, "work", Usage(10, 4), 30)
    ada.charge(1, "fit", Usage(9, 9), 9)
    guess = Usage(12, 5)
    assert ada.end(1, "work", "exact", "writing", guess) == Step("work", "exact", 1, guess, Usage(20, 8))
    assert ada.end(1, "work", "exact", "writing", guess) is None, "it has ended"
    assert ada.end(3, "work", "exact", "writing", guess) is None, "it was free"
    bob.end(1, "work", "exact", "research", guess)
    told = ([Step("work", "exact", 2, Usage(24, 10), Usage(40, 16))],)
    assert unremembered(store) == (*told, [SkillCost("research", 1, 60), SkillCost("writing", 1, 60)])
    remember(store)
    assert unremembered(store) == ([], [])
    ada.end(2, "work", "exact", "writing", guess)
    assert unremembered(store)[1] == [SkillCost("writing", 1, 60)]


def test_all_who_think_with_a_model_learn_from_each_others_steps(store):
    experience, guess = Experience(), Usage(100, 10)
    ada, bob = (Practice(experience, Earnings(store, name)) for name in ("Ada", "Bob"))
    earnings = Earnings(store, "Ada")
    for task in range(1, 21):
        earnings.charge(task, "work", Usage(150, 30), 1)
        ada.end(task, "work", "exact", "writing", guess)
    expected = bob.expected("work", "exact", guess)
    assert 135 < expected.prompt_tokens < 150
    assert 25 < expected.completion_tokens < 30
    assert bob.expected("work", "number", guess) == guess
