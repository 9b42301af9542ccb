"""ReinforcementLearning: the names its users know, in front of the learned bidder."""

import inspect
import math

import pytest

from agents.agent_config import PROFILES
from agents.bid_policy import BidContext, BidOutcome
from agents.errors import SettingOutOfRange
from agents.reinforcement_learning import ReinforcementLearning

ADA, BOB = "0x" + "aB" * 20, "0x" + "12" * 20
CONTEXT = BidContext(
    task_id=1,
    skill="analysis",
    reserve=10**7,
    cost_estimate=10**6,
    fit=0.8,
    capability=80,
    reputation=0.5,
    quality=6000,
    workload=0.0,
    second_price=False,
    deadline_seconds=600,
    rivals=2.0,
)


def outcome(number):
    won = number % 3 == 0
    return BidOutcome(
        skill="analysis",
        reserve=10**7,
        second_price=False,
        own_price=4_000_000,
        won=won,
        winning_price=None if won else 3_500_000,
        rival_best=4_500_000 if won else 3_500_000,
        score=80 if won else None,
        paid=3_900_000 if won else 0,
        cost_estimate=10**6,
        cost=1_100_000 if won else 0,
        task_id=number,
        rivals=2,
    )


def taught(**options):
    learner = ReinforcementLearning(ADA, **options)
    for number in range(1, 60):
        learner.observe(outcome(number))
    learner.train()
    return learner


def test_the_signature_is_the_one_users_know():
    parameters = list(inspect.signature(ReinforcementLearning).parameters.values())[:6]
    assert [(one.name, one.default) for one in parameters[1:]] == [
        ("learning_rate", 0.001),
        ("discount_factor", 0.95),
        ("exploration_rate", 0.1),
        ("batch_size", 64),
        ("memory_size", 10_000),
    ]
    assert parameters[0].name == "agent_address"


def test_the_numbers_reach_the_learner():
    learner = ReinforcementLearning(ADA, 0.01, 0.9, 0.2, 32, 500, config=PROFILES["aggressive"])
    settings = learner.settings
    assert (settings.learning_rate, settings.discount_factor, settings.exploration_rate) == (0.01, 0.9, 0.2)
    assert (settings.batch_size, settings.memory_size) == (32, 500)
    assert settings.risk == PROFILES["aggressive"].risk_curvature


async def test_a_fresh_learner_bids_by_the_prior():
    quote = await ReinforcementLearning(ADA, exploration_rate=0).bid_policy.quote(CONTEXT)
    assert quote.source == "prior"
    assert CONTEXT.cost_estimate < quote.price <= CONTEXT.reserve
    assert 0 < quote.win_probability < 1


def test_agents_explore_apart_unless_a_seed_is_given():
    assert ReinforcementLearning(ADA).seed != ReinforcementLearning(BOB).seed
    assert ReinforcementLearning(ADA).seed == ReinforcementLearning(ADA.lower()).seed
    assert ReinforcementLearning(ADA, seed=5).seed == 5


def test_another_profile_keeps_what_was_learned():
    learner = taught()
    learner.configure(PROFILES["conservative"])
    assert learner.config == PROFILES["conservative"]
    assert learner.settings.floor_quantile == PROFILES["conservative"].floor_quantile
    assert learner.report()["auctions"] == 59


def test_parts_make_the_same_learner_again():
    learner = taught(learning_rate=0.01, config=PROFILES["explorer"], seed=3)
    state, weights = learner.parts()
    again = ReinforcementLearning.from_parts(ADA, state, weights)
    assert (again.numbers, again.config, again.seed) == (learner.numbers, learner.config, 3)
    assert again.bid_policy.price(CONTEXT) == learner.bid_policy.price(CONTEXT)
    assert again.bid_policy.to_json() == learner.bid_policy.to_json()
    assert "weights" not in state["bidder"]["laws"][0], "arrays are in the weights alone"


def test_training_waits_while_it_is_not_allowed():
    learner = ReinforcementLearning(ADA, exploration_rate=0)
    for number in range(1, 60):
        learner.observe(outcome(number))
    assert not learner.train(now_allowed=False)
    assert learner.bid_policy.price(CONTEXT).source == "prior"
    assert learner.train()
    assert learner.bid_policy.price(CONTEXT).source == "win model and prior"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 0),
        ("learning_rate", math.nan),
        ("discount_factor", 1),
        ("exploration_rate", -0.1),
        ("batch_size", 0),
        ("batch_size", 1.5),
        ("memory_size", True),
        ("agent_address", "0x1234"),
        ("agent_address", "../../etc/passwd"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(field, value):
    with pytest.raises(SettingOutOfRange, match=f"^{field} is "):
        ReinforcementLearning(**{"agent_address": ADA, field: value})
