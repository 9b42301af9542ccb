"""Turns definitions into agents that can step: wallet, identity, mind, strategy and notes for each."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from agents.agent import LLMAgent
from agents.agent_config import AgentLearningConfig
from agents.agent_learning import AdaptiveBiddingStrategy
from agents.chain.wallet import Wallet
from agents.fleet.billing import Billing
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import enrol, fund_gas
from agents.fleet.lessons import Lessons
from agents.fleet.runner import Party
from agents.fleet.session import Office, Session
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

    @property
    def agent_id(self) -> int:
        """The id on chain."""
        return self.agent.hands.agent_id

    async def step(self) -> None:
        """Pay for thinking, then take a turn."""
        await self.billing.pay()
        await self.agent.step()

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
    ids = await asyncio.gather(
        *(enrol(session, office, definition, wallet) for definition, wallet in definitions)
    )
    await session.feed.catch_up()
    return [
        member(session, office, definition, wallet, agent_id)
        for (definition, wallet), agent_id in zip(definitions, ids, strict=True)
    ]


def member(
    session: Session, office: Office, definition: AgentDefinition, wallet: Wallet, agent_id: int
) -> Member:
    """One agent that is enrolled already."""
    name, feed = definition.name, session.feed
    notes = Notes(office.store, name)
    strategy = _strategy(definition, notes)
    hands = Hands(name, wallet, office.market, feed.now, agent_id)
    agent = LLMAgent(
        hands,
        mind=mind(session, notes, name, definition),
        policy=strategy,
        view=feed.view,
        content=session.content,
        notes=notes,
        clock=feed.now,
        capacity=strategy.config.max_concurrent,
        learn=Lessons(strategy, agent_id),
        opinions=session.opinions,
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
    return Member(definition, agent, billing)


def mind(
    session: Session, notes: Notes, name: str, definition: AgentDefinition | None = None
) -> OpenAIIntegration:
    """A mind whose every model call is noted, with its cost, before its answer is used."""

    def note_usage(_agent: str, _purpose: str, usage: Usage, cost: int) -> None:
        notes.add_thinking(usage.prompt_tokens + usage.completion_tokens, cost)

    metered = MeteredModel(session.model, on_usage=note_usage)
    return OpenAIIntegration(
        metered,
        session.embedder,
        agent_name=name,
        capabilities=definition.capabilities if definition else {},
        role=definition.role if definition else "",
        price=metered.price,
    )


def _strategy(definition: AgentDefinition, notes: Notes) -> AdaptiveBiddingStrategy:
    config = AgentLearningConfig.profile(definition.profile)
    # Agents of one definition must not explore in step; the same agent must, in every run.
    seed = int.from_bytes(hashlib.sha256(definition.name.encode()).digest()[:4], "big")
    known = notes.policy_state()
    if known is None:
        return AdaptiveBiddingStrategy(config, seed=seed)
    return AdaptiveBiddingStrategy.from_json(known, config, seed=seed)
