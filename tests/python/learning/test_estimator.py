"""The estimator finds nothing to gain at equilibria, finds known losses, and tells the buyer's side of it."""

import dataclasses

import numpy as np
import pytest

from agents.errors import SettingOutOfRange
from agents.learning import estimator, theory
from agents.learning.estimator import Game, utility_loss

GAMES = [
    *(estimator.symmetric(n) for n in (2, 3, 5, 10)),
    estimator.symmetric(2, power=2),
    estimator.symmetric(10, power=2),
    estimator.symmetric(3, reserve=0.6),
    estimator.symmetric(3, entry=0.05),
    estimator.symmetric(3, risk=0.5),
    estimator.asymmetric(),
    estimator.difference(2),
    estimator.difference(4),
    estimator.ratio(2),
    estimator.ratio(5),
]


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_nothing_is_gained_at_equilibrium_and_something_beside_it(game):
    report = utility_loss(game.equilibrium, game, seed=1)
    assert 0 <= report.relative == report.floor < 4e-4
    assert report.interim < 5e-4
    assert report.l2 == report.linf == 0

    def timid(bidder, costs, qualities):
        return costs + 0.8 * (game.equilibrium(bidder, costs, qualities) - costs)

    off = utility_loss(timid, game, seed=1, profiles=2**17)
    assert off.relative > 20 * report.relative
    assert off.l2 > 0.001


@pytest.mark.parametrize(("n", "markup"), [(2, 0.4), (2, 0.6), (3, 0.2), (5, 0.3)])
def test_a_loss_that_can_be_worked_out(n, markup):
    """All ask for the same share of their room: a bid b wins with chance ((1-b)/(1-markup))^(n-1)."""
    game = estimator.symmetric(n)
    costs = (np.arange(20_000) + 0.5) / 20_000
    best = np.maximum(markup, costs + (1 - costs) / n)
    most = ((best - costs) * ((1 - best) / (1 - markup)) ** (n - 1)).mean()
    expected = 1 - (markup * (1 - costs) ** n).mean() / most
    report = utility_loss(lambda _, c, __: c + markup * (1 - c), game, seed=2)
    assert report.relative == pytest.approx(expected, abs=1.2e-3)
    assert report.l2 == pytest.approx(abs(markup - 1 / n) / 3**0.5, rel=1e-3)
    assert report.linf == pytest.approx(abs(markup - 1 / n), rel=1e-3)
    assert report.efficiency == 1


@pytest.mark.parametrize("game", [estimator.symmetric(3), estimator.symmetric(3, reserve=0.6)])
def test_the_payment_is_the_one_theory_knows(game):
    report = utility_loss(game.equilibrium, game, seed=3)
    assert report.payment == pytest.approx(theory.expected_payment(2, game.reserve), abs=0.001)


def test_who_bids_at_cost_or_not_at_all_gets_nothing_of_what_it_could():
    game = estimator.symmetric(2)
    assert utility_loss(lambda _, c, __: c, game, seed=1, profiles=2**14).relative == 1
    silent = utility_loss(lambda _, c, __: np.full_like(c, np.nan), game, seed=1, profiles=2**14)
    assert silent.relative == 1
    assert silent.payment == silent.efficiency == 0
    assert silent.interim == pytest.approx(1, abs=1e-3)


def test_where_nobody_can_gain_there_is_no_loss():
    game = estimator.symmetric(3, reserve=0.4, entry=0.5)
    report = utility_loss(game.equilibrium, game, seed=1, profiles=2**14)
    assert dataclasses.replace(report, seconds=0) == estimator.LossReport(0, 0, 0, 0, 0, 0, 0, 0)


def test_awards_to_the_worst_are_seen():
    game = estimator.symmetric(2)
    assert utility_loss(lambda _, c, __: 1 - c, game, seed=1, profiles=2**14).efficiency < 1e-3


def test_the_worst_of_unlike_bidders_is_reported():
    game = estimator.asymmetric()

    def second_gives_it_away(bidder, costs, qualities):
        return costs if bidder == 1 else game.equilibrium(bidder, costs, qualities)

    assert utility_loss(second_gives_it_away, game, seed=1, profiles=2**14).relative == 1


def test_the_same_seed_gives_the_same_report():
    game = estimator.ratio(3)
    one, again, other = (
        dataclasses.replace(utility_loss(game.equilibrium, game, seed=seed, profiles=2**14), seconds=0)
        for seed in (5, 5, 6)
    )
    assert one == again != other


@pytest.mark.parametrize("changes", [{"bidders": 1}, {"laws": ()}])
def test_a_game_that_cannot_be_played_is_refused(changes):
    with pytest.raises(SettingOutOfRange, match=next(iter(changes))):
        dataclasses.replace(estimator.symmetric(3), **changes)


def test_a_game_says_what_it_is():
    assert isinstance(GAMES[0], Game)
    assert len({game.name for game in GAMES}) == len(GAMES)
