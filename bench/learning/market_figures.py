"""What a live market came to: profits, efficiency, payments, and whether beliefs about winning were right."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.money import CREDIT

LEARNED = "learned"
WANTED_RATIO, WANTED_EFFICIENCY = 1.2, 0.95
BINS = 10
# The 97.5 % quantile of Student's t by degrees of freedom.
_T = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


@dataclass(frozen=True, slots=True)
class Offer:
    """What one agent could do a task for; money in units."""

    agent_id: int
    group: str
    cost: int
    estimate: int
    quality: int
    believed: float | None
    """The chance of winning that stood behind its bid."""
    price: int | None = None
    """Its bid; None if it did not bid."""


@dataclass(frozen=True, slots=True)
class Auction:
    """One task after its end; ``winner``, ``payment`` and ``income`` are 0 where nobody bid."""

    reserve: int
    winner: int
    payment: int
    """What the task was awarded for."""
    income: int
    """What the winner's account gained by it: the payment less the fee, or less than 0 for rejected work."""
    offers: tuple[Offer, ...]
    """Of all agents that claim the skill."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One seed's market. Money in credits; shares from 0 to 1."""

    seed: int
    profit: dict[str, float]
    """By group, from the ledgers."""
    late_profit: dict[str, float]
    """The part of it that came from the second half of the tasks."""
    wins: dict[str, int]
    awarded: float
    """The share of tasks that anyone got."""
    efficiency: float
    """Reserve less true cost of the winners, as a share of the best that those who bid could do."""
    market_efficiency: float
    """The same against the best of all who claim the skill, busy or not."""
    right: float
    """The share of awarded tasks that went to the lowest true cost / quality of those that bid."""
    right_by_estimate: float
    """The same by the estimates, which are all that anyone could bid on."""
    payment: float
    """Mean payment / reserve."""
    overrun: float
    """The winners' true cost / their estimate: over 1, winners are cursed."""
    brier: dict[str, float]
    """The mean squared error of the believed chances of winning, by group."""
    calibration: dict[str, list[tuple[float, float, int]]]
    """By group: mean belief, share won, and bids in it, for each tenth of belief that has bids."""
    seconds: float

    @property
    def ratio(self) -> float:
        """The learned group's profit / the best baseline's of this market."""
        return _ratio(self.profit)

    @property
    def late_ratio(self) -> float:
        """The same in the second half of the tasks."""
        return _ratio(self.late_profit)

    def line(self) -> str:
        """The market in a line."""
        profits = ", ".join(
            f"{group} {profit:.0f} ({self.wins[group]} won)" for group, profit in self.profit.items()
        )
        return (
            f"seed {self.seed}: {profits}; ratio {self.ratio:.2f}, late {self.late_ratio:.2f}; "
            f"efficiency {self.efficiency:.3f}, right {self.right:.3f} (by estimate {self.right_by_estimate:.3f}), "
            f"payment {self.payment:.3f}, overrun {self.overrun:.3f}, "
            f"Brier {self.brier.get(LEARNED, math.nan):.3f}, {self.seconds:.0f} s"
        )

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        return {**asdict(self), "ratio": self.ratio, "late_ratio": self.late_ratio}


