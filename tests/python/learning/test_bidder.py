"""The learned bidder: what it bids at first, what it learns, and what it never does."""

import dataclasses
import json
import math

import numpy as np
import pytest

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome, BidPolicy
from agents.errors import LearningStateUnreadable
from agents.learning.bidder import LearnedBidder, LearnerSettings
from agents.learning.guard import EXPLORATION_SHARE
from agents.learning.prior import ClosedFormPrior
from agents.money import CREDIT

RESERVE = 100 * CREDIT
CONFIG = AgentLearningConfig.create_custom_profile(
    risk_tolerance=100, confidence_factor=100, exploration_rate=0.0, minimum_fit=0.1
)
GREEDY = LearnerSettings(exploration_rate=0.0)
ASKED = BidContext(
    task_id=1,
    skill="analysis",
    reserve=RESERVE,
    cost_estimate=29 * CREDIT,
    fit=1.0,
    capability=100,
    reputation=1.0,
    quality=10_000,
    workload=0.0,
    second_price=False,
    deadline_seconds=3600,
    rivals=2.0,
)


def asked(**changes):
    return dataclasses.replace(ASKED, **changes)


def told(context, price, best, **changes):
    """The outcome of bidding ``price`` against a best rival at ``best`` units, all bids revealed."""
    won = price < best
    outcome = BidOutcome(
        skill=context.skill,
        reserve=context.reserve,
        second_price=context.second_price,
        own_price=price,
        won=won,
        winning_price=None if won else best,
        rival_best=best,
        score=90 if won else None,
        paid=price if won else 0,
        cost_estimate=context.cost_estimate,
        cost=context.cost_estimate,
        task_id=context.task_id,
        quality=context.quality,
        rivals=2,
        win_probability=0.5,
    )
    return dataclasses.replace(outcome, **changes)


def play(bidder, bests, *, first_task=1, train=True, seed=0, **changes):
    """One auction for each best rival (shares of the reserve), at random costs."""
    rng = np.random.default_rng(seed)
    for task, best in enumerate(bests, first_task):
        context = asked(task_id=task, cost_estimate=int(rng.random() * 0.9 * RESERVE), **changes)
        quote = bidder.price(context)
        if quote.price is not None:
            bidder.observe(
                told(context, quote.price, int(best * RESERVE), win_probability=quote.win_probability)
            )
            if train:
                bidder.train()
    return bidder


def equilibrium(count, seed=1):
    """The lower of two bids c + (1 - c) / 3."""
    costs = np.random.default_rng(seed).random((count, 2))
    return (costs + (1 - costs) / 3).min(axis=1)


def high(count, seed=1):
    """Rivals that bid between 0.8 and 0.9 of the reserve, whatever the work costs."""
    return np.random.default_rng(seed).uniform(0.8, 0.9, count)


def share(bidder, **changes):
    return bidder.price(asked(task_id=10**6, **changes)).price / RESERVE


def test_a_fresh_bidder_bids_the_equilibrium():
    quote = LearnedBidder(CONFIG, GREEDY).price(ASKED)
    floor = quote.inputs["floor"] / RESERVE
    assert quote.price / RESERVE == pytest.approx(floor + (1 - floor) / 3, abs=0.01)
    assert quote.win_probability == pytest.approx((1 - floor) ** 2, abs=1e-4)
    assert quote.source == "prior"


async def test_it_is_a_bid_policy():
    policy: BidPolicy = LearnedBidder(CONFIG, GREEDY)
    assert await policy.quote(ASKED) == LearnedBidder(CONFIG, GREEDY).price(ASKED)


def test_under_second_price_it_bids_its_floor_and_believes_the_rivals_truthful():
    quote = LearnedBidder(CONFIG, GREEDY).price(asked(second_price=True))
    assert quote.price == quote.inputs["floor"]
    assert quote.win_probability == pytest.approx((1 - quote.price / RESERVE) ** 2)


def test_rivals_who_ask_more_are_asked_for_more():
    bidder = play(LearnedBidder(CONFIG, GREEDY), high(150))
    assert 0.72 < share(bidder) < 0.8, "just under the lowest of them"
    assert bidder.price(asked(task_id=10**6)).win_probability > 0.7
    assert bidder.report()["evidence"]["analysis"] == pytest.approx(0.75, abs=0.02)


def test_caution_expects_less_where_the_ensemble_disagrees():
    bold, cautious = (
        play(LearnedBidder(CONFIG, dataclasses.replace(GREEDY, caution=caution)), equilibrium(30)).price(
            ASKED
        )
        for caution in (0.0, 2.0)
    )
    assert cautious.win_probability * cautious.inputs["gain"] < bold.win_probability * bold.inputs["gain"]


def test_what_it_learns_of_one_skill_says_nothing_of_another():
    bidder = play(LearnedBidder(CONFIG, GREEDY), high(60))
    assert share(bidder, skill="writing") == share(LearnedBidder(CONFIG, GREEDY))


