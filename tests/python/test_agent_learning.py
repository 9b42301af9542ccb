"""Prices keep their bounds and their order, follow theory where there is one, and learn from outcomes."""

import dataclasses
import math
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.agent_learning import WINDOW, AdaptiveBiddingStrategy
from agents.bid_policy import BidContext, BidOutcome, BidPolicy
from agents.errors import LearningStateUnreadable
from agents.money import CREDIT

RESERVE = 100 * CREDIT
NEUTRAL = AgentLearningConfig.create_custom_profile(risk_tolerance=100, exploration_rate=0.0)


def context(**changes: Any) -> BidContext:
    base = BidContext(
        task_id=1,
        skill="mathematics",
        reserve=RESERVE,
        cost_estimate=10 * CREDIT,
        fit=0.8,
        capability=80,
        reputation=0.0,
        quality=5000,
        workload=0.0,
        second_price=True,
        deadline_seconds=3600,
    )
    return dataclasses.replace(base, **changes)


def outcome(**changes: Any) -> BidOutcome:
    base = BidOutcome(
        skill="mathematics",
        reserve=RESERVE,
        second_price=False,
        own_price=30 * CREDIT,
        won=False,
        winning_price=None,
        rival_best=None,
        score=None,
        paid=0,
        cost_estimate=CREDIT,
        cost=CREDIT,
    )
    return dataclasses.replace(base, **changes)


def taught(config: AgentLearningConfig, outcomes: list[BidOutcome]) -> AdaptiveBiddingStrategy:
    strategy = AdaptiveBiddingStrategy(config)
    for each in outcomes:
        strategy.observe(each)
    return strategy


units = st.integers(0, 10**12)
shares = st.floats(0, 1)
contexts = st.builds(
    BidContext,
    task_id=st.integers(0, 2**64),
    skill=st.sampled_from(["mathematics", "writing"]),
    reserve=units,
    cost_estimate=units,
    fit=shares,
    capability=st.integers(0, 100),
    reputation=shares,
    quality=st.integers(5000, 10000),
    workload=shares,
    second_price=st.booleans(),
    deadline_seconds=st.integers(0, 10**6),
)
outcomes = st.builds(
    BidOutcome,
    skill=st.sampled_from(["mathematics", "writing"]),
    reserve=units,
    second_price=st.booleans(),
    own_price=units,
    won=st.booleans(),
    winning_price=st.none() | units,
    rival_best=st.none() | units,
    score=st.none() | st.integers(0, 100),
    paid=st.sampled_from([0, CREDIT]),
    cost_estimate=units,
    cost=units,
)
configs = st.sampled_from(list(PROFILES.values()))
histories = st.lists(outcomes, max_size=12)


def at_least(higher: int | None, lower: int | None) -> bool:
    """Whether one price is not below another, where no bid is above every bid."""
    return (math.inf if higher is None else higher) >= (math.inf if lower is None else lower)


@given(configs, histories, contexts)
def test_a_price_lies_from_the_cost_to_the_reserve(
    config: AgentLearningConfig, history: list[BidOutcome], given_context: BidContext
) -> None:
    price = taught(config, history).price(given_context)
    if price is not None:
        assert max(1, given_context.cost_estimate) <= price <= given_context.reserve


@given(configs, histories, contexts, st.data())
def test_a_dearer_busier_or_less_fit_bid_is_never_lower(
    config: AgentLearningConfig, history: list[BidOutcome], one: BidContext, data: st.DataObject
) -> None:
    strategy = taught(config, history)
    worse = {
        "cost_estimate": one.cost_estimate + data.draw(units),
        "workload": data.draw(st.floats(one.workload, 1)),
        "fit": data.draw(st.floats(0, one.fit)),
        "capability": data.draw(st.integers(0, one.capability)),
    }
    for name, value in worse.items():
        other = dataclasses.replace(one, **{name: value})
        assert at_least(strategy.price(other), strategy.price(one)), name


