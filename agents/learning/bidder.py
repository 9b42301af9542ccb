"""The learned bidder: cost, capacity, the win model and the prior, joined into one price that can be defended."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.learning import bidder_state as state
from agents.learning import draws, guard, replay
from agents.learning.calibration import Calibration
from agents.learning.costs import Usage, acceptance, interest, least_price
from agents.learning.guard import ExplorationBudget, GuardedPrior
from agents.learning.law import Answer, Learning, RivalLaw, View
from agents.learning.memory import (
    FULL_QUALITY,
    Memory,
    Note,
    auction_of,
    context_features,
)
from agents.learning.network_prior import NetworkPrior
from agents.learning.prior import BidPrior, Situation
from agents.learning.responder import MARKUPS, evidence
from agents.learning.settings import LearnerSettings
from agents.learning.shadow import ShadowPrice
from agents.learning.win_model import FEATURES, WINDOW

__all__ = ["LearnedBidder", "LearnerSettings"]

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_SKILLS = 12
MOST_NOTES = 256

WORK_WEIGHT = 3
"""What a task worked on weighs in the chance of acceptance, in learning rates of the profile."""
GUESS_WEIGHT = 10.0
"""The auctions after which the critic weighs as much as the profile's guess at the price of a slot."""
_MOST_RIVALS = 1000.0


@dataclass(frozen=True, slots=True)
class _Case:
    """A task worth a bid."""

    floor: int
    """The least price worth winning at, in units."""
    shadow: int
    """What of it is the price of the slot."""
    inputs: dict[str, float]


