"""Makes the shipped prior again: ``make train``, or ``python -m agents.learning.train --out prior.pt --seed 1``.

The same seed, torch and kind of processor give the same weights.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch

from agents.learning import checkpoint
from agents.learning.selfplay import play

HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> None:
    """Train, save, and say where and how long it took."""
    parser = argparse.ArgumentParser(description="Train the bidders' prior by self-play.")
    parser.add_argument("--out", type=Path, default=HERE / checkpoint.SHIPPED, help="the checkpoint to write")
    parser.add_argument("--seed", type=int, default=checkpoint.SEED)
    parser.add_argument("--steps", type=int, default=checkpoint.SCHEDULE.steps)
    chosen = parser.parse_args(arguments)
    # More threads only wait for each other over matrices this small.
    torch.set_num_threads(1)
    schedule = replace(checkpoint.SCHEDULE, steps=chosen.steps)
    start = time.perf_counter()
    network = play(checkpoint.FAMILY, schedule, seed=chosen.seed)
    checkpoint.save(network, chosen.out, family=checkpoint.FAMILY, schedule=schedule, seed=chosen.seed)
    print(f"{chosen.out}: {schedule.steps} steps in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
