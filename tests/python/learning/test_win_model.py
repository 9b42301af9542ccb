"""The win model finds the law of the best rival from exact and one-sided sightings, and never breaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.learning.win_model import FEATURES, MEMBERS, Sightings, WinModel, densities, survivals

BIDS = np.linspace(0.05, 0.95, 19)
PLAIN = np.zeros(FEATURES)


def rng(seed=0):
    return np.random.default_rng(seed)


def seen(scores, sides=None, features=None):
    scores = np.asarray(scores, dtype=float)
    return Sightings(
        scores,
        np.zeros(len(scores)) if sides is None else np.asarray(sides, dtype=float),
        np.zeros((len(scores), FEATURES)) if features is None else features,
    )


def fitted(sightings, rounds=3):
    model = WinModel.flat()
    for _ in range(rounds):
        model = model.fitted(sightings, rng())
    return model


def believed(model, bids=BIDS, quality=1.0, features=PLAIN):
    return model.survival(bids, quality, features)[0]


def best_of_two(count):
    """The lower of two uniform scores: survival (1 - b)^2."""
    return rng(1).random((count, 2)).min(axis=1)


def test_components_are_laws():
    scores = np.linspace(0, 1, 4001)
    dense = densities(scores)[:, :-1]
    np.testing.assert_allclose(np.trapezoid(dense, scores, axis=0), 1.0, atol=2e-3)
    cumulative = np.concatenate([[np.zeros(64)], np.cumsum((dense[1:] + dense[:-1]) / 2, axis=0) / 4000])
    np.testing.assert_allclose(1 - survivals(scores)[:, :-1], cumulative, atol=2e-3)


def test_it_finds_the_law_of_exact_sightings():
    model = fitted(seen(best_of_two(1500)))
    np.testing.assert_allclose(believed(model), (1 - BIDS) ** 2, atol=0.04)


def test_it_finds_the_law_from_one_sided_sightings():
    scores, asked = best_of_two(1500), rng(2).random(1500)
    model = fitted(seen(asked, np.where(scores > asked, 1, 2)), rounds=8)
    np.testing.assert_allclose(believed(model), (1 - BIDS) ** 2, atol=0.09)


def test_auctions_without_rivals_are_won_at_any_bid():
    scores = np.where(rng(3).random(1000) < 0.4, 1.0, best_of_two(1000))
    model = fitted(seen(scores, np.where(scores == 1.0, 1, 0)))
    assert believed(model, np.array([0.99]))[0] == pytest.approx(0.4, abs=0.04)


def test_a_better_quality_wins_at_a_higher_bid():
    """Scores are prices at quality 1: at half the quality, half the price is needed."""
    model = fitted(seen(best_of_two(1500)))
    np.testing.assert_allclose(believed(model, BIDS / 2, 0.5), believed(model, BIDS, 1.0), atol=1e-12)
    np.testing.assert_allclose(believed(model, BIDS / 2, 0.5), (1 - BIDS) ** 2, atol=0.05)


def test_features_move_the_law():
    """In big auctions the rivals ask a third of what they ask, as a share, in small ones."""
    big = rng(4).integers(2, size=1500)
    features = np.zeros((1500, FEATURES))
    features[:, 0] = 2.0 * big
    scores = rng(5).random(1500) * np.where(big, 0.3, 0.9)
    model = fitted(seen(scores, features=features), rounds=8)
    small_auction, big_auction = PLAIN, np.array([2.0, 0, 0, 0])
    at = np.array([0.3])
    assert believed(model, at, features=small_auction)[0] == pytest.approx(2 / 3, abs=0.12)
    assert believed(model, at, features=big_auction)[0] == pytest.approx(0.0, abs=0.12)


def test_members_agree_more_the_more_was_seen():
    def spread(count):
        return fitted(seen(best_of_two(count))).survival(BIDS, 1.0, PLAIN)[1].mean()

    assert spread(20) > 1.5 * spread(500) > 0


def test_the_same_seed_gives_the_same_model():
    one, two = (WinModel.flat().fitted(seen(best_of_two(50)), rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.weights, two.weights)
    assert not np.array_equal(one.weights, WinModel.flat().fitted(seen(best_of_two(50)), rng(8)).weights)


def test_forgotten_auctions_count_as_much_as_they_were():
    """Half of the evidence is carried as weights, and the law is still found."""
    old = fitted(seen(best_of_two(1000)))
    heavy = old.fitted(seen(np.full(50, 0.9)), rng(), carried=(old.weights, 1000.0))
    light = old.fitted(seen(np.full(50, 0.9)), rng())
    truth = (1 - BIDS) ** 2
    assert np.abs(believed(heavy) - truth).max() < 0.1 < np.abs(believed(light) - truth).max()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 8), st.integers(0, 2), st.lists(st.floats(-50, 50), min_size=4, max_size=4)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.05, 1),
)
def test_whatever_is_seen_the_chances_are_chances(rows, quality):
    scores, sides, features = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    model = WinModel.flat()
    for _ in range(2):
        model = model.fitted(Sightings(scores, sides, features), rng())
    assert (model.weights > 0).all()
    for row in (*features, np.full(FEATURES, 40.0)):
        mean, spread = model.survival(np.linspace(0, 1, 50), quality, row)
        assert ((mean >= 0) & (mean <= 1 + 1e-9) & (spread >= 0) & (spread <= 0.5 + 1e-9)).all()
        assert (np.diff(mean) <= 1e-9).all()


def test_one_that_saw_nothing_is_flat():
    flat = WinModel.flat()
    assert flat.weights.shape[0] == MEMBERS
    assert flat.fresh
    assert not fitted(seen([0.5]), rounds=1).fresh
    places = flat.scale.place(BIDS)
    np.testing.assert_allclose(believed(flat), 1 - places * 64 / 65, atol=1e-3)


def test_the_scale_lies_where_the_scores_lie():
    """Scores around a twentieth of the reserve are told apart as well as others."""
    low = fitted(seen(best_of_two(1500) / 20))
    np.testing.assert_allclose(believed(low, BIDS / 20), (1 - BIDS) ** 2, atol=0.04)
