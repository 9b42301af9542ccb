"""The forecast: near to what the examples were measured to come to, never above its own most, and set right by runs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import draft

from agents.errors import HistoryUnreadable
from agents.fleet.definitions import AGENT_DEFINITIONS, SMALL_FLEET, fleet
from agents.fleet.enrolment import CAPITAL
from agents.fleet.forecast import COUNTED, GAS, Plan, foresee
from agents.fleet.history import NEWEST, FinishedRun, History
from agents.fleet.wakeups import CROWD
from agents.llm.prices import list_prices
from agents.llm.protocol import Usage
from agents.market.examples import example_tasks
from agents.mind.earnings import SkillCost
from agents.mind.experience import Step
from agents.money import CREDIT
from agents.requester import Windows

MODEL = "SmolLM2-135M-Instruct"
SNAPSHOT = Path(__file__).resolve().parents[3] / "bench" / "results" / "gas.json"
MEASURED = {
    "transactions": 139,
    "gas": 11_590_000,
    "calls": 19,
    "prompt": 3_029,
    "completion": 531,
    "credits": 5_153_000,
    "seconds": 80,
}
"""What the five agents and the twelve examples came to in one run with the embedded model, on two cores."""


def plan(agents=5, drafts=None, newcomers=None, crowd=CROWD, **windows):
    windows = Windows(**{"bidding": 15, "reveal": 8, "delivery": 240, "review": 15} | windows)
    drafts = example_tasks() if drafts is None else drafts
    newcomers = agents if newcomers is None else newcomers
    return Plan(fleet(agents), drafts, windows, MODEL, list_prices().price_for(MODEL), newcomers, crowd)


@pytest.mark.parametrize("name", COUNTED)
def test_the_examples_come_to_about_what_was_measured(name):
    figure = foresee(plan()).figures[name]
    assert 2 / 3 < figure.expected / MEASURED[name] < 3 / 2
    assert figure.most >= MEASURED[name]


@given(st.integers(0, 40), st.integers(0, 6), st.floats(0, 1))
def test_nothing_is_expected_beyond_the_most_and_more_of_anything_is_not_less(agents, tasks, share):
    drafts = [draft(f"word {number}", kind=["exact", "judge"][number % 2]) for number in range(tasks)]
    before = foresee(plan(agents, drafts, int(agents * share)))
    for figure in before.figures.values():
        assert 0 <= figure.expected <= figure.most
    more = foresee(plan(agents + 5, [*drafts, draft("one more")], int(agents * share) + 5))
    for name in COUNTED:
        assert more.figures[name].expected >= before.figures[name].expected, name
        assert more.figures[name].most >= before.figures[name].most, name


def test_agents_that_are_enrolled_need_not_come_again():
    new, known = foresee(plan()), foresee(plan(newcomers=0))
    more = new.figures["transactions"].expected - known.figures["transactions"].expected
    assert more == pytest.approx(5 * 5 + 3)
    assert (new.capital, known.capital) == (5 * CAPITAL, 0)
    assert new.least_transactions == 5 * 5 + 3 + 7 + 2 * 12


def test_agents_of_a_large_fleet_open_channels_only_when_they_have_bid():
    assert foresee(plan(SMALL_FLEET, [])).least_transactions == 5 * SMALL_FLEET + 3
    many = foresee(plan(10 * SMALL_FLEET, [draft("one")], crowd=20))
    coming = 4 * 10 * SMALL_FLEET + 3 + 7
    assert many.least_transactions == coming + 2
    assert many.figures["transactions"].expected < coming + 100


def test_a_fleet_without_tasks_is_told_what_its_coming_takes():
    found = foresee(plan(drafts=[]))
    assert found.figures["transactions"].expected == found.least_transactions == 28
    assert found.figures["calls"].most == found.escrow == found.bonds == 0
    assert not [line for line in found.lines() if "model calls" in line or "locked" in line]


def test_no_agent_can_lock_more_than_its_capital():
    many = foresee(plan(drafts=[draft(f"word {number}") for number in range(100)]))
    bond = 2 * CREDIT
    assert many.bonds == 5 * (CAPITAL * 3 // 4 // bond) * bond
    claim_it = [one for one in AGENT_DEFINITIONS if "extraction" in one.capabilities]
    bids = len(claim_it) * (CAPITAL * 3 // 4 // bond)
    assert many.figures["transactions"].expected < 2 * bids + 5 * 100


def test_gas_is_of_the_size_that_the_contracts_are_measured_to_take():
    gas = json.loads(SNAPSHOT.read_text())
    steps = {
        "create": gas["posting"]["create"],
        "commit": gas["bidding"]["commit"],
        "reveal": gas["bidding"]["reveal, second and behind"],
        "finalize": gas["bidding"]["finalize with three bids"],
        "submit": gas["endings"]["submit"],
        "open": gas["usage"]["open a channel"],
        "fill": gas["usage"]["top up"],
        "deposit": gas["credits"]["deposit to a new account"],
    }
    for name, measured in steps.items():
        assert GAS[name] == pytest.approx(measured, rel=0.1), name


# Past runs


def run(reckoned, factor=1.0, /, **changes):
    figures = {name: value * factor for name, value in reckoned.items()}
    fields = {"ended": "2026-01-01T00:00:00+00:00", "chain": "31337-ab", "model": MODEL, "policy": "learned"}
    fields |= {"agents": 5, "tasks": 12, "outcome": "settled", "figures": figures, "reckoned": reckoned}
    return FinishedRun(**fields | changes)


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "home")


def test_past_runs_with_the_same_model_and_policy_set_the_forecast_right(history):
    found = foresee(plan())
    reckoned = {name: found.figures[name].expected for name in COUNTED}
    for factor in (1.5, 2.0, 40.0):
        history.add(run(reckoned, factor))
    history.add(run(reckoned, 9.0, model="another"))
    history.add(run(reckoned, 9.0, policy="truthful"))
    history.add(run(reckoned, 9.0, reckoned=None, outcome="stopped"))
    right = found.corrected(history.factors(MODEL, "learned"))
    for name in COUNTED:
        assert right.figures[name].expected == pytest.approx(2 * reckoned[name])
        assert right.figures[name].most >= right.figures[name].expected
    assert right.past == 3
    assert "corrected by 3 finished runs" in right.lines()[0]
    assert found.corrected([]) is found


def test_a_second_forecast_of_the_same_run_is_what_the_first_one_came_to(history):
    found = foresee(plan())
    history.add(run({name: found.figures[name].expected for name in COUNTED}, figures=MEASURED))
    right = found.corrected(history.factors(MODEL, "learned"))
    for name in COUNTED:
        assert right.figures[name].expected == pytest.approx(MEASURED[name])
    assert right.as_json()["transactions"]["expected"] == 139


def test_only_the_newest_runs_count(history):
    found = foresee(plan())
    reckoned = {name: found.figures[name].expected for name in COUNTED}
    for factor in [9.0] * NEWEST + [1.0] * NEWEST:
        history.add(run(reckoned, factor))
    assert history.factors(MODEL, "learned") == [dict.fromkeys(COUNTED, 1.0)] * NEWEST


def test_what_was_reckoned_as_nothing_has_no_factor():
    assert run({"calls": 0.0, "gas": 2.0}, figures={"calls": 3, "gas": 3}).factors() == {"gas": 1.5}


def test_runs_are_read_back_as_they_were_written(history):
    kept = run({"calls": 2.0}, 1.5, outcome="--max-calls, 3 model calls")
    history.add(kept)
    assert History(history.path.parent).runs() == [kept]


def test_steps_and_skills_of_past_runs_add_up_and_are_told(history):
    step = Step("work", "exact", 2, Usage(200, 20), Usage(300, 24))
    for _ in range(2):
        history.add_steps(MODEL, [step], [SkillCost("writing", 2, 3 * CREDIT)])
    history.add_steps("another", [step], [SkillCost("writing", 9, 9 * CREDIT)])
    assert history.steps(MODEL) == [step + step]
    assert history.skills(MODEL) == [SkillCost("writing", 4, 6 * CREDIT)]
    found = foresee(plan()).told(history.steps(MODEL), history.skills(MODEL))
    lines = [" ".join(line.split()) for line in found.lines()]
    assert "a step of work (exact) 150 tokens read, 12 written (4 receipted)" in lines
    assert "credits to work on writing 1.50 a task (4 receipted)" in lines
    told = found.as_json()
    assert told["steps"][0] | {"questions": 4, "prompt": 150, "completion": 12} == told["steps"][0]
    assert told["skills"] == {"writing": {"tasks": 4, "cost": 3 * CREDIT // 2}}
    assert found.figures == foresee(plan()).figures, (
        "told beside the forecast, which past runs correct as a whole"
    )


def test_a_history_that_is_not_there_has_no_steps(history):
    assert (history.steps(MODEL), history.skills(MODEL)) == ([], [])
    assert not history.path.exists()


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at", b"SQLite format 3\0cut off"]
)
def test_a_damaged_table_is_named(history, content):
    history.path.parent.mkdir()
    history.path.write_bytes(content)
    with pytest.raises(HistoryUnreadable, match=str(history.path)):
        history.factors(MODEL, "learned")


def test_a_row_that_nobody_wrote_is_named(history):
    history.add(run({"calls": 2.0}))
    with history._open() as db:
        db.execute("UPDATE runs SET figures = '[1]'")
    with pytest.raises(HistoryUnreadable, match="remove it"):
        history.runs()
