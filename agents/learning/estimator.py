"""How far bids are from an equilibrium: the share of its profit that the best deviation would add.

Rivals' types are drawn and bid as they are told to; the sorted best rival scores give every bid's chance of
winning, and each own type is offered a grid of deviations against the same draws. The largest of many noisy
means is biased upwards, so the loss of the exact equilibrium under the same seed is reported beside it: nothing
below that floor can be told from zero. Whoever ties, loses.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from agents.errors import SettingOutOfRange
from agents.learning import theory
from agents.learning.theory import FloatArray

Rule = Literal["price", "ratio", "difference"]
BidFunction = Callable[[int, FloatArray, FloatArray], FloatArray]
"""(bidder, costs, qualities) to bids, all of one shape; nan, or a bid above the reserve, is no bid. ``bidder`` is the
index of the law that the types were drawn from."""

POOL = 2**16
"""Types a law whose bids the profiles are drawn from: a bid function is asked this often, not once a profile."""
CHUNK = 2**17
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Law:
    """What a bidder's type is drawn from, as inverse distribution functions on [0, 1]."""

    cost_of: Callable[[FloatArray], FloatArray]
    quality_of: Callable[[FloatArray], FloatArray] = np.ones_like

    def types(self, count: int) -> tuple[FloatArray, FloatArray]:
        """``count`` costs at the midpoints of their quantiles, with qualities spread evenly beside them."""
        steps = np.arange(count, dtype=np.float64)
        return self.cost_of((steps + 0.5) / count), self.quality_of((steps * GOLDEN + 0.5) % 1)


@dataclass(frozen=True, slots=True)
class Game:
    """A sealed first-price reverse auction; money is a share of the largest cost."""

    name: str
    bidders: int
    laws: tuple[Law, ...]
    """One that all bidders share, or one for each of them."""
    equilibrium: BidFunction
    reserve: float = 1.0
    """The highest bid that is allowed."""
    risk: float = 1.0
    """The exponent of the bidders' utility x**risk."""
    entry: float = 0.0
    """What a bid costs, won or lost."""
    rule: Rule = "price"
    """The least price, the least price / quality, or the least price - quality wins."""

    def __post_init__(self) -> None:
        """Refuse a game that cannot be played."""
        if self.bidders < 2:
            raise SettingOutOfRange("bidders", self.bidders, "at least 2")
        if len(self.laws) not in (1, self.bidders):
            raise SettingOutOfRange("laws", len(self.laws), f"1 or {self.bidders} of them")

    def law_of(self, bidder: int) -> int:
        """The index of the bidder's law."""
        return bidder if len(self.laws) > 1 else 0

    def score(self, prices: FloatArray, qualities: FloatArray) -> FloatArray:
        """What is compared: the least wins."""
        if self.rule == "price":
            return prices
        return prices / qualities if self.rule == "ratio" else prices - qualities

    def price(self, scores: FloatArray, qualities: FloatArray) -> FloatArray:
        """The bid that has this score."""
        if self.rule == "price":
            return scores
        return scores * qualities if self.rule == "ratio" else scores + qualities

    def utility(self, gains: FloatArray, chances: FloatArray) -> FloatArray:
        """The expected utility of a bid that gains so much if it wins, with that chance; a loss hurts alike."""
        felt = gains if self.risk == 1 else np.sign(gains) * np.abs(gains) ** self.risk
        return felt * chances - self.entry


@dataclass(frozen=True, slots=True)
class LossReport:
    """The worst bidder's losses, and what became of the auctions."""

    relative: float
    """The share of the best reply's ex-ante utility that the bids leave."""
    interim: float
    """The most that a type gains by deviating, as a share of the largest cost."""
    l2: float
    """The root mean square distance to the equilibrium bid over types; where that bids and these do not, to the
    reserve."""
    linf: float
    payment: float
    """What the buyer pays on average, an auction without a bid counted as 0."""
    efficiency: float
    """The share of awards that go to the best type: least cost, cost / quality or cost - quality."""
    seconds: float
    floor: float
    """``relative`` of the exact equilibrium, under the same seed."""


