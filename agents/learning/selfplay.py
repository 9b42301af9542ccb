"""Self-play: one network plays all bidders, and every type moves its bid towards its best response.

With G(b) the chance that one rival does not beat the bid b, a type of floor c gains (b - c) ** risk * G(b) ** rivals.
Where that is greatest, risk * G / (rivals * |G'|) = b - c. The step that Newton's method takes there for a law
of constant density, half of the difference when risk is 1, has a size of bids and not of probabilities, so that
it does not vanish with the number of rivals. G is counted from the types of the same row, its slope in a window that
narrows as the play goes on. (The idea of following the best response rather than the gradient of utility:
Huang et al., ICML 2025, "Learning Bayes-Nash equilibria via approximate best response".)
"""

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from agents.learning.games import Batch, Family, draw
from agents.learning.network import BidNetwork, encode, fresh

MOST_MOVE = 0.1
"""The furthest that a bid is moved in one step, in shares of the reserve."""
EDGE_MOVE = 0.01
"""The same for a bid below the lowest rival."""
SLOW, FAST = 0.99, 0.9
"""How much of the averaged weights stays at a step: less while the play is still far from where it ends."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how finely to play."""

    steps: int = 2500
    rows: int = 4
    """Auctions a step."""
    types: int = 1024
    """Bidders an auction."""
    rate: float = 1e-2
    """Adam's first step; it falls to 0 along a half cosine."""
    blur: tuple[float, float] = (0.06, 0.006)
    """Half of the window's width at first and at last, in shares of the reserve."""


class Response:
    """Where the bids of a batch stand against each other."""

    def __init__(self, batch: Batch, bids: Tensor, entering: Tensor, blur: float) -> None:
        """``entering`` (K, M) is the chance that a type bids at all."""
        features, against = batch.features, batch.against
        effective = batch.slope * bids + batch.shift
        rivals, order = effective[against].sort(dim=-1)
        showing = (features.presence * entering)[against].gather(-1, order)
        ahead = torch.nn.functional.pad(showing.cumsum(-1), (1, 0)) / bids.shape[-1]

        def beaten(places: Tensor) -> Tensor:
            """The chance that one rival is below these effective prices."""
            return ahead.gather(-1, torch.searchsorted(rivals, places.contiguous()))

        # Beyond the lowest and the highest bid there is nothing to count: a window that reached there would find
        # half of the density, and the first types would all bid the same.
        low = torch.maximum(effective - blur, rivals[:, :1])
        high = torch.minimum(effective + blur, rivals[:, -1:])
        self._survival = 1 - beaten(effective)
        self._density = (beaten(high) - beaten(low)) / (high - low).clamp(min=blur / 100) * batch.slope
        self._lowest = (rivals[:, :1] - batch.shift) / batch.slope
        self._features, self._cap, self._bids = features, batch.cap, bids

    def targets(self) -> Tensor:
        """(K, M) each bid moved towards the best response, within its floor and its cap."""
        floor, risk = self._features.floor, self._features.risk
        wanted = risk * self._survival / (self._features.rivals * self._density + 1e-9)
        step = (wanted - (self._bids - floor)) / (1 + risk)
        # Below the lowest rival a higher price costs nothing; but if all went there at once they would meet in a point.
        step = torch.where(self._bids < self._lowest, (self._lowest - self._bids).clamp(max=EDGE_MOVE), step)
        moved = self._bids + step.clamp(-MOST_MOVE, MOST_MOVE)
        return torch.minimum(torch.maximum(moved, floor), self._cap)

    def gains(self) -> Tensor:
        """(K, M) expected profit less the cost of entry, for a bidder without risk aversion."""
        won = self._survival**self._features.rivals
        return won * (self._bids - self._features.floor) - self._features.entry


def play(family: Family, schedule: Schedule, *, seed: int) -> BidNetwork:
    """A network that has played ``family`` against itself; the same seed gives the same weights."""
    generator = torch.Generator().manual_seed(seed)
    network = fresh(generator)
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=schedule.rate)
    has_entry = family.entry != 0.0
    first, last = schedule.blur
    for step in range(schedule.steps):
        done = step / schedule.steps
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate * (1 + math.cos(math.pi * done)) / 2
        batch = draw(family, schedule.rows, schedule.types, generator)
        loss = _loss(network, batch, first * (last / first) ** done, has_entry=has_entry)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()
        _average(averaged, network, FAST if done < 0.3 else SLOW)
    return averaged


def _loss(network: BidNetwork, batch: Batch, blur: float, *, has_entry: bool) -> Tensor:
    placed, entering = network(encode(batch.features))
    floor = batch.features.floor
    bids = floor + (batch.cap - floor) * torch.sigmoid(placed)
    with torch.no_grad():
        chance = torch.sigmoid(entering) if has_entry else torch.ones_like(bids)
        response = Response(batch, bids, chance, blur)
        targets, gains = response.targets(), response.gains()
    loss = 100 * ((bids - targets) ** 2).mean()
    if has_entry:
        loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(entering, (gains > 0).float())
    return loss


@torch.no_grad()
def _average(averaged: BidNetwork, network: BidNetwork, kept: float) -> None:
    for slow, quick in zip(averaged.parameters(), network.parameters(), strict=True):
        slow.lerp_(quick, 1 - kept)
