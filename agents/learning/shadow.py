"""What a free slot is worth: the auctions that it could still serve, and the pace that capacity allows."""

from collections.abc import Sequence

import numpy as np

from agents.learning.memory import Auction
from agents.learning.prior import FloatArray

STEPS = 16
"""The critic's steps at one training."""
_DECAYS, _EPSILON = (0.9, 0.999), 1e-8


class ShadowPrice:
    """The price of a slot, as a share of the reserve.

    A linear critic learns V(workload, runway), the discounted profits to come, by temporal differences; a
    slot costs V(w, r) - V(w + 1/slots, r). Where the agent can serve only a share of the auctions, a dual
    variable paces it: mu <- clip(mu - eps (share - won)), whose limit in second-price auctions among n
    truthful uniform bidders is 1 - (n share)^(1/n).
    """

    def __init__(self, critic: FloatArray | None = None, pace: float = 0.0) -> None:
        self.critic = np.zeros(5) if critic is None else critic
        self.pace = pace
        self._moments = (np.zeros(5), np.zeros(5), 0)

    def value(self, workload: float, runway: float) -> float:
        """V: the discounted profits to come, in shares of a reserve."""
        return float(_state(np.array([workload]), np.array([runway]))[0] @ self.critic)

    def slot(self, workload: float, runway: float, slots: int) -> float:
        """What taking one more task costs in tasks to come, 0 to 1."""
        taken = min(1.0, workload + 1 / slots)
        return min(1.0, max(0.0, self.value(workload, runway) - self.value(taken, runway)))

    def step(self, *, won: bool, share: float, rate: float) -> None:
        """The dual update after one auction."""
        if share < 1:
            self.pace = min(1.0, max(0.0, self.pace - rate * (share - won)))

    def train(
        self,
        auctions: Sequence[Auction],
        rng: np.random.Generator,
        *,
        rate: float,
        discount: float,
        batch: int,
    ) -> None:
        """Replay ``batch`` remembered auctions in each of 16 steps of Adam on the squared temporal difference."""
        if len(auctions) < 2:
            return
        draws = rng.integers(len(auctions) - 1, size=(STEPS, batch))
        for draw in draws.tolist():
            now, later = _states([auctions[at] for at in draw]), _states([auctions[at + 1] for at in draw])
            rewards = np.array([auctions[at].profit for at in draw])
            error = rewards + (discount * later - now) @ self.critic
            self._adam(-(error @ now) / batch, rate)

    def _adam(self, gradient: FloatArray, rate: float) -> None:
        first, second, count = self._moments
        first = _DECAYS[0] * first + (1 - _DECAYS[0]) * gradient
        second = _DECAYS[1] * second + (1 - _DECAYS[1]) * gradient**2
        count += 1
        self._moments = (first, second, count)
        mean = first / (1 - _DECAYS[0] ** count)
        scale = np.sqrt(second / (1 - _DECAYS[1] ** count)) + _EPSILON
        self.critic = self.critic - rate * mean / scale


def _states(auctions: Sequence[Auction]) -> FloatArray:
    """(N, 5) the critic's features in the auctions."""
    return _state(np.array([one.workload for one in auctions]), np.array([one.runway for one in auctions]))


def _state(workload: FloatArray, runway: FloatArray) -> FloatArray:
    """(N, 5) the critic's features."""
    return np.stack([np.ones_like(workload), workload, workload**2, runway, workload * runway], axis=1)
