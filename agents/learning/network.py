"""The network of the prior: from what a bidder knows of an auction to a bid between its floor and its cap."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

WIDTH = 64


class Features(NamedTuple):
    """What the network sees, one value a bidder; all of one shape, money in shares of the reserve."""

    floor: Tensor
    """The least price worth winning at: cost, risk, gas and shadow price are in it."""
    rivals: Tensor
    """The number of others who may bid, not less than 0."""
    quality: Tensor
    """The own quality, in units of the rivals' typical one."""
    spread: Tensor
    """The standard deviation of the logarithm of the rivals' qualities."""
    power: Tensor
    """The rivals' floors are distributed as F(c) = c ** power."""
    risk: Tensor
    """The exponent of the utility x ** risk."""
    presence: Tensor
    """The chance that a rival's floor is below the reserve at all."""
    entry: Tensor
    """What a bid costs that does not win."""
    width: Tensor
    """The own floor is drawn from [1 - width, 1]."""
    rival_width: Tensor
    """The same of the rivals."""


INPUTS = len(Features._fields) + 1
"""The number of rivals enters twice: its logarithm and its inverse."""


def encode(features: Features) -> Tensor:
    """Inputs of about unit size, of shape (..., INPUTS)."""
    bidders = features.rivals + 1
    return torch.stack(
        [
            2 * features.floor - 1,
            bidders.log() - 1.2,
            2 / bidders - 0.5,
            3 * features.quality.log(),
            5 * features.spread,
            features.power.log(),
            2 * (1 - features.risk),
            2 * (1 - features.presence),
            5 * features.entry,
            2 * (1 - features.width),
            2 * (1 - features.rival_width),
        ],
        dim=-1,
    )


class BidNetwork(nn.Module):
    """Two hidden layers of 64; one output places the bid, the other says whether to bid at all."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(INPUTS, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, 2)
        )

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Where the bid lies between floor and cap, as a logit; and the logit of entering. Both (...,)."""
        placed, entering = self.layers(inputs).unbind(-1)
        return placed, entering

    def bid(self, features: Features, cap: Tensor | float = 1.0) -> Tensor:
        """Bids of the features' shape: floor + (cap - floor) * sigmoid(network)."""
        placed, _ = self(encode(features))
        return features.floor + (cap - features.floor) * torch.sigmoid(placed)


def fresh(generator: torch.Generator) -> BidNetwork:
    """A network with random weights drawn from ``generator`` alone: the global seed plays no part."""
    network = BidNetwork()
    for layer in network.layers:
        if isinstance(layer, nn.Linear):
            draw_weights(layer, generator)
    return network


@torch.no_grad()
def draw_weights(layer: nn.Linear, generator: torch.Generator) -> None:
    """Weights the way PyTorch draws them, but from ``generator``."""
    bound = layer.in_features**-0.5
    layer.weight.uniform_(-bound, bound, generator=generator)
    layer.bias.uniform_(-bound, bound, generator=generator)
