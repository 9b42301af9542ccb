"""What free capacity is worth: the auctions that it could still serve, and the pace that it allows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from agents.learning import replay
from agents.learning.memory import Auction
from agents.learning.settings import LearnerSettings
from agents.learning.theory import FloatArray

STEPS = 16
"""The critic's steps at one training."""
MOST_STATES = 20
HOLDING = 8.0
"""How many auctions a task is believed to hold its slot, until it is seen."""
_DECAYS, _EPSILON = (0.9, 0.999), 1e-8


@dataclass(slots=True)
class ShadowPrice:
    """The price of capacity, in shares of the reserve.

    A critic learns V(u), the discounted profits to come when a share u of the capacity is in use. Since the
    best rivals of past auctions are known, it can replay them at every u, also where the agent did not bid.
    Taking a task that uses s costs gamma (V(u') - V(u' + s')), the primes after what is released meanwhile.

    Where the agent can serve only a share of the auctions, a dual variable paces it: mu <- clip(mu - eps
    (share - won)), whose limit in second-price auctions among n truthful uniform bidders is 1 - (n share)^(1/n).
    """

    critic: FloatArray = field(default_factory=lambda: np.zeros(4))
    """V's coefficients on 1, u, u^2, u^3."""
    pace: float = 0.0
    wins: float = 0.0
    busy: float = 0.0
    """The tasks in hand at each auction, added up: divided by the wins, the auctions that a task lasts."""
    _moments: tuple[FloatArray, FloatArray, int] = field(
        default_factory=lambda: (np.zeros(4), np.zeros(4), 0)
    )

    @property
    def release(self) -> float:
        """The chance that a task ends before the next auction (Little's law)."""
        return min(1.0, (self.wins + 1) / (self.busy + HOLDING))

    def saw(self, tasks: float, *, won: bool) -> None:
        """Count one auction, and the tasks that were in hand at it."""
        self.busy += tasks
        self.wins += won

    def slot(self, used: FloatArray, size: float, discount: float) -> FloatArray:
        """(B,) what taking a task of ``size`` costs where shares ``used`` (B,) are in use, 0 to 1."""
        kept = 1 - self.release
        after = self._value(np.minimum(1.0, used + size) * kept)
        return np.asarray(np.clip(discount * (self._value(used * kept) - after), 0.0, 1.0), dtype=np.float64)

    def step(self, *, won: bool, share: float, rate: float) -> None:
        """The dual update after one auction."""
        if share < 1:
            self.pace = min(1.0, max(0.0, self.pace - rate * (share - won)))

    def train(
        self, auctions: Sequence[Auction], rng: np.random.Generator, settings: LearnerSettings, slots: int
    ) -> None:
        """16 steps of Adam on the squared temporal difference of remembered auctions, at random workloads."""
        states = min(slots, MOST_STATES)
        draws = rng.integers(len(auctions), size=(STEPS, settings.batch_size))
        levels = rng.integers(states + 1, size=draws.shape) / states
        for draw, used in zip(draws.tolist(), levels, strict=True):
            batch = [auctions[at] for at in draw]
            price = self.slot(used, 1 / states, settings.discount_factor)
            profit, won = _replayed(batch, price, used < 1)
            after = np.minimum(1.0, used + won / states) * (1 - self.release)
            error = profit + settings.discount_factor * self._value(after) - self._value(used)
            self._adam(-(error @ _powers(used)) / len(batch), settings.learning_rate)

    def _value(self, used: FloatArray) -> FloatArray:
        return np.asarray(_powers(used) @ self.critic, dtype=np.float64)

    def _adam(self, gradient: FloatArray, rate: float) -> None:
        first, second, count = self._moments
        first = _DECAYS[0] * first + (1 - _DECAYS[0]) * gradient
        second = _DECAYS[1] * second + (1 - _DECAYS[1]) * gradient**2
        count += 1
        self._moments = (first, second, count)
        mean = first / (1 - _DECAYS[0] ** count)
        scale = np.sqrt(second / (1 - _DECAYS[1] ** count)) + _EPSILON
        self.critic = self.critic - rate * mean / scale


def _replayed(
    batch: Sequence[Auction], price: FloatArray, free: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """(B,) profits and (B,) wins of the auctions, had the slot cost ``price`` (B,) and been ``free``."""
    bids = np.array([one.bid - one.shadow for one in batch]) + price
    chances = replay.wins(batch, bids[:, None])[:, 0]
    won = np.where(np.isnan(chances), [float(one.won) for one in batch], chances) * free
    second = np.array([one.second_price for one in batch])
    paid = np.where(second, np.minimum(1.0, [one.threshold for one in batch]), bids)
    costs = np.array([one.floor - one.shadow for one in batch])
    return (paid - costs) * won, won


def _powers(used: FloatArray) -> FloatArray:
    """(B, 4) the critic's features."""
    return np.stack([np.ones_like(used), used, used**2, used**3], axis=1)
