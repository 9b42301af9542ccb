"""Turns definitions into agents that can step: wallet, identity, mind, strategy and notes for each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.agent import LLMAgent
from agents.chain.wallet import Wallet
from agents.fleet.billing import Billing
from agents.fleet.claims import Claims, claims_of
from agents.fleet.definitions import AgentDefinition
from agents.fleet.lessons import Lessons
from agents.fleet.session import Office, Session
from agents.fleet.strategies import open_strategy
from agents.llm.metering import MeteredModel
from agents.llm.protocol import Usage
from agents.market.domain import account_of_agent
from agents.mind.actions import Action
from agents.mind.hands import Hands
from agents.mind.notes import Notes
from agents.openai_integration import OpenAIIntegration


@dataclass(frozen=True, slots=True)
class Member:
    """One agent of the fleet, with its account at the model's provider."""

    definition: AgentDefinition
    agent: LLMAgent
    billing: Billing
    lessons: Lessons
    claims: Claims

    @property
    def agent_id(self) -> int:
        """The id on chain."""
        return self.agent.hands.agent_id

    def decide(self) -> list[Action]:
        """What there is to do now."""
        return self.agent.think(self.agent.perceive())

    def has_errands(self) -> bool:
        """Whether it has to pay for its thinking, or to claim what it learned, which it does between bids."""
        return self.billing.is_due or (not self.lessons.is_bidding() and self.claims.is_due())

    async def act(self, actions: Sequence[Action]) -> None:
        """Do what was decided, and the errands."""
        if not self.has_errands():
            await self.agent.act(actions)
            return
        await asyncio.gather(self.agent.act(actions), self.billing.pay(), self._claim())

    async def stop(self) -> None:
        """Abandon open questions."""
        await self.agent.stop()

    async def _claim(self) -> None:
        if not self.lessons.is_bidding():
            await self.claims.offer()


def member(
    session: Session,
    office: Office,
    definition: AgentDefinition,
    wallet: Wallet,
    agent_id: int,
    notes: Notes,
    *,
    offers: set[int] | None = None,
    tell: Callable[[], None] | None = None,
    opinions: asyncio.Semaphore | None = None,
) -> Member:
    """One agent that is enrolled already; ``offers``, ``tell`` and ``opinions`` are as in ``LLMAgent``."""
    name, feed = definition.name, session.feed
    strategy = open_strategy(definition, notes.policy_state(), session.shared)
    own_mind = mind(session, office, notes, name, definition)
    lessons = Lessons(strategy, agent_id, feed.view, notes)
    hands = Hands(name, wallet, office.market, feed.now, agent_id)
    agent = LLMAgent(
        hands,
        mind=own_mind,
        policy=strategy.policy,
        view=feed.view,
        content=session.content,
        notes=notes,
        clock=feed.now,
        capacity=strategy.config.max_concurrent,
        learn=lessons,
        opinions=opinions,
        offers=offers,
        tell=tell,
        allowance=session.caps.admit(name, agent_id, notes),
    )
    claims = Claims(
        definition,
        wallet,
        agent_id,
        market=office.market,
        view=feed.view,
        notes=notes,
        mind=own_mind,
        capabilities=strategy.capabilities,
        clock=feed.now,
    )
    account = account_of_agent(agent_id)
    billing = Billing(
        name,
        wallet,
        account,
        session.provider_account,
        market=office.market,
        view=feed.view,
        notes=notes,
    )
    return Member(definition, agent, billing, lessons, claims)


def mind(
    session: Session, office: Office, notes: Notes, name: str, definition: AgentDefinition | None = None
) -> OpenAIIntegration:
    """A mind whose every model call is noted, with its cost, before its answer is used."""

    def note_usage(agent: str, purpose: str, usage: Usage, cost: int) -> None:
        with office.store.transaction():
            notes.add_thinking(usage.prompt_tokens + usage.completion_tokens, cost)
            office.tally.count(agent, purpose, usage, cost)

    metered = MeteredModel(session.caps.guard(session.model), on_usage=note_usage)
    return OpenAIIntegration(
        metered,
        session.embedder,
        agent_name=name,
        capabilities=claims_of(definition, notes) if definition else {},
        role=definition.role if definition else "",
        price=metered.price,
    )
