"""A learned bidder as the two files hold it: the arrays it has fitted as tensors, all else as JSON."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from agents.learning.shadow import ShadowPrice
from agents.learning.state_files import Shapes, Weights
from agents.learning.win_model import WinModel

_LAW = ("weights", "tilts", "centre")
"""The arrays of each law of rivals."""


def split(text: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The JSON of a bidder without its arrays, and these by name; float64, so that nothing is lost."""
    state = json.loads(text)
    weights = {"critic": _tensor(state.pop("critic"))}
    for number, law in enumerate(state["laws"]):
        weights |= {f"laws.{number}.{name}": _tensor(law.pop(name)) for name in _LAW}
    return state, weights


def join(state: Mapping[str, Any], weights: Weights) -> str:
    """The JSON that was split."""
    laws = [
        dict(law) | {name: weights[f"laws.{number}.{name}"].tolist() for name in _LAW}
        for number, law in enumerate(state["laws"])
    ]
    return json.dumps(dict(state) | {"laws": laws, "critic": weights["critic"].tolist()})


def shapes(laws: int) -> Shapes:
    """The shapes of the arrays of a bidder that knows so many laws: those of a model that knows nothing."""
    flat = WinModel.flat()
    every = {f"laws.{number}.{name}": getattr(flat, name).shape for number in range(laws) for name in _LAW}
    return {"critic": ShadowPrice().critic.shape} | every


def _tensor(values: Any) -> torch.Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float64))
