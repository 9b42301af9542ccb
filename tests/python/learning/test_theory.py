"""Every closed form against plain sums of its integral, against all deviations, and against published figures."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from agents.errors import SettingOutOfRange
from agents.learning import theory

COSTS = np.array([0.0, 0.05, 0.2, 0.37, 0.5, 0.73, 0.9, 0.97])


def rent(start, top, survival, steps=40_001):
    """∫ from start to top of survival(t) / survival(start) dt by the trapezoid rule."""
    points = np.linspace(start, top, steps)
    values = np.array([survival(t) for t in points]) / survival(start)
    return float(((values[1:] + values[:-1]) / 2).sum() * (top - start) / (steps - 1))


def best_gain(costs, bids, chances, reserve, risk=1.0):
    """The most that any of ``costs`` gains by a bid of a grid other than its own, if rivals keep to these bids.

    ``bids`` rise with ``costs``; ``chances`` are those of winning with them.
    """
    grid = np.linspace(bids[0], reserve, 4001)
    won = np.interp(grid, bids, chances, right=chances[-1] if bids[-1] >= reserve - 1e-3 else 0.0)
    felt = np.maximum(0, grid[None] - costs[:, None]) ** risk * won[None]
    own = np.maximum(0, bids - costs) ** risk * chances
    return float((felt.max(axis=1) - own).max())


@pytest.mark.parametrize("rivals", [1, 2, 4, 9])
def test_uniform_first_price_marks_up_by_a_share_of_the_room(rivals):
    assert_allclose(theory.first_price(COSTS, rivals), COSTS + (1 - COSTS) / (rivals + 1), rtol=1e-12)


@pytest.mark.parametrize("rivals", [1, 2, 4, 9])
def test_uniform_first_price_with_a_reserve(rivals):
    n, r, costs = rivals + 1, 0.6, COSTS[COSTS <= 0.6]
    known = costs + ((1 - costs) ** n - (1 - r) ** n) / (n * (1 - costs) ** rivals)
    assert_allclose(theory.first_price(costs, rivals, reserve=r), known, rtol=1e-12)
    assert np.isnan(theory.first_price(np.array([0.61, 1.0]), rivals, reserve=r)).all()


@pytest.mark.parametrize(
    ("rivals", "reserve", "power", "risk"),
    [(1, 1, 2, 1), (9, 1, 2, 1), (2, 0.7, 1.5, 1), (3, 1, 1, 0.5), (1, 0.8, 3, 0.7), (2.5, 1, 1, 1)],
)
def test_first_price_is_its_integral_and_nobody_gains_by_deviating(rivals, reserve, power, risk):
    costs = COSTS[reserve > COSTS]
    bids = theory.first_price(costs, rivals, reserve, power, risk)
    summed = [c + rent(c, reserve, lambda t: (1 - t**power) ** (rivals / risk)) for c in costs]
    assert_allclose(bids, summed, atol=2e-6)
    fine = np.linspace(0, reserve, 4001)
    curve = theory.first_price(fine, rivals, reserve, power, risk)
    assert best_gain(fine, curve, (1 - fine**power) ** rivals, reserve, risk) < 1e-6


def test_without_rivals_the_bid_is_the_reserve():
    assert_allclose(theory.first_price(COSTS[:5], 0, reserve=0.8), 0.8)


@pytest.mark.parametrize(("rivals", "risk"), [(1, 0.5), (2, 0.7), (9, 0.3)])
def test_risk_aversion_lowers_bids_as_known(rivals, risk):
    n, kappa = rivals + 1, risk / (rivals + risk)
    assert_allclose(theory.first_price(COSTS, rivals, risk=risk), COSTS + (1 - COSTS) * kappa, rtol=1e-10)
    assert theory.ex_ante_utility(rivals, risk=risk) == pytest.approx(kappa**risk / (n + risk), rel=1e-9)
    assert theory.expected_payment(rivals, risk=risk) == pytest.approx((1 + n * kappa) / (n + 1), rel=1e-9)


def test_entry_cost_keeps_the_dear_out_and_is_earned_back():
    entry, rivals = 0.05, 2
    top = theory.entry_threshold(rivals, entry=entry)
    assert top == pytest.approx(1 - entry ** (1 / 3), rel=1e-12)
    bids = theory.first_price(np.array([0.1, top, top + 1e-6]), rivals, entry=entry)
    area = rent(0.1, top, lambda t: (1 - t) ** 2) + entry / 0.9**2
    assert_allclose(bids[:2], [0.1 + area, 1.0], atol=1e-6)
    assert np.isnan(bids[2])
    assert theory.expected_utility(np.array([top, 1.0]), rivals, entry=entry) == pytest.approx(0, abs=1e-9)
    fine = np.linspace(0, top, 4001)
    curve = theory.first_price(fine, rivals, entry=entry)
    assert best_gain(fine, curve, (1 - fine) ** 2, 1.0) < 1e-6
    assert theory.entry_threshold(rivals, reserve=0.4, entry=0.5) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("chances", [(0, 0.5, 0.5), (0.2, 0.3, 0.3, 0.2), (0, 0, 0, 1)])
def test_an_unknown_number_of_rivals(chances):
    def survival(t):
        return sum(chance * (1 - t) ** k for k, chance in enumerate(chances))

    bids = theory.unknown_rivals(COSTS, chances)
    assert_allclose(bids, [c + rent(c, 1, survival) for c in COSTS], atol=2e-6)
    fine = np.linspace(0, 1, 4001)
    assert best_gain(fine, theory.unknown_rivals(fine, chances), survival(fine), 1.0) < 1e-6


def test_a_known_number_is_a_special_case_of_an_unknown_one():
    assert_allclose(
        theory.unknown_rivals(COSTS[:5], (0, 0, 1), 0.6, 2), theory.first_price(COSTS[:5], 2, 0.6, 2)
    )


@pytest.mark.parametrize("widths", [(0.5, 1.0), (0.8, 0.9), (0.7, 0.7)])
def test_two_unlike_bidders_answer_each_other(widths):
    lowest = 1 - widths[0] * widths[1] / sum(widths)
    curves = []
    for own, rival in (widths, widths[::-1]):
        costs = np.linspace(1 - own, 1, 20_001)
        curves.append((costs, theory.asymmetric(costs, own, rival)))
        assert curves[-1][1][[0, -1]] == pytest.approx([lowest, 1.0], rel=1e-12)
    for (costs, bids), (rival_costs, rival_bids), width in zip(
        curves, curves[::-1], widths[::-1], strict=True
    ):
        grid = np.linspace(lowest, 1, 2001)
        won = (1 - np.interp(grid, rival_bids, rival_costs)) / width
        some = slice(None, None, 200)
        own = (bids - costs)[some] * (1 - np.interp(bids[some], rival_bids, rival_costs)) / width
        deviating = ((grid[None] - costs[some, None]) * won[None]).max(axis=1)
        assert (deviating - own).max() < 1e-6
    assert np.isnan(theory.asymmetric(np.array([0.2]), 0.5, 1.0)).all()


def test_unlike_bidders_earn_as_simulated_elsewhere():
    """Utilities .0485 and .2534 for widths (.5, 1)."""
    earned = []
    for own, rival in ((0.5, 1.0), (1.0, 0.5)):
        rival_costs = np.linspace(1 - rival, 1, 100_001)
        rival_bids = theory.asymmetric(rival_costs, rival, own)
        costs = 1 - own + own * (np.arange(10_000) + 0.5) / 10_000
        bids = theory.asymmetric(costs, own, rival)
        earned.append(((bids - costs) * (1 - np.interp(bids, rival_bids, rival_costs)) / rival).mean())
    assert earned == pytest.approx([0.0485, 0.2534], abs=1.5e-4)


def test_scoring_with_quality_given_has_the_known_markups():
    low = np.linspace(-0.95, 0, 9)
    for n in (2, 4):
        paid = theory.scoring_given_quality(-low, np.zeros(9), n - 1)
        assert_allclose(paid, -low + (1 + low) / (2 * n - 1), rtol=1e-9)
    high = np.linspace(0.01, 1, 9)
    paid = theory.scoring_given_quality(1 - high, np.ones(9), 1)
    assert_allclose(paid - (1 - high), (high + (1 - high) ** 3 / 6) / (1 - (1 - high) ** 2 / 2), rtol=1e-5)


@pytest.mark.parametrize("rivals", [1, 3])
def test_scoring_with_quality_given_is_a_best_reply(rivals):
    k = np.linspace(-0.999, 1, 8001)
    # With quality 0 the price is the score to be paid, cost -k is the type, and the least price wins.
    prices = theory.scoring_given_quality(-k, np.zeros_like(k), rivals)
    assert best_gain(-k[::-1], prices[::-1], theory.difference_law(k[::-1]) ** rivals, 1.0) < 2e-6


@pytest.mark.parametrize("n", [2, 4])
def test_scoring_utility_is_the_area_under_the_law_of_all_rivals(n):
    """The envelope theorem: E U = ∫ H^(n-1) (1-H) dk, 7/30 for two bidders."""
    grid = (np.arange(700) + 0.5) / 700
    costs, qualities = np.meshgrid(grid, grid)
    gains = theory.scoring_given_quality(costs, qualities, n - 1) - costs
    earned = (gains * theory.difference_law(qualities - costs) ** (n - 1)).mean()
    law = theory.difference_law(np.linspace(-1, 1, 20_001))
    assert earned == pytest.approx((law ** (n - 1) * (1 - law)).mean() * 2, abs=5e-5)
    assert n != 2 or earned == pytest.approx(7 / 30, abs=5e-5)


@pytest.mark.parametrize("low", [0.5, 0.8])
def test_the_law_of_cost_over_quality_is_that_of_draws(low):
    generator = np.random.default_rng(1)
    ratios = low * generator.random(400_000) / (low + (1 - low) * generator.random(400_000))
    z = np.linspace(0, 1.1, 23)
    assert_allclose(theory.ratio_law(z, low), [(ratios <= one).mean() for one in z], atol=0.003)


def test_the_ratio_rule_scales_the_first_price_bid_by_quality():
    def uniform(z):
        return np.clip(z, 0, 1)

    qualities = np.linspace(0.5, 1, 8)
    expected = qualities * theory.first_price(COSTS / qualities * 0.5, 2)
    assert_allclose(theory.ratio_rule(COSTS * 0.5, qualities, 2, uniform), expected, rtol=1e-10)


@pytest.mark.parametrize("rivals", [1, 4])
def test_the_ratio_rule_is_a_best_reply(rivals):
    z = np.linspace(0, 0.999, 8001)
    scores = theory.ratio_rule(z, np.ones_like(z), rivals)
    won = (1 - theory.ratio_law(z)) ** rivals
    assert best_gain(z, scores, won, 1.0) < 1e-6
    summed = [c + rent(c, 1, lambda t: (1 - theory.ratio_law(np.array(t))) ** rivals, 8001) for c in COSTS]
    assert_allclose(theory.ratio_rule(COSTS, np.ones_like(COSTS), rivals), summed, atol=5e-6)


def test_chosen_quality_is_as_published_and_a_best_reply():
    types = np.array([1.0, 1.25, 1.5])
    qualities, prices = theory.che(types, 1)
    assert_allclose(qualities, [1, 0.64, 4 / 9])
    assert_allclose(prices, [1.30685, 0.97333, 0.75797], atol=1e-5)
    fine = np.linspace(1, 1.999, 8001)
    offered_quality, offered_price = theory.che(fine, 1)
    scores = 2 * np.sqrt(offered_quality) - offered_price
    quality, price = np.meshgrid(np.linspace(0.2, 1.2, 201), np.linspace(0.3, 1.5, 601))
    offers = 2 * np.sqrt(quality) - price
    won = np.interp(-offers, -scores, 2 - fine, left=1.0, right=0.0)
    for theta, own_price, own_quality in zip(types, prices, qualities, strict=True):
        own = (own_price - theta * own_quality) * (2 - theta)
        assert ((price - theta * quality) * won).max() < own + 1e-4


@pytest.mark.parametrize("n", [2, 3, 5, 10])
def test_uniform_auctions_cost_and_earn_what_they_must(n):
    assert theory.expected_payment(n - 1) == pytest.approx(2 / (n + 1), rel=1e-12)
    assert theory.ex_ante_utility(n - 1) == pytest.approx(1 / (n * (n + 1)), rel=1e-12)
    assert_allclose(theory.expected_utility(COSTS, n - 1), (1 - COSTS) ** n / n, atol=1e-12)


@pytest.mark.parametrize(("n", "reserve", "power"), [(3, 0.6, 1.0), (2, 1.0, 2.0), (5, 0.8, 0.5)])
def test_both_price_rules_cost_the_same(n, reserve, power):
    drawn = np.random.default_rng(2).random((400_000, n)) ** (1 / power)
    second = np.sort(np.where(np.isnan(theory.second_price(drawn, reserve)), 9.0, drawn), axis=1)
    paid = np.where(second[:, 0] < 9, np.minimum(second[:, 1], reserve), 0).mean()
    assert theory.expected_payment(n - 1, reserve, power) == pytest.approx(paid, abs=0.002)


def test_truth_is_a_best_reply_under_second_price():
    rivals = np.random.default_rng(3).random((200_000, 2)).min(axis=1)
    for cost in (0.1, 0.4, 0.8):
        gains = [
            ((rivals > bid) * (np.minimum(rivals, 1) - cost)).mean() for bid in np.linspace(0.02, 0.98, 97)
        ]
        honest = ((rivals > cost) * (rivals - cost)).mean()
        assert max(gains) <= honest
    assert np.isnan(theory.second_price(np.array([0.7]), 0.6)).all()


@pytest.mark.parametrize(("value", "power"), [(1.2, 1.0), (0.8, 2.0), (3.0, 1.0)])
def test_no_other_reserve_leaves_the_buyer_more(value, power):
    def left(reserve):
        return value * (1 - (1 - reserve**power) ** 3) - theory.expected_payment(2, reserve, power)

    best = theory.best_reserve(value, power)
    assert left(best) >= max(left(reserve) for reserve in np.linspace(0.05, 1, 96)) - 1e-12
    assert math.isclose(theory.best_reserve(1.2), 0.6)


@pytest.mark.parametrize(
    ("n", "share", "price", "value"), [(4, 0.1, 0.2047, 0.03638), (6, 0.05, 0.1818, 0.01493)]
)
def test_pacing_wins_its_share_and_no_other_price_earns_more(n, share, price, value):
    found, worth = theory.pacing(n, share)
    assert (found, worth) == pytest.approx((price, value), abs=5e-5)
    generator = np.random.default_rng(4)
    costs, rivals = generator.random(10**6), generator.random((10**6, n - 1)).min(axis=1)
    won = costs + found < rivals
    assert won.mean() == pytest.approx(share, abs=0.001)
    assert ((rivals - costs) * won).mean() == pytest.approx(worth, abs=0.0003)
    assert theory.pacing(n, 1.0) == pytest.approx((0.0, 1 / (n * (n + 1))))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("rivals", lambda: theory.first_price(COSTS, -1)),
        ("reserve", lambda: theory.first_price(COSTS, 1, reserve=1.5)),
        ("power", lambda: theory.first_price(COSTS, 1, power=0)),
        ("risk", lambda: theory.first_price(COSTS, 1, risk=0)),
        ("risk", lambda: theory.first_price(COSTS, 1, risk=0.5, entry=0.1)),
        ("entry", lambda: theory.entry_threshold(1, entry=math.nan)),
        ("probabilities", lambda: theory.unknown_rivals(COSTS, (0.5, 0.4))),
        ("own_width", lambda: theory.asymmetric(COSTS, 0, 1)),
        ("share", lambda: theory.pacing(4, 1.5)),
    ],
)
def test_what_is_out_of_range_is_named(name, call):
    with pytest.raises(SettingOutOfRange, match=f"^{name} is"):
        call()


@pytest.mark.parametrize("rivals", [300, 3000, 20_000])
def test_among_very_many_rivals_a_margin_is_small_and_not_lost(rivals):
    costs = np.linspace(0, 0.99, 100)
    exact = costs + (1 - costs) / (rivals + 1)
    assert theory.first_price(costs, rivals) == pytest.approx(exact, abs=1e-7)
