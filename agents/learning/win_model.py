"""The law of the best rival score in one skill: what bid would have won, given the auction.

A mixture of fixed Beta densities over the score (a share of the reserve at a reference quality), with one
atom for auctions in which nobody stood below the reserve. The weights are fitted by expectation-maximisation,
which takes exact and one-sided sightings alike; an auction's features tilt them exponentially; a Bayesian
bootstrap gives an ensemble of them. Nothing here has a step size, and no weight is ever zero or NaN.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from agents.learning.prior import FloatArray

Side: TypeAlias = Literal["at", "above", "below"]
SIDES: tuple[Side, ...] = ("at", "above", "below")

COMPONENTS = 64
MEMBERS = 5
FEATURES = 4
FIRST_SWEEPS, SWEEPS = 12, 4
"""Rounds of a first fit, and of one that goes on from the last."""
PSEUDO = 4.0
"""Auctions' worth of a flat law that every member starts from: no weight reaches zero."""
RIDGE = 4.0
"""The precision of the prior on each tilt, in auctions."""
WINDOW = 1500
"""The newest auctions that are fitted; older ones add time and no accuracy."""
_MOST_FEATURE, _MOST_TILT = 3.0, 30.0

_ORDERS = np.arange(COMPONENTS + 1, dtype=np.float64)
_LOG_FACTORIAL = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, COMPONENTS + 1)))])
_LOG_BINOMIAL = _LOG_FACTORIAL[-1] - _LOG_FACTORIAL - _LOG_FACTORIAL[::-1]


def _shapes() -> FloatArray:
    """(3, K + 1): how a tilt moves each weight: up the scale, out to both ends, and to the atom."""
    place = (np.arange(COMPONENTS) / (COMPONENTS - 1) - 0.5) * np.sqrt(12)
    shapes = np.zeros((3, COMPONENTS + 1))
    shapes[0, :-1], shapes[1, :-1], shapes[2, -1] = place, place**2 - 1, 1.0
    return shapes


_SHAPES = _shapes()
_PRODUCTS = (_SHAPES[:, None, :] * _SHAPES[None, :, :]).reshape(9, -1)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where the best rival stood in N auctions."""

    scores: FloatArray
    """(N,) shares of the reserve at quality 1: p / q, or the bound of it."""
    sides: FloatArray
    """(N,) 0 at the score, 1 above it, 2 below it: the index in SIDES."""
    features: FloatArray
    """(N, 4) log reserve, log(1 + rivals), log deadline, load."""


def _binomial(scores: FloatArray) -> FloatArray:
    """(J, K + 1): the chances of 0 to K successes in K tries."""
    inside = np.clip(scores, 1e-12, 1 - 1e-12)[:, None]
    log = _LOG_BINOMIAL + _ORDERS * np.log(inside) + (COMPONENTS - _ORDERS) * np.log1p(-inside)
    return np.asarray(np.exp(log), dtype=np.float64)


def survivals(scores: FloatArray) -> FloatArray:
    """(J, K + 1): the chance under each component that the best rival is above scores in [0, 1]."""
    below = np.cumsum(_binomial(scores), axis=1)  # P(Beta(k, K-k+1) > u) = P(Binomial(K, u) < k)
    return np.concatenate([np.clip(below[:, :-1], 0.0, 1.0), np.ones((len(scores), 1))], axis=1)


_SCORES: FloatArray = np.append(np.linspace(0.0, 1.0, 513), 1.0 + 1e-9)
_SURVIVALS = survivals(np.minimum(_SCORES, 1.0))
"""Tabulated: an eighth of the time of reckoning them for each auction."""


def densities(scores: FloatArray) -> FloatArray:
    """(J, K + 1): the density of each component at scores in (0, 1); the atom has none."""
    inside = np.clip(scores, 1e-6, 1 - 1e-6)
    orders = _ORDERS[None, 1:]
    beta = _binomial(inside)[:, 1:] * orders / inside[:, None]  # k C(K, k) u^(k-1) (1-u)^(K-k)
    return np.concatenate([beta, np.zeros((len(scores), 1))], axis=1)


class WinModel:
    """The best rival of one skill; the same seed and sightings give the same model.

    ``weights`` is (5, 65), each row a law; ``tilts`` is (4, 3); ``centre`` is (4,), the mean features.
    """

    def __init__(self, weights: FloatArray, tilts: FloatArray, centre: FloatArray, quality: float) -> None:
        self.weights, self.tilts, self.centre, self.quality = weights, tilts, centre, quality

    @property
    def fresh(self) -> bool:
        """Whether it was fitted to nothing yet."""
        return bool((self.weights == self.weights[0, 0]).all())

    @classmethod
    def flat(cls) -> "WinModel":
        """The model of a bidder that saw nothing: every score is as likely, and so is no rival as one score."""
        weights = np.full((MEMBERS, COMPONENTS + 1), 1 / (COMPONENTS + 1))
        return cls(weights, np.zeros((FEATURES, 3)), np.zeros(FEATURES), 0.5)

    def fitted(
        self,
        sightings: Sightings,
        quality: float,
        rng: np.random.Generator,
        carried: tuple[FloatArray, float] | None = None,
    ) -> "WinModel":
        """The model after ``sightings`` (oldest first), from this one's weights on.

        ``quality`` is the least own quality that will be asked about: the law is kept over score * quality.
        ``carried`` are weights and the number of forgotten auctions that they stand for.
        """
        scores, sides = sightings.scores[-WINDOW:], sightings.sides[-WINDOW:]
        features = sightings.features[-WINDOW:]
        if len(scores) == 0:
            return WinModel.flat()
        centre = features.mean(axis=0)
        centred = np.clip(features - centre, -_MOST_FEATURE, _MOST_FEATURE)
        chances = _likelihoods(np.clip(scores * quality, 0.0, 1.0), scores * quality > 1, sides)
        masses = rng.exponential(size=(MEMBERS, len(scores)))
        masses *= len(scores) / masses.sum(axis=1, keepdims=True)
        start = np.full_like(self.weights, PSEUDO / (COMPONENTS + 1))
        if carried is not None:
            start = start + carried[0] * carried[1]
        weights, tilts = self.weights, self.tilts
        for _ in range(FIRST_SWEEPS if self.fresh else SWEEPS):
            weights, tilts = _sweep(weights, tilts, chances, centred, (masses, start))
        return WinModel(np.round(weights, 7), np.round(tilts, 5), np.round(centre, 5), quality)

    def survival(
        self, bids: FloatArray, quality: float, features: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """(J,) mean and (J,) spread, over the members, of the chance that ``bids`` win.

        ``bids`` are shares of the reserve by a bidder of ``quality`` in (0, 1], in an auction of
        ``features`` (4,).
        """
        members = _SURVIVALS @ self._mixture(features).T
        members[-1] = 0.0  # beyond the scale, which a lower quality than any seen asks for
        scores = np.minimum(bids * self.quality / quality, _SCORES[-1])
        mean, spread = members.mean(axis=1), members.std(axis=1)
        return np.interp(scores, _SCORES, mean), np.interp(scores, _SCORES, spread)

    def likelihood(self, score: float, side: int, features: FloatArray) -> tuple[float, float]:
        """P(the best rival is below ``score``), and its density there (for an exact sighting; else 0)."""
        at = np.array([score * self.quality])
        mixture = self._mixture(features).mean(axis=0)
        below = 1.0 - float(survivals(np.clip(at, 0.0, 1.0))[0] @ mixture)
        dense = float(densities(at)[0] @ mixture) * self.quality if side == 0 and at[0] <= 1 else 0.0
        return below, dense

    def _mixture(self, features: FloatArray) -> FloatArray:
        """(5, K + 1): the members' weights in an auction of ``features``."""
        centred = np.clip(features - self.centre, -_MOST_FEATURE, _MOST_FEATURE)
        raw = self.weights * _tilt(centred[None, :], self.tilts)
        return np.asarray(raw / raw.sum(axis=1, keepdims=True), dtype=np.float64)


