"""Self-play goes to the equilibrium, and the equilibrium stays where it is."""

import pytest
import torch

from agents.learning.games import Family, draw
from agents.learning.network import Features
from agents.learning.selfplay import MOST_MOVE, Response, Schedule, play

SHORT = Schedule(steps=400, rows=2, types=256)


def uniform(bidders, count=201):
    """Features of types of the textbook auction."""
    one = torch.ones(count)
    values = dict.fromkeys(Features._fields, one) | {
        "floor": torch.linspace(0, 1, count),
        "rivals": one * (bidders - 1),
        "entry": one * 0,
        "spread": one * 0,
    }
    return Features(**values)


def response(batch, bids, blur=0.01):
    return Response(batch, bids, torch.ones_like(bids), blur)


@pytest.mark.parametrize("rivals", [1.0, 4.0])
def test_at_the_equilibrium_hardly_a_bid_moves(rivals):
    batch = draw(Family(rivals=rivals), 2, 2048, torch.Generator().manual_seed(0))
    floor = batch.features.floor
    bids = floor + (1 - floor) / (rivals + 1)
    assert (response(batch, bids).targets() - bids).abs().mean() < 0.004


def test_truthful_bids_are_raised_and_greedy_ones_lowered():
    batch = draw(Family(), 2, 1024, torch.Generator().manual_seed(0))
    floor = batch.features.floor
    middle = (floor > 0.1) & (floor < 0.8)
    assert (response(batch, floor).targets() > floor)[middle].all()
    greedy = floor + 0.9 * (1 - floor)
    assert (response(batch, greedy).targets() < greedy)[middle].all()


def test_targets_stay_between_floor_and_cap_and_near():
    batch = draw(Family(rule="capped ratio", spread=0.3), 4, 256, torch.Generator().manual_seed(1))
    floor = batch.features.floor
    bids = floor + (batch.cap - floor) * torch.rand(floor.shape, generator=torch.Generator().manual_seed(2))
    targets = response(batch, bids).targets()
    assert (targets >= floor).all()
    assert (targets <= batch.cap).all()
    assert ((targets - bids).abs() <= MOST_MOVE + 1e-6).all()


def test_who_stays_out_is_no_rival():
    batch = draw(Family(entry=0.02), 2, 256, torch.Generator().manual_seed(0))
    bids = batch.features.floor * 0 + 0.5
    alone = Response(batch, bids + 0.1, torch.zeros_like(bids), 0.01)
    assert torch.allclose(alone.gains(), bids + 0.1 - batch.features.floor - 0.02)


def test_play_ends_near_the_equilibrium():
    network = play(Family(rivals=(1.0, 4.0)), SHORT, seed=0)
    for bidders in (2, 5):
        features = uniform(bidders)
        bids = network.bid(features).detach()
        exact = features.floor + (1 - features.floor) / bidders
        assert (bids - exact).square().mean().sqrt() < 0.02


def test_a_seed_gives_the_same_weights_whatever_the_global_one():
    short = Schedule(steps=5, rows=2, types=64)
    torch.manual_seed(1)
    one = play(Family(), short, seed=3)
    torch.manual_seed(2)
    two, other = play(Family(), short, seed=3), play(Family(), short, seed=4)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
