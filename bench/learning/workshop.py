"""The work of the live market: private costs by one law for all, and a scripted model that takes its time.

The true cost of a task to an agent is a share of its reserve, drawn for the agent and the task; the agent knows an
estimate of it. Whoever wins has more often than not estimated too low: the winner's curse.
"""

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.bid_policy import TaskBrief
from agents.llm.prices import Price, cost
from agents.llm.protocol import Model, ModelAnswer, ModelRequest, Usage
from agents.market.domain import AwardMode
from agents.market.readers import TaskDraft
from agents.market.specification import AnswerKey, ExactChecker, TaskSpecification
from agents.mind.notes import Notes
from agents.money import CREDIT
from agents.openai_integration import CostEstimate, OpenAIIntegration

PRICE = Price(1_000 * CREDIT, 4_000 * CREDIT)
TOKEN = PRICE.input_per_million // 10**6
"""Units that a token of a prompt costs: the grain of all costs."""
MOST_OVERRUN = 2
"""What an agent reckons that its work can come to at worst, in estimates."""
ANSWER, WRONG = "blue", "red"
_NUMBER = re.compile(r"\bOrder (\d+)\b")


@dataclass(frozen=True, slots=True)
class Law:
    """How costs fall, as shares of the reserve. Agents all have the same law; skills differ in how well they pay."""

    medians: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5, 0.6)
    """By skill: half of the costs are below. Costs are lognormal around it; some are above the reserve."""
    spread: float = 0.6
    """The standard deviation of a cost's logarithm."""
    uniform: bool = False
    """Costs are uniform up to the reserve in every skill instead, which is what the closed form takes for granted."""
    error: float = 0.15
    """The standard deviation of the estimate's logarithm around the true cost's."""
    wrong_every: int = 5
    """Of so many answers that an agent gives, one is wrong and is rejected: a share and no chance, as luck with
    rejections would hide what bidding is worth."""
    least_reserve: int = 10 * CREDIT
    most_reserve: int = 30 * CREDIT

    def share(self, skill: int, chance: np.random.Generator) -> float:
        """A true cost."""
        if self.uniform:
            return float(chance.random())
        return self.medians[skill % len(self.medians)] * float(np.exp(self.spread * chance.standard_normal()))


