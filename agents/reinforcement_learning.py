"""ReinforcementLearning: the learner of one agent, under its address.

    rl = ReinforcementLearning(agent_address="0x…", learning_rate=0.001, discount_factor=0.95, exploration_rate=0.1)
    price = await rl.bid_policy.quote(context)

Inside is no Q-network but a ``LearnedBidder``: a law of the best rival, a trained prior, and a critic of what a
free slot is worth. The five numbers keep their meaning there.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidOutcome
from agents.learning import bidder_files
from agents.learning.bidder import LearnedBidder, LearnerSettings
from agents.learning.draws import seed_of
from agents.learning.prior import BidPrior
from agents.learning.state_files import Weights, check_address


class ReinforcementLearning:
    """Learns from the outcomes of one agent's bids, and names its prices.

    ``learning_rate``, ``discount_factor`` and ``batch_size`` are those of the critic, ``exploration_rate`` is the
    share of tasks on which another markup is tried, ``memory_size`` the auctions that are remembered. ``config``
    is the profile; ``seed`` sets agents apart in what they explore, and follows from the address if it is None.
    Raises SettingOutOfRange, which names the argument.
    """

    def __init__(
        self,
        agent_address: str,
        learning_rate: float = 0.001,
        discount_factor: float = 0.95,
        exploration_rate: float = 0.1,
        batch_size: int = 64,
        memory_size: int = 10_000,
        *,
        config: AgentLearningConfig | None = None,
        seed: int | None = None,
        prior: BidPrior | None = None,
    ) -> None:
        self.agent_address = check_address(agent_address)
        self.seed = seed_of(agent_address.lower()) if seed is None else seed
        self._prior = prior
        self._numbers: Mapping[str, Any] = {
            "learning_rate": learning_rate,
            "discount_factor": discount_factor,
            "exploration_rate": exploration_rate,
            "batch_size": batch_size,
            "memory_size": memory_size,
        }
        config = config or AgentLearningConfig()
        self._bidder = LearnedBidder(config, self._settings(config), seed=self.seed, prior=prior)

    @property
    def bid_policy(self) -> LearnedBidder:
        """What an agent is given to name its prices."""
        return self._bidder

    @property
    def config(self) -> AgentLearningConfig:
        """The profile."""
        return self._bidder.config

    @property
    def settings(self) -> LearnerSettings:
        """All parameters of learning."""
        return self._bidder.settings

    @property
    def numbers(self) -> Mapping[str, float]:
        """The five that the constructor takes, by name."""
        return dict(self._numbers)

    def configure(self, config: AgentLearningConfig) -> None:
        """Go on under another profile, with all that was learned; the policy is then a new one."""
        if config != self.config:
            self._restore(self._bidder.to_json(), config)

    def observe(self, outcome: BidOutcome) -> None:
        """Mark the outcome of one bid; prices follow at the next ``train``."""
        self._bidder.observe(outcome)

    def train(self, now_allowed: bool = True) -> bool:
        """Learn from what was observed; whether there was anything, and it was allowed.

        Not allowed while a bid of the agent lies between its commitment and its reveal.
        """
        return self._bidder.train(now_allowed)

    def report(self) -> dict[str, object]:
        """What was learned, as plain values by name."""
        return self._bidder.report()

    def parts(self) -> tuple[dict[str, Any], Weights]:
        """All it knows, as the state files hold it."""
        state, weights = bidder_files.split(self._bidder.to_json())
        return {**self._numbers, "config": asdict(self.config), "seed": self.seed, "bidder": state}, weights

    @classmethod
    def from_parts(
        cls, agent_address: str, state: Mapping[str, Any], weights: Weights, *, prior: BidPrior | None = None
    ) -> "ReinforcementLearning":
        """The learner whose ``parts`` these are; settings that the profile did not have then are the defaults.

        Raises LearningStateUnreadable, UnknownSetting or SettingOutOfRange.
        """
        numbers = {name: state[name] for name in _NUMBERS}
        config = AgentLearningConfig.create_custom_profile(**state["config"])
        learner = cls(agent_address, **numbers, config=config, seed=state["seed"], prior=prior)
        learner._restore(bidder_files.join(state["bidder"], weights), config)
        return learner

    def _settings(self, config: AgentLearningConfig) -> LearnerSettings:
        return replace(LearnerSettings.of(config), **self._numbers)

    def _restore(self, text: str, config: AgentLearningConfig) -> None:
        self._bidder = LearnedBidder.from_json(
            text, config, self._settings(config), seed=self.seed, prior=self._prior
        )


_NUMBERS = ("learning_rate", "discount_factor", "exploration_rate", "batch_size", "memory_size")
