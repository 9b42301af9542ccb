"""LearningIntegration: what an agent learns from its results, in one object that can be saved.

learning = LearningIntegration(agent_address="0x…", initial_capabilities={"analysis": 60}, rl_model=rl,
                               reputation=50, confidence_factor=80, risk_tolerance=60)
learning.process_task_result(task_id="task_123", task_type="analysis", score=85, reward=200,
                             tags={"analysis": 85})
learning.save_state()
learning = LearningIntegration.load_state(agent_address="0x…")
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidOutcome
from agents.errors import (
    HistoryEmpty,
    InvalidAmount,
    LearningStateUnreadable,
    SettingOutOfRange,
    StateFileRefused,
    TaskLearnedAlready,
    UnknownSetting,
)
from agents.learning import bidder_files
from agents.learning.bidder import LearnedBidder
from agents.learning.capabilities import Capabilities, check_share
from agents.learning.state_files import MODELS, Shapes, StateFiles
from agents.money import format_credits, parse_credits
from agents.reinforcement_learning import ReinforcementLearning

_Share = Annotated[float, Field(ge=0, le=100)]
_STRICT = ConfigDict(extra="forbid", strict=True)


class TaskResult(BaseModel):
    """One result that was learned from."""

    model_config = _STRICT

    task_id: str
    task_type: str
    score: _Share
    reward: Annotated[int, Field(ge=0)]
    """In units."""


class _Bidder(BaseModel):
    """What ``LearnedBidder`` checks itself, but for what must be known before."""

    model_config = ConfigDict(extra="allow", strict=True)

    laws: list[dict[str, Any]]


class _Learner(BaseModel):
    model_config = _STRICT

    learning_rate: float
    discount_factor: float
    exploration_rate: float
    batch_size: int
    memory_size: int
    config: dict[str, float]
    seed: int
    bidder: _Bidder


class _State(BaseModel):
    model_config = _STRICT

    capabilities: dict[str, _Share]
    scores: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]]
    """By capability: how many scores, and their sum."""
    reputation: _Share
    history: list[TaskResult]
    learner: _Learner


class LearningIntegration:
    """An agent's capabilities and its learner, taught by the results of its tasks.

    ``initial_capabilities``, ``reputation``, ``confidence_factor`` and ``risk_tolerance`` go from 0 to 100; the
    latter two, if given, replace those of ``profile``, which by default is that of ``rl_model``. Without a model
    there is a new one. ``may_train`` says whether the agent has no bid between its commitment and its reveal.
    Files lie in ``folder``.
    Raises SettingOutOfRange or UnknownProfile, which name the argument.
    """

    def __init__(
        self,
        agent_address: str,
        initial_capabilities: Mapping[str, float],
        rl_model: ReinforcementLearning | None = None,
        reputation: float = 50,
        confidence_factor: int | None = None,
        risk_tolerance: int | None = None,
        *,
        profile: str | None = None,
        may_train: Callable[[], bool] | None = None,
        folder: Path = MODELS,
    ) -> None:
        self._files = StateFiles(agent_address, folder)
        check_share("reputation", reputation)
        self.rl_model = rl_model or ReinforcementLearning(agent_address)
        if self.rl_model.agent_address.lower() != agent_address.lower():
            raise SettingOutOfRange("rl_model", self.rl_model.agent_address, f"the model of {agent_address}")
        base = AgentLearningConfig.profile(profile) if profile else self.rl_model.config
        given = {"confidence_factor": confidence_factor, "risk_tolerance": risk_tolerance}
        config = replace(base, **{name: value for name, value in given.items() if value is not None})
        self.rl_model.configure(config)
        self.agent_address = agent_address
        self.may_train = may_train or _always
        self._capabilities = Capabilities(initial_capabilities, config.learning_rate)
        self._reputation = float(reputation)
        self._history: list[TaskResult] = []
        self._known: set[str] = set()

    @property
    def bid_policy(self) -> LearnedBidder:
        """What an agent is given to name its prices; it goes on learning here."""
        return self.rl_model.bid_policy

    def process_task_result(
        self,
        task_id: str | int,
        task_type: str,
        score: float,
        reward: float | str,
        tags: Mapping[str, float] | None = None,
        *,
        outcome: BidOutcome | None = None,
    ) -> None:
        """Learn from one finished task.

        ``score`` and the ratings in ``tags`` go from 0 to 100; a capability that ``tags`` does not rate moves by
        the score if it is the ``task_type``. ``reward`` is what was paid, in credits; 0 for rejected work.
        ``outcome`` tells of the auction, where there was one. Raises TaskLearnedAlready for a task that was
        given before, SettingOutOfRange or InvalidAmount for what is out of range; then nothing is learned.
        """
        result = TaskResult(
            task_id=_name("task_id", str(task_id)),
            task_type=_name("task_type", task_type),
            score=_share("score", score),
            reward=_units(reward),
        )
        ratings = {task_type: score, **(tags or {})}
        for skill, rating in ratings.items():
            check_share(f"tags.{_name('a tag', skill)}", rating)
        if result.task_id in self._known:
            raise TaskLearnedAlready(result.task_id)
        self.rl_model.observe(outcome or _lesson(result))
        self.rl_model.train(self.may_train())
        for skill, rating in ratings.items():
            self._capabilities.learn(skill, rating)
        self._known.add(result.task_id)
        self._history.append(result)

    def get_capabilities(self) -> dict[str, float]:
        """What the agent can do, by skill, 0 to 100."""
        return self._capabilities.weights()

    def get_reputation(self) -> float:
        """The reputation it began with, corrected by its scores as capabilities are, 0 to 100."""
        rate, scores = self.rl_model.config.learning_rate, [result.score for result in self._history]
        return round((self._reputation + rate * sum(scores)) / (1 + rate * len(scores)), 2)

    def generate_report(self) -> dict[str, Any]:
        """How it went and what was learned, ready for JSON. Raises HistoryEmpty before the first result."""
        if not self._history:
            raise HistoryEmpty("history")
        return {
            "agent_address": self.agent_address,
            "tasks": len(self._history),
            "mean_score": _mean(self._history),
            "earned": format_credits(sum(result.reward for result in self._history)),
            "reputation": self.get_reputation(),
            "capabilities": {
                skill: {"claimed": self._capabilities.claims.get(skill), "learned": weight}
                for skill, weight in self.get_capabilities().items()
            },
            "by_task_type": {kind: _summary(results) for kind, results in self._by_type().items()},
            "settings": dict(self.rl_model.numbers),
            "learner": self.rl_model.report(),
        }

    def report_text(self) -> str:
        """The report for people, line by line. Raises HistoryEmpty before the first result."""
        report = self.generate_report()
        lines = [
            f"{self.agent_address}: {report['tasks']} tasks, mean score {report['mean_score']}, "
            f"earned {report['earned']} credits, reputation {report['reputation']}"
        ]
        for skill, weight in report["capabilities"].items():
            claimed = "nothing" if weight["claimed"] is None else f"{weight['claimed']:g}"
            lines.append(f"  {skill}: claimed {claimed}, learned {weight['learned']:g}")
        for kind, one in report["by_task_type"].items():
            lines.append(
                f"  {kind}: {one['tasks']} tasks, mean score {one['mean_score']}, {one['earned']} credits"
            )
        return "\n".join(lines)

    def save_state(self) -> None:
        """The two files of the agent are written, and the pair before them is kept beside them."""
        learner, weights = self.rl_model.parts()
        state = {
            "capabilities": self._capabilities.claims,
            "scores": self._capabilities.seen,
            "reputation": self._reputation,
            "history": [result.model_dump() for result in self._history],
            "learner": learner,
        }
        self._files.save(state, weights)

    @classmethod
    def load_state(
        cls,
        agent_address: str,
        *,
        previous: bool = False,
        may_train: Callable[[], bool] | None = None,
        folder: Path = MODELS,
    ) -> "LearningIntegration":
        """The agent as it was saved last, or with ``previous`` the time before.

        Raises StateFileRefused, which names the file and the field, for files that are missing, damaged, of
        another agent, version or shape.
        """
        files = StateFiles(agent_address, folder)
        saved = files.load(_shapes, previous=previous)
        state = _State.model_validate(saved.state)
        try:
            model = ReinforcementLearning.from_parts(agent_address, saved.state["learner"], saved.weights)
        except (SettingOutOfRange, UnknownSetting, LearningStateUnreadable) as error:
            raise StateFileRefused(files.state, "learner", f"cannot be used ({error})") from None
        learning = cls(
            agent_address, state.capabilities, model, state.reputation, may_train=may_train, folder=folder
        )
        scores = state.scores.items()
        learning._capabilities.seen = {skill: (int(count), total) for skill, (count, total) in scores}
        learning._history = list(state.history)
        learning._known = {result.task_id for result in state.history}
        return learning

    def _by_type(self) -> dict[str, list[TaskResult]]:
        kinds: dict[str, list[TaskResult]] = {}
        for result in self._history:
            kinds.setdefault(result.task_type, []).append(result)
        return kinds


def _lesson(result: TaskResult) -> BidOutcome:
    """A result of which nothing is known but the score and the pay: it says nothing of rivals or of costs."""
    return BidOutcome(
        skill=result.task_type,
        reserve=max(1, result.reward),
        second_price=True,
        own_price=0,  # which any rival stood above
        won=True,
        winning_price=None,
        rival_best=None,
        score=int(result.score),
        paid=result.reward,
        cost_estimate=0,
        cost=0,
        unrevealed=1,  # so that nobody concludes that there was no rival
    )


def _shapes(state: Mapping[str, Any]) -> Shapes:
    return bidder_files.shapes(len(_State.model_validate(state).learner.bidder.laws))


def _summary(results: list[TaskResult]) -> dict[str, Any]:
    earned = sum(result.reward for result in results)
    return {"tasks": len(results), "mean_score": _mean(results), "earned": format_credits(earned)}


def _mean(results: list[TaskResult]) -> float:
    return round(sum(result.score for result in results) / len(results), 2)


def _share(name: str, value: float) -> float:
    check_share(name, value)
    return float(value)


def _name(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingOutOfRange(field, value, "a text that is not empty")
    return value


def _units(reward: float | str) -> int:
    """Credits in digits or as a number, in units."""
    try:
        return parse_credits(f"{reward:f}" if isinstance(reward, float) else str(reward))
    except InvalidAmount:
        raise SettingOutOfRange("reward", reward, "a number of credits, 0 or more, with 6 decimals") from None


def _always() -> bool:
    return True
