"""What a run will come to, reckoned before it begins from its configuration, and corrected by what past runs came to.

What is reckoned from the configuration alone rests on the figures below, which were measured on the example tasks. A
past run tells by how much they were wrong for its model and policy; the median of these factors corrects the next.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents import prompts
from agents.agent import OPINION_SECONDS
from agents.bid_policy import TaskBrief
from agents.fleet.definitions import SMALL_FLEET, AgentDefinition
from agents.fleet.enrolment import CAPITAL
from agents.fleet.wakeups import CROWD
from agents.llm.prices import Price, cost
from agents.llm.protocol import Message, Usage
from agents.market.domain import bond_of, compensation_of
from agents.market.readers import TaskDraft
from agents.market.specification import JudgeChecker
from agents.mind.earnings import SkillCost
from agents.mind.experience import Step
from agents.mind.spending import SpendingPolicy
from agents.money import format_credits
from agents.requester import Windows

GAS: Mapping[str, int] = {
    "fund": 21_000,
    "register": 332_000,
    "skills": 125_000,
    "mint": 57_000,
    "approve": 47_000,
    "deposit": 69_000,
    "create": 159_000,
    "commit": 76_000,
    "reveal": 57_000,
    "finalize": 68_000,
    "submit": 45_000,
    "evaluate": 95_000,
    "open": 72_000,
    "fill": 54_000,
    "redeem": 54_000,
}
"""Gas of each step, on average over a run of the examples."""
ENROLMENT, STOCK = ("fund", "register", "skills", "deposit"), ("approve", "mint")
FUNDING = ("fund", "mint", "deposit")
"""What brings each agent to a dev chain's market, what the faucet does for them together, and what brings a requester
with its escrow: one transaction each."""
JUDGING = ("register", "mint", "deposit", "open")
"""What a requester does to think, beside its escrow."""
INTEREST = 0.9
"""The share of those that claim a task's skill that bid for it."""
FILLINGS = 0.4
"""How often a channel is filled for each task that is worked on."""
REDEEMED_AT_ONCE = 100
"""Vouchers in one transaction."""
TRANSACTIONS_A_SECOND, STEPS_OF_ENROLMENT = 200, 6
"""How fast a dev node takes them, and how many blocks of a second an enrolment waits for."""
CALL_SECONDS = 3.0
"""What a model call takes, on two cores with the embedded model, while others are answered too."""
MOST_TRIES, MOST_ROOM = 3, 4
"""What one question can come to: so many calls, and so many times the room for an answer."""
_CHARACTERS_A_TOKEN, _TURN_TOKENS = 3.2, 6
_ANSWER_TOKENS: Mapping[str, tuple[int, int]] = {
    "number": (45, 400),
    "exact": (10, 120),
    "judge": (55, 500),
    "fit": (38, 100),
}
"""By kind of question: the tokens that its answer is expected to have, and may have."""