@given(configs, histories, contexts, outcomes)
def test_a_rejection_never_lowers_the_price_where_an_acceptance_would_not(
    config: AgentLearningConfig, history: list[BidOutcome], one: BidContext, last: BidOutcome
) -> None:
    won = dataclasses.replace(last, won=True, skill=one.skill)
    after_rejection = taught(config, [*history, dataclasses.replace(won, paid=0)])
    after_acceptance = taught(config, [*history, dataclasses.replace(won, paid=1)])
    assert after_rejection.acceptance(one) <= after_acceptance.acceptance(one)
    assert at_least(after_rejection.price(one), after_acceptance.price(one))


@given(configs, st.lists(outcomes, max_size=WINDOW // 4), contexts, st.randoms(use_true_random=False))
def test_the_order_of_outcomes_does_not_matter_within_the_window(
    config: AgentLearningConfig, history: list[BidOutcome], one: BidContext, rng: random.Random
) -> None:
    shuffled = list(history)
    rng.shuffle(shuffled)
    assert taught(config, history).price(one) == taught(config, shuffled).price(one)


def test_only_the_newest_first_price_outcomes_are_remembered() -> None:
    newest = [outcome(rival_best=90 * CREDIT)] * WINDOW
    asked = context(second_price=False)
    long_past = [outcome(rival_best=15 * CREDIT)] * 5 + newest
    assert taught(NEUTRAL, long_past).price(asked) == taught(NEUTRAL, newest).price(asked)
    assert taught(NEUTRAL, newest + [outcome(rival_best=15 * CREDIT)] * 5).price(asked) is not None
    assert len(taught(NEUTRAL, long_past).to_json()) == len(taught(NEUTRAL, newest).to_json())


@given(configs, histories, contexts)
def test_what_was_learned_survives_being_written_down(
    config: AgentLearningConfig, history: list[BidOutcome], one: BidContext
) -> None:
    strategy = taught(config, history)
    again = AdaptiveBiddingStrategy.from_json(strategy.to_json(), config)
    assert again.price(one) == strategy.price(one)
    assert again.to_json() == strategy.to_json()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "text"),
        ("[]", "text"),
        ("{}", "version"),
        ('{"version":2,"skills":{}}', "version"),
        ('{"version":1,"skills":{"a":{"accepted":-1}}}', "skills.a.accepted"),
        ('{"version":1,"skills":{"a":{"wins":1}}}', "skills.a.wins"),
        ('{"version":1,"skills":{"a":{"rivals":[["at",NaN]]}}}', "skills.a.rivals"),
        ('{"version":1,"skills":{"a":{"rivals":[["near",0.5]]}}}', "skills.a.rivals"),
        (
            '{"version":1,"skills":{"a":{"rivals":[' + ",".join(['["at",0.5]'] * 65) + "]}}}",
            "skills.a.rivals",
        ),
    ],
)
def test_a_state_of_another_form_is_refused_by_name(text: str, names: str) -> None:
    with pytest.raises(LearningStateUnreadable, match=names):
        AdaptiveBiddingStrategy.from_json(text, NEUTRAL)


def test_second_price_bids_the_cost_corrected_for_the_risk_of_rejection() -> None:
    policy: BidPolicy = AdaptiveBiddingStrategy(NEUTRAL)
    asked = context()
    chance = AdaptiveBiddingStrategy(NEUTRAL).acceptance(asked)
    assert chance == pytest.approx(0.5 + 0.6 * 0.3)
    lost_on_rejection = 5 * CREDIT  # half of a bond of 10 % of 100 credits
    assert policy.price(asked) == pytest.approx(
        (10 * CREDIT + (1 - chance) * lost_on_rejection) / chance, abs=5
    )


def test_bidding_the_floor_breaks_even_on_average() -> None:
    strategy = AdaptiveBiddingStrategy(NEUTRAL)
    asked = context(cost_estimate=3 * CREDIT)
    price, chance, rng = strategy.price(asked), strategy.acceptance(asked), random.Random(5)
    assert price is not None
    tries = 200_000
    gain = sum(price if rng.random() < chance else -5 * CREDIT for _ in range(tries)) / tries - 3 * CREDIT
    assert abs(gain) < 0.1 * CREDIT


