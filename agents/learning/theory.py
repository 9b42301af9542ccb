"""Equilibria of sealed reverse auctions in closed form: what a learned bidder is held against.

Costs are private and independent, with distribution function F(c) = c**power on [0, 1]; the lowest bid wins
and everything is a share of the largest cost. ``rivals`` is n - 1, and need not be whole. A type that does
not bid is given as nan. Sources: Krishna, *Auction Theory* (first price, reserve, entry, risk aversion,
asymmetric bidders); McAfee & McMillan 1987 (unknown number of rivals); Asker & Cantillon 2008 (quality given);
Che 1993 (quality chosen); Balseiro & Gur 2019 (pacing). Where a formula has an integral it is taken by
Gauss-Legendre quadrature: to about ten digits, or five where a law has a kink.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.errors import SettingOutOfRange

FloatArray = NDArray[np.float64]
Curve = Callable[[FloatArray], FloatArray]

_CHUNK = 2**13


def _rule(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on [0, 1], crowded at both ends, where integrands may have broken powers."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    y = (points + 1) / 2
    return y * y * (3 - 2 * y), weights / 2 * 6 * y * (1 - y)


_X, _W = _rule(64)


def _bounded(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # nan is in no range
        raise SettingOutOfRange(name, value, f"a number from {low} to {high}")


def _tail(
    start: FloatArray, top: float, survival: Curve, exponent: float = 1.0, weight: Curve | None = None
) -> FloatArray:
    """∫ from start to top of weight(t) (survival(t) / survival(start))^exponent dt: each start's information rent.

    nan above ``top``; 0 where nothing survives. The power is taken of the ratio, since that of the chances
    themselves underflows among hundreds of rivals.
    """
    flat = np.asarray(start, dtype=np.float64).ravel()
    found = np.full(flat.shape, np.nan)
    for first in range(0, flat.size, _CHUNK):
        here = flat[first : first + _CHUNK]
        room = top - here
        points = here[:, None] + room[:, None] * _X
        base, later = survival(here)[:, None], survival(points)
        ratio = np.divide(later, base, out=np.zeros_like(later), where=base > 0) ** exponent
        rent = (ratio if weight is None else ratio * weight(points)) @ _W * room
        found[first : first + _CHUNK] = np.where(room >= 0, rent, np.nan)
    return found.reshape(np.shape(start))


def _alone(power: float, rivals: float) -> Curve:
    """P(all rivals' costs are above c); 0 from the largest cost on."""
    return lambda c: np.clip(1 - np.clip(c, 0, 1) ** power, 0, 1) ** rivals


def entry_threshold(rivals: float, reserve: float = 1.0, power: float = 1.0, entry: float = 0.0) -> float:
    """The cost ĉ of the type that is indifferent to bidding: (reserve - ĉ)(1 - F(ĉ))^rivals = entry.

    Who bids pays ``entry`` (gas, the bond's interest) whether it wins or not. 0 if not even a free worker bids.
    """
    _bounded("rivals", rivals, 0, np.inf)
    _bounded("reserve", reserve, 0, 1)
    _bounded("power", power, 1e-6, np.inf)
    _bounded("entry", entry, 0, 1)
    low, high = 0.0, reserve
    if entry == 0:
        return reserve
    for _ in range(60):
        middle = (low + high) / 2
        if (reserve - middle) * (1 - middle**power) ** rivals > entry:
            low = middle
        else:
            high = middle
    return low


def first_price(
    costs: FloatArray,
    rivals: float,
    reserve: float = 1.0,
    power: float = 1.0,
    risk: float = 1.0,
    entry: float = 0.0,
) -> FloatArray:
    """The symmetric equilibrium of the first-price auction; nan for types that do not bid.

    b(c) = c + [∫ from c to ĉ of (1-F)^m dt + entry] / (1-F(c))^m with m = rivals / risk, where ``risk`` is
    the exponent of the utility x**risk (1 is neutral). F uniform, reserve 1: b = c + (1-c) risk / (rivals + risk).
    Raises SettingOutOfRange; an entry cost is known in closed form only for risk 1.
    """
    _bounded("risk", risk, 1e-3, 1)
    top = entry_threshold(rivals, reserve, power, entry)
    if entry > 0:
        _bounded("risk", risk, 1, 1)
    costs = np.asarray(costs, dtype=np.float64)
    alone = _alone(power, rivals / risk)(costs)
    share = np.divide(entry, alone, out=np.zeros_like(alone), where=alone > 0)
    return costs + _tail(costs, top, _alone(power, 1), rivals / risk) + share


def second_price(costs: FloatArray, reserve: float = 1.0) -> FloatArray:
    """The dominant bid of the second-price auction: the cost; nan above the reserve."""
    costs = np.asarray(costs, dtype=np.float64)
    return np.where(costs <= reserve, costs, np.nan)


def unknown_rivals(
    costs: FloatArray, probabilities: Sequence[float], reserve: float = 1.0, power: float = 1.0
) -> FloatArray:
    """The first-price equilibrium if the number of rivals is k with ``probabilities[k]``.

    b(c) = c + ∫ from c to the reserve of G dt / G(c) with G = Σ p_k (1-F)^k.
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    if chances.size == 0 or chances.min() < 0 or abs(chances.sum() - 1) > 1e-9:
        raise SettingOutOfRange("probabilities", probabilities, "chances that add up to 1")
    entry_threshold(0, reserve, power)  # refuses a reserve or power out of range

    def survival(c: FloatArray) -> FloatArray:
        return _alone(power, 1)(c)[..., None] ** np.arange(chances.size) @ chances

    costs = np.asarray(costs, dtype=np.float64)
    return costs + _tail(costs, reserve, survival)


def asymmetric(costs: FloatArray, own_width: float, rival_width: float, reserve: float = 1.0) -> FloatArray:
    """The first-price equilibrium of two bidders with costs uniform on [reserve - width, reserve].

    Griesmer, Levitan & Shubik 1967: b = r - [1 - √(1 - k v²)] / (k v) with v = r - c and
    k = 1/own² - 1/rival², written so that k = 0 and v = 0 are no exceptions.
    """
    _bounded("own_width", own_width, 1e-6, reserve)
    _bounded("rival_width", rival_width, 1e-6, reserve)
    value = reserve - np.asarray(costs, dtype=np.float64)
    value = np.where((value >= 0) & (value <= own_width * (1 + 1e-12)), value, np.nan)
    spread = 1 / own_width**2 - 1 / rival_width**2
    root = np.sqrt(np.maximum(0, 1 - spread * value**2))
    bids: FloatArray = reserve - value / (1 + root)
    return bids


def difference_law(pseudotypes: FloatArray) -> FloatArray:
    """The distribution function of quality - cost, both uniform on [0, 1]: triangular on [-1, 1]."""
    k = np.clip(pseudotypes, -1, 1)
    return np.where(k <= 0, (1 + k) ** 2 / 2, 1 - (1 - k) ** 2 / 2)


def scoring_given_quality(
    costs: FloatArray,
    qualities: FloatArray,
    rivals: float,
    law: Curve = difference_law,
    lowest: float = -1.0,
) -> FloatArray:
    """The equilibrium price when the greatest quality - price wins and is paid its price.

    With the pseudotype k = quality - cost of distribution function ``law`` from ``lowest`` on (Asker & Cantillon):
    p = c + ∫ from lowest to k of law^rivals dt / law(k)^rivals. Under second score the price is the cost.
    """
    costs = np.asarray(costs, dtype=np.float64)
    return costs + _tail(costs - qualities, -lowest, lambda t: law(-t), rivals)


def ratio_law(ratios: FloatArray, low: float = 0.5) -> FloatArray:
    """The distribution function of cost / quality on [0, 1]: cost uniform on [0, low], quality on [low, 1]."""
    _bounded("low", low, 1e-6, 1 - 1e-6)
    z = np.clip(ratios, 0, 1)
    many = (1 - low / (2 * np.maximum(z, low)) - low * z / 2) / (1 - low)
    return np.where(z <= low, z * (1 + low) / (2 * low), many)


def ratio_rule(
    costs: FloatArray, qualities: FloatArray, rivals: float, law: Curve = ratio_law, top: float = 1.0
) -> FloatArray:
    """The equilibrium price when the least price / quality wins and is paid its price (Agora's own rule).

    Profit scales by quality, so p = q β(c/q) with β the first-price equilibrium for ``law``, the distribution
    function of cost / quality, which ends at ``top``. It holds where no price is over the reserve.
    """
    costs, qualities = np.asarray(costs, dtype=np.float64), np.asarray(qualities, dtype=np.float64)
    return costs + qualities * _tail(costs / qualities, top, lambda t: 1 - law(t), rivals)


def che(types: FloatArray, rivals: float) -> tuple[FloatArray, FloatArray]:
    """Quality chosen (Che 1993): the equilibrium (qualities, prices) for the score 2√q - p and the cost θq.

    θ is uniform on [1, 2]: q* = 1/θ², p = 1/θ + ∫ from θ to 2 of t⁻² [(2-t)/(2-θ)]^rivals dt.
    """
    types = np.asarray(types, dtype=np.float64)
    rents = _tail(types, 2.0, lambda t: np.clip(2 - t, 0, 1), rivals, lambda t: t**-2.0)
    return types**-2.0, 1 / types + rents


def expected_utility(
    costs: FloatArray,
    rivals: float,
    reserve: float = 1.0,
    power: float = 1.0,
    risk: float = 1.0,
    entry: float = 0.0,
) -> FloatArray:
    """What each type expects in the first-price equilibrium, (b-c)**risk (1-F(c))^rivals - entry; 0 if it does not bid.

    At risk 1 it is the same under second price.
    """
    bids = first_price(costs, rivals, reserve, power, risk, entry)
    gains = np.maximum(0, bids - costs) ** risk * _alone(power, rivals)(np.asarray(costs)) - entry
    return np.where(np.isnan(bids), 0.0, gains)


def ex_ante_utility(
    rivals: float, reserve: float = 1.0, power: float = 1.0, risk: float = 1.0, entry: float = 0.0
) -> float:
    """``expected_utility`` before the cost is drawn; 1/(n(n+1)) in the uniform auction."""
    share = entry_threshold(rivals, reserve, power, entry) ** power
    costs = (share * _X) ** (1 / power)
    return float(expected_utility(costs, rivals, reserve, power, risk, entry) @ _W * share)


def expected_payment(
    rivals: float, reserve: float = 1.0, power: float = 1.0, risk: float = 1.0, entry: float = 0.0
) -> float:
    """What the buyer pays on average, an auction without a bid counted as 0; 2/(n+1) in the uniform auction.

    At risk 1 and without entry cost it is the same under second price, which pays at most the reserve.
    """
    share = entry_threshold(rivals, reserve, power, entry) ** power
    bids = first_price((share * _X) ** (1 / power), rivals, reserve, power, risk, entry)
    return float(((rivals + 1) * (1 - share * _X) ** rivals * bids) @ _W * share)


def best_reserve(value: float, power: float = 1.0) -> float:
    """The reserve that leaves a buyer who values the work at ``value`` the most: V a/(a+1), at most 1.

    It is where the virtual cost c + F/f = c (a+1)/a reaches the value, whatever the number of bidders.
    """
    _bounded("value", value, 0, np.inf)
    _bounded("power", power, 1e-6, np.inf)
    return min(1.0, value * power / (power + 1))


def pacing(bidders: int, share: float) -> tuple[float, float]:
    """The shadow price of a slot, and the value an auction, if only a ``share`` of all auctions may be won.

    Second price, uniform costs, truthful rivals: bidding c + μ wins with chance (1-μ)^n / n, so
    μ = 1 - (n share)^(1/n), and each win is worth μ + (1-μ)/(n+1). From share 1/n on nothing binds.
    """
    _bounded("bidders", bidders, 1, np.inf)
    _bounded("share", share, 0, 1)
    wins = min(share, 1 / bidders)
    price = 1 - (bidders * wins) ** (1 / bidders)
    return price, wins * (price + (1 - price) / (bidders + 1))
