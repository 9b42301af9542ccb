"""Q-learning as it is usually built for an auction: a net that scores 33 markups, and a replay memory.

An auction ends after one bid, so a value is the expected profit and nothing is discounted. Plainly, it learns from
what its own bids brought; with ``counterfactual`` each remembered auction tells what all 33 markups would have
brought, which takes no more than the revealed bid of the best rival.
"""

from collections import deque

import numpy as np
import torch
from torch import nn

from agents.learning.baselines.networks import features, perceptron
from agents.learning.theory import FloatArray

MARKUPS = 33


class DeepQ:
    """An OnlineLearner; one gradient step after each auction once the memory holds a batch."""

    def __init__(
        self,
        *,
        seed: int,
        learning_rate: float = 0.001,
        exploration_rate: float = 0.1,
        batch_size: int = 64,
        memory_size: int = 10_000,
        counterfactual: bool = False,
    ) -> None:
        self._exploration_rate, self._batch_size = exploration_rate, batch_size
        self._counterfactual = counterfactual
        self._random = np.random.default_rng(seed)
        self._values = perceptron(1, MARKUPS, torch.Generator().manual_seed(seed))
        self._optimizer = torch.optim.Adam(self._values.parameters(), lr=learning_rate)
        self._memory: deque[tuple[float, int, float]] = deque(maxlen=memory_size)

    def bid(self, cost: float) -> float:
        """The markup of the greatest value, or now and then any."""
        if self._random.random() < self._exploration_rate:
            return _bid(cost, int(self._random.integers(MARKUPS)))
        return float(self.policy(np.array([cost]))[0])

    def observe(self, cost: float, bid: float, rival: float) -> None:
        """Remember the auction, and take a step on a batch of memories."""
        action = round((bid - cost) / (1 - cost) * (MARKUPS - 1)) if cost < 1 else 0
        self._memory.append((cost, action, rival))
        if len(self._memory) >= self._batch_size:
            chosen = self._random.integers(len(self._memory), size=self._batch_size)
            self._step(*zip(*(self._memory[index] for index in chosen), strict=True))

    def policy(self, costs: FloatArray) -> FloatArray:
        """The bids of the greatest value."""
        with torch.no_grad():
            actions = self._values(features(costs)).argmax(dim=1).double().numpy()
        bids: FloatArray = costs + (1 - costs) * actions / (MARKUPS - 1)
        return bids

    def _step(self, costs: tuple[float, ...], actions: tuple[int, ...], rivals: tuple[float, ...]) -> None:
        cost = torch.tensor(costs)[:, None]
        margins = (1 - cost) * torch.linspace(0, 1, MARKUPS)
        profits = margins * (cost + margins < torch.tensor(rivals)[:, None])
        values = self._values(features(list(costs)))
        if not self._counterfactual:
            taken = torch.tensor(actions)[:, None]
            values, profits = values.gather(1, taken), profits.gather(1, taken)
        loss = nn.functional.mse_loss(values, profits)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        self._optimizer.step()


def _bid(cost: float, action: int) -> float:
    return cost + (1 - cost) * action / (MARKUPS - 1)