class Orders:
    """The tasks of one seed: what each pays, and what it costs each agent. Agents and orders go by number.

    Agents stand in rows of ``groups``, one of each group. The orders come in as many equal rounds; a round repeats the
    one before it, but the groups change places in each row. So every group is dealt the same costs, and luck with
    them, which would hide all else in a few hundred auctions, is the same for all.
    """

    def __init__(
        self,
        seed: int,
        skills: Sequence[str],
        mode: AwardMode,
        *,
        tasks: int,
        groups: int = 1,
        law: Law | None = None,
    ) -> None:
        self.seed, self.skills, self.mode, self.law = seed, list(skills), mode, law or Law()
        self.groups, self._round = groups, -(-tasks // groups)

    def draft(self, number: int) -> TaskDraft:
        """The order as its requester posts it."""
        law, chance = self.law, np.random.default_rng([self.seed, 1, number % self._round])
        key = AnswerKey(ANSWER, hashlib.sha256(f"{self.seed}:{number}".encode()).digest())
        specification = TaskSpecification(
            title=f"Order {number}",
            description="Which colour is named in: 'The lamp is blue.'",
            skill=self.skills[self._skill(number % self._round)],
            checker=ExactChecker(commitment=key.commitment()),
        )
        reserve = int(chance.integers(law.least_reserve, law.most_reserve + 1))
        return TaskDraft(specification, key, reserve, self.mode)

    def cost(self, number: int, agent: int, reserve: int) -> int:
        """What the order truly costs the agent, in units."""
        return self._units(self._drawn(number, agent)[0], reserve)

    def estimate(self, number: int, agent: int, reserve: int) -> int:
        """What the agent expects it to cost."""
        return self._units(self._drawn(number, agent)[1], reserve)

    def _skill(self, place: int) -> int:
        return int(np.random.default_rng([self.seed, 0, place]).integers(len(self.skills)))

    def _drawn(self, number: int, agent: int) -> tuple[float, float]:
        """True and estimated cost, as shares of the reserve."""
        turn, place = divmod(number, self._round)
        row, group = divmod(agent, self.groups)
        dealt = row * self.groups + (group + turn) % self.groups
        law, chance = self.law, np.random.default_rng([self.seed, 2, place, dealt])
        true = law.share(self._skill(place), chance)
        return true, true * float(np.exp(law.error * chance.standard_normal()))

    def _units(self, share: float, reserve: int) -> int:
        return max(1, round(share * reserve / TOKEN)) * TOKEN


def number_of(text: str) -> int:
    """The order that a text is about."""
    found = _NUMBER.search(text)
    assert found, f"{text!r} names no order"
    return int(found[1])


class Ticks:
    """The market's slow clock: work takes a number of ticks, which the driver counts."""

    def __init__(self) -> None:
        self.now = 0
        self._moved = asyncio.Condition()

    async def reach(self, tick: int) -> None:
        """It is this tick now."""
        async with self._moved:
            self.now = tick
            self._moved.notify_all()

    async def until(self, tick: int) -> None:
        """Return when the tick has come."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.now >= tick)


class SlowModel:
    """A scripted model for all agents: an answer for the tokens of the true cost, and no earlier than at the tick
    ``ready`` of the order; one answer of an agent in ``wrong_every`` is wrong."""

    name = "scripted"

    def __init__(
        self, orders: Orders, ticks: Ticks, ready: Callable[[int], int], agents: dict[str, int]
    ) -> None:
        self._orders, self._ticks, self._ready, self._agents = orders, ticks, ready, agents
        self._given: Counter[int] = Counter()

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The answer, in JSON."""
        number, agent = number_of(request.messages[-1].content), self._agents[request.agent]
        await self._ticks.until(self._ready(number))
        units = self._orders.cost(number, agent, self._orders.draft(number).reward)
        self._given[agent] += 1
        # The agents of a row are wrong at the same turns, those of the next at others.
        turn = (self._given[agent] + agent // self._orders.groups) % self._orders.law.wrong_every
        said = WRONG if turn == 0 else ANSWER
        return ModelAnswer(json.dumps({"answer": said}), self.name, Usage(units // TOKEN, 0))


class ChargedModel:
    """A model whose calls are charged into an agent's notes, without a gateway."""

    def __init__(self, model: Model, price: Price, notes: Notes) -> None:
        self._model, self._price, self._notes = model, price, notes

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The inner model's answer."""
        answer = await self._model.complete(request)
        units = cost(answer.usage, self._price)
        self._notes.add_thinking(answer.usage, units, request.task, request.purpose)
        return answer


class Worker(OpenAIIntegration):
    """A mind that knows how many tokens its model tends to take for an order; else it is any agent's."""

    def __init__(self, orders: Orders, number: int, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, price=PRICE, **options)
        self._orders, self._number = orders, number

    async def estimate_cost(self, task: TaskBrief) -> CostEstimate:
        """The agent's own estimate."""
        usual = await super().estimate_cost(task)
        units = self._orders.estimate(number_of(task.title), self._number, task.reserve)
        return replace(
            usual,
            prompt_tokens=units // TOKEN,
            completion_tokens=0,
            units=units,
            worst_units=MOST_OVERRUN * units,
        )


class BySkill:
    """An embedder to which a text means the skill that it names first, and nothing else."""

    def __init__(self, skills: Sequence[str]) -> None:
        self._skills = [skill.replace("-", " ") for skill in skills]

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector each."""
        vectors = np.zeros((len(texts), len(self._skills)), np.float32)
        for row, text in enumerate(texts):
            places = {place: text.find(skill) for place, skill in enumerate(self._skills) if skill in text}
            if places:
                vectors[row, min(places, key=places.__getitem__)] = 1
        return vectors