def _tilt(centred: FloatArray, tilts: FloatArray) -> FloatArray:
    """(N, K + 1): the factors on the weights in auctions of centred features (N, 4)."""
    return np.asarray(np.exp(np.clip(centred @ tilts @ _SHAPES, -_MOST_TILT, _MOST_TILT)), dtype=np.float64)


def _likelihoods(scores: FloatArray, beyond: npt.NDArray[np.bool_], sides: FloatArray) -> FloatArray:
    """(N, K + 1): the chance or density of each sighting under each component."""
    above = survivals(scores)
    above[beyond, :-1] = 0.0
    at = densities(scores)
    at[beyond] = above[beyond]
    side = sides[:, None]
    return np.asarray(np.where(side == 0, at, np.where(side == 1, above, 1 - above)) + 1e-12)


def _sweep(
    weights: FloatArray,
    tilts: FloatArray,
    chances: FloatArray,
    centred: FloatArray,
    counts: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """One round of generalised expectation-maximisation: the weights by scaling, the tilts by a Newton step.

    ``counts`` are the members' masses on the auctions (5, N), and the counts they started from (5, K + 1).
    """
    masses, start = counts
    factors = _tilt(centred, tilts)
    fresh, residual, expected = np.empty_like(weights), np.zeros_like(chances), np.zeros_like(chances)
    for member, mass in enumerate(masses):
        believed = weights[member] * factors
        believed /= believed.sum(axis=1, keepdims=True)
        blamed = believed * chances
        blamed /= blamed.sum(axis=1, keepdims=True)
        found, foreseen = mass @ blamed, mass @ believed
        # Without tilts this is the exact M-step; the pseudo-counts keep every weight above zero.
        expected_start = start[member].sum() * weights[member]
        scaled = weights[member] * (found + start[member]) / (foreseen + expected_start)
        fresh[member] = scaled / scaled.sum()
        residual += (blamed - believed) / MEMBERS
        expected += believed / MEMBERS
    return fresh, tilts + _newton(tilts, residual, expected, centred)


def _newton(tilts: FloatArray, residual: FloatArray, expected: FloatArray, centred: FloatArray) -> FloatArray:
    """(4, 3): the step of the tilts, by the complete-data information and the ridge."""
    size = tilts.size
    gradient = centred.T @ (residual @ _SHAPES.T) - RIDGE * tilts
    means = expected @ _SHAPES.T
    spread = (expected @ _PRODUCTS.T).reshape(-1, 3, 3) - means[:, :, None] * means[:, None, :]
    squares = (centred[:, :, None] * centred[:, None, :]).reshape(len(centred), -1)
    information = (squares.T @ spread.reshape(-1, 9)).reshape(FEATURES, FEATURES, 3, 3)
    matrix = information.transpose(0, 2, 1, 3).reshape(size, size) + RIDGE * np.eye(size)
    step = np.linalg.solve(matrix, gradient.reshape(size)).reshape(tilts.shape)
    return np.asarray(np.clip(step, -0.5, 0.5), dtype=np.float64)
