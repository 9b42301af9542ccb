"""The prior's weights in a file: what made them stands beside them, and what does not fit is refused."""

import json
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path

import torch

from agents.errors import CheckpointUnreadable
from agents.learning.games import Family, Span
from agents.learning.network import BidNetwork
from agents.learning.selfplay import Schedule

SHIPPED = "checkpoints/prior.pt"

FAMILY = Family(
    rivals=Span(0.25, 50, by_logarithm=True),
    power=Span(0.5, 3, by_logarithm=True),
    risk=Span(0.5, 1.1),
    spread=Span(0, 0.3),
    rule="capped ratio",
)
"""What the shipped prior has played; the ranges go a little beyond what is asked of it."""
SCHEDULE = Schedule(steps=8000, rows=16, types=512)
SEED = 1


def save(network: BidNetwork, path: Path, *, family: Family, schedule: Schedule, seed: int) -> None:
    """Write the weights, and beside them a .json that says how they were made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), path)
    origin = {
        "family": asdict(family),
        "schedule": asdict(schedule),
        "seed": seed,
        "torch": torch.__version__,
    }
    path.with_suffix(".json").write_text(json.dumps(origin, indent=2) + "\n")


def load(path: Path | None = None) -> BidNetwork:
    """The network in ``path``, by default the shipped one. Raises CheckpointUnreadable."""
    if path is not None:
        return _read(path)
    with as_file(files("agents.learning") / SHIPPED) as shipped:
        return _read(shipped)


def _read(path: Path) -> BidNetwork:
    network = BidNetwork()
    try:
        network.load_state_dict(torch.load(path, weights_only=True))
    except Exception as error:  # torch raises whatever its unpickler does
        raise CheckpointUnreadable(path, f"{type(error).__name__}: {error}") from error
    if not all(bool(values.isfinite().all()) for values in network.parameters()):
        raise CheckpointUnreadable(path, "a weight is not a number")
    return network.eval().requires_grad_(False)
