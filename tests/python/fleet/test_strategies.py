"""Strategies by name: each is remembered by its text, and what another kept is not for it."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from agents.agent_config import PROFILES
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidContext, BidOutcome
from agents.errors import LearningStateUnreadable, UnknownPolicy, UnknownProfile
from agents.fleet.definitions import AgentDefinition
from agents.fleet.strategies import POLICIES, Shared, open_strategy, policy_of
from agents.learning.bidder import LearnedBidder

ADA = AgentDefinition("Ada", "an analyst", {"analysis": 80, "writing": 40})
CONTEXT = BidContext(
    task_id=1,
    skill="analysis",
    reserve=10**7,
    cost_estimate=10**6,
    fit=0.8,
    capability=80,
    reputation=0.0,
    quality=5000,
    workload=0.0,
    second_price=False,
    deadline_seconds=600,
    rivals=2.0,
)
WON = BidOutcome(
    skill="analysis",
    reserve=10**7,
    second_price=False,
    own_price=4 * 10**6,
    won=True,
    winning_price=None,
    rival_best=5 * 10**6,
    score=30,
    paid=0,
    cost_estimate=10**6,
    cost=2 * 10**6,
    task_id=7,
    rivals=1,
)


@pytest.fixture
def shared():
    return Shared()


def test_the_names_are_those_of_the_command(shared):
    assert list(POLICIES) == ["learned", "adaptive", "truthful", "markup", "closed-form"]
    assert isinstance(open_strategy(ADA, None, shared).policy, LearnedBidder), "the default"
    with pytest.raises(UnknownPolicy, match=r"'greedy'.*learned, adaptive, truthful, markup, closed-form"):
        policy_of("greedy")
    with pytest.raises(UnknownPolicy):
        open_strategy(replace(ADA, policy="greedy"), None, shared)
    with pytest.raises(UnknownProfile):
        open_strategy(replace(ADA, profile="greedy"), None, shared)


@pytest.mark.parametrize("name", POLICIES)
async def test_a_strategy_is_remembered_by_its_text(shared, name):
    definition = replace(ADA, policy=name, profile="aggressive")
    strategy = open_strategy(definition, None, shared)
    before = await strategy.policy.quote(CONTEXT)
    for task_id in range(1, 8):
        strategy.observe(replace(WON, task_id=task_id))
    strategy.train()
    again = open_strategy(definition, strategy.to_json(), shared)
    taught = await strategy.policy.quote(CONTEXT)
    assert await again.policy.quote(CONTEXT) == taught != before
    assert again.to_json() == strategy.to_json()
    assert again.config == PROFILES["aggressive"]
    assert again.capabilities.weights() == strategy.capabilities.weights()


def test_scores_of_work_that_was_judged_move_capabilities(shared):
    strategy = open_strategy(ADA, None, shared)
    strategy.observe(WON)
    lower = strategy.capabilities.weight("analysis")
    assert 30 < lower < 80
    strategy.observe(replace(WON, won=False, score=None, winning_price=10**6))
    strategy.observe(replace(WON, score=None))
    assert strategy.capabilities.weight("analysis") == lower
    assert strategy.capabilities.weight("writing") == 40


def test_the_state_of_a_fleet_of_before_is_known_and_begun_anew(shared):
    old = AdaptiveBiddingStrategy(PROFILES["balanced"])
    old.observe(WON)
    with capture_logs() as logs:
        strategy = open_strategy(ADA, old.to_json(), shared)
    assert strategy.policy.report()["auctions"] == 0
    assert [(log["event"], log["kept"]) for log in logs] == [("policy.begins_anew", "adaptive")]
    kept = open_strategy(replace(ADA, policy="adaptive"), old.to_json(), shared)
    assert kept.policy.to_json() == old.to_json(), "for the adaptive it is the right one"


def test_another_policy_begins_anew_but_keeps_what_is_known_of_skills(shared):
    first = open_strategy(ADA, None, shared)
    first.observe(WON)
    second = open_strategy(replace(ADA, policy="markup"), first.to_json(), shared)
    assert second.capabilities.weights() == first.capabilities.weights()
    assert (
        second.policy.to_json() == open_strategy(replace(ADA, policy="markup"), None, shared).policy.to_json()
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"policy": "learned"}', '{"version": 9, "skills": {}}'])
def test_what_no_strategy_wrote_is_refused(shared, text):
    with pytest.raises(LearningStateUnreadable, match="remove it to let the agent learn afresh"):
        open_strategy(ADA, text, shared)


def test_agents_of_a_process_share_one_prior_and_explore_apart(shared):
    ada, bob = (open_strategy(replace(ADA, name=name), None, shared).policy for name in ("Ada", "Bob"))
    assert ada.seed != bob.seed
    assert shared.prior is shared.prior