def utility_loss(
    bid_of: BidFunction,
    game: Game,
    *,
    seed: int,
    types: int = 2000,
    profiles: int = 2**20,
    grid: int = 2049,
) -> LossReport:
    """Hold the bids against their own best replies, and against the exact equilibrium.

    ``types`` own types, ``profiles`` draws of all bidders, ``grid`` deviations for each type. Takes a second or
    two and about 100 MB; the same arguments give the same report, but for the seconds.
    """
    start = time.perf_counter()
    auctions = _play(bid_of, game, seed, profiles)
    losses = [
        _loss(bid_of, game, law, auctions.best_rivals[law], types, grid) for law in range(len(game.laws))
    ]
    seconds = time.perf_counter() - start
    exact = _play(game.equilibrium, game, seed, profiles)
    floors = [
        _loss(game.equilibrium, game, law, exact.best_rivals[law], types, grid)[0]
        for law in range(len(game.laws))
    ]
    distances = [_distance(bid_of, game, law, types) for law in range(len(game.laws))]
    return LossReport(
        relative=max(relative for relative, _ in losses),
        interim=max(interim for _, interim in losses),
        l2=max(l2 for l2, _ in distances),
        linf=max(linf for _, linf in distances),
        payment=auctions.payment,
        efficiency=auctions.efficiency,
        seconds=seconds,
        floor=max(floors),
    )


@dataclass(frozen=True, slots=True)
class _Auctions:
    best_rivals: list[FloatArray]
    """For the first bidder of each law, the best rival score of each profile, sorted; inf where nobody else bid."""
    payment: float
    efficiency: float


def _play(bid_of: BidFunction, game: Game, seed: int, profiles: int) -> _Auctions:
    """Draw profiles of all bidders and award each auction."""
    generator = np.random.default_rng(seed)
    pools = [_pool(bid_of, game, law) for law in range(len(game.laws))]
    best: list[list[FloatArray]] = [[] for _ in game.laws]
    paid, awards, right = 0.0, 0, 0
    for first in range(0, profiles, CHUNK):
        count = min(CHUNK, profiles - first)
        scores, prices, merits = (np.empty((game.bidders, count)) for _ in range(3))
        for bidder in range(game.bidders):
            drawn = generator.integers(POOL, size=count)
            scores[bidder], prices[bidder], merits[bidder] = (
                column[drawn] for column in pools[game.law_of(bidder)]
            )
        for law, seen in enumerate(best):
            seen.append(np.delete(scores, law, axis=0).min(axis=0))
        winner = scores.argmin(axis=0)[None]
        awarded = np.isfinite(np.take_along_axis(scores, winner, 0))
        paid += np.take_along_axis(prices, winner, 0)[awarded].sum()
        awards += int(awarded.sum())
        right += int((np.take_along_axis(merits, winner, 0) == merits.min(axis=0))[awarded].sum())
    return _Auctions(
        [np.sort(np.concatenate(seen)) for seen in best], paid / profiles, right / max(1, awards)
    )


