"""The law of the best rival score in one skill: what bid would have won, given the auction.

A mixture of fixed Beta densities over the place of the score on a logistic scale of its square root, which lies
where the scores lie, with one atom for auctions in which there was no rival at all. The weights are fitted by
expectation-maximisation, which takes exact and one-sided sightings alike; an auction's features tilt them
exponentially; a Bayesian bootstrap gives an ensemble of them. Nothing here has a step size, and no weight is
ever zero or NaN.
"""

import math
from dataclasses import dataclass

import numpy as np

from agents.learning.theory import FloatArray

COMPONENTS = 64
MEMBERS = 5
FEATURES, SHAPES = 4, 4
FIRST_SWEEPS, SWEEPS = 12, 4
"""Rounds of a first fit, and of one that goes on from the last."""
PSEUDO = 4.0
"""Auctions' worth of a flat law that every member starts from: no weight reaches zero."""
RIDGE: FloatArray = np.repeat([0.2, 1.0, 4.0, 4.0], SHAPES)
"""The precision of the prior on the tilts by each feature, in auctions: the reserve is the likeliest to matter."""
WINDOW = 1500
"""The newest auctions that are fitted; older ones add time and no accuracy."""
_SCALE_WEIGHT, _USUAL_CENTRE, _USUAL_SPREAD = 2.0, math.sqrt(0.5), 0.125
_LEAST_WIDTH, _BROADER, _STEEPNESS = 0.02, 1.3, 1.7
_MOST_FEATURE, _MOST_TILT = 3.0, 12.0
_FLAT_SHARE = 1e-4
"""Of every law: no component ever dies, however steep the tilts."""

_ORDERS = np.arange(COMPONENTS + 1, dtype=np.float64)
_LOG_FACTORIAL = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, COMPONENTS + 1)))])
_LOG_BINOMIAL = _LOG_FACTORIAL[-1] - _LOG_FACTORIAL - _LOG_FACTORIAL[::-1]


def _shapes() -> FloatArray:
    """(4, K + 1): how a tilt moves each weight: up the scale, out to both ends, off zero, and to the atom."""
    place = (np.arange(COMPONENTS) + 0.5) / COMPONENTS
    shapes = np.zeros((SHAPES, COMPONENTS + 1))
    for row, values in enumerate((place, (place - 0.5) ** 2, np.log(place))):
        shapes[row, :-1] = (values - values.mean()) / values.std()
    shapes[-1, -1] = 1.0
    return shapes


