"""LearningIntegration: results in, capabilities and a taught bidder out, saved and loaded whole."""

import inspect
import json

import pytest
from test_reinforcement_learning import ADA, BOB, CONTEXT, outcome

from agents.agent_config import PROFILES
from agents.errors import (
    HistoryEmpty,
    SettingOutOfRange,
    StateFileRefused,
    TaskLearnedAlready,
    UnknownProfile,
)
from agents.learning_integration import LearningIntegration
from agents.money import CREDIT
from agents.reinforcement_learning import ReinforcementLearning

CAPABILITIES = {"analysis": 60, "research": 40}


def new(folder, **options):
    return LearningIntegration(ADA, CAPABILITIES, folder=folder, **options)


def taught(folder, results=3, **options):
    learning = new(folder, **options)
    for number in range(results):
        learning.process_task_result(f"task_{number}", "analysis", 85, 200, {"analysis": 85, "research": 20})
    return learning


def test_the_signature_is_the_one_users_know():
    names = list(inspect.signature(LearningIntegration).parameters)[:6]
    assert names == [
        "agent_address",
        "initial_capabilities",
        "rl_model",
        "reputation",
        "confidence_factor",
        "risk_tolerance",
    ]
    names = list(inspect.signature(LearningIntegration.process_task_result).parameters)[1:6]
    assert names == ["task_id", "task_type", "score", "reward", "tags"]


def test_the_snippet_its_users_know(tmp_path):
    rl = ReinforcementLearning(
        agent_address=ADA, learning_rate=0.001, discount_factor=0.95, exploration_rate=0.1
    )
    learning = LearningIntegration(
        agent_address=ADA,
        initial_capabilities={"analysis": 60},
        rl_model=rl,
        reputation=50,
        confidence_factor=80,
        risk_tolerance=60,
        folder=tmp_path,
    )
    learning.process_task_result(
        task_id="task_123", task_type="analysis", score=85, reward=200, tags={"analysis": 85}
    )
    assert learning.get_capabilities()["analysis"] > 60
    assert learning.bid_policy is rl.bid_policy
    assert (rl.config.confidence_factor, rl.config.risk_tolerance) == (80, 60)
    learning.save_state()
    again = LearningIntegration.load_state(agent_address=ADA, folder=tmp_path)
    assert again.get_capabilities() == learning.get_capabilities()


def test_a_model_keeps_its_profile_unless_another_is_given(tmp_path):
    rl = ReinforcementLearning(ADA, config=PROFILES["conservative"])
    policy = rl.bid_policy
    learning = new(tmp_path, rl_model=rl)
    assert learning.rl_model.config == PROFILES["conservative"]
    assert learning.bid_policy is policy, "which an agent may have already"
    changed = new(tmp_path, rl_model=rl, risk_tolerance=99).rl_model.config
    assert (changed.risk_tolerance, changed.margin) == (99, PROFILES["conservative"].margin)
    assert new(tmp_path, rl_model=rl, profile="explorer").rl_model.config == PROFILES["explorer"]


def test_scores_and_ratings_move_capabilities_by_the_rate(tmp_path):
    learning = new(tmp_path)
    rate = learning.rl_model.config.learning_rate
    learning.process_task_result("1", "analysis", 90, 10, {"research": 0, "poetry": 100})
    moved = {"analysis": (60, 90), "research": (40, 0), "poetry": (50, 100)}
    expected = {name: round((was + rate * to) / (1 + rate), 2) for name, (was, to) in moved.items()}
    assert learning.get_capabilities() == expected
    learning.process_task_result("2", "analysis", 90, 10, {"analysis": 0})
    both = (60 + rate * 90 + rate * 0) / (1 + 2 * rate)
    assert learning.get_capabilities()["analysis"] == round(both, 2), "a rating stands before the score"