def test_who_tolerates_less_risk_asks_more() -> None:
    prices = [
        AdaptiveBiddingStrategy(dataclasses.replace(NEUTRAL, risk_tolerance=level)).price(context())
        for level in (0, 50, 100)
    ]
    assert prices == sorted(prices, reverse=True)  # type: ignore[type-var]
    assert len(set(prices)) == 3


def test_proven_reputation_overrules_the_agents_own_guess() -> None:
    strategy = AdaptiveBiddingStrategy(NEUTRAL)
    assert strategy.acceptance(context(reputation=0.9, quality=9500)) == pytest.approx(0.9)
    assert strategy.acceptance(context(reputation=0.1, quality=5500)) == pytest.approx(0.1)
    unproven = strategy.acceptance(context(reputation=0.9, quality=5001))
    assert unproven == pytest.approx(strategy.acceptance(context()), abs=0.01)


def test_confidence_sets_how_far_fit_and_capability_are_believed() -> None:
    def chance(confidence: int) -> float:
        config = dataclasses.replace(NEUTRAL, confidence_factor=confidence)
        return AdaptiveBiddingStrategy(config).acceptance(context(fit=0.9, capability=90))

    assert [chance(0), chance(50), chance(100)] == pytest.approx([0.5, 0.7, 0.9])


def test_an_agent_that_never_succeeds_prices_itself_out() -> None:
    failed = [outcome(won=True, paid=0, second_price=True)]
    prices = [taught(NEUTRAL, failed * count).price(context()) for count in (0, 5, 20, 60)]
    bids = [price for price in prices if price is not None]
    assert bids == sorted(bids)
    assert prices[-1] is None
    other_skill = taught(NEUTRAL, failed * 60).price(context(skill="writing"))
    assert other_skill == prices[0]


