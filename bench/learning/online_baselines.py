"""The learners that people build first, one among equilibrium rivals: exact loss after so many auctions."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from agents.learning.baselines.dqn import DeepQ
from agents.learning.baselines.reinforce import PolicyGradient
from agents.learning.online import OnlineLearner, Rivals, learning_curve

RIVALS = Rivals(2)
CHECKPOINTS = (100, 250, 1000)
LEARNERS: dict[str, Callable[[int], OnlineLearner]] = {
    "dqn": lambda seed: DeepQ(seed=seed),
    "dqn, counterfactual": lambda seed: DeepQ(seed=seed, counterfactual=True),
    "reinforce": lambda seed: PolicyGradient(seed=seed),
    "ppo": lambda seed: PolicyGradient.ppo(seed=seed),
}


def run(seeds: Sequence[int]) -> dict[str, Any]:
    """For each learner and number of auctions, the relative loss: mean over the seeds, and worst."""
    torch.set_num_threads(1)
    found = {}
    for name, make in LEARNERS.items():
        curves = [learning_curve(make(seed), RIVALS, CHECKPOINTS, seed=seed) for seed in seeds]
        losses = np.array([list(curve.losses.values()) for curve in curves])
        found[name] = {
            str(count): {"mean": float(column.mean()), "worst": float(column.max())}
            for count, column in zip(CHECKPOINTS, losses.T, strict=True)
        }
        row = "  ".join(f"{one['mean']:8.2%} {one['worst']:8.2%}" for one in found[name].values())
        print(f"{name:22}{row}")
    return {"rivals": RIVALS.count, "seeds": list(seeds), "relative_loss": found}


if __name__ == "__main__":
    print(f"{'after auctions':22}" + "  ".join(f"{count:8} {'worst':>8}" for count in CHECKPOINTS))
    run(range(20))