def test_a_market_of_equilibrium_bidders_is_left_as_it_is():
    """Its bids earn within 2 % of the best response: profit is flat around it."""
    bidder = play(LearnedBidder(CONFIG, GREEDY), equilibrium(200))
    floors, profits, best = np.linspace(0.05, 0.8, 16), 0.0, 0.0
    for task, floor in enumerate(floors):
        quote = bidder.price(asked(task_id=10**6 + task, cost_estimate=int(floor * RESERVE)))
        at = quote.inputs["floor"] / RESERVE
        bid = quote.price / RESERVE
        profits += (bid - at) * min(1, 1.5 * (1 - bid)) ** 2
        best += (1 - at) ** 3 / 3
    assert profits / best > 0.98


def test_quoting_and_observing_change_no_price_before_training():
    bidder = LearnedBidder(CONFIG, GREEDY)
    before = share(bidder)
    play(bidder, high(50), train=False)
    assert share(bidder) == before
    assert not bidder.train(now_allowed=False)
    assert share(bidder) == before
    assert bidder.train()
    assert not bidder.train(), "nothing is new"
    assert share(bidder) != before


def test_a_markup_moves_by_the_trust_region_at_each_training():
    bidder = LearnedBidder(CONFIG, dataclasses.replace(GREEDY, prior_weight=0.0))
    floor = bidder.price(ASKED).inputs["floor"] / RESERVE
    markups = [1 / 3]
    for task in range(1, 8):
        play(bidder, high(1, seed=task), first_task=task, seed=task)
        markups.append((share(bidder) - floor) / (1 - floor))
    assert np.abs(np.diff(markups)).max() <= 0.1 + 1 / 256
    assert markups[-1] > 0.6


def test_the_same_seed_and_calls_give_the_same_prices_and_state():
    one, two = (play(LearnedBidder(CONFIG, seed=3), equilibrium(40)) for _ in range(2))
    assert one.to_json() == two.to_json()
    assert [one.price(asked(task_id=task)) for task in range(30)] == [
        two.price(asked(task_id=task)) for task in range(30)
    ]


def test_a_bidder_read_back_gives_the_same_quotes():
    bidder = play(LearnedBidder(CONFIG, seed=3), equilibrium(80), workload=0.25)
    bidder.observe(told(ASKED, 50 * CREDIT, 60 * CREDIT))
    again = LearnedBidder.from_json(bidder.to_json(), CONFIG, seed=3)
    assert again.to_json() == bidder.to_json()
    for task in range(30):
        context = asked(task_id=task, workload=0.5, second_price=task % 2 == 0)
        assert again.price(context) == bidder.price(context)
    assert again.report() == bidder.report()


def test_the_state_stays_small_whatever_is_thrown_at_it():
    bidder = LearnedBidder(CONFIG, GREEDY)
    for task in range(700):
        context = asked(task_id=task, skill=f"skill {task % 40}", second_price=task % 3 == 0)
        bidder.price(context)
        if task % 2:
            bidder.observe(told(context, 50 * CREDIT, int(RESERVE * (task % 97) / 97)))
    bidder.train()
    assert len(bidder.to_json()) < 100_000


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda kept: kept.update(version=2), "version"),
        (lambda kept: kept.update(extra=1), "extra"),
        (lambda kept: kept["laws"][0].update(weights=[[0.1]]), "weights"),
        (lambda kept: kept["laws"][0]["weights"].__setitem__(0, [0.0] * 65), "weights"),
        (lambda kept: kept["laws"][0].update(quality=0), "quality"),
        (lambda kept: kept["auctions"][0].update(law=7), "auctions"),
        (lambda kept: kept["critic"].__setitem__(0, None), "critic"),
        (lambda kept: kept.pop("notes"), "notes"),
    ],
)
def test_a_damaged_state_is_refused_and_named(change, named):
    kept = json.loads(play(LearnedBidder(CONFIG, GREEDY), high(5)).to_json())
    change(kept)
    with pytest.raises(LearningStateUnreadable, match=named):
        LearnedBidder.from_json(json.dumps(kept), CONFIG, GREEDY)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "critic": [NaN]}'])
def test_what_is_no_state_is_refused(text):
    with pytest.raises(LearningStateUnreadable):
        LearnedBidder.from_json(text, CONFIG)


def test_a_market_that_changes_is_learned_anew():
    bidder = play(LearnedBidder(CONFIG, GREEDY), equilibrium(200))
    assert bidder.report()["drift_resets"] == 0
    play(bidder, high(80), first_task=201)
    assert bidder.report()["drift_resets"] >= 1
    assert share(bidder) > 0.65


def test_a_policy_that_earns_less_than_the_prior_is_rolled_back():
    """It is told of 200 auctions that it lost at the reserve, and that its prior's bids would have won."""
    bidder = LearnedBidder(CONFIG, GREEDY)
    for task in range(1, 210):
        context = asked(task_id=task)
        bidder.price(context)
        bidder.observe(told(context, RESERVE - 1, int(0.9 * RESERVE)))
        bidder.train()
        if bidder.report()["rollbacks"]:
            break
    assert task >= 200
    assert bidder.report()["rollbacks"] == 1
    assert share(bidder) == share(LearnedBidder(CONFIG, GREEDY))