def test_work_that_costs_more_than_expected_raises_the_floor() -> None:
    def history(cost: int) -> list[BidOutcome]:
        paid = outcome(won=True, paid=CREDIT, second_price=True, cost_estimate=CREDIT, cost=cost)
        return [paid] * 30

    as_expected, dear = taught(NEUTRAL, history(CREDIT)), taught(NEUTRAL, history(3 * CREDIT))
    assert as_expected.overrun("mathematics") == 1.0
    assert dear.overrun("mathematics") == pytest.approx((1 + 3 * 3) / 4)
    assert dear.price(context()) != as_expected.price(context())
    assert taught(NEUTRAL, history(CREDIT // 2)).overrun("mathematics") == 1.0, "never below the estimate"


def test_an_idle_agent_bids_its_floor_and_a_full_one_does_not_bid() -> None:
    strategy = AdaptiveBiddingStrategy(PROFILES["workload_sensitive"])
    idle, half, full = (strategy.price(context(workload=share)) for share in (0.0, 0.5, 1.0))
    assert idle is not None
    assert half == idle + (RESERVE - idle) // 4
    assert full is None


@pytest.mark.parametrize(
    "unwanted",
    [
        {"fit": 0.24, "capability": 100},
        {"fit": 0.4, "capability": 10},
        {"cost_estimate": RESERVE},
        {"reserve": 0, "cost_estimate": 0},
        {"deadline_seconds": 0},
        {"fit": math.nan},
    ],
)
def test_no_bid_for_what_does_not_fit_or_does_not_pay(unwanted: dict[str, Any]) -> None:
    assert AdaptiveBiddingStrategy(NEUTRAL).price(context(**unwanted)) is None


def test_a_specialist_leaves_what_it_is_weak_at() -> None:
    weak = context(capability=20, fit=0.8)
    assert AdaptiveBiddingStrategy(PROFILES["specialist"]).price(weak) is None
    assert AdaptiveBiddingStrategy(PROFILES["explorer"]).price(weak) is not None


def test_an_explorer_sometimes_takes_what_fits_less_and_always_the_same() -> None:
    config = AgentLearningConfig.create_custom_profile("explorer", specialization=0.0)
    taken = [AdaptiveBiddingStrategy(config).price(context(task_id=task, fit=0.15)) for task in range(400)]
    again = [AdaptiveBiddingStrategy(config).price(context(task_id=task, fit=0.15)) for task in range(400)]
    assert taken == again
    assert 60 < sum(price is not None for price in taken) < 140, "a quarter of 400"
    other = AdaptiveBiddingStrategy(config, seed=1)
    assert taken != [other.price(context(task_id=task, fit=0.15)) for task in range(400)]


def test_first_price_asks_the_margin_while_the_rivals_are_unknown() -> None:
    for config in (NEUTRAL, dataclasses.replace(NEUTRAL, margin=0.5)):
        strategy = AdaptiveBiddingStrategy(config)
        floor = strategy.floor_price(context())
        assert floor is not None
        expected = floor + config.margin * (RESERVE - floor)
        assert strategy.price(context(second_price=False)) == pytest.approx(expected, abs=2)


@example(rival=95)
@given(rival=st.integers(30, 95))
def test_first_price_comes_to_bid_just_under_a_rival_that_does_not_change(rival: int) -> None:
    strategy = taught(NEUTRAL, [outcome(rival_best=rival * CREDIT)] * WINDOW)
    price = strategy.price(context(second_price=False))
    assert price is not None
    assert 0.75 * rival * CREDIT < price < rival * CREDIT


def test_wins_raise_and_losses_lower_the_price_when_rivals_stay_hidden() -> None:
    asked = context(second_price=False)
    before = taught(NEUTRAL, []).price(asked)
    won = taught(NEUTRAL, [outcome(won=True, own_price=60 * CREDIT, paid=CREDIT)] * WINDOW).price(asked)
    lost = taught(NEUTRAL, [outcome(own_price=25 * CREDIT)] * WINDOW).price(asked)
    assert before is not None
    assert won is not None
    assert lost is not None
    assert lost < before < won


def test_second_price_outcomes_teach_no_margin() -> None:
    asked = context(second_price=False)
    lost = [outcome(second_price=True, rival_best=20 * CREDIT)] * 50
    assert taught(NEUTRAL, lost).price(asked) == taught(NEUTRAL, []).price(asked)


def test_learning_comes_near_the_equilibrium_against_rivals_who_play_it() -> None:
    """Three bidders, costs uniform up to the reserve: equilibrium is cost + (reserve - cost) / 3."""
    rng = random.Random(3)

    def auction() -> tuple[BidContext, float]:
        rivals = min(cost + (1 - cost) / 3 for cost in (rng.random(), rng.random()))
        cost = int(rng.random() * RESERVE)
        proven = {"reputation": 0.98, "quality": 9900, "fit": 1.0, "capability": 100}
        return context(cost_estimate=cost, second_price=False, **proven), rivals * RESERVE

    learner = AdaptiveBiddingStrategy(dataclasses.replace(NEUTRAL, margin=0.1))
    for _ in range(150):
        asked, rival = auction()
        own = learner.price(asked)
        if own is not None:
            learner.observe(outcome(own_price=own, won=own < rival, paid=CREDIT, rival_best=int(rival)))
    naive = AdaptiveBiddingStrategy(dataclasses.replace(NEUTRAL, margin=0.1))
    gains = {"learner": 0.0, "naive": 0.0, "equilibrium": 0.0}
    for _ in range(3000):
        asked, rival = auction()
        floor = learner.floor_price(asked)
        if floor is None:
            continue
        bids = {"learner": learner.price(asked), "naive": naive.price(asked)}
        bids["equilibrium"] = floor + (RESERVE - floor) // 3
        for name, bid in bids.items():
            gains[name] += bid - floor if bid is not None and bid < rival else 0
    assert gains["learner"] > 0.95 * gains["equilibrium"]
    assert gains["learner"] > 1.1 * gains["naive"]
