"""Policy gradients as they are usually built for an auction: a Gaussian over the logit of the markup.

Williams 1992 with a learned baseline; with ``clip`` the surrogate of PPO (Schulman et al. 2017), several passes over
each batch.
"""

import torch
from torch import nn

from agents.learning.baselines.networks import features, perceptron
from agents.learning.theory import FloatArray

LEAST_SPREAD = 0.05


class PolicyGradient:
    """An OnlineLearner; one update after each ``batch_size`` auctions."""

    def __init__(
        self,
        *,
        seed: int,
        learning_rate: float = 0.003,
        batch_size: int = 25,
        passes: int = 1,
        clip: float | None = None,
    ) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._net = perceptron(1, 2, self._generator)
        """The mean of the logit, and the profit that is expected of a cost."""
        self._spread = nn.Parameter(torch.zeros(()))
        """The logarithm of the standard deviation."""
        parameters = [*self._net.parameters(), self._spread]
        self._optimizer = torch.optim.Adam(parameters, lr=learning_rate)
        self._batch_size, self._passes, self._clip = batch_size, passes, clip
        self._batch: list[tuple[float, float, float]] = []

    @classmethod
    def ppo(cls, *, seed: int) -> "PolicyGradient":
        """With the usual clip of 0.2 and ten passes."""
        return cls(seed=seed, passes=10, clip=0.2)

    def bid(self, cost: float) -> float:
        """A bid drawn from the policy."""
        with torch.no_grad():
            mean = self._net(features([cost]))[0, 0]
            logit = torch.normal(mean, self._deviation(), generator=self._generator)
        return cost + (1 - cost) * float(torch.sigmoid(logit))

    def observe(self, cost: float, bid: float, rival: float) -> None:
        """Remember the auction until the batch is full, then learn from it and forget it."""
        markup = torch.tensor((bid - cost) / max(1e-9, 1 - cost))
        self._batch.append((cost, float(torch.logit(markup, eps=1e-6)), (bid - cost) * (bid < rival)))
        if len(self._batch) == self._batch_size:
            self._update(*(torch.tensor(column) for column in zip(*self._batch, strict=True)))
            self._batch.clear()

    def policy(self, costs: FloatArray) -> FloatArray:
        """The bids of the mean logit."""
        with torch.no_grad():
            markups: FloatArray = torch.sigmoid(self._net(features(costs))[:, 0]).double().numpy()
        return costs + (1 - costs) * markups

    def _deviation(self) -> torch.Tensor:
        return self._spread.exp() + LEAST_SPREAD

    def _update(self, costs: torch.Tensor, logits: torch.Tensor, profits: torch.Tensor) -> None:
        inputs = costs[:, None] * 2 - 1
        with torch.no_grad():
            old, values = self._read(inputs, logits)
            advantages = profits - values
            advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        for _ in range(self._passes):
            likelihoods, values = self._read(inputs, logits)
            ratios = (likelihoods - old).exp()
            gains = ratios * advantages
            if self._clip is not None:
                clipped = ratios.clamp(1 - self._clip, 1 + self._clip) * advantages
                gains = torch.minimum(gains, clipped)
            loss = nn.functional.mse_loss(values, profits) - gains.mean()
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
            self._optimizer.step()

    def _read(self, inputs: torch.Tensor, logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The log likelihoods of the logits, but for a constant, and the expected profits."""
        out = self._net(inputs)
        deviation = self._deviation()
        return -(((logits - out[:, 0]) / deviation) ** 2) / 2 - deviation.log(), out[:, 1]
