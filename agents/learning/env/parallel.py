"""``reverse_auction_v0``: the auction as an environment of PettingZoo, in which all bid at the same time, under seal.

Importing this module without PettingZoo raises LibraryMissing.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.errors import LibraryMissing, SettingOutOfRange
from agents.learning.env.horizon import Markets, Rules, Sight, Step
from agents.market.domain import QUALITY_FLOOR

try:
    from gymnasium import spaces
    from pettingzoo import ParallelEnv
except ImportError as error:
    raise LibraryMissing("pettingzoo", "env") from error

Seen = dict[str, NDArray[np.float32]]
Action = NDArray[np.float32]

FIELDS = (
    "cost",
    "fit",
    "quality",
    "workload",
    "runway",
    "reserve",
    "rivals",
    "inverse_bidders",
    "second_price",
    "left",
)
"""What a bidder sees, each scaled to 0..1: its cost as a share of the reserve, its fit, its quality above the floor,
the share of its capacity in use, its free credits (1 is ten times the highest reserve), the reserve as a share of the
highest, ln(rivals) / ln(1000), 1 / bidders, whether the second price is paid, and the share of the auctions left."""


class ReverseAuction(ParallelEnv[str, Seen, Action]):  # type: ignore[misc]  # PettingZoo has no types
    """One market of ``Rules``; an episode is its T auctions, after which all bidders are terminated.

    An observation is a Dict of Boxes, see FIELDS. An action a in [-1, 1] asks own cost + (reserve - cost) (a + 1) / 2.
    A reward is the profit as a share of the highest reserve. An info holds ``bid`` (units), ``entered`` (False for
    who was full or too poor), ``won``, ``payment`` (units, what the winner gets before the fee, 0 to the others) and
    ``scores`` (all revealed bids as price / quality * 10000 / reserve, best first).
    """

    metadata = {"name": "reverse_auction_v0", "render_modes": [], "is_parallelizable": True}  # noqa: RUF012

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.possible_agents = [f"bidder_{place}" for place in range(self.rules.bidders)]
        self.agents: list[str] = []
        self.render_mode = None
        self._markets: Markets | None = None
        self._seen = spaces.Dict({name: spaces.Box(0.0, 1.0, (1,), np.float32) for name in FIELDS})
        self._observation_spaces = dict.fromkeys(self.possible_agents, self._seen)
        box = spaces.Box(-1.0, 1.0, (1,), np.float32)
        self._action_spaces = dict.fromkeys(self.possible_agents, box)

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """The same for all."""
        return self._observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """The same for all."""
        return self._action_spaces[agent]

    def reset(
        self,
        seed: int | None = None,
        options: dict[str, Any] | None = None,  # noqa: ARG002 - PettingZoo's signature
    ) -> tuple[dict[str, Seen], dict[str, dict[str, Any]]]:
        """A new episode. With a seed all draws begin anew; without one they go on (from 0, the first time)."""
        if seed is not None or self._markets is None:
            self._markets = Markets(self.rules, 1, 0 if seed is None else seed)
        sight = self._markets.reset()
        self.agents = list(self.possible_agents)
        return self._observe(sight), {agent: {} for agent in self.agents}

    def step(
        self, actions: dict[str, Action]
    ) -> tuple[
        dict[str, Seen], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
    ]:
        """One auction; who names no action does not bid. SettingOutOfRange for an action that is not in [-1, 1]."""
        if self._markets is None or not self.agents:
            return {}, {}, {}, {}, {}
        sight = self._markets.sight()
        prices = [self._price(sight, place, actions.get(name)) for place, name in enumerate(self.agents)]
        step = self._markets.step(torch.tensor([prices]))
        agents = self.agents
        profits = (step.profit[0] / self.rules.highest_reserve).tolist()
        infos = self._infos(step)
        observations = self._observe(self._markets.sight())
        if step.over:
            self.agents = []
        return (
            observations,
            dict(zip(agents, profits, strict=True)),
            dict.fromkeys(agents, step.over),
            dict.fromkeys(agents, False),
            infos,
        )

    def render(self) -> None:
        """There is nothing to look at."""

    def close(self) -> None:
        """There is nothing to close."""

    def _price(self, sight: Sight, place: int, action: Action | None) -> int:
        if action is None:
            return 0
        markup = float(np.asarray(action).reshape(-1)[0])
        if not -1 <= markup <= 1:
            raise SettingOutOfRange("the action", markup, "from -1 to 1")
        cost, reserve = int(sight.cost[0, place]), int(sight.reserve[0])
        return min(reserve, cost + int((reserve - cost) * (markup + 1) / 2))

    def _observe(self, sight: Sight) -> dict[str, Seen]:
        rules, markets = self.rules, self._markets
        assert markets is not None
        own = {
            "cost": sight.cost[0] / sight.reserve[0],
            "fit": sight.fit[0],
            "quality": (sight.quality[0] - QUALITY_FLOOR) / QUALITY_FLOOR,
            "workload": sight.workload[0],
            "runway": (sight.runway[0] / (10 * rules.highest_reserve)).clamp(0, 1),
        }
        common = {
            "reserve": float(sight.reserve[0]) / rules.highest_reserve,
            "rivals": float(np.log(rules.bidders - 1) / np.log(1000)),
            "inverse_bidders": 1 / rules.bidders,
            "second_price": float(rules.second_price),
            "left": 1 - markets.time / rules.tasks,
        }
        columns = {name: column.tolist() for name, column in own.items()}
        return {
            agent: {
                name: np.array([common[name] if name in common else columns[name][place]], np.float32)
                for name in FIELDS
            }
            for place, agent in enumerate(self.possible_agents)
        }

    def _infos(self, step: Step) -> dict[str, dict[str, Any]]:
        entered = step.auctions.revealed[0].tolist()
        prices, qualities = step.auctions.price[0].tolist(), step.auctions.quality[0].tolist()
        winner, payment = int(step.awards.winner[0]), int(step.awards.payment[0])
        reserve = int(step.auctions.reserve[0])
        shown = [place for place, there in enumerate(entered) if there]
        scores = sorted(prices[place] / qualities[place] * 10_000 / reserve for place in shown)
        return {
            agent: {
                "bid": prices[place],
                "entered": entered[place],
                "won": place == winner,
                "payment": payment if place == winner else 0,
                "scores": scores,
            }
            for place, agent in enumerate(self.possible_agents)
        }


def reverse_auction_v0(rules: Rules | None = None) -> ReverseAuction:
    """The environment under the name that PettingZoo's users look for."""
    return ReverseAuction(rules)
