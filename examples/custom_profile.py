"""One task, priced under the six profiles and under one of one's own.

python examples/custom_profile.py
"""

from agents.agent_config import PROFILES, AgentLearningConfig
from agents.bid_policy import BidContext
from agents.errors import UserError
from agents.learning.bidder import LearnedBidder
from agents.money import CREDIT, format_credits

TASK = BidContext(
    task_id=1,
    skill="analysis",
    reserve=20 * CREDIT,
    cost_estimate=4 * CREDIT,
    fit=0.9,
    capability=90,
    reputation=0.8,
    quality=8_000,
    workload=0.5,
    second_price=False,
    deadline_seconds=600,
    rivals=3.0,
    runway=100 * CREDIT,
)


def main() -> None:
    """Print a bid for each profile."""
    own = AgentLearningConfig.create_custom_profile("specialist", risk_curvature=0.8, max_concurrent=5)
    for name, config in {**PROFILES, "my own": own}.items():
        quote = LearnedBidder(config).price(TASK)
        if quote.price is None:
            print(f"{name:18} does not bid: {quote.source}")
            continue
        floor, chance = format_credits(int(quote.inputs["floor"])), quote.win_probability or 0.0
        print(
            f"{name:18} bids {format_credits(quote.price):>6}, floor {floor:>5}, believes to win {chance:.0%}"
        )
    try:
        AgentLearningConfig.create_custom_profile("balanced", risk_curvature=1.5)
    except UserError as error:
        print("refused:", error)


if __name__ == "__main__":
    main()
