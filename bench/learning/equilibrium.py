"""How far self-play ends from the equilibrium, game by game, by the estimator and beside its floor.

    python -m bench.learning.equilibrium [--seeds 0 1 2 3 4]
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from agents.learning import estimator
from agents.learning.estimator import Game
from agents.learning.games import Family
from agents.learning.network import BidNetwork, Features, encode
from agents.learning.selfplay import Schedule, play
from agents.learning.theory import FloatArray


@dataclass(frozen=True, slots=True)
class Row:
    """A family that one network is trained on, and the games it is held against."""

    name: str
    family: Family
    games: tuple[Game, ...]
    setting: Callable[[Game, int], dict[str, float]]
    """The features, but floor and quality, of the bidder of a law in a game."""
    most_loss: float
    most_l2: float


def bid_function(network: BidNetwork, row: Row, game: Game) -> estimator.BidFunction:
    """The network's bids in the game's own terms; nan where it does not enter."""

    @torch.no_grad()
    def bid_of(bidder: int, costs: FloatArray, qualities: FloatArray) -> FloatArray:
        scale = game.reserve if row.family.rule == "price" else 1.0
        floor = torch.from_numpy(costs / scale).float()
        known = {"rivals": game.bidders - 1, "power": 1, "risk": 1, "presence": 1, "entry": 0, "spread": 0}
        known |= {"width": 1, "rival_width": 1} | row.setting(game, bidder)
        quality, cap = torch.ones_like(floor), torch.ones_like(floor)
        if row.family.rule != "price":
            quality = torch.from_numpy(qualities).float()
            cap = quality
        if row.family.rule == "difference":
            quality, cap = 1 + quality, 1 + quality
        features = Features(
            floor=floor, quality=quality, **{name: torch.full_like(floor, value) for name, value in known.items()}
        )
        placed, entering = network(encode(features))
        placed = placed.double()
        bids = torch.from_numpy(costs / scale) + (cap - floor).double() * torch.sigmoid(placed)
        found = bids.numpy() * scale
        out = costs > scale if row.family.rule == "price" else np.zeros(costs.shape, bool)
        if row.family.entry != 0.0:
            out |= entering.numpy() < 0
        return np.where(out, np.nan, found)

    return bid_of


def nothing(game: Game, bidder: int) -> dict[str, float]:
    return {}


WIDTHS = (0.5, 1.0)
ROWS = (
    Row(
        "uniform, one network",
        Family(rivals=(1.0, 2.0, 4.0, 9.0)),
        tuple(estimator.symmetric(n) for n in (2, 3, 5, 10)),
        nothing, 0.002, 0.005,
    ),
    Row(
        "F = c^2, one network",
        Family(rivals=(1.0, 2.0, 4.0, 9.0), power=2.0),
        tuple(estimator.symmetric(n, power=2.0) for n in (2, 3, 5, 10)),
        lambda game, bidder: {"power": 2.0}, 0.003, 0.007,
    ),
    Row(
        "CRRA 1/2",
        Family(rivals=(1.0, 3.0), risk=0.5),
        tuple(estimator.symmetric(n, risk=0.5) for n in (2, 4)),
        lambda game, bidder: {"risk": 0.5}, 0.01, 0.02,
    ),
    Row(
        "quality given, q - p",
        Family(rivals=(1.0, 3.0), rule="difference"),
        tuple(estimator.difference(n) for n in (2, 4)),
        nothing, 0.01, 0.02,
    ),
    Row(
        "quality given, p / q",
        Family(rivals=(1.0, 3.0), rule="ratio"),
        tuple(estimator.ratio(n) for n in (2, 4)),
        nothing, 0.01, 0.02,
    ),
    Row(
        "asymmetric, widths 1/2 and 1",
        Family(rivals=1.0, widths=WIDTHS),
        (estimator.asymmetric(WIDTHS),),
        lambda game, bidder: {"width": WIDTHS[bidder], "rival_width": WIDTHS[1 - bidder]}, 0.01, 0.02,
    ),
    Row(
        "reserve 0.7",
        Family(rivals=(1.0, 3.0), presence=0.7),
        tuple(estimator.symmetric(n, reserve=0.7) for n in (2, 4)),
        lambda game, bidder: {"presence": 0.7}, 0.01, 0.02,
    ),
    Row(
        "entry cost 0.02",
        Family(rivals=(1.0, 3.0), entry=0.02),
        tuple(estimator.symmetric(n, entry=0.02) for n in (2, 4)),
        lambda game, bidder: {"entry": 0.02}, 0.01, 0.02,
    ),
)


def run(seeds: Sequence[int], names: Sequence[str] = ()) -> dict[str, Any]:
    torch.set_num_threads(1)
    results: dict[str, Any] = {}
    for row in ROWS:
        if names and not any(name in row.name for name in names): continue
        for seed in seeds:
            start = time.perf_counter()
            network = play(row.family, Schedule(), seed=seed)
            seconds = time.perf_counter() - start
            for game in row.games:
                r = estimator.utility_loss(bid_function(network, row, game), game, seed=seed)
                print(f"{row.name:30} {game.name:45} {seed} {seconds:5.1f}s loss {r.relative:.3%} l2 {r.l2:.4f} linf {r.linf:.3f} pay {r.payment:.4f} eff {r.efficiency:.4f} floor {r.floor:.4%}", flush=True)
    return results

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--seeds", type=int, nargs="*", default=[0]); p.add_argument("names", nargs="*")
    a = p.parse_args()
    run(a.seeds, a.names)
