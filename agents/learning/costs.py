"""What a task will cost its worker: the estimate, corrected by what past work cost and how it was judged."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext
from agents.market.domain import bond_of

PPM = 10**6
LEAST_ACCEPTANCE, MOST_ACCEPTANCE = 0.02, 0.98
MOST_OVERRUN = 4.0
PRIOR_TASKS = 5.0
"""How many tasks' worth of belief that estimates are right, give or take PRIOR_SPREAD."""
PRIOR_SPREAD = 0.25
_LEAST_RATIO, _MOST_RATIO = 0.05, 20.0


@dataclass(slots=True)
class Usage:
    """What past work in one skill cost beside its estimate: sums over the tasks won.

    A cost is the sum of the task's receipts, with all tries that failed; an estimate is what the bid was made with.
    """

    tasks: float = 0.0
    log_ratio: float = 0.0
    """The sum of log(cost / estimate)."""
    log_ratio_squared: float = 0.0
    ratio: float = 0.0
    """The sum of cost / estimate."""
    accepted: int = 0
    rejected: int = 0

    def add(self, estimate: int, cost: int, *, accepted: bool) -> None:
        """Count one task won."""
        self.accepted += int(accepted)
        self.rejected += int(not accepted)
        if estimate <= 0:
            return
        ratio = min(_MOST_RATIO, max(_LEAST_RATIO, cost / estimate))
        self.tasks += 1
        self.ratio += ratio
        self.log_ratio += math.log(ratio)
        self.log_ratio_squared += math.log(ratio) ** 2

    def overrun(self, quantile: float) -> float:
        """The factor on estimates, 1 to 4, that covers the mean cost and the ``quantile`` of costs.

        Only tasks that were won are counted, and those are won because their estimates were low: the ratio
        holds the winner's curse already. The ratio is taken as log-normal, shrunk to the prior.
        """
        weight = self.tasks + PRIOR_TASKS
        centre = self.log_ratio / weight
        spread = self.log_ratio_squared / weight - centre**2 + PRIOR_TASKS / weight * PRIOR_SPREAD**2
        high = math.exp(centre + NormalDist().inv_cdf(quantile) * math.sqrt(max(0.0, spread)))
        mean = (self.ratio + PRIOR_TASKS) / weight
        return min(MOST_OVERRUN, max(1.0, mean, high))


def acceptance(config: AgentLearningConfig, context: BidContext, accepted: int, rejected: int) -> float:
    """The chance that the agent's work is paid: what it believed at first, corrected by what it saw.

    The belief is fit and capability, weighed as the profile says and taken as seriously as the agent's
    confidence, and overruled by its reputation as far as that is proven on chain.
    """
    trust = config.confidence_factor / 100
    share = config.fit_weight
    guess = 0.5 + trust * (share * context.fit + (1 - share) * context.capability / 100 - 0.5)
    earned = (context.quality - 5000) / 5000  # reputation times the share of it that is proven
    proven = min(1.0, earned / context.reputation) if context.reputation > 0 else 0.0
    belief = earned + (1 - proven) * guess
    rate = config.learning_rate
    chance = (belief + rate * accepted) / (1 + rate * (accepted + rejected))
    return min(MOST_ACCEPTANCE, max(LEAST_ACCEPTANCE, chance))


def least_price(config: AgentLearningConfig, reserve: int, cost: int, chance: float) -> int:
    """The least it would take (units): the cost, corrected for the risk of rejection, (c + (1-a)L)/a.

    L is what a rejection takes: half of the bond, felt up to twice by who tolerates no risk.
    """
    loss = bond_of(reserve) // 2 * (200 - config.risk_tolerance) // 100
    parts = int(chance * PPM)
    risk = (PPM - parts) * loss // PPM
    return max(1, -(-(cost + risk) * PPM // parts))


def interest(config: AgentLearningConfig, context: BidContext) -> float:
    """How much the agent wants the task, 0 to 1: its fit, lowered by specialization where it claims little."""
    return context.fit * (1 - config.specialization * (1 - context.capability / 100))
