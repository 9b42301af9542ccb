"""An agent's use of its model: how a task fits, what it would cost, what to bid, the work, the judgement."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, Required, TypedDict, TypeVar, Unpack

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, create_model

from agents import prompts
from agents.bid_policy import BidContext, BidPolicy, CheckerKind, Quote, TaskBrief
from agents.errors import ModelError, ModelUnavailable, SettingOutOfRange
from agents.llm.embeddings import Embeds
from agents.llm.prices import Price, cost, list_prices
from agents.llm.protocol import Message, Model, ModelRequest, Tariff, Usage, billed
from agents.llm.structured import ask
from agents.mind.earnings import Practice

MOST_CRITERIA = 12

# The cosine of a task and a skill's name: unrelated pairs lie around 0.10, most related ones over 0.33.
_UNRELATED, _RELATED = 0.10, 0.45
_COSINE_DIGITS = 9

_MOST_TOKENS: Mapping[CheckerKind, int] = {"number": 400, "exact": 120, "judge": 500}
_EXPECTED_TOKENS: Mapping[CheckerKind, int] = {"number": 150, "exact": 15, "judge": 200}
_VERDICT_TOKENS, _OPINION_TOKENS = 8, 38
_CHARACTERS_A_TOKEN, _TOKENS_A_TURN = 3.2, 6
# What ``ask`` can come to: three tries, of which one has twice the room, and two show an answer and its faults.
_MOST_TRIES, _MOST_ROOM, _MOST_SHOWN = 3, 4, 2_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """The model's own word on a task: shown beside the fit, and never part of it."""

    can_do: bool
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class FitAssessment:
    """How well a task suits an agent."""

    score: float
    """0 to 1, from the claimed skills and from the likeness of the texts."""
    similarity: float
    """The cosine of the task and the skill nearest to it."""
    nearest_skill: str
    claimed: int
    """The agent's claimed weight for the task's own skill, 0 if it claims none."""
    opinion: Opinion | None
    """None if it was not asked for, or if the model gave none; then ``no_opinion`` says why."""
    no_opinion: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What a task is expected to burn, and what that costs in units."""

    prompt_tokens: int
    completion_tokens: int
    units: int
    worst_units: int
    """The most that it can cost, whatever the text and however often the answer must be repaired."""


class Market(TypedDict, total=False):
    """What an agent knows beside the task when it names a price; each field is that of ``BidContext``."""

    reputation: Required[float]
    quality: Required[int]
    workload: Required[float]
    second_price: Required[bool]
    overhead: int
    bond: int
    rivals: float
    load: float
    runway: int | None
    exposure: int


@dataclass(frozen=True, slots=True)
class WorkResult:
    """A finished answer, in the form that its checker reads."""

    answer: str
    steps: str
    """The way to a number; empty for other kinds."""
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A score by yes/no criteria: 100 times the share of yes, rounded down."""

    score: int
    verdicts: tuple[bool, ...]
    reason: str
    model: str
    usage: Usage


_STRICT = ConfigDict(extra="forbid")
_Answer = TypeVar("_Answer", bound=BaseModel)


class _Opinion(BaseModel):
    model_config = _STRICT
    can_do: bool
    reason: Annotated[str, Field(max_length=120)]


class _Number(BaseModel):
    model_config = _STRICT
    steps: Annotated[str, Field(max_length=600)]
    answer: Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$")]


class _Exact(BaseModel):
    model_config = _STRICT
    answer: Annotated[str, Field(min_length=1, max_length=200)]


class _Text(BaseModel):
    model_config = _STRICT
    text: Annotated[str, Field(min_length=1, max_length=1200)]