COUNTED = ("transactions", "gas", "calls", "prompt", "completion", "credits", "seconds")
"""The figures of a forecast, and of a finished run."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity: what is expected, and the most that it can be as the configuration is."""

    expected: float
    most: float

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.expected + other.expected, self.most + other.most)

    def times(self, factor: float) -> "Figure":
        """The expectation corrected; the most is what it was, or more where that was too low."""
        expected = self.expected * factor
        return Figure(expected, max(self.most, expected))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a run before it begins."""

    agents: Sequence[AgentDefinition]
    drafts: Sequence[TaskDraft]
    windows: Windows
    model: str
    price: Price
    newcomers: int
    """How many of the agents have yet to come to the market."""
    crowd: int = CROWD
    """How many of the agents bid on one task at the most."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will come to; credits in units."""

    title: str
    figures: Mapping[str, Figure]
    """By the names in COUNTED; credits are those that model calls cost."""
    least_transactions: int
    """What bringing everybody and every task to the market takes, whatever comes of it."""
    escrow: int
    """What the requester locks while its tasks are open, beside what panels may cost."""
    bonds: int
    """The most that the agents' bids lock together."""
    capital: int
    """What new agents are given on a dev chain."""
    past: int = 0
    """How many finished runs have corrected it."""
    factors: Mapping[str, float] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    """What questions to the model came to in all past runs, by the receipts."""
    skills: Sequence[SkillCost] = ()
    """And what the work on tasks cost."""

    def told(self, steps: Sequence[Step], skills: Sequence[SkillCost]) -> "Forecast":
        """The forecast with what the receipts of past runs say of single steps and tasks."""
        return replace(self, steps=steps, skills=skills)

    def corrected(self, factors: Sequence[Mapping[str, float]]) -> "Forecast":
        """The forecast in the light of past runs, each told by what it came to over what was reckoned."""
        if not factors:
            return self
        median = {
            name: statistics.median([one[name] for one in factors if name in one] or [1.0])
            for name in COUNTED
        }
        figures = {name: figure.times(median[name]) for name, figure in self.figures.items()}
        return replace(self, figures=figures, past=len(factors), factors=median)

    def lines(self) -> list[str]:
        """The forecast in words."""
        basis = f"corrected by {self.past} finished runs" if self.past else "no finished run to correct it by"
        lines = [f"forecast for {self.title} ({basis})"]
        for name, label in _LABELS.items():
            figure = self.figures[name]
            if figure.most:
                lines.append(
                    f"  {label:<22}{_shown(name, figure.expected):>14}   at most {_shown(name, figure.most)}"
                )
        held = [
            (self.escrow, "locked in tasks"),
            (self.bonds, "locked in bonds, at most"),
            (self.capital, "given to new agents"),
        ]
        lines += [f"  {f'credits {what}':<34}{format_credits(units):>10}" for units, what in held if units]
        for step in self.steps:
            read, written = (round(tokens / step.questions) for tokens in step.burned.pair)
            what = f"a step of {step.purpose} ({step.kind})"
            lines.append(
                f"  {what:<34}{read:,} tokens read, {written:,} written ({step.questions} receipted)"
            )
        for one in self.skills:
            each = format_credits(one.cost // one.tasks)
            lines.append(
                f"  {f'credits to work on {one.skill}':<34}{each:>10} a task ({one.tasks} receipted)"
            )
        return lines

    def as_json(self) -> dict[str, object]:
        """The forecast for machines; credits in units, time in seconds."""
        figures = {
            name: {"expected": math.ceil(figure.expected), "most": math.ceil(figure.most)}
            for name, figure in self.figures.items()
        }
        return {
            "title": self.title,
            **figures,
            "escrow": self.escrow,
            "bonds": self.bonds,
            "capital": self.capital,
            "past": self.past,
            "steps": [
                {
                    "purpose": step.purpose,
                    "kind": step.kind,
                    "questions": step.questions,
                    "prompt": step.burned.prompt_tokens / step.questions,
                    "completion": step.burned.completion_tokens / step.questions,
                }
                for step in self.steps
            ],
            "skills": {one.skill: {"tasks": one.tasks, "cost": one.cost // one.tasks} for one in self.skills},
        }


_LABELS: Mapping[str, str] = {
    "transactions": "transactions",
    "gas": "gas",
    "calls": "model calls",
    "prompt": "tokens read",
    "completion": "tokens written",
    "credits": "credits for thinking",
    "seconds": "time",
}


def foresee(plan: Plan) -> Forecast:
    """What the plan will come to by the figures above: O(agents + tasks)."""
    claimants = Counter(skill for one in plan.agents for skill, weight in one.capabilities.items() if weight)
    bids = _bids(plan, claimants)
    steps = _steps(plan, claimants, bids)
    thinking = _thinking(plan, claimants, bids)
    seconds = _seconds(plan, steps, thinking)
    calls, prompt, completion = (_total(thinking, at) for at in range(3))
    figures = {
        "transactions": sum(steps.values(), Figure(0, 0)),
        "gas": Figure(
            *(sum(GAS[name] * getattr(steps[name], at) for name in steps) for at in ("expected", "most"))
        ),
        "calls": calls,
        "prompt": prompt,
        "completion": completion,
        "credits": Figure(
            cost(Usage(math.ceil(prompt.expected), math.ceil(completion.expected)), plan.price),
            cost(Usage(math.ceil(prompt.most), math.ceil(completion.most)), plan.price),
        ),
        "seconds": seconds,
    }
    few = len(plan.agents) <= SMALL_FLEET
    bring = (len(ENROLMENT) + few) * plan.newcomers + (len(STOCK) + 1 if plan.newcomers else 0)
    bring += len(FUNDING) + len(JUDGING) if plan.drafts else 0
    return Forecast(
        title=f"{len(plan.drafts)} tasks and {len(plan.agents)} agents with {plan.model}",
        figures=figures,
        least_transactions=bring + 2 * len(plan.drafts),
        escrow=sum(draft.reward + compensation_of(draft.reward) for draft in plan.drafts),
        bonds=int(bids.most * _bond(plan)),
        capital=plan.newcomers * CAPITAL,
    )


def _bids(plan: Plan, claimants: Mapping[str, int]) -> Figure:
    """All tasks are posted at once, so no agent can lock more in bonds than its capital allows."""
    if not plan.drafts:
        return Figure(0, 0)
    skills = [draft.specification.skill for draft in plan.drafts]
    wanted, crowd = Counter(skills), min(plan.crowd, len(plan.agents))
    affords = min(len(skills), int((1 - SpendingPolicy().runway_share) * CAPITAL / _bond(plan)))
    claimed = (
        sum(wanted[skill] for skill, weight in one.capabilities.items() if weight) for one in plan.agents
    )
    by_agents = sum(min(INTEREST * tasks, affords) for tasks in claimed)
    by_tasks = sum(min(INTEREST * claimants.get(skill, 0), crowd) for skill in skills)
    return Figure(min(by_agents, by_tasks), min(affords * len(plan.agents), crowd * len(skills)))


def _bond(plan: Plan) -> float:
    """What a bid locks, on average."""
    return statistics.fmean([bond_of(draft.reward) for draft in plan.drafts] or [0])


def _awards(plan: Plan, claimants: Mapping[str, int]) -> Figure:
    wanted = sum(bool(claimants.get(draft.specification.skill)) for draft in plan.drafts)
    return Figure(wanted, len(plan.drafts) if plan.agents else 0)


def _steps(plan: Plan, claimants: Mapping[str, int], bids: Figure) -> dict[str, Figure]:
    """Transactions by step. At most: a filling for each bid and each try of a task, and an end by force."""
    tasks, awards = len(plan.drafts), _awards(plan, claimants)
    steps = dict.fromkeys(GAS, Figure(0, 0))
    for name in ENROLMENT:
        steps[name] += Figure(plan.newcomers, plan.newcomers)
    for name in (*STOCK, "fund"):
        # The provider of models too needs gas money.
        steps[name] += Figure(bool(plan.newcomers), bool(plan.newcomers))
    for name in (*FUNDING, *JUDGING):
        steps[name] += Figure(bool(tasks), bool(tasks))
    at_once = plan.newcomers if len(plan.agents) <= SMALL_FLEET else 0
    steps["open"] += Figure(max(at_once, min(plan.newcomers, bids.expected)), plan.newcomers)
    steps["create"] = Figure(tasks, tasks)
    steps["commit"] = steps["reveal"] = bids
    steps["finalize"] = Figure(tasks, tasks)
    steps["submit"] = awards
    steps["evaluate"] = Figure(awards.expected, 2 * awards.most)
    steps["fill"] = Figure(FILLINGS * awards.expected, bids.most + MOST_TRIES * awards.most)
    thinkers = (awards + Figure(bool(tasks), bool(tasks))) if plan.agents else Figure(0, 0)
    steps["redeem"] = Figure(math.ceil(thinkers.expected / REDEEMED_AT_ONCE), MOST_TRIES * thinkers.most)
    return steps


def _thinking(plan: Plan, claimants: Mapping[str, int], bids: Figure) -> list[tuple[Figure, Figure, Figure]]:
    """Calls, tokens read and tokens written, for each kind of question."""
    kinds: list[tuple[Figure, Figure, Figure]] = []
    for draft in plan.drafts if plan.agents else ():
        brief = _brief(draft)
        share = 1 if claimants.get(brief.skill) else 0
        kinds.append(_questions(share, 1, _tokens(prompts.work(brief)), brief.checker))
        checker = draft.specification.checker
        if isinstance(checker, JudgeChecker):
            answer = "x" * int(_CHARACTERS_A_TOKEN * _ANSWER_TOKENS["judge"][0])
            turns = prompts.judgement(brief, checker.rubric, answer)
            kinds.append(_questions(share, 1, _tokens(turns), "fit"))
    if kinds:
        # One agent at a time is asked, while there is time to bid.
        asked = max(0.0, plan.windows.bidding - OPINION_SECONDS) / CALL_SECONDS
        one = plan.agents[0]
        texts = [
            _tokens(prompts.opinion(one.name, one.role, one.capabilities, _brief(draft)))
            for draft in plan.drafts
        ]
        kinds.append(_questions(min(asked, bids.expected), bids.most, statistics.fmean(texts), "fit"))
    return kinds


def _questions(expected: float, most: float, prompt: float, kind: str) -> tuple[Figure, Figure, Figure]:
    """Calls, tokens read and tokens written of so many questions of a kind with prompts of so many tokens."""
    usual, room = _ANSWER_TOKENS[kind]
    # No tokenizer makes more tokens than there are characters, or so; a repaired question shows the bad answer.
    widest = MOST_TRIES * _CHARACTERS_A_TOKEN * prompt + MOST_ROOM * room
    return (
        Figure(expected, MOST_TRIES * most),
        Figure(expected * prompt, most * widest),
        Figure(expected * usual, most * MOST_ROOM * room),
    )


def _total(thinking: Iterable[tuple[Figure, Figure, Figure]], at: int) -> Figure:
    return sum((kind[at] for kind in thinking), Figure(0, 0))


def _seconds(
    plan: Plan, steps: Mapping[str, Figure], thinking: Iterable[tuple[Figure, Figure, Figure]]
) -> Figure:
    """From the start to the last task's end."""
    enrolment = (steps["fund"] + steps["register"] + steps["skills"]).most
    coming = STEPS_OF_ENROLMENT + 2 * enrolment / TRANSACTIONS_A_SECOND if enrolment else 0.0
    if not plan.drafts:
        return Figure(coming, 2 * coming)
    windows, sent = plan.windows, sum(steps.values(), Figure(0, 0))
    auction = windows.bidding + windows.reveal
    work = CALL_SECONDS * _total(thinking, 0).expected
    expected = coming + sent.expected / TRANSACTIONS_A_SECOND + auction + work + windows.review
    return Figure(expected, max(expected, 2 * coming + auction + windows.delivery + 2 * windows.review + 60))


def _brief(draft: TaskDraft) -> TaskBrief:
    spec = draft.specification
    return TaskBrief(0, spec.title, spec.description, spec.skill, spec.checker.kind, draft.reward, 0)


def _tokens(turns: Sequence[Message]) -> float:
    characters = sum(len(turn.content.encode()) for turn in turns)
    return characters / _CHARACTERS_A_TOKEN + _TURN_TOKENS * len(turns)


def _shown(name: str, value: float) -> str:
    if name == "credits":
        return format_credits(math.ceil(value))
    if name == "seconds":
        minutes, seconds = divmod(math.ceil(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
    return f"{math.ceil(value):,}"
