"""What ``agora lab bidding`` measures, part by part; every figure follows from the seed."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from agents.agent_config import PROFILES
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.lab.bidding.learned import FEARLESS, Learned
from agents.lab.bidding.market import BEST_QUALITY, NO_BID, RESERVE, Conditions, Entrant, Seat, play
from agents.lab.bidding.measures import (
    Bin,
    beliefs,
    calibration,
    efficiency,
    equilibrium_payment,
    mean_and_interval,
    payment,
)
from agents.learning import estimator, theory
from agents.learning.baselines.dqn import DeepQ
from agents.learning.baselines.policies import ClosedForm, FixedMarkup, Truthful
from agents.learning.baselines.reinforce import PolicyGradient
from agents.learning.bidder import LearnedBidder
from agents.learning.online import OnlineLearner, Rivals, learning_curve
from agents.learning.prior import BidPrior, Situation
from agents.learning.theory import FloatArray

RIVALS = {"equilibrium rivals": Rivals(2), "timid rivals": Rivals(2, 0.6)}
"""Two others: those that the prior expects, and those that it does not, who ask for 60 % of their room."""
LEARNERS: dict[str, Callable[[int], OnlineLearner]] = {
    "DQN": lambda seed: DeepQ(seed=seed),
    "DQN, counterfactual": lambda seed: DeepQ(seed=seed, counterfactual=True),
    "REINFORCE": lambda seed: PolicyGradient(seed=seed),
    "PPO": lambda seed: PolicyGradient.ppo(seed=seed),
}
"""The baselines, by seed."""
EQUAL_QUALITY = 9500
WORK_TIME = 8
STREAM = 1000
"""Runs of one seed draw from seeds this far apart."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    bidders: tuple[int, ...]
    runs: int
    """Independent runs of what is random."""
    checkpoints: tuple[int, ...]
    """The auctions after which learners are examined."""
    types: int
    profiles: int
    self_play: int
    """Auctions of self-play; what is measured, is measured over the second half."""
    market: int
    """Auctions of the market of profiles."""


FULL = Scale(
    (2, 3, 5, 10), 5, (0, 25, 50, 100, 250, 500), types=200, profiles=2**20, self_play=300, market=600
)
QUICK = Scale((2, 3), 1, (0, 10, 30), types=50, profiles=2**14, self_play=20, market=20)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The prior in one auction, held against its equilibrium; see LossReport."""

    game: str
    loss: float
    floor: float
    l2: float
    payment: float
    expected_payment: float
    efficiency: float


@dataclass(frozen=True, slots=True)
class BidCurve:
    """Bids of the prior and of the equilibrium among ``bidders``, by cost."""

    bidders: int
    costs: list[float]
    bids: list[float]
    equilibrium: list[float]


@dataclass(frozen=True, slots=True)
class Progress:
    """One learner after so many auctions: its relative loss over the runs, and its regret in reserves."""

    rivals: str
    learner: str
    auctions: int
    loss: float
    worst: float
    regret: float


@dataclass(frozen=True, slots=True)
class SelfPlay:
    """Learned bidders among themselves; intervals are half of 95 % confidence intervals."""

    bidders: int
    payment: float
    """In reserves."""
    benchmark: float
    """What theory expects: 2/(n+1)."""
    payment_ratio: float
    """The payment beside what the equilibrium would have paid in the same auctions."""
    payment_interval: float
    efficiency: float
    efficiency_interval: float


@dataclass(frozen=True, slots=True)
class Standing:
    """One entrant in the market of profiles."""

    name: str
    profit: float
    """Credits an auction, the mean over the runs."""
    profit_interval: float
    """Half the 95 % confidence interval."""
    bids: float
    """The share of auctions that it bid in."""
    wins: float
    """The share of auctions that it won."""


@dataclass(frozen=True, slots=True)
class Study:
    """All figures of one call."""

    seed: int
    scale: Scale
    comparisons: list[Comparison]
    curves: list[BidCurve]
    progress: list[Progress]
    self_play: list[SelfPlay]
    reliability: list[Bin]
    brier: float
    calibration_error: float
    standings: list[Standing]
    market_efficiency: float

    def as_json(self) -> dict[str, Any]:
        """The figures for machines."""
        return asdict(self)


async def conduct(scale: Scale, prior: BidPrior, *, seed: int, say: Callable[[str], None]) -> Study:
    """Measure everything, of bidders that begin with ``prior``; ``say`` hears what is being measured."""
    say("the prior against theory")
    comparisons = against_theory(prior, scale, seed=seed)
    say("learning curves")
    progress = learning(scale, prior, seed=seed)
    say("self-play")
    self_play, believed, won = await among_themselves(scale, prior, seed=seed)
    say("the market of profiles")
    standings, market_efficiency = await profiles(scale, prior, seed=seed)
    reliability, brier, error = calibration(believed, won)
    return Study(
        seed=seed,
        scale=scale,
        comparisons=comparisons,
        curves=[bid_curve(prior, bidders) for bidders in scale.bidders],
        progress=progress,
        self_play=self_play,
        reliability=reliability,
        brier=brier,
        calibration_error=error,
        standings=standings,
        market_efficiency=market_efficiency,
    )


def against_theory(prior: BidPrior, scale: Scale, *, seed: int) -> list[Comparison]:
    """The prior's utility loss in the auctions that it knows."""
    kinds = [(n, 1.0, 1.0) for n in scale.bidders] + [(n, 2.0, 1.0) for n in scale.bidders] + [(3, 1.0, 0.5)]
    found = []
    for bidders, power, risk in kinds:
        game = estimator.symmetric(bidders, power=power, risk=risk)

        def bid_of(
            _: int, costs: FloatArray, __: FloatArray, kind: tuple[float, ...] = (power, risk)
        ) -> FloatArray:
            return prior_bids(prior, costs, game.bidders - 1, *kind)  # noqa: B023  # called before the next round

        report = estimator.utility_loss(bid_of, game, seed=seed, profiles=scale.profiles)
        expected = theory.expected_payment(bidders - 1, power=power, risk=risk)
        name = (
            f"n = {bidders}" + (", F = c²" if power == 2 else "") + (f", CRRA {risk:g}" if risk < 1 else "")
        )
        found.append(
            Comparison(
                name, report.relative, report.floor, report.l2, report.payment, expected, report.efficiency
            )
        )
    return found