def test_work_that_costs_more_than_estimated_raises_the_floor():
    bidder, before = LearnedBidder(CONFIG, GREEDY), share(LearnedBidder(CONFIG, GREEDY), second_price=True)
    for task in range(1, 30):
        context = asked(task_id=task, second_price=True)
        bidder.observe(told(context, 30 * CREDIT, 60 * CREDIT, cost=2 * context.cost_estimate))
    bidder.train()
    assert share(bidder, second_price=True) > 1.7 * before


def test_work_accepted_in_one_skill_lowers_the_floor_in_another():
    unproven = {"reputation": 0.0, "quality": 5000, "second_price": True, "fit": 0.5, "capability": 50}
    bidder = LearnedBidder(CONFIG, GREEDY)
    before = share(bidder, **unproven)
    for task in range(1, 6):
        context = asked(task_id=task, skill="writing", second_price=True)
        bidder.observe(told(context, 40 * CREDIT, 60 * CREDIT))
    assert share(bidder, **unproven) < before


def test_a_busier_agent_asks_for_more():
    bidder = LearnedBidder(CONFIG, GREEDY)
    prices = [share(bidder, workload=load, second_price=True) for load in (0.0, 0.3, 0.6, 0.9)]
    assert prices == sorted(set(prices))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"workload": 1.0}, "no free capacity"),
        ({"fit": math.nan}, "too little fit"),
        ({"capability": 0, "fit": 0.1}, "too little fit"),
        ({"cost_estimate": RESERVE}, "the reserve does not cover the floor"),
        ({"overhead": 40 * CREDIT, "rivals": 30.0}, "too unlikely to be worth the bid"),
        ({"runway": 10 * CREDIT}, "the runway does not cover the worst case"),
    ],
)
def test_it_does_not_bid_and_says_why(changes, reason):
    quote = LearnedBidder(CONFIG, GREEDY).price(asked(**changes))
    assert (quote.price, quote.win_probability, quote.source) == (None, None, reason)


class NaN:
    def bids(self, situations):
        return np.full(len(situations), math.nan)

    def survival(self, situation, grid):
        return np.full(grid.shape, math.nan)


def test_the_closed_form_answers_for_a_prior_of_nan_and_says_so():
    broken, sound = (
        LearnedBidder(CONFIG, GREEDY, prior=NaN()),
        LearnedBidder(CONFIG, GREEDY, prior=ClosedFormPrior()),
    )
    quote = broken.price(ASKED)
    assert "closed form" in quote.source
    assert (quote.price, quote.win_probability) == (
        sound.price(ASKED).price,
        sound.price(ASKED).win_probability,
    )
    assert share(play(broken, high(30))) == share(play(sound, high(30)))
    assert broken.report()["fallbacks"] > 0


@pytest.mark.parametrize("name", PROFILES)
def test_no_profile_bids_under_its_floor(name):
    bidder = play(LearnedBidder(PROFILES[name], LearnerSettings(exploration_rate=0.5)), equilibrium(60))
    for task in range(200):
        quote = bidder.price(asked(task_id=task, cost_estimate=task * RESERVE // 200, workload=0.3))
        if quote.price is not None:
            assert quote.inputs["floor"] <= quote.price <= RESERVE
            assert 0 <= quote.win_probability <= 1


def test_exploring_under_the_floor_needs_to_be_allowed_and_stays_within_its_budget():
    curious = LearnerSettings(exploration_rate=1.0, loss_exploration=True)
    bidder, runway, lost = LearnedBidder(CONFIG, curious), 1000 * CREDIT, 0
    for task in range(300):
        context = asked(task_id=task, runway=runway)
        quote = bidder.price(context)
        assert bidder.price(context) == quote, "the same task, the same answer"
        lost += max(0, round(quote.inputs["floor"]) - quote.price)
    assert 0.9 * runway / EXPLORATION_SHARE < lost <= runway / EXPLORATION_SHARE
    timid = LearnedBidder(CONFIG, dataclasses.replace(curious, loss_exploration=False))
    quotes = [timid.price(asked(task_id=task, runway=runway)) for task in range(300)]
    assert all(quote.price >= quote.inputs["floor"] for quote in quotes)
    assert len({quote.price for quote in quotes}) > 100


def test_beliefs_come_true_among_equilibrium_rivals():
    table = play(LearnedBidder(CONFIG, GREEDY), equilibrium(400)).report()["calibration"]
    assert table["bids"] > 300
    assert table["gap"] < 0.08


def test_a_bidder_that_may_win_a_tenth_raises_its_price_until_it_does():
    bidder = LearnedBidder(CONFIG, dataclasses.replace(GREEDY, win_share=0.1, pace=0.01))
    rng, won = np.random.default_rng(0), 0
    for task in range(1, 1201):
        context = asked(task_id=task, second_price=True, cost_estimate=int(rng.random() * 0.9 * RESERVE))
        quote = bidder.price(context)
        best = int(rng.random(2).min() * RESERVE)
        if quote.price is not None:
            bidder.observe(told(context, quote.price, best))
            won += task > 400 and quote.price < best
    assert won / 800 == pytest.approx(0.1, abs=0.03)
    assert bidder.report()["pace"] > 0.1
