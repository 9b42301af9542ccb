"""The live market: learned bidders among equal rivals on real contracts, with a scripted model.

    python -m bench.learning.live_market --tasks 500 --seeds 5 --mode first

Four groups of agents differ in how they price and in nothing else: they claim the same skills, and their private costs
are drawn from one law. Each agent is an LLMAgent with a wallet of its own on a Hardhat node; tasks come several at a
time and keep their worker busy for some ticks, so that capacity counts. A group's profit is what its agents' Ledger
accounts gained, less what their model calls cost.
"""

import argparse
import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from agents.agent import Outcome
from agents.agent_config import AgentLearningConfig
from agents.bid_policy import BidContext, BidOutcome, Quote
from agents.fleet.lessons import bid_outcome
from agents.learning.baselines.policies import ClosedForm, FixedMarkup, Truthful
from agents.learning.bidder import LearnedBidder
from agents.llm.scripted import ScriptedModel
from agents.logs import configure
from agents.market.domain import AwardMode, Task, TaskState, account_of_agent
from agents.market.view import MarketView
from agents.openai_integration import OpenAIIntegration
from bench.learning.arena import AGENT_CAPITAL, Arena, Party, open_arena
from bench.learning.market_figures import Auction, Figures, Offer, figures, interval
from bench.learning.workshop import PRICE, BySkill, ChargedModel, Law, Orders, SlowModel, Ticks, Worker

GROUPS = ("learned", "truthful", "markup", "closed form")
MODES = {"first": AwardMode.SEALED_FIRST_PRICE, "second": AwardMode.SEALED_SECOND_PRICE}
WEIGHT = 100
"""What an agent claims of each of its skills; all then reckon with acceptance in four of five cases, which is right."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a market."""

    tasks: int = 500
    each: int = 5
    """Agents in a group."""
    at_once: int = 10
    """Tasks that are posted together."""
    duration: int = 4
    """Ticks that work takes; a tick is one round of auctions."""
    mode: str = "first"
    law: Law = field(default_factory=Law)

    def orders(self, seed: int) -> Orders:
        """The tasks; there are as many skills as agents in a group."""
        skills = [f"skill-{'abcdefghij'[number]}" for number in range(self.each)]
        mode = MODES[self.mode]
        return Orders(seed, skills, mode, tasks=self.tasks, groups=len(GROUPS), law=self.law)

    def ready(self, number: int) -> int:
        """The tick at which the work on an order is done."""
        return number // self.at_once + self.duration


class Pricing(Protocol):
    """A policy that learns from outcomes, if only its costs."""

    async def quote(self, context: BidContext) -> Quote: ...

    def observe(self, outcome: BidOutcome) -> None: ...


def pricing(group: str, config: AgentLearningConfig, seed: int) -> Pricing:
    """A new policy of the group."""
    match group:
        case "learned":
            return LearnedBidder(config, seed=seed)
        case "truthful":
            return Truthful(config)
        case "markup":
            return FixedMarkup(config)
        case _:
            return ClosedForm(config)


class Recorded:
    """A policy that is asked only about skills that its agent claims, and whose quotes are kept."""

    def __init__(self, policy: Pricing) -> None:
        self.policy = policy
        self.quotes: dict[int, Quote] = {}

    async def quote(self, context: BidContext) -> Quote:
        """The policy's quote."""
        if context.capability == 0:
            return Quote(None, source="another's skill")
        quote = self.quotes[context.task_id] = await self.policy.quote(context)
        return quote

    def learn(self, outcomes: Sequence[Outcome], agent_id: int) -> str:
        """Tell the policy what became of its bids; nothing is kept for a restart."""
        lessons = (bid_outcome(outcome, agent_id) for outcome in outcomes)
        for lesson in lessons:
            if lesson is not None:
                self.policy.observe(lesson)
        return ""

    def learn_now(self) -> None:
        """Let a policy that trains do so."""
        if isinstance(self.policy, LearnedBidder):
            self.policy.train()


async def play(plan: Plan, seed: int) -> Figures:
    """One market on a node of its own."""
    async with open_arena() as arena:
        found, _ = await play_in(arena, plan, seed)
        return found


async def play_in(arena: Arena, plan: Plan, seed: int) -> tuple[Figures, list[Auction]]:
    """One market from its first task to its last payment, audited; its figures, and what they are made of."""
    start = time.perf_counter()
    orders, ticks = plan.orders(seed), Ticks()
    await _people(arena, plan, orders, ticks, seed)
    offered: dict[int, list[Offer]] = {}
    live: defaultdict[int, list[int]] = defaultdict(list)
    for tick in range(plan.ready(plan.tasks - 1) + 1):
        await ticks.reach(tick)
        if live[tick]:
            await arena.deliver(live[tick])
        numbers = range(tick * plan.at_once, min(plan.tasks, (tick + 1) * plan.at_once))
        if not numbers:
            continue
        posted = await arena.post(f"tick-{tick}", [orders.draft(number) for number in numbers])
        # The qualities of now are those of the bids: nothing settles before these are committed.
        for number, task in zip(numbers, posted, strict=True):
            offered[task.id] = _offers(arena, orders, number, task)
        await arena.auction(posted)
        live[tick + plan.duration] = [task.id for task in posted if arena.view.tasks[task.id].agent_id]
    spent = time.perf_counter() - start
    report = await arena.audit()
    assert report.conserved, report.differences[:3]
    profits: Counter[str] = Counter(dict.fromkeys(GROUPS, 0))
    for party in arena.parties:
        profits[_group(party)] += _profit(arena, party)
    auctions = [_auction(arena.view, task_id, offers) for task_id, offers in offered.items()]
    return figures(seed, profits, auctions, spent), auctions