def figures(seed: int, profits: Mapping[str, int], auctions: Sequence[Auction], seconds: float) -> Figures:
    """The figures of one market; ``profits`` are in units."""
    done = [auction for auction in auctions if auction.winner]
    winners = [_winner(auction) for auction in done]
    wins = Counter(offer.group for offer in winners)
    beliefs = _beliefs(auctions)
    gained = sum(one.reserve - winner.cost for one, winner in zip(done, winners, strict=True))
    late = Counter(dict.fromkeys(profits, 0))
    for auction in auctions[len(auctions) // 2 :]:
        if auction.winner:
            winner = _winner(auction)
            late[winner.group] += auction.income - winner.cost
    return Figures(
        seed=seed,
        profit={group: profit / CREDIT for group, profit in profits.items()},
        late_profit={group: profit / CREDIT for group, profit in late.items()},
        wins={group: wins[group] for group in profits},
        awarded=len(done) / len(auctions),
        right=_share(_best(one, "cost") == one.winner for one in done),
        right_by_estimate=_share(_best(one, "estimate") == one.winner for one in done),
        efficiency=gained / sum(one.reserve - min(offer.cost for offer in _bidding(one)) for one in done),
        market_efficiency=gained
        / sum(one.reserve - min(offer.cost for offer in one.offers) for one in auctions),
        payment=statistics.fmean(one.payment / one.reserve for one in done),
        overrun=sum(winner.cost for winner in winners) / sum(winner.estimate for winner in winners),
        brier={
            group: statistics.fmean((chance - won) ** 2 for chance, won in pairs)
            for group, pairs in beliefs.items()
        },
        calibration={group: _table(pairs) for group, pairs in beliefs.items()},
        seconds=seconds,
    )


def interval(found: Sequence[Figures]) -> dict[str, Any]:
    """What all seeds say together: the learned group's profit / that of the baseline which earned most over all of
    them, with its 95 % interval over seeds, and the mean figures."""
    earned = {group: statistics.fmean(one.profit[group] for one in found) for group in found[0].profit}
    best = max((group for group in earned if group != LEARNED), key=earned.__getitem__)
    ratios = [one.profit[LEARNED] / one.profit[best] for one in found]
    half = math.nan
    if len(ratios) > 1:
        half = _T[len(ratios) - 1] * statistics.stdev(ratios) / math.sqrt(len(ratios))
    mean, efficiency = statistics.fmean(ratios), statistics.fmean(one.efficiency for one in found)
    return {
        "best_baseline": best,
        "ratio": mean,
        "ratio_interval": [mean - half, mean + half],
        "worst_ratio": min(ratios),
        "met_ratio": mean - half >= WANTED_RATIO,
        "efficiency": efficiency,
        "met_efficiency": efficiency >= WANTED_EFFICIENCY,
        **{
            name: statistics.fmean(getattr(one, name) for one in found)
            for name in (
                "late_ratio",
                "market_efficiency",
                "right",
                "right_by_estimate",
                "payment",
                "overrun",
                "seconds",
            )
        },
        "profit": {group: statistics.fmean(one.profit[group] for one in found) for group in found[0].profit},
    }


def _ratio(profit: Mapping[str, float]) -> float:
    best = max(gain for group, gain in profit.items() if group != LEARNED)
    return profit[LEARNED] / best if best > 0 else math.inf


def _bidding(auction: Auction) -> list[Offer]:
    return [offer for offer in auction.offers if offer.price is not None]


def _winner(auction: Auction) -> Offer:
    return next(offer for offer in auction.offers if offer.agent_id == auction.winner)


def _best(auction: Auction, by: str) -> int:
    """Who of those that bid should have won."""
    return min(_bidding(auction), key=lambda offer: getattr(offer, by) / offer.quality).agent_id


def _share(hits: Any) -> float:
    return statistics.fmean(map(float, hits))


def _beliefs(auctions: Sequence[Auction]) -> dict[str, list[tuple[float, float]]]:
    """By group, (believed chance, 1 if it won) of each bid behind which there was a belief."""
    found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for auction in auctions:
        for offer in _bidding(auction):
            if offer.believed is not None:
                found[offer.group].append((offer.believed, float(offer.agent_id == auction.winner)))
    return dict(found)


def _table(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float, int]]:
    bins: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for chance, won in pairs:
        bins[min(BINS - 1, int(chance * BINS))].append((chance, won))
    return [
        (statistics.fmean(one for one, _ in pairs), statistics.fmean(won for _, won in pairs), len(pairs))
        for _, pairs in sorted(bins.items())
    ]