def test_a_result_is_learned_from_once(tmp_path):
    learning = taught(tmp_path)
    before = learning.get_capabilities()
    with pytest.raises(TaskLearnedAlready, match="'task_1'"):
        learning.process_task_result("task_1", "analysis", 0, 0)
    assert learning.get_capabilities() == before
    learning.save_state()
    with pytest.raises(TaskLearnedAlready):
        LearningIntegration.load_state(ADA, folder=tmp_path).process_task_result("task_1", "analysis", 0, 0)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("score", {"score": 101}),
        ("score", {"score": float("nan")}),
        ("score", {"score": "85"}),
        ("reward", {"reward": -1}),
        ("reward", {"reward": -0.5}),
        ("reward", {"reward": float("inf")}),
        ("reward", {"reward": "much"}),
        ("reward", {"reward": True}),
        ("task_type", {"task_type": ""}),
        ("task_id", {"task_id": " "}),
        ("tags.analysis", {"tags": {"analysis": 101}}),
        ("tags.analysis", {"tags": {"analysis": None}}),
    ],
)
def test_a_bad_result_is_refused_by_name_and_teaches_nothing(tmp_path, field, changes):
    learning = new(tmp_path)
    good = {"task_id": "1", "task_type": "analysis", "score": 85, "reward": 200, "tags": {}}
    with pytest.raises(SettingOutOfRange, match=f"^{field} is "):
        learning.process_task_result(**good | changes)
    assert learning.get_capabilities() == CAPABILITIES
    assert learning.rl_model.report()["auctions"] == 0
    learning.process_task_result(**good)