class OpenAIIntegration:
    """One agent's mind for tasks, over any ``Model``; the texts of tasks and answers are data to it.

    ``capabilities`` are the agent's claimed weights by skill, 0 to 100. ``price`` is the model's list price
    unless given. Calls are made at temperature 0 with ``seed``. Model calls raise what ``ask`` raises. From
    ``practice`` it knows what such questions came to before, and tells it what its own did. ``tariff`` tells
    what there is to think with, and what that has cost.
    """

    def __init__(
        self,
        model: Model,
        embedder: Embeds,
        *,
        agent_name: str,
        capabilities: Mapping[str, int],
        role: str = "",
        price: Price | None = None,
        seed: int = 0,
        practice: Practice | None = None,
        tariff: Tariff | None = None,
    ) -> None:
        self._model, self._embedder = model, embedder
        self._name, self._role = agent_name, role
        self._capabilities = _checked(capabilities)
        self._price = price or list_prices().price_for(model.name)
        self._seed, self._practice, self._tariff = seed, practice, tariff

    async def list_available_models(self) -> Sequence[Mapping[str, Any]]:
        """The models that the agent can ask for, each with its price; see ``Tariff``. None where nobody charges."""
        return () if self._tariff is None else await self._tariff.list_available_models()

    async def get_my_model_costs(self) -> Mapping[str, Any]:
        """What the agent's calls have cost, by model; see ``Tariff``. Nothing where nobody charges."""
        return {"spent": []} if self._tariff is None else await self._tariff.get_my_model_costs()

    def claim(self, capabilities: Mapping[str, int]) -> None:
        """From now on the agent claims these weights."""
        self._capabilities |= _checked(capabilities)

    async def evaluate_task_fit(self, task: TaskBrief, *, with_opinion: bool = True) -> FitAssessment:
        """How well the task suits the agent: half its claim to the task's skill, half the likeness of texts.

        The opinion is recorded and shown but moves nothing: the ratings of small models were measured to
        carry no information. A model that fails to give one leaves ``no_opinion``; a UserError gets through.
        """
        skill, similarity, likeness = await self._nearest_skill(task)
        claimed = self._capabilities.get(task.skill, 0)
        opinion, no_opinion, usage = None, "not asked", Usage()
        if with_opinion:
            opinion, no_opinion, usage = await self._opinion(task)
        return FitAssessment(
            score=0.5 * claimed / 100 + 0.5 * likeness,
            similarity=similarity,
            nearest_skill=skill,
            claimed=claimed,
            opinion=opinion,
            no_opinion=no_opinion,
            usage=usage,
        )

    async def estimate_cost(self, task: TaskBrief) -> CostEstimate:
        """What the work is expected to cost: the tokens of its texts, corrected by what such work came to before.

        Asks no model.
        """
        guess, worst = _measured(task)
        expected = guess
        if self._practice is not None:
            expected = self._practice.expected("work", task.checker, guess)
        return CostEstimate(*expected.pair, cost(expected, self._price), cost(worst, self._price))

    async def calculate_bid_amount(
        self, task: TaskBrief, fit: FitAssessment, policy: BidPolicy, **market: Unpack[Market]
    ) -> int | None:
        """The price of ``quote_bid``."""
        return (await self.quote_bid(task, fit, policy, **market)).price

    async def quote_bid(
        self,
        task: TaskBrief,
        fit: FitAssessment,
        policy: BidPolicy,
        estimate: CostEstimate | None = None,
        **market: Unpack[Market],
    ) -> Quote:
        """The bid in units, or None for no bid, and what the policy believed.

        Never below the estimated cost, whatever the policy says, and None if that is above the reserve.
        """
        if estimate is None:
            estimate = await self.estimate_cost(task)
        context = BidContext(
            task_id=task.task_id,
            skill=task.skill,
            reserve=task.reserve,
            cost_estimate=estimate.units,
            fit=fit.score,
            capability=fit.claimed,
            deadline_seconds=task.delivery_window,
            worst_cost=estimate.worst_units,
            **market,
        )
        quote = await policy.quote(context)
        if quote.price is None:
            return quote
        price = max(quote.price, estimate.units)
        if price > task.reserve:
            return replace(quote, price=None, source=f"{quote.source or 'the price'}: above the reserve")
        # A bid that had to be lifted is not the one whose chance was believed.
        believed = quote.win_probability if price == quote.price else None
        return replace(quote, price=price, win_probability=believed)

    async def execute_task(self, task: TaskBrief) -> WorkResult:
        """The task's result as its checker reads it: a number, a short exact text, or a text to be judged."""
        turns, room = prompts.work(task), _MOST_TOKENS[task.checker]
        guess, _ = _measured(task)
        if task.checker == "number":
            number, usage = await self._ask("work", task, turns, room, guess, _Number)
            return WorkResult(number.answer, number.steps, self._model.name, usage)
        if task.checker == "exact":
            labels = prompts.labels(task.description)
            kind = _label(labels) if labels else _Exact
            exact, usage = await self._ask("work", task, turns, room, guess, kind)
            return WorkResult(exact.answer, "", self._model.name, usage)
        text, usage = await self._ask("work", task, turns, room, guess, _Text)
        return WorkResult(text.text, "", self._model.name, usage)

    async def evaluate_task_result(self, task: TaskBrief, rubric: Sequence[str], answer: str) -> Evaluation:
        """A score for an answer to a ``judge`` task: the share of criteria that the model says yes to, in one call.

        It is asked for yes or no because the 0 to 100 ratings of the default model, SmolLM2-135M, were measured
        to carry no information (AUC 0.50). Its yes and no are weak too, right for 8 to 11 of 16 easy criteria
        in five wordings, so ``model`` must be read beside ``score``.
        """
        if not 1 <= len(rubric) <= MOST_CRITERIA:
            raise SettingOutOfRange("the number of criteria", len(rubric), f"from 1 to {MOST_CRITERIA}")
        keys = [f"c{number}" for number in range(1, len(rubric) + 1)]
        verdict_type = _verdicts(keys)
        turns = prompts.judgement(task, rubric, answer)
        guess = _guess(turns, _VERDICT_TOKENS * len(keys))
        verdict, usage = await self._ask("judge", task, turns, 20 + 12 * len(keys), guess, verdict_type)
        said = verdict.model_dump()
        met = tuple(said[key] == "yes" for key in keys)
        missed = [criterion for criterion, is_met in zip(rubric, met, strict=True) if not is_met]
        reason = f"{sum(met)} of {len(met)} criteria met" + (f"; not: {json.dumps(missed)}" if missed else "")
        return Evaluation(100 * sum(met) // len(met), met, reason, self._model.name, usage)

    async def _nearest_skill(self, task: TaskBrief) -> tuple[str, float, float]:
        """The skill most like the task, its cosine, and the best likeness weighted by claims, 0 to 1."""
        if not self._capabilities:
            return "", 0.0, 0.0
        skills = list(self._capabilities)
        words = [skill.replace("-", " ") for skill in skills]
        text = f"{task.skill.replace('-', ' ')}: {task.title}. {task.description}"
        vectors = await self._embedder.embed([text, *words])
        # Processors add up in different orders: what that changes is rounded off, so that a price is the same on all.
        exact = vectors.astype(np.float64)
        cosines = [round(float(value), _COSINE_DIGITS) for value in exact[1:] @ exact[0]]
        likeness = (
            min(1.0, max(0.0, (cosine - _UNRELATED) / (_RELATED - _UNRELATED)))
            * self._capabilities[skill]
            / 100
            for skill, cosine in zip(skills, cosines, strict=True)
        )
        best = max(range(len(skills)), key=cosines.__getitem__)
        return skills[best], cosines[best], max(likeness)

    async def _opinion(self, task: TaskBrief) -> tuple[Opinion | None, str, Usage]:
        turns = prompts.opinion(self._name, self._role, self._capabilities, task)
        try:
            guess = _guess(turns, _OPINION_TOKENS)
            said, usage = await self._ask("fit", task, turns, 100, guess, _Opinion)
        except ModelError as error:
            return None, str(error), billed(error)
        except ModelUnavailable as error:
            return None, str(error), Usage()
        return Opinion(said.can_do, said.reason, self._model.name), "", usage

    async def _ask(
        self,
        purpose: str,
        task: TaskBrief,
        turns: tuple[Message, ...],
        room: int,
        guess: Usage,
        answer_type: type[_Answer],
    ) -> tuple[_Answer, Usage]:
        """``ask``, with an answer of at most ``room`` tokens, and what all its tries came to is learned from."""
        request = ModelRequest(self._name, purpose, turns, room, seed=self._seed, task=task.task_id)
        try:
            answered = await ask(self._model, request, answer_type)
        except ModelError:
            self._learn(purpose, task, guess)
            raise
        self._learn(purpose, task, guess)
        return answered

    def _learn(self, purpose: str, task: TaskBrief, guess: Usage) -> None:
        if self._practice is not None:
            self._practice.end(task.task_id, purpose, task.checker, task.skill, guess)


@lru_cache(maxsize=1024)
def _measured(task: TaskBrief) -> tuple[Usage, Usage]:
    """What the work on a task is guessed to burn in one try, and the most that it can; made once for all agents."""
    turns = prompts.work(task)
    characters = sum(len(turn.content.encode()) for turn in turns)
    # No tokenizer makes more tokens than there are bytes.
    worst = Usage(
        _MOST_TRIES * (characters + _TOKENS_A_TURN * len(turns)) + _MOST_SHOWN,
        _MOST_ROOM * _MOST_TOKENS[task.checker],
    )
    return _guess(turns, _EXPECTED_TOKENS[task.checker]), worst


def _guess(turns: Sequence[Message], answer: int) -> Usage:
    """The tokens of a prompt by its length, and of an answer as it is said."""
    characters = sum(len(turn.content.encode()) for turn in turns)
    return Usage(math.ceil(characters / _CHARACTERS_A_TOKEN) + _TOKENS_A_TURN * len(turns), answer)


def _checked(capabilities: Mapping[str, int]) -> dict[str, int]:
    for skill, weight in capabilities.items():
        if not 0 <= weight <= 100:
            raise SettingOutOfRange(f"capability {skill}", weight, "from 0 to 100")
    return dict(capabilities)


def _verdicts(keys: Sequence[str]) -> type[BaseModel]:
    """An answer type with a yes or no under each key."""
    fields: Any = dict.fromkeys(keys, (Literal["yes", "no"], ...))
    verdicts: type[BaseModel] = create_model("Verdicts", __config__=_STRICT, **fields)
    return verdicts


@lru_cache(maxsize=64)
def _label(labels: tuple[str, str]) -> type[_Exact]:
    """An exact answer that can only be one of the labels."""
    fields: Any = {"answer": (Literal[labels], ...)}
    label: type[_Exact] = create_model("Label", __base__=_Exact, **fields)
    return label