_SHAPES = _shapes()
_PRODUCTS = (_SHAPES[:, None, :] * _SHAPES[None, :, :]).reshape(SHAPES**2, -1)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Where the best rival stood in N auctions."""

    scores: FloatArray
    """(N,) shares of the reserve at quality 1: p / q, or the bound of it."""
    sides: FloatArray
    """(N,) 0 at the score, 1 above it, 2 below it: as in ``Auction.side``."""
    features: FloatArray
    """(N, 4) log reserve, log(1 + rivals), log deadline, load."""


def _binomial(places: FloatArray) -> FloatArray:
    """(J, K + 1): the chances of 0 to K successes in K tries."""
    inside = np.clip(places, 1e-12, 1 - 1e-12)[:, None]
    log = _LOG_BINOMIAL + _ORDERS * np.log(inside) + (COMPONENTS - _ORDERS) * np.log1p(-inside)
    return np.asarray(np.exp(log), dtype=np.float64)


def survivals(places: FloatArray) -> FloatArray:
    """(J, K + 1): the chance under each component that the best rival is above places in [0, 1]."""
    below = np.cumsum(_binomial(places), axis=1)  # P(Beta(k, K-k+1) > u) = P(Binomial(K, u) < k)
    return np.concatenate([np.clip(below[:, :-1], 0.0, 1.0), np.ones((len(places), 1))], axis=1)


_PLACES: FloatArray = np.linspace(0.0, 1.0, 513)
_SURVIVALS = survivals(_PLACES)
"""Tabulated: every quote needs them."""


def densities(places: FloatArray) -> FloatArray:
    """(J, K + 1): the density of each component at places in (0, 1); the atom has none."""
    inside = np.clip(places, 1e-6, 1 - 1e-6)
    orders = _ORDERS[None, 1:]
    beta = _binomial(inside)[:, 1:] * orders / inside[:, None]  # k C(K, k) u^(k-1) (1-u)^(K-k)
    return np.concatenate([beta, np.zeros((len(places), 1))], axis=1)


@dataclass(frozen=True, slots=True)
class Scale:
    """From scores to places in (0, 1): the logistic function of the standardised square root.

    The root tells low scores apart without stretching the lowest, as the logarithm would.
    """

    centre: float = _USUAL_CENTRE
    width: float = 0.3

    def place(self, scores: FloatArray) -> FloatArray:
        """(N,) places of scores (N,) of 0 or more."""
        away = (np.sqrt(scores) - self.centre) / self.width
        return np.asarray(1 / (1 + np.exp(np.clip(-_STEEPNESS * away, -40, 40))), dtype=np.float64)

    def fitted(self, scores: FloatArray, sides: FloatArray) -> "Scale":
        """The scale on which the sightings lie well spread: this one, unless it is far off."""
        exact = scores[sides == 0] if (sides == 0).any() else scores
        roots, count = np.sqrt(exact), len(exact) + _SCALE_WEIGHT
        centre = (roots.sum() + _SCALE_WEIGHT * _USUAL_CENTRE) / count
        variance = (((roots - centre) ** 2).sum() + _SCALE_WEIGHT * _USUAL_SPREAD**2) / count
        width = max(_LEAST_WIDTH, _BROADER * math.sqrt(variance))
        if abs(centre - self.centre) < 0.2 * self.width and 0.8 < width / self.width < 1.25:
            return self
        return Scale(round(float(centre), 6), round(float(width), 6))


class WinModel:
    """The best rival of one skill; the same seed and sightings give the same model.

    ``weights`` is (5, 65), each row a law; ``tilts`` is (4, 4); ``centre`` is (4,), the mean features.
    """

    def __init__(self, weights: FloatArray, tilts: FloatArray, centre: FloatArray, scale: Scale) -> None:
        self.weights, self.tilts, self.centre, self.scale = weights, tilts, centre, scale

    @property
    def fresh(self) -> bool:
        """Whether it was fitted to nothing yet."""
        return bool((self.weights == self.weights[0, 0]).all())

    @classmethod
    def flat(cls) -> "WinModel":
        """The model of a bidder that saw nothing: every place on the scale is as likely."""
        weights = np.full((MEMBERS, COMPONENTS + 1), 1 / (COMPONENTS + 1))
        return cls(weights, np.zeros((FEATURES, SHAPES)), np.zeros(FEATURES), Scale())

    def fitted(
        self,
        sightings: Sightings,
        rng: np.random.Generator,
        carried: tuple[FloatArray, float] | None = None,
    ) -> "WinModel":
        """The model after ``sightings`` (oldest first), from this one's weights on.

        ``carried`` are weights and the number of forgotten auctions that they stand for.
        """
        scores, sides = sightings.scores[-WINDOW:], sightings.sides[-WINDOW:]
        features = sightings.features[-WINDOW:]
        if len(scores) == 0:
            return WinModel.flat()
        centre = features.mean(axis=0)
        centred = np.clip(features - centre, -_MOST_FEATURE, _MOST_FEATURE)
        scale = self.scale if carried else self.scale.fitted(scores, sides)
        chances = _likelihoods(scale.place(scores), sides)
        masses = rng.exponential(size=(MEMBERS, len(scores)))
        masses *= len(scores) / masses.sum(axis=1, keepdims=True)
        start = np.full_like(self.weights, PSEUDO / (COMPONENTS + 1))
        if carried is not None:
            start = start + carried[0] * carried[1]
        first = self.fresh or scale != self.scale
        weights, tilts = WinModel.flat().weights if first else self.weights, self.tilts
        for _ in range(FIRST_SWEEPS if first else SWEEPS):
            weights, tilts = _sweep(weights, tilts, chances, centred, (masses, start))
        return WinModel(np.round(weights, 7), np.round(tilts, 5), np.round(centre, 5), scale)

    def survival(
        self, bids: FloatArray, quality: float, features: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """(J,) mean and (J,) spread, over the members, of the chance that ``bids`` win.

        ``bids`` are shares of the reserve by a bidder of ``quality`` in (0, 1], in an auction of
        ``features`` (4,).
        """
        members = _SURVIVALS @ self._mixture(features).T
        places = self.scale.place(bids / quality)
        mean, spread = members.mean(axis=1), members.std(axis=1)
        return np.interp(places, _PLACES, mean), np.interp(places, _PLACES, spread)

    def below(self, score: float, features: FloatArray) -> float:
        """P(the best rival is below ``score``)."""
        place = self.scale.place(np.array([score]))
        return 1.0 - float(survivals(place)[0] @ self._mixture(features).mean(axis=0))

    def _mixture(self, features: FloatArray) -> FloatArray:
        """(5, K + 1): the members' weights in an auction of ``features``."""
        centred = np.clip(features - self.centre, -_MOST_FEATURE, _MOST_FEATURE)
        raw = self.weights * _tilt(centred[None, :], self.tilts)
        return np.asarray(raw / raw.sum(axis=1, keepdims=True), dtype=np.float64)


def _tilt(centred: FloatArray, tilts: FloatArray) -> FloatArray:
    """(N, K + 1): the factors on the weights in auctions of centred features (N, 4)."""
    return np.asarray(np.exp(np.clip(centred @ tilts @ _SHAPES, -_MOST_TILT, _MOST_TILT)), dtype=np.float64)


def _likelihoods(places: FloatArray, sides: FloatArray) -> FloatArray:
    """(N, K + 1): the chance or density of each sighting under each component."""
    above, at, side = survivals(places), densities(places), sides[:, None]
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
        # Without tilts this is the exact M-step.
        expected_start = start[member].sum() * weights[member]
        scaled = weights[member] * (found + start[member]) / (foreseen + expected_start)
        fresh[member] = (1 - _FLAT_SHARE) * scaled / scaled.sum() + _FLAT_SHARE / (COMPONENTS + 1)
        residual += (blamed - believed) / MEMBERS
        expected += believed / MEMBERS
    return fresh, tilts + _newton(tilts, residual, expected, centred)


def _newton(tilts: FloatArray, residual: FloatArray, expected: FloatArray, centred: FloatArray) -> FloatArray:
    """(4, 4): the step of the tilts, by the complete-data information and the ridge."""
    size = tilts.size
    gradient = centred.T @ (residual @ _SHAPES.T) - RIDGE.reshape(tilts.shape) * tilts
    means = expected @ _SHAPES.T
    spread = (expected @ _PRODUCTS.T).reshape(-1, SHAPES, SHAPES) - means[:, :, None] * means[:, None, :]
    squares = (centred[:, :, None] * centred[:, None, :]).reshape(len(centred), -1)
    information = (squares.T @ spread.reshape(len(spread), -1)).reshape(FEATURES, FEATURES, SHAPES, SHAPES)
    matrix = information.transpose(0, 2, 1, 3).reshape(size, size) + np.diag(RIDGE)
    step = np.linalg.solve(matrix, gradient.reshape(size)).reshape(tilts.shape)
    return np.asarray(np.clip(step, -0.5, 0.5), dtype=np.float64)