def prior_bids(
    prior: BidPrior, costs: FloatArray, rivals: float, power: float = 1.0, risk: float = 1.0
) -> FloatArray:
    """The prior's bids for these floors."""
    return prior.bids([Situation(float(cost), rivals, power=power, risk=risk) for cost in costs])


def bid_curve(prior: BidPrior, bidders: int) -> BidCurve:
    """The prior's bid function beside the equilibrium's, at 41 costs."""
    costs = np.linspace(0, 1, 41)
    bids, exact = prior_bids(prior, costs, bidders - 1), theory.first_price(costs, bidders - 1)
    return BidCurve(bidders, *(np.round(column, 5).tolist() for column in (costs, bids, exact)))


def learning(scale: Scale, prior: BidPrior, *, seed: int) -> list[Progress]:
    """Each learner, alone among rivals who do not learn."""
    found = []
    seeds = [STREAM * run + seed for run in range(scale.runs)]
    for field, rivals in RIVALS.items():
        learned: Callable[[int], OnlineLearner] = partial(_learned, rivals.count, prior)
        for name, make in [("learned bidder", learned), *LEARNERS.items()]:
            curves = [
                learning_curve(make(one), rivals, scale.checkpoints, seed=one, types=scale.types)
                for one in seeds
            ]
            for count in scale.checkpoints:
                losses = np.array([curve.losses[count] for curve in curves])
                regret = float(np.mean([curve.regret[count] for curve in curves]))
                found.append(Progress(field, name, count, float(losses.mean()), float(losses.max()), regret))
    return found


def _learned(rivals: int, prior: BidPrior, seed: int) -> OnlineLearner:
    return Learned(seed=seed, rivals=rivals, prior=prior)


async def among_themselves(
    scale: Scale, prior: BidPrior, *, seed: int
) -> tuple[list[SelfPlay], FloatArray, FloatArray]:
    """Learned bidders who know nothing of one another but their bids; and all that they believed, and won."""
    found, believed, won = [], [np.empty(0)], [np.empty(0)]
    half = scale.self_play // 2
    for bidders in scale.bidders:
        records = []
        for run in range(scale.runs):
            base = STREAM * run + seed
            seats = [
                _seat(f"bidder {k}", LearnedBidder(FEARLESS, seed=base + k, prior=prior))
                for k in range(bidders)
            ]
            records.append(await play(seats, Conditions(scale.self_play), seed=base))
        paid = np.array([payment(record, half) for record in records])
        exact = np.array([equilibrium_payment(record, half) for record in records])
        efficient = mean_and_interval(np.array([efficiency(record, half) for record in records]))
        found.append(
            SelfPlay(
                bidders,
                float(paid.mean()),
                theory.expected_payment(bidders - 1),
                *mean_and_interval(paid / exact),
                *efficient,
            )
        )
        for record in records:
            beliefs_here, won_here = beliefs(record, half)
            believed.append(beliefs_here)
            won.append(won_here)
    return found, np.concatenate(believed), np.concatenate(won)


def entrants(prior: BidPrior, seed: int) -> list[Seat]:
    """One learned bidder a profile, and the baselines, all of equal quality and with the slots of their configs."""
    balanced = PROFILES["balanced"]
    learned = [
        _seat(
            name, LearnedBidder(config, seed=seed + number, prior=prior), EQUAL_QUALITY, config.max_concurrent
        )
        for number, (name, config) in enumerate(PROFILES.items())
    ]
    others: dict[str, Entrant] = {
        "(adaptive)": AdaptiveBiddingStrategy(balanced, seed),
        "(closed form)": ClosedForm(balanced),
        "(markup 25 %)": FixedMarkup(balanced, markup=0.25),
        "(truthful)": Truthful(balanced),
    }
    slots = balanced.max_concurrent
    return learned + [Seat(name, policy, EQUAL_QUALITY, slots) for name, policy in others.items()]


def _seat(name: str, bidder: LearnedBidder, quality: int = BEST_QUALITY, slots: int = 0) -> Seat:
    return Seat(name, bidder, quality, slots, bidder.train)


async def profiles(scale: Scale, prior: BidPrior, *, seed: int) -> tuple[list[Standing], float]:
    """The standings of all entrants in one market, the most profitable first, and its efficiency."""
    conditions = Conditions(
        scale.market, floors_uniform=False, least_fit=0.2, cost_spread=0.2, work_time=WORK_TIME
    )
    records = [
        await play(entrants(prior, STREAM * run + seed), conditions, seed=STREAM * run + seed)
        for run in range(scale.runs)
    ]
    credit = RESERVE / 100
    found = []
    for place, name in enumerate(records[0].names):
        profit = mean_and_interval(np.array([one.profits[:, place].mean() / credit for one in records]))
        bids = float(np.mean([(one.prices[:, place] != NO_BID).mean() for one in records]))
        wins = float(np.mean([(one.winners == place).mean() for one in records]))
        found.append(Standing(name, *profit, bids, wins))
    found.sort(key=lambda standing: -standing.profit)
    return found, float(np.mean([efficiency(one, scale.market) for one in records]))