def _pool(bid_of: BidFunction, game: Game, law: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scores (inf for no bid), prices and pseudotypes of POOL types."""
    costs, qualities = game.laws[law].types(POOL)
    prices = bid_of(law, costs, qualities)
    bids = prices <= game.reserve
    scores = np.where(bids, game.score(prices, qualities), np.inf)
    return scores, np.where(bids, prices, 0.0), game.score(costs, qualities)


def _loss(
    bid_of: BidFunction, game: Game, law: int, best_rivals: FloatArray, types: int, grid: int
) -> tuple[float, float]:
    """(relative, interim) of one bidder: its bids against the best of the grid, of these and of not bidding."""
    costs, qualities = game.laws[law].types(types)

    def chance(scores: FloatArray) -> FloatArray:
        return 1 - np.searchsorted(best_rivals, scores, side="right") / best_rivals.size

    bids = bid_of(law, costs, qualities)
    made = bids <= game.reserve
    prices = np.where(made, bids, game.reserve)
    actual = np.where(made, game.utility(prices - costs, chance(game.score(prices, qualities))), 0.0)
    cap = np.full_like(costs, game.reserve)
    best = np.maximum(np.maximum(actual, 0), game.utility(cap - costs, chance(game.score(cap, qualities))))
    finite = best_rivals[np.isfinite(best_rivals)]
    scores = np.linspace(finite[0], finite[-1], grid) if finite.size else np.empty(0)
    chances = chance(scores)
    for row in range(0, types, 256):
        some = slice(row, row + 256)
        deviations = game.price(scores[None], qualities[some, None])
        gains = np.where(deviations <= game.reserve, deviations - costs[some, None], 0.0)
        found = game.utility(gains, chances[None])
        best[some] = np.maximum(best[some], found.max(axis=1, initial=0.0))
    most = float(best.mean())  # 0 where nobody can gain anything
    return 1 - float(actual.mean()) / most if most else 0.0, float((best - actual).max())


def _distance(bid_of: BidFunction, game: Game, law: int, types: int) -> tuple[float, float]:
    """(L2, L∞) of the bids from the equilibrium's, over the types that bid there."""
    costs, qualities = game.laws[law].types(types)
    exact = game.equilibrium(law, costs, qualities)
    bids = bid_of(law, costs, qualities)
    apart = (np.where(bids <= game.reserve, bids, game.reserve) - exact)[np.isfinite(exact)]
    if not apart.size:
        return 0.0, 0.0
    return float(np.sqrt((apart**2).mean())), float(np.abs(apart).max())


def symmetric(
    bidders: int, *, power: float = 1.0, reserve: float = 1.0, risk: float = 1.0, entry: float = 0.0
) -> Game:
    """Costs of F(c) = c**power; nobody bids whose cost is too high."""

    def equilibrium(_: int, costs: FloatArray, __: FloatArray) -> FloatArray:
        return theory.first_price(costs, bidders - 1, reserve, power, risk, entry)

    name = f"n={bidders} power={power:g} reserve={reserve:g} risk={risk:g} entry={entry:g}"
    laws = (Law(lambda u: u ** (1 / power)),)
    return Game(name, bidders, laws, equilibrium, reserve, risk, entry)


def asymmetric(widths: tuple[float, float] = (0.5, 1.0)) -> Game:
    """Two bidders whose costs are uniform on [1 - width, 1]."""

    def equilibrium(bidder: int, costs: FloatArray, _: FloatArray) -> FloatArray:
        return theory.asymmetric(costs, widths[bidder], widths[1 - bidder])

    laws = tuple(Law(lambda u, width=width: 1 - width + width * u) for width in widths)  # type: ignore[misc]
    return Game(f"asymmetric widths={widths[0]:g},{widths[1]:g}", 2, laws, equilibrium)


def difference(bidders: int) -> Game:
    """Quality given, uniform on [0, 1] like the cost; the greatest quality - price wins."""

    def equilibrium(_: int, costs: FloatArray, qualities: FloatArray) -> FloatArray:
        return theory.scoring_given_quality(costs, qualities, bidders - 1)

    laws = (Law(np.copy, np.copy),)
    return Game(f"difference n={bidders}", bidders, laws, equilibrium, reserve=2.0, rule="difference")


def ratio(bidders: int, low: float = 0.5) -> Game:
    """Agora's own rule: the least price / quality wins; quality uniform on [low, 1], cost on [0, low].

    With no cost above the lowest quality the reserve of 1 binds nobody, and the equilibrium is exact.
    """

    def equilibrium(_: int, costs: FloatArray, qualities: FloatArray) -> FloatArray:
        return theory.ratio_rule(costs, qualities, bidders - 1, lambda z: theory.ratio_law(z, low))

    laws = (Law(lambda u: low * u, lambda u: low + (1 - low) * u),)
    return Game(f"ratio n={bidders} low={low:g}", bidders, laws, equilibrium, rule="ratio")
