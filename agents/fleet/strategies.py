"""The strategies that a fleet's agents bid by, and the text that each is remembered by.

What needs torch is imported when the first learned policy is made: most commands must not wait for it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol, runtime_checkable

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.agent_config import AgentLearningConfig
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.bid_policy import BidOutcome, BidPolicy
from agents.errors import LearningStateUnreadable, UnknownPolicy
from agents.fleet.definitions import AgentDefinition
from agents.learning.baselines.policies import ClosedForm, FixedMarkup, Truthful
from agents.learning.batch import BatchedPrior
from agents.learning.capabilities import Capabilities
from agents.learning.draws import seed_of

log = structlog.get_logger(__name__)


class Learner(BidPolicy, Protocol):
    """A policy that learns from outcomes and can be remembered as text."""

    def observe(self, outcome: BidOutcome) -> None:
        """Take one outcome into account."""
        ...

    def to_json(self) -> str:
        """All it has learned."""
        ...


@runtime_checkable
class Trainable(Protocol):
    """A policy that does not learn in ``observe``, but when it is told to."""

    def train(self) -> bool:
        """Learn from what was observed; whether there was anything."""
        ...


@dataclass(slots=True)
class Shared:
    """What the strategies of one process share: the prior, which is loaded when the first of them needs it."""

    _prior: BatchedPrior | None = None

    @property
    def prior(self) -> BatchedPrior:
        """One prior, which answers all agents that ask in the same turn at once."""
        if self._prior is None:
            from agents.learning.network_prior import NetworkPrior

            self._prior = BatchedPrior(NetworkPrior())
        return self._prior


@dataclass(slots=True)
class Strategy:
    """One agent's policy, and what it believes of its own skills."""

    name: str
    config: AgentLearningConfig
    policy: Learner
    capabilities: Capabilities

    def observe(self, outcome: BidOutcome) -> None:
        """Take one outcome into account; a learned policy's prices follow at the next ``train``."""
        self.policy.observe(outcome)
        if outcome.won and outcome.score is not None:
            self.capabilities.learn(outcome.skill, outcome.score)

    def train(self) -> bool:
        """Learn from what was observed; whether there was anything. Not between commitment and reveal."""
        return isinstance(self.policy, Trainable) and self.policy.train()

    def to_json(self) -> str:
        """All that was learned."""
        kept = {"policy": self.name, "strategy": self.policy.to_json(), "scores": self.capabilities.seen}
        return json.dumps(kept)


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    policy: str
    strategy: str
    scores: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]]


def open_strategy(definition: AgentDefinition, kept: str | None, shared: Shared) -> Strategy:
    """The strategy of a definition, with what it ``kept``; what another policy kept is not for it.

    Raises UnknownProfile, UnknownPolicy, or LearningStateUnreadable for what no strategy wrote.
    """
    config = AgentLearningConfig.profile(definition.profile)
    make = policy_of(definition.policy)
    known = None if kept is None else _read(kept, config)
    strategy = None if known is None else known.strategy
    if known is not None and known.policy != definition.policy:
        log.info("policy.begins_anew", agent=definition.name, policy=definition.policy, kept=known.policy)
        strategy = None
    seen = {skill: (int(count), total) for skill, (count, total) in known.scores.items()} if known else {}
    return Strategy(
        definition.policy,
        config,
        make(config, seed_of(definition.name), strategy, shared),
        Capabilities(definition.capabilities, config.learning_rate, seen),
    )


def policy_of(name: str) -> "_Make":
    """What makes the policies of this name; UnknownPolicy lists the names there are."""
    if name not in POLICIES:
        raise UnknownPolicy(name, list(POLICIES))
    return POLICIES[name]


def _read(text: str, config: AgentLearningConfig) -> _Kept:
    """What was kept, also by a fleet of before agents could choose their policy."""
    try:
        return _Kept.model_validate_json(text)
    except ValidationError as error:
        try:
            AdaptiveBiddingStrategy.from_json(text, config)
        except LearningStateUnreadable:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "text"
            raise LearningStateUnreadable(f"{where}: {first['msg']}") from None
        return _Kept(policy="adaptive", strategy=text, scores={})


_Make = Callable[[AgentLearningConfig, int, str | None, Shared], Learner]


def _learned(config: AgentLearningConfig, seed: int, kept: str | None, shared: Shared) -> Learner:
    from agents.learning.bidder import LearnedBidder

    if kept is None:
        return LearnedBidder(config, seed=seed, prior=shared.prior)
    return LearnedBidder.from_json(kept, config, seed=seed, prior=shared.prior)


def _adaptive(config: AgentLearningConfig, seed: int, kept: str | None, _shared: Shared) -> Learner:
    if kept is None:
        return AdaptiveBiddingStrategy(config, seed=seed)
    return AdaptiveBiddingStrategy.from_json(kept, config, seed=seed)


def _baseline(kind: type[Truthful]) -> _Make:
    def make(config: AgentLearningConfig, _seed: int, kept: str | None, _shared: Shared) -> Learner:
        return kind(config) if kept is None else kind.from_json(kept, config)

    return make


POLICIES: Mapping[str, _Make] = {
    "learned": _learned,
    "adaptive": _adaptive,
    "truthful": _baseline(Truthful),
    "markup": _baseline(FixedMarkup),
    "closed-form": _baseline(ClosedForm),
}