@pytest.mark.parametrize(
    ("reward", "units"), [(200, 200 * CREDIT), (0.25, CREDIT // 4), ("1.000001", CREDIT + 1)]
)
def test_a_reward_is_in_credits(tmp_path, reward, units):
    learning = new(tmp_path)
    learning.process_task_result("1", "analysis", 85, reward)
    assert learning._history[0].reward == units


def test_results_teach_how_likely_work_is_paid_and_nothing_of_rivals(tmp_path):
    learning = new(tmp_path)
    chance = learning.bid_policy.price(CONTEXT).inputs["acceptance"]
    for number in range(20):
        learning.process_task_result(number, "analysis", 10, 0)
    quote = learning.bid_policy.price(CONTEXT)
    assert quote.inputs["acceptance"] < chance
    assert quote.inputs["evidence"] == 0, "of first-price rivals nothing was seen"


def test_an_auction_that_is_told_teaches_of_rivals(tmp_path):
    learning = new(tmp_path)
    for number in range(1, 40):
        learning.process_task_result(number, "analysis", 80, 4, outcome=outcome(number))
    assert learning.bid_policy.evidence("analysis") > 0.3


def test_nothing_is_trained_between_commitment_and_reveal(tmp_path):
    sealed = True
    learning = new(tmp_path, may_train=lambda: not sealed)
    for number in range(1, 40):
        learning.process_task_result(number, "analysis", 80, 4, outcome=outcome(number))
    assert learning.bid_policy.evidence("analysis") == 0
    sealed = False
    learning.process_task_result(99, "analysis", 80, 4, outcome=outcome(99))
    assert learning.bid_policy.evidence("analysis") > 0.3


def test_the_report_is_plain_and_complete(tmp_path):
    report = taught(tmp_path).generate_report()
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert (report["tasks"], report["mean_score"], report["earned"]) == (3, 85, "600.00")
    assert report["capabilities"]["analysis"]["claimed"] == 60
    assert report["by_task_type"] == {"analysis": {"tasks": 3, "mean_score": 85, "earned": "600.00"}}
    assert report["reputation"] > 50
    assert report["learner"]["auctions"] == 3
    text = taught(tmp_path).report_text()
    assert text.splitlines()[0].startswith(f"{ADA}: 3 tasks, mean score 85")
    assert "research: claimed 40, learned" in text


def test_an_empty_history_gives_no_report_and_a_fresh_agent_bids_by_the_prior(tmp_path):
    fresh = new(tmp_path)
    with pytest.raises(HistoryEmpty, match="no history before the first result"):
        fresh.generate_report()
    with pytest.raises(HistoryEmpty):
        fresh.report_text()
    assert fresh.bid_policy.price(CONTEXT).source in {"prior", "exploring"}
    fresh.save_state()
    assert LearningIntegration.load_state(ADA, folder=tmp_path).get_capabilities() == CAPABILITIES


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("reputation", {"reputation": 101}),
        ("confidence_factor", {"confidence_factor": -1}),
        ("risk_tolerance", {"risk_tolerance": 50.5}),
        ("capability analysis", {"initial_capabilities": {"analysis": 101}}),
        ("agent_address", {"agent_address": "../x"}),
        ("rl_model", {"rl_model": ReinforcementLearning(BOB)}),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(tmp_path, field, changes):
    options = {"agent_address": ADA, "initial_capabilities": CAPABILITIES, "folder": tmp_path}
    with pytest.raises(SettingOutOfRange, match=f"^{field} is "):
        LearningIntegration(**options | changes)
    assert not list(tmp_path.iterdir())


def test_an_unknown_profile_is_refused_by_name(tmp_path):
    with pytest.raises(UnknownProfile, match="'greedy'"):
        new(tmp_path, profile="greedy")
    assert (
        new(tmp_path, profile="specialist").rl_model.config.specialization
        == PROFILES["specialist"].specialization
    )


def test_a_saved_agent_goes_on_as_it_would_have(tmp_path):
    learning = new(tmp_path, profile="aggressive")
    for number in range(1, 60):
        learning.process_task_result(number, "analysis", 80, 4, outcome=outcome(number))
    learning.save_state()
    again = LearningIntegration.load_state(ADA, folder=tmp_path)
    assert again.generate_report() == learning.generate_report()
    assert again.rl_model.config == learning.rl_model.config
    assert again.bid_policy.price(CONTEXT) == learning.bid_policy.price(CONTEXT)
    for one in (learning, again):
        one.process_task_result("next", "analysis", 80, 4, outcome=outcome(60))
    assert again.bid_policy.price(CONTEXT) == learning.bid_policy.price(CONTEXT)


def test_the_files_have_the_names_users_know(tmp_path):
    taught(tmp_path).save_state()
    assert {path.name for path in tmp_path.iterdir()} == {f"{ADA}_rl_model.pt", f"{ADA}_state.json"}


def test_the_state_before_can_be_loaded_when_the_newest_is_damaged(tmp_path):
    learning = taught(tmp_path)
    learning.save_state()
    before = learning.get_capabilities()
    learning.process_task_result("more", "analysis", 0, 0)
    learning.save_state()
    (tmp_path / f"{ADA}_state.json").write_text("{")
    with pytest.raises(StateFileRefused, match="previous=True"):
        LearningIntegration.load_state(ADA, folder=tmp_path)
    older = LearningIntegration.load_state(ADA, previous=True, folder=tmp_path)
    assert older.get_capabilities() == before


def test_a_state_that_is_none_is_refused_by_file_and_field(tmp_path):
    with pytest.raises(StateFileRefused, match="file cannot be read"):
        LearningIntegration.load_state(ADA, folder=tmp_path)
    with pytest.raises(SettingOutOfRange, match=r"^agent_address is "):
        LearningIntegration.load_state("../../x", folder=tmp_path)


def rewritten(folder, change):
    """The state with a change, sealed again as if the agent itself had written it."""
    learning = taught(folder)
    learner, weights = learning.rl_model.parts()
    state = {
        "capabilities": CAPABILITIES,
        "scores": {},
        "reputation": 50.0,
        "history": [],
        "learner": learner,
    }
    change(state)
    learning._files.save(state, weights)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda state: state.update(reputation=101), "reputation"),
        (lambda state: state.update(capabilities={"a": -1}), "capabilities.a"),
        (lambda state: state.update(extra=1), "extra"),
        (lambda state: state.pop("history"), "history"),
        (lambda state: state.update(history=[{"task_id": 1}]), "history.0.task_id"),
        (lambda state: state["learner"].update(batch_size=0), "learner"),
        (lambda state: state["learner"]["config"].update(margin=7), "learner"),
        (lambda state: state["learner"]["config"].update(greed=7), "learner"),
        (lambda state: state["learner"]["bidder"].update(version=9), "learner"),
        (lambda state: state["learner"]["bidder"].pop("laws"), "learner"),
        (lambda state: state["learner"]["bidder"].update(laws=3), "learner"),
        (lambda state: state["learner"]["bidder"]["laws"].append({}), "weights"),
    ],
)
def test_a_state_that_no_agent_can_have_is_refused_by_field(tmp_path, change, field):
    rewritten(tmp_path, change)
    with pytest.raises(StateFileRefused) as caught:
        LearningIntegration.load_state(ADA, folder=tmp_path)
    assert caught.value.field.startswith(field)
