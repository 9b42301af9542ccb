"""Self-play draws the auctions that it is told to, and covers each law of types evenly."""

import pytest
import torch

from agents.learning.games import Family, Span, draw


def drawn(family, rows=8, types=64, seed=0):
    return draw(family, rows, types, torch.Generator().manual_seed(seed))


def test_the_types_of_a_row_cover_their_law_evenly():
    floors = drawn(Family(power=2.0)).features.floor
    slices = (floors**2 * 64).floor().long()
    assert torch.equal(slices.sort(-1).values, torch.arange(64).expand(8, 64))


def test_values_come_in_turn_and_ranges_are_covered():
    features = drawn(
        Family(rivals=(1.0, 4.0), risk=Span(0.5, 1.0), power=Span(0.5, 2.0, by_logarithm=True))
    ).features
    assert features.rivals[:, 0].tolist() == [1, 4] * 4
    eighths = ((features.risk[:, 0] - 0.5) * 16).floor().long()
    assert sorted(eighths.tolist()) == list(range(8))
    assert ((features.power >= 0.5) & (features.power <= 2)).all()
    assert (features.power[:, 0] < 1).sum() == 4


def test_the_two_sides_of_an_asymmetric_auction_meet():
    batch = drawn(Family(widths=(0.5, 1.0)))
    assert batch.against.tolist() == [1, 0, 3, 2, 5, 4, 7, 6]
    assert (batch.features.floor[::2] >= 0.5).all()
    assert (batch.features.floor[1::2] < 0.5).any()
    assert torch.equal(batch.features.rival_width, batch.features.width[batch.against])


@pytest.mark.parametrize("rule", ["price", "ratio", "capped ratio", "difference"])
def test_no_cap_is_under_its_floor_and_the_cap_scores_no_better_than_the_floor(rule):
    batch = drawn(Family(rule=rule, spread=0.2))
    floor = batch.features.floor
    if rule != "difference":
        assert (batch.cap >= floor).all()
    assert (batch.slope > 0).all()


def test_equal_qualities_are_met_exactly_and_often():
    quality = drawn(Family(rule="capped ratio", spread=Span(0.1, 0.3)), rows=64).features.quality
    equal = (quality == 1).all(-1)
    assert 8 <= equal.sum() <= 32


def test_a_seed_draws_the_same_and_another_does_not():
    family = Family(rivals=Span(1, 9))
    assert torch.equal(drawn(family).features.rivals, drawn(family).features.rivals)
    assert not torch.equal(drawn(family).features.rivals, drawn(family, seed=1).features.rivals)
