"""One skill's rivals under one award rule: what is believed of them, how sure that is, and when to start again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from agents.learning import replay
from agents.learning.drift import CONTEST, Contest, Cusum
from agents.learning.guard import GuardedPrior
from agents.learning.memory import ABOVE, BELOW, Auction, sightings
from agents.learning.powers import likeliest_power
from agents.learning.prior import Situation
from agents.learning.responder import (
    MARKUPS,
    PROBES,
    TrustRegion,
    best_markup,
    best_markups,
    evidence,
)
from agents.learning.settings import LearnerSettings
from agents.learning.theory import FloatArray
from agents.learning.win_model import WinModel

WATCHED_AFTER = 30
"""The auctions that a model must have seen before its surprises count as drift."""
REFIT = 50
"""A law is fitted again when its auctions have grown by 1 / this."""
_GRID: FloatArray = np.linspace(0.0, 1.0, 257)


@dataclass(frozen=True, slots=True)
class View:
    """What the win model asks of an auction."""

    quality: float
    features: FloatArray


@dataclass(frozen=True, slots=True)
class Learning:
    """What all laws of one bidder share."""

    settings: LearnerSettings
    prior: GuardedPrior


@dataclass(frozen=True, slots=True)
class Answer:
    """A bid as a share of the reserve, and what it is believed to do."""

    bid: float
    win: float
    gain: float
    """What winning brings over the floor."""
    source: str


@dataclass(slots=True)
class RivalLaw:
    """The beliefs about the rivals of one skill; the fields are what is kept of it."""

    second_price: bool
    model: WinModel = field(default_factory=WinModel.flat)
    seen: int = 0
    """Auctions since the last reset."""
    fitted: int = 0
    """How many of them the model knows."""
    updates: int = 0
    resets: int = 0
    rollbacks: int = 0
    region: TrustRegion | None = None
    cusum: Cusum = field(default_factory=Cusum)
    contest: Contest = field(default_factory=Contest)
    carried: tuple[FloatArray, float] | None = None
    """The weights of a model whose auctions are forgotten, and how many those were."""
    power: float = 1.0
    """The law of the rivals' floors that the prior is asked for."""
    unjudged: list[Auction] = field(default_factory=list)
    """Those not yet held against the prior."""

    @property
    def due(self) -> bool:
        """Whether enough was seen since the last fit that another would tell more: 2 % of all."""
        return self.seen - self.fitted >= max(1, self.seen // REFIT)

    def weight(self, settings: LearnerSettings) -> float:
        """What the model counts beside the prior, 0 to 1."""
        return evidence(self.fitted, settings.prior_weight)

    def chances(
        self, situation: Situation, bids: FloatArray, view: View, context: Learning
    ) -> tuple[FloatArray, bool]:
        """(J,) the chances that ``bids`` win, and whether no fallback was needed."""
        weight, own = self.weight(context.settings), True
        believed = np.zeros_like(bids)
        if weight < 1:
            chances, own = self._expected(replace(situation, power=self.power), bids, context)
            believed += (1 - weight) * chances
        if weight > 0:
            mean, spread = self.model.survival(bids, view.quality, view.features)
            believed += weight * np.clip(mean - context.settings.caution * spread, 0.0, 1.0)
        return believed, own

    def _expected(self, situation: Situation, bids: FloatArray, context: Learning) -> tuple[FloatArray, bool]:
        """(J,) the chances that ``bids`` win if the prior is right, and whether they are its own word."""
        if not self.second_price:
            return context.prior.survival(situation, bids)
        scores = np.clip(bids / situation.quality, 0.0, 1.0)  # the rivals' bids are their costs
        return np.asarray((1 - scores**situation.power) ** situation.rivals, dtype=np.float64), True

    def respond(self, situation: Situation, view: View, context: Learning, nudge: float = 0.0) -> Answer:
        """The bid: under second price the floor itself, else the best response within the trust region.

        ``nudge`` is what exploring adds to the markup of a first-price bid.
        """
        floor = situation.floor
        bids = floor + (1 - floor) * MARKUPS
        believed, own = self.chances(situation, bids, view, context)
        if self.second_price:
            win = float(believed[0])
            gain = float(np.trapezoid(believed, bids)) / win if win > 0 else 0.0
            return Answer(floor, win, gain, "floor" if own else "closed form")
        if self.weight(context.settings) == 0:
            bid, own_bid = context.prior.bid(situation)
            source, own = "prior", own and own_bid
        else:
            markup = best_markup(believed, situation.risk)
            markup += self.region.correction(floor) if self.region else 0.0
            bid = floor + (1 - floor) * markup
            source = "win model and prior"
        bid = min(1.0, max(floor, bid + (1 - floor) * nudge))
        source = "exploring" if nudge else source
        win = float(np.interp(bid, bids, believed)) if floor < 1 else float(believed[0])
        return Answer(bid, win, bid - floor, source if own else "closed form: the prior gave no price")

    def observe(self, auction: Auction, *, explored: bool) -> None:
        """Mark one more auction; nothing that prices depend on changes until ``train``."""
        self.seen += 1
        if not explored and not self.second_price:
            self.unjudged = [*self.unjudged[1 - CONTEST :], auction]
        if self.fitted < WATCHED_AFTER:
            return
        below = self.model.below(auction.score, auction.features())
        rank = below / 2 if auction.side == BELOW else (1 + below) / 2 if auction.side == ABOVE else below
        changed = self.cusum.add(rank)
        if changed:
            self.resets += 1
            self.seen, self.fitted, self.carried, self.power = changed, 0, None, 1.0
            self.model, self.cusum = WinModel.flat(), Cusum()

    def train(self, auctions: Sequence[Auction], rng: np.random.Generator, context: Learning) -> None:
        """Fit the model to the newest auctions of this law (oldest first), and move the policy."""
        if not self.second_price:
            self._judge(context)
        known = list(auctions)[-self.seen :] if self.seen else []
        self.updates += 1
        if not known:
            return
        self.model = self.model.fitted(sightings(known), rng, self.carried)
        self.fitted = self.seen
        self.power = self._likeliest(known, context)
        if not self.second_price:
            self._move(known[-1], context)

    def _likeliest(self, known: Sequence[Auction], context: Learning) -> float:
        # Rounded, so that a prior which keeps its curves has this one.
        rivals = round(float(np.mean([one.rivals for one in known])), 1)
        situation = Situation(0.0, rivals, risk=context.settings.risk)
        return likeliest_power(
            known,
            lambda power, bids: self._expected(replace(situation, power=power), bids, context)[0],
        )

    def _move(self, latest: Auction, context: Learning) -> None:
        """Let the policy's markups follow the model, as far as the trust region lets them."""
        settings = context.settings
        situation = Situation(0.0, float(np.expm1(self.model.centre[1])), risk=settings.risk)
        if self.region is None:
            probes = [Situation(float(floor), situation.rivals, risk=settings.risk) for floor in PROBES]
            asked = np.array([context.prior.bid(probe)[0] for probe in probes])
            self.region = TrustRegion((asked - PROBES) / (1 - PROBES))
        view = View(latest.quality, self.model.centre)
        believed, _ = self.chances(situation, _GRID, view, context)
        self.region.update(best_markups(PROBES, _GRID, believed, settings.risk), settings.trust_region)

    def _judge(self, context: Learning) -> None:
        """Hold the own profits against the prior's in the same auctions; roll back to the prior if they lost."""
        for auction in self.unjudged:
            situation = Situation(auction.floor, auction.rivals, risk=context.settings.risk)
            bid, _ = context.prior.bid(situation)
            chance = float(replay.wins([auction], np.array([[bid]]))[0, 0])
            if np.isnan(chance):
                chance = self._chance_given(auction, bid)
            own = (auction.bid - auction.floor) * auction.won
            self.contest.add(own - (bid - auction.floor) * chance)
        self.unjudged.clear()
        if self.contest.lost():
            self.rollbacks += 1
            self.seen, self.fitted, self.power = 0, 0, 1.0
            self.model, self.region, self.carried, self.cusum = WinModel.flat(), None, None, Cusum()

    def _chance_given(self, auction: Auction, bid: float) -> float:
        """The chance that ``bid`` would have won, given on which side of the own bid the best rival stood."""
        asked = np.array([bid, auction.bid])
        (chance, own), _ = self.model.survival(asked, auction.quality, auction.features())
        if auction.side == ABOVE:
            return float(min(1.0, chance / max(own, 1e-9)))
        return float(min(1.0, max(0.0, chance - own) / max(1 - own, 1e-9)))