class LearnedBidder:
    """A BidPolicy that learns the law of its rivals; the same seed and calls give the same prices.

    ``config`` says what the agent wants and can do, ``settings`` how it learns (by default as the config
    implies); ``prior`` is what it believes before it has seen anything, by default the shipped network.
    ``quote`` never learns, ``observe`` only marks, ``train`` learns: call it when no bid of the agent lies
    between its commitment and reveal.
    """

    def __init__(
        self,
        config: AgentLearningConfig,
        settings: LearnerSettings | None = None,
        *,
        seed: int = 0,
        prior: BidPrior | None = None,
    ) -> None:
        self.config = config
        self.settings = LearnerSettings.of(config) if settings is None else settings
        self.seed = seed
        self._learning = Learning(self.settings, GuardedPrior(NetworkPrior() if prior is None else prior))
        self._laws: OrderedDict[tuple[str, bool], RivalLaw] = OrderedDict()
        self._usage: OrderedDict[str, Usage] = OrderedDict()
        self._memory = Memory(self.settings.memory_size)
        self._notes: OrderedDict[int, Note] = OrderedDict()
        self._passed: OrderedDict[int, tuple[float, bool]] = OrderedDict()
        self._shadow = ShadowPrice()
        self._budget = ExplorationBudget()
        self._calibration = Calibration()
        self._observed = self._trained = self._profit = 0

    async def quote(self, context: BidContext) -> Quote:
        """The bid and the beliefs behind it; all who ask in one turn share one pass of a batched prior."""
        case = self._case(context)
        if isinstance(case, Quote):
            return case
        if not context.second_price:
            await self._learning.prior.prepare(self._situation(context, case.floor))
        return self._decide(context, case)

    def price(self, context: BidContext) -> Quote:
        """``quote`` for those who do not wait."""
        case = self._case(context)
        return case if isinstance(case, Quote) else self._decide(context, case)

    def _case(self, context: BidContext) -> Quote | _Case:
        """What there is to decide on, or why there is nothing."""
        cost = self._cost(context)
        reason = guard.refusal(context, cost) or self._unwanted(context)
        if reason:
            self._pass(context)
            return Quote(None, source=reason)
        chance = self._acceptance(context)
        floor = least_price(self.config, context.reserve, cost, chance) + max(0, context.overhead)
        shadow = round(self._slot_price(context, floor) * context.reserve)
        inputs = {
            "cost": float(cost),
            "acceptance": chance,
            "floor": float(floor),
            "shadow": float(shadow),
            "rivals": _rivals(context.rivals),
            "evidence": self.evidence(context.skill, second_price=context.second_price),
        }
        if floor + shadow > context.reserve:
            self._pass(context)
            return Quote(None, source="the reserve does not cover the floor", inputs=inputs)
        return _Case(floor + shadow, shadow, inputs)

    def _decide(self, context: BidContext, case: _Case) -> Quote:
        answer = self._respond(context, case.floor)
        self._remember(context, case.floor, case.shadow)
        overhead = max(0, context.overhead) / context.reserve
        if guard.not_worth_it(answer.win, answer.gain, overhead):
            return Quote(None, source="too unlikely to be worth the bid", inputs=case.inputs)
        price, source = self._explored(context, case.floor, answer)
        return Quote(price, answer.win, source, case.inputs | {"gain": answer.gain})

    def observe(self, outcome: BidOutcome) -> None:
        """Mark one outcome, once its task has ended; prices follow at the next ``train``."""
        note = self._notes.pop(outcome.task_id, None) if outcome.task_id else None
        auction = auction_of(outcome, note)
        self._memory.append(auction)
        self._observed += 1
        self._profit += round(auction.profit * auction.reserve)
        self._budget.settle(outcome.task_id, won=outcome.won)
        if outcome.won:
            usage = _newest(self._usage, outcome.skill, Usage)
            usage.add(outcome.cost_estimate, outcome.cost, accepted=outcome.paid > 0)
        if outcome.win_probability is not None:
            self._calibration.add(outcome.win_probability, won=outcome.won)
        self._pace(outcome)
        law = _newest(self._laws, auction.law, lambda: RivalLaw(outcome.second_price))
        law.observe(auction, explored=self._exploring(outcome.task_id))

    def train(self, now_allowed: bool = True) -> bool:
        """Learn from what was observed since the last time; whether there was anything, and it was allowed."""
        if not now_allowed or self._trained == self._observed:
            return False
        for (skill, second), law in self._laws.items():
            if law.due:
                rng = self._generator(f"{skill}:{second}:{law.updates}")
                law.train(self._memory.newest((skill, second), WINDOW), rng, self._learning)
        self._shadow.train(
            self._memory.auctions,
            self._generator(f"critic:{self._observed}"),
            self.settings,
            self.config.max_concurrent,
        )
        self._trained = self._observed
        return True

    def to_json(self) -> str:
        """All it has learned, under 100 KB; ``from_json`` with the same arguments gives the same prices."""
        numbers = {law: number for number, law in enumerate(self._laws)}
        auctions = [one for one in self._memory.auctions if one.law in numbers][-state.WRITTEN :]
        return state.BidderState(
            version=1,
            laws=[state.law_state(skill, law) for (skill, _), law in self._laws.items()],
            usage=[state.usage_state(skill, usage) for skill, usage in self._usage.items()],
            auctions=[state.auction_state(numbers[one.law], one) for one in auctions],
            notes={task: (note.floor, note.shadow, note.rivals) for task, note in self._notes.items()},
            critic=self._shadow.critic.tolist(),
            capacity=(self._shadow.pace, self._shadow.wins, self._shadow.busy),
            spent=self._budget.spent,
            pending=dict(self._budget.pending),
            bids=self._calibration.bids,
            wins=self._calibration.wins,
            believed=self._calibration.believed,
            squared=self._calibration.squared,
            counts=(self._observed, self._trained, self._profit),
        ).model_dump_json()

    @classmethod
    def from_json(
        cls,
        text: str,
        config: AgentLearningConfig,
        settings: LearnerSettings | None = None,
        *,
        seed: int = 0,
        prior: BidPrior | None = None,
    ) -> "LearnedBidder":
        """The bidder that wrote ``text``; LearningStateUnreadable if none of version 1 did."""
        kept = state.read(text)
        bidder = cls(config, settings, seed=seed, prior=prior)
        auctions = [state.auction_of_state(one, kept.laws) for one in kept.auctions]
        bidder._memory = Memory(bidder.settings.memory_size, auctions)
        for law in kept.laws:
            key = (law.skill, law.second_price)
            bidder._laws[key] = state.law_of(law, sum(one.law == key for one in bidder._memory.auctions))
        bidder._usage.update((usage.skill, state.usage_of(usage)) for usage in kept.usage)
        bidder._notes.update((task, state.note_of(row)) for task, row in kept.notes.items())
        bidder._shadow = ShadowPrice(np.array(kept.critic), *kept.capacity)
        bidder._budget = ExplorationBudget(kept.spent, kept.pending)
        bidder._calibration = state.calibration_of(kept)
        bidder._observed, bidder._trained, bidder._profit = kept.counts
        return bidder

    def evidence(self, skill: str, *, second_price: bool = False) -> float:
        """What was seen of a skill counts beside the prior, 0 to 1."""
        law = self._laws.get((skill, second_price))
        return law.weight(self.settings) if law else 0.0

    def report(self) -> dict[str, object]:
        """What was learned and how it went, as plain numbers by name."""
        first = {skill: law for (skill, second), law in self._laws.items() if not second}
        return {
            "auctions": self._observed,
            "profit": self._profit,
            "evidence": {skill: law.weight(self.settings) for skill, law in first.items()},
            "regret": {
                skill: replay.regret(self._memory.newest((skill, False), WINDOW), MARKUPS[::8])
                for skill in first
            },
            "overrun": {
                skill: usage.overrun(self.settings.floor_quantile) for skill, usage in self._usage.items()
            },
            "calibration": self._calibration.table(),
            "drift_resets": sum(law.resets for law in self._laws.values()),
            "rollbacks": sum(law.rollbacks for law in self._laws.values()),
            "fallbacks": self._learning.prior.fallbacks,
            "pace": self._shadow.pace,
        }

    def _respond(self, context: BidContext, floor: int) -> Answer:
        """The law's answer, for a floor in units."""
        law = self._laws.get((context.skill, context.second_price)) or RivalLaw(context.second_price)
        situation = self._situation(context, floor)
        quality = min(1.0, max(0.05, context.quality / FULL_QUALITY))
        # A law that knows nothing yet reads no features.
        features = context_features(context) if law.fitted else np.zeros(FEATURES)
        return law.respond(situation, View(quality, features), self._learning, self._nudge(context.task_id))

    def _situation(self, context: BidContext, floor: int) -> Situation:
        """What the prior is asked, for a floor in units."""
        return Situation(floor / context.reserve, _rivals(context.rivals), risk=float(self.settings.risk))

    def _nudge(self, task_id: int) -> float:
        """What exploring adds to the markup of this task: as much as the trust region, up or down; 0 for most."""
        if not self._exploring(task_id):
            return 0.0
        return (2 * self._draw(task_id, "markup") - 1) * self.settings.trust_region

    def _explored(self, context: BidContext, floor: int, answer: Answer) -> tuple[int, str]:
        """The price in units, never under the floor but for exploring that may lose, and where it is from."""
        price = min(context.reserve, max(floor, round(answer.bid * context.reserve)))
        if context.second_price or not (self.settings.loss_exploration and self._exploring(context.task_id)):
            return price, answer.source
        if self._draw(context.task_id, "loss") < 0.5:
            wanted = round(self._draw(context.task_id, "depth") * self.settings.trust_region * floor)
            price = max(1, floor - self._budget.allow(context.task_id, wanted, context.runway))
        return price, answer.source

    def _cost(self, context: BidContext) -> int:
        """The expected cost in units, as past work corrects the estimate; never under the estimate."""
        usage = self._usage.get(context.skill, Usage())
        factor = usage.overrun(self.settings.floor_quantile)
        return max(0, context.cost_estimate, round(max(0, context.cost_estimate) * factor))

    def _acceptance(self, context: BidContext) -> float:
        """The chance that the work is paid: an agent's work in one skill tells of its work in all."""
        accepted = sum(usage.accepted for usage in self._usage.values())
        rejected = sum(usage.rejected for usage in self._usage.values())
        return acceptance(self.config, context, WORK_WEIGHT * accepted, WORK_WEIGHT * rejected)

    def _unwanted(self, context: BidContext) -> str | None:
        least = self.config.minimum_fit * (0.5 if self._exploring(context.task_id) else 1)
        return None if interest(self.config, context) >= least else "too little fit"

    def _slot_price(self, context: BidContext, floor: int) -> float:
        """What the capacity is worth to tasks to come, as a share of the reserve.

        The profile's guess, the room to the reserve by the square of the use, gives way to the critic as
        auctions are seen. What is in use is the scarcer of the agent's slots and its runway.
        """
        used, size = max(0.0, context.workload), 1 / self.config.max_concurrent
        if context.runway:
            worst = context.bond + max(context.worst_cost, context.cost_estimate) + context.overhead
            used, size = max(used, context.exposure / context.runway), max(size, worst / context.runway)
        guess = self.config.workload_sensitivity * used**2 * max(0.0, 1 - floor / context.reserve)
        weight = evidence(self._trained, GUESS_WEIGHT)
        learned = 0.0
        if weight > 0:
            learned = float(self._shadow.slot(np.array([used]), size, self.settings.discount_factor)[0])
        return self.settings.shadow_gain * (weight * learned + (1 - weight) * guess) + self._shadow.pace

    def _pass(self, context: BidContext) -> None:
        """Note a task that was left to others: it is counted, once, when the next outcome comes."""
        tasks = _tasks(context.workload, self.config.max_concurrent)
        self._passed.setdefault(context.task_id, (tasks, False))
        if len(self._passed) > MOST_NOTES:
            self._passed.popitem(last=False)

    def _pace(self, outcome: BidOutcome) -> None:
        """Count the tasks passed since the last outcome, and this one, for the price of capacity."""
        settings = self.settings
        for task, (tasks, counted) in list(self._passed.items()):
            if not counted:
                self._shadow.saw(tasks, won=False)
                self._shadow.step(won=False, share=settings.win_share, rate=settings.pace)
                self._passed[task] = (tasks, True)
        self._shadow.saw(_tasks(outcome.workload, self.config.max_concurrent), won=outcome.won)
        self._shadow.step(won=outcome.won, share=settings.win_share, rate=settings.pace)

    def _remember(self, context: BidContext, floor: int, shadow: int) -> None:
        """Keep what the outcome will not say; ``floor`` holds the shadow price."""
        reserve = context.reserve
        note = Note(floor / reserve, shadow / reserve, _rivals(context.rivals))
        self._notes[context.task_id] = note
        if len(self._notes) > MOST_NOTES:
            self._notes.popitem(last=False)

    def _exploring(self, task_id: int) -> bool:
        rate = self.settings.exploration_rate / (1 + self.settings.exploration_decay * self._trained)
        return self._draw(task_id, "explore") < rate

    def _draw(self, task_id: int, purpose: str) -> float:
        return draws.share(self.seed, task_id, purpose)

    def _generator(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng(int.from_bytes(draws.digest(self.seed, purpose)[:16], "big"))


def _rivals(expected: float) -> float:
    """An expected number of rivals that can be reckoned with; 1 for what is none."""
    return min(_MOST_RIVALS, max(0.0, expected)) if guard.finite(expected) else 1.0


def _tasks(workload: float, slots: int) -> float:
    """The tasks in hand at a workload, which may be no number."""
    return slots * min(1.0, max(0.0, workload)) if guard.finite(workload) else 0.0


def _newest(kept: OrderedDict[Key, Value], key: Key, fresh: Callable[[], Value]) -> Value:
    """The value of ``key``, made if it is new and now the newest; the oldest goes if there are too many."""
    value = kept.pop(key, None) or fresh()
    kept[key] = value
    if len(kept) > MOST_SKILLS:
        kept.popitem(last=False)
    return value
