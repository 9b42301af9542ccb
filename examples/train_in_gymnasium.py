"""A learner of one's own in the Gymnasium environment: the cross-entropy method on two numbers.

    pip install 'agora-market[env]'
    python examples/train_in_gymnasium.py

The action is linear in the own cost; each round keeps the best quarter of the tried parameters. The rivals bid the
equilibrium markup of uniform costs.
"""

import numpy as np
from numpy.typing import NDArray

from agents.learning.env.horizon import Rules
from agents.learning.env.parallel import Seen
from agents.learning.env.single import SingleLearner

BIDDERS, TASKS, SEED = 3, 24, 7
ROUNDS, TRIES, KEPT = 5, 12, 3


def equilibrium(_seen: Seen) -> NDArray[np.float32]:
    """The share 1/n of the room between cost and reserve, as an action from -1 to 1."""
    return np.array([2 / BIDDERS - 1], np.float32)


def profit(parameters: NDArray[np.float64], seed: int) -> float:
    """What an episode brings, in highest reserves."""
    env = SingleLearner([equilibrium], Rules(bidders=BIDDERS, tasks=TASKS))
    seen, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        action = np.tanh(parameters[0] + parameters[1] * float(seen["cost"][0]))
        seen, reward, over, _, _ = env.step(np.array([action], np.float32))
        total += reward
    return total


def main() -> None:
    """Search, and print how the best of each round does on episodes that nobody was chosen by."""
    rng = np.random.default_rng(SEED)
    centre, spread = np.array([2.0, 0.0]), np.array([1.0, 1.0])
    checks = range(1000, 1008)
    before = np.mean([profit(centre, seed) for seed in checks])
    for number in range(ROUNDS):
        tried = centre + spread * rng.standard_normal((TRIES, 2))
        earned = [profit(parameters, SEED + number) for parameters in tried]
        best = tried[np.argsort(earned)[-KEPT:]]
        centre, spread = best.mean(axis=0), best.std(axis=0) + 0.05
    after = np.mean([profit(centre, seed) for seed in checks])
    print(f"profit an episode, in reserves: {before:.2f} before, {after:.2f} after {ROUNDS * TRIES} episodes")


if __name__ == "__main__":
    main()
