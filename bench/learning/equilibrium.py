"""How far self-play ends from the equilibrium, game by game, by the estimator and beside its floor.

    python -m bench.learning.equilibrium [--seeds 0 1 2 3 4] [uniform …]

Each row is a network of its own, made by the same code; the last rows are the one that is shipped.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from agents.learning import checkpoint, estimator
from agents.learning.estimator import Game, LossReport, utility_loss
from agents.learning.games import Family
from agents.learning.network import BidNetwork, Features, encode
from agents.learning.network_prior import NetworkPrior
from agents.learning.prior import Situation
from agents.learning.selfplay import Schedule, play
from agents.learning.theory import FloatArray


@dataclass(frozen=True, slots=True)
class Row:
    """A family that one network is trained on, and the games it is held against."""

    name: str
    family: Family
    games: tuple[Game, ...]
    settings: tuple[dict[str, float], ...]
    """For each law of a bidder, the features that are not those of the textbook auction."""
    most_loss: float
    """What is to be reached."""
    most_l2: float
    schedule: Schedule = field(default_factory=Schedule)


def bid_function(network: BidNetwork, row: Row, game: Game) -> estimator.BidFunction:
    """The network's bids in the game's own terms; nan where it does not enter."""

    @torch.no_grad()
    def bid_of(bidder: int, costs: FloatArray, qualities: FloatArray) -> FloatArray:
        scale = game.reserve if row.family.rule == "price" else 1.0
        floor = torch.from_numpy(costs / scale).float()
        known = {"rivals": game.bidders - 1, "power": 1, "risk": 1, "presence": 1, "entry": 0, "spread": 0}
        known |= {"width": 1, "rival_width": 1} | row.settings[bidder]
        quality, cap = torch.ones_like(floor), torch.ones_like(floor)
        if row.family.rule != "price":
            quality = torch.from_numpy(qualities).float()
            cap = quality
        if row.family.rule == "difference":
            quality, cap = 1 + quality, 1 + quality
        features = Features(
            floor=floor,
            quality=quality,
            **{name: torch.full_like(floor, value) for name, value in known.items()},
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


WIDTHS = (0.5, 1.0)
ROWS = (
    Row(
        "uniform, one network",
        Family(rivals=(1.0, 2.0, 4.0, 9.0)),
        tuple(estimator.symmetric(n) for n in (2, 3, 5, 10)),
        ({},),
        0.002,
        0.005,
    ),
    Row(
        "F = c^2, one network",
        Family(rivals=(1.0, 2.0, 4.0, 9.0), power=2.0),
        tuple(estimator.symmetric(n, power=2.0) for n in (2, 3, 5, 10)),
        ({"power": 2.0},),
        0.003,
        0.007,
    ),
    Row(
        "CRRA 1/2",
        Family(rivals=(1.0, 3.0), risk=0.5),
        tuple(estimator.symmetric(n, risk=0.5) for n in (2, 4)),
        ({"risk": 0.5},),
        0.01,
        0.02,
    ),
    Row(
        "quality given, q - p",
        Family(rivals=(1.0, 3.0), rule="difference"),
        tuple(estimator.difference(n) for n in (2, 4)),
        ({},),
        0.01,
        0.02,
    ),
    Row(
        "quality given, p / q",
        Family(rivals=(1.0, 3.0), rule="ratio"),
        tuple(estimator.ratio(n) for n in (2, 4)),
        ({},),
        0.01,
        0.02,
    ),
    Row(
        "asymmetric, widths 1/2 and 1",
        Family(rivals=1.0, widths=WIDTHS),
        (estimator.asymmetric(WIDTHS),),
        tuple({"width": own, "rival_width": other} for own, other in (WIDTHS, WIDTHS[::-1])),
        0.01,
        0.02,
    ),
    Row(
        "reserve 0.7",
        Family(rivals=(1.0, 3.0), presence=0.7),
        tuple(estimator.symmetric(n, reserve=0.7) for n in (2, 4)),
        ({"presence": 0.7},),
        0.01,
        0.02,
    ),
    Row(
        "entry cost 0.02",
        Family(rivals=(1.0, 3.0), entry=0.02),
        tuple(estimator.symmetric(n, entry=0.02) for n in (2, 4)),
        ({"entry": 0.02},),
        0.01,
        0.02,
    ),
)


SHIPPED = Row("the shipped prior", checkpoint.FAMILY, (), (), 0.002, 0.005)
SHIPPED_GAMES = (
    *(estimator.symmetric(n) for n in (2, 3, 5, 10)),
    *(estimator.symmetric(n, power=2.0) for n in (2, 3, 5, 10)),
    *(estimator.symmetric(n, risk=0.5) for n in (2, 4)),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One seed of one game."""

    row: Row
    game: Game
    seconds: float
    """Of the training, which the games of a row share."""
    report: LossReport


