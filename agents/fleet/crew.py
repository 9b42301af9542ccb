"""Turns definitions into agents that can step: wallet, identity, mind, strategy and notes for each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from agents.agent import LLMAgent
from agents.chain.wallet import Wallet
from agents.fleet.billing import Billing
from agents.fleet.claims import Claims, claims_of
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import enrol, fund_gas
from agents.fleet.lessons import Lessons
from agents.fleet.runner import Party
from agents.fleet.session import Office, Session
from agents.fleet.strategies import open_strategy
from agents.llm.metering import MeteredModel
from agents.llm.protocol import Usage
from agents.market.domain import account_of_agent
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

    async def step(self) -> None:
        """Pay for thinking, take a turn, and between bids make something of what was learned."""
        await self.billing.pay()
        await self.agent.step()
        if not self.lessons.is_bidding():
            self.lessons.revise()
            await self.claims.offer()

    async def stop(self) -> None:
        """Abandon open questions."""
        await self.agent.stop()

    @property
    def party(self) -> Party:
        """The member as the runner takes it."""
        return Party(self.definition.name, self)


async def muster(
    session: Session, office: Office, definitions: Sequence[tuple[AgentDefinition, Wallet]]
) -> list[Member]:
    """Agents for the definitions, enrolled and ready to step. Raises UserError when one cannot take part."""
    await fund_gas(session, [wallet for _, wallet in definitions])
    notes = [Notes(office.store, definition.name) for definition, _ in definitions]
    ids = await asyncio.gather(
        *(
            enrol(session, office, definition, wallet, claims_of(definition, kept))
            for (definition, wallet), kept in zip(definitions, notes, strict=True)
        )
    )
    await session.feed.catch_up()
    return [
        member(session, office, definition, wallet, agent_id, kept)
        for (definition, wallet), agent_id, kept in zip(definitions, ids, notes, strict=True)
    ]


def member(
    session: Session, office: Office, definition: AgentDefinition, wallet: Wallet, agent_id: int, notes: Notes
) -> Member:
    """One agent that is enrolled already."""
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
        opinions=session.opinions,
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
