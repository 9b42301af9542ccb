"""The small networks of the baselines."""

import torch
from torch import nn

from agents.learning.network import draw_weights
from agents.learning.theory import FloatArray

HIDDEN = 64


def perceptron(inputs: int, outputs: int, generator: torch.Generator) -> nn.Sequential:
    """Two hidden layers of 64 with ReLU, its weights drawn from ``generator`` the way PyTorch draws them."""
    layers: list[nn.Module] = []
    for rows, columns in ((inputs, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, outputs)):
        layer = nn.Linear(rows, columns, device="meta").to_empty(device="cpu")  # drawn once, below
        draw_weights(layer, generator)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def features(costs: FloatArray | list[float]) -> torch.Tensor:
    """(B,) costs as (B, 1) inputs, centred."""
    return torch.as_tensor(costs, dtype=torch.float32)[:, None] * 2 - 1