def run(seeds: Sequence[int], names: Sequence[str] = ()) -> dict[str, Any]:
    """The worst of the seeds for each game, by the row's name; rows whose names hold none of ``names`` are left out."""
    torch.set_num_threads(1)
    measured: list[Measured] = []
    print(f"{'trained on':30} {'held against':46} {'s':>5} {'loss':>7} {'L2':>6} {'floor':>8} {'payment':>7}")
    for row in (row for row in ROWS if not names or any(name in row.name for name in names)):
        nets = [_trained(row, seed) for seed in seeds]
        for game in row.games:
            of_game = [
                Measured(row, game, seconds, utility_loss(bid_function(network, row, game), game, seed=seed))
                for seed, (network, seconds) in zip(seeds, nets, strict=True)
            ]
            measured += of_game
            print(_line(of_game), flush=True)
    shipped = NetworkPrior()
    for game in SHIPPED_GAMES:
        loss = utility_loss(_shipped(shipped, game), game, seed=0)
        measured.append(Measured(SHIPPED, game, 0.0, loss))
        print(_line(measured[-1:]), flush=True)
    return _results(measured)


def _trained(row: Row, seed: int) -> tuple[BidNetwork, float]:
    start = time.perf_counter()
    network = play(row.family, row.schedule, seed=seed)
    return network, time.perf_counter() - start


def _shipped(prior: NetworkPrior, game: Game) -> estimator.BidFunction:
    power = {"power": 2.0} if "power=2" in game.name else {}

    def bid_of(_: int, costs: FloatArray, __: FloatArray) -> FloatArray:
        return prior.bids([Situation(cost, game.bidders - 1, risk=game.risk, **power) for cost in costs])

    return bid_of


def _line(seeds: Sequence[Measured]) -> str:
    one = _worst(seeds)
    row, game = seeds[0].row, seeds[0].game
    missed = "" if one["loss"] <= row.most_loss and one["l2"] <= row.most_l2 else "  missed"
    return (
        f"{row.name:30} {game.name:46} {one['seconds']:5.1f} {one['loss']:7.3%} {one['l2']:6.4f} "
        f"{one['floor']:8.4%} {one['payment']:7.4f}{missed}"
    )


def _worst(seeds: Sequence[Measured]) -> dict[str, float]:
    """Of the seeds; the payment is the one furthest from the equilibrium's."""
    exact = _payment(seeds[0].game)
    return {
        "loss": max(one.report.relative for one in seeds),
        "l2": max(one.report.l2 for one in seeds),
        "floor": max(one.report.floor for one in seeds),
        "seconds": max(one.seconds for one in seeds),
        "payment": max((one.report.payment for one in seeds), key=lambda paid: abs(paid - exact)),
        "theory": exact,
        "efficiency": min(one.report.efficiency for one in seeds),
    }


def _payment(game: Game) -> float:
    return utility_loss(game.equilibrium, game, seed=0, types=16, grid=16).payment


def _results(measured: Sequence[Measured]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for one in measured:
        row = results.setdefault(one.row.name, {"reach": {"loss": one.row.most_loss, "l2": one.row.most_l2}})
        row[one.game.name] = _worst(
            [other for other in measured if other.row is one.row and other.game is one.game]
        )
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("names", nargs="*", help="only rows whose names hold one of these")
    chosen = parser.parse_args()
    run(chosen.seeds, chosen.names)