async def _people(arena: Arena, plan: Plan, orders: Orders, ticks: Ticks, seed: int) -> None:
    """A requester, and ``plan.each`` agents of each group; one of each group claims the same two skills."""
    silent = ScriptedModel(lambda request: request.purpose)
    await arena.hire(
        OpenAIIntegration(silent, BySkill(orders.skills), agent_name="requester", capabilities={})
    )
    config = AgentLearningConfig(exploration_rate=0.0)
    names = [f"{group} {number}" for number in range(plan.each) for group in GROUPS]
    claims = [
        {orders.skills[(number + step) % plan.each]: WEIGHT for step in range(2)}
        for number in range(plan.each)
        for _ in GROUPS
    ]
    model = SlowModel(orders, ticks, plan.ready, {name: at for at, name in enumerate(names)})
    for at, (name, agent_id) in enumerate(zip(names, await arena.enrol(names, claims), strict=True)):
        policy = Recorded(pricing(name.rsplit(" ", 1)[0], config, seed * 1000 + at))

        def mind(charged: ChargedModel, at: int = at, name: str = name) -> OpenAIIntegration:
            embedder = BySkill(orders.skills)
            return Worker(orders, at, charged, embedder, agent_name=name, capabilities=claims[at])

        def learn(outcomes: Sequence[Outcome], policy: Recorded = policy, agent_id: int = agent_id) -> str:
            return policy.learn(outcomes, agent_id)

        arena.seat(
            at,
            name,
            agent_id,
            claims[at],
            model=model,
            price=PRICE,
            mind=mind,
            policy=policy,
            capacity=config.max_concurrent,
            learn=learn,
            learn_now=policy.learn_now,
        )


def _offers(arena: Arena, orders: Orders, number: int, task: Task) -> list[Offer]:
    """What each agent that claims the task's skill could do it for, and what it believes."""
    return [
        Offer(
            agent_id=party.agent_id,
            group=_group(party),
            cost=orders.cost(number, at, task.reserve),
            estimate=orders.estimate(number, at, task.reserve),
            quality=arena.view.reputation(party.agent_id, task.skill).quality,
            believed=_quote(party, task.id).win_probability,
        )
        for at, party in enumerate(arena.parties)
        if task.skill in party.skills
    ]


def _auction(view: MarketView, task_id: int, offers: Sequence[Offer]) -> Auction:
    task = view.tasks[task_id]
    prices = {bid.agent_id: bid.price for bid in view.ranking(task_id)}
    income = 0
    if task.agent_id:
        settled = task.state is TaskState.SETTLED
        income = task.price - task.fee if settled else -((task.bond + 1) // 2)
    return Auction(
        reserve=task.reserve,
        winner=task.agent_id,
        payment=task.price,
        income=income,
        offers=tuple(replace(offer, price=prices.get(offer.agent_id)) for offer in offers),
    )


def _quote(party: Party, task_id: int) -> Quote:
    assert isinstance(party.policy, Recorded)
    return party.policy.quotes.get(task_id, Quote(None))


def _group(party: Party) -> str:
    return party.name.rsplit(" ", 1)[0]


def _profit(arena: Arena, party: Party) -> int:
    balance = arena.view.balance(account_of_agent(party.agent_id))
    assert balance.locked == 0, f"{party.name} still has credits locked"
    return balance.free - AGENT_CAPITAL - party.agent.notes.thinking.cost


def run(seeds: Sequence[int], plan: Plan | None = None) -> dict[str, Any]:
    """All seeds of one mode; with no plan, of both modes in full."""
    if plan is None:
        return {mode: run(seeds, Plan(mode=mode)) for mode in MODES}
    configure("ERROR")
    found = []
    print(f"\n{plan.mode} price, {plan.tasks} tasks, {plan.each * len(GROUPS)} agents")
    for seed in seeds:
        found.append(asyncio.run(play(plan, seed)))
        print(found[-1].line(), flush=True)
    summary = interval(found)
    print(json.dumps(summary, indent=2))
    return {"plan": plan.mode, "seeds": [one.as_json() for one in found], **summary}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = Plan()
    parser.add_argument("--tasks", type=int, default=usual.tasks)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--mode", choices=[*MODES], default="first")
    parser.add_argument("--each", type=int, default=usual.each, help="agents in a group")
    parser.add_argument("--uniform", action="store_true", help="costs are uniform up to the reserve")
    chosen = parser.parse_args()
    law = Law(uniform=chosen.uniform)
    run(range(chosen.seeds), Plan(tasks=chosen.tasks, each=chosen.each, mode=chosen.mode, law=law))


if __name__ == "__main__":
    main()
