"""Turns definitions into agents that can step: wallet, identity, mind, strategy and notes for each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.agent import LLMAgent
from agents.chain.wallet import Wallet
from agents.fleet.claims import Claims, claims_of
from agents.fleet.definitions import AgentDefinition
from agents.fleet.gateway import Seat
from agents.fleet.lessons import Lessons
from agents.fleet.session import Office, Session
from agents.fleet.strategies import open_strategy
from agents.fleet.treasury import FundedModel, Treasury
from agents.llm.gateway.client import GatewayModel
from agents.llm.protocol import ModelRequest, Usage
from agents.mind.actions import Action
from agents.mind.earnings import Practice
from agents.mind.hands import Hands
from agents.mind.notes import Notes
from agents.openai_integration import OpenAIIntegration


@dataclass(frozen=True, slots=True)
class Member:
    """One agent of the fleet, with its channel to the provider of models."""

    definition: AgentDefinition
    agent: LLMAgent
    treasury: Treasury
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
        """Whether it has to fill its channel, or to claim what it learned, which it does between bids."""
        return self.treasury.is_due or (not self.lessons.is_bidding() and self.claims.is_due())

    async def act(self, actions: Sequence[Action]) -> None:
        """Do what was decided, and the errands."""
        if not self.has_errands():
            await self.agent.act(actions)
            return
        await asyncio.gather(self.agent.act(actions), self.treasury.keep(), self._claim())

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
    seat: Seat,
    notes: Notes,
    *,
    offers: set[int] | None = None,
    tell: Callable[[], None] | None = None,
    opinions: asyncio.Semaphore | None = None,
) -> Member:
    """One agent that is enrolled already; ``offers``, ``tell`` and ``opinions`` are as in ``LLMAgent``."""
    name, feed, agent_id = definition.name, session.feed, seat.agent_id
    strategy = open_strategy(definition, notes.policy_state(), session.shared)
    treasury = treasury_of(session, office, notes, name, wallet, seat)
    own_mind = mind(session, office, notes, name, seat, treasury, definition)
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
        purse=lambda: treasury.room,
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
    return Member(definition, agent, treasury, lessons, claims)


def treasury_of(
    session: Session, office: Office, notes: Notes, name: str, wallet: Wallet, seat: Seat
) -> Treasury:
    """What keeps the party's channel filled."""
    access = session.gateway
    return Treasury(
        name,
        wallet,
        seat.agent_id,
        (seat.signer, access.provider),
        market=office.market,
        feed=session.feed,
        notes=notes,
        price=access.price,
        unredeemed=lambda: access.unredeemed(seat.agent_id, notes),
    )


def mind(
    session: Session,
    office: Office,
    notes: Notes,
    name: str,
    seat: Seat,
    treasury: Treasury,
    definition: AgentDefinition | None = None,
) -> OpenAIIntegration:
    """A mind whose every call goes through the gateway, and is noted with its cost before its answer is used."""

    def note(task_id: int, purpose: str, usage: Usage, cost: int) -> None:
        with office.store.transaction():
            notes.add_thinking(usage, cost, task_id, purpose)
            office.tally.count(name, purpose, usage, cost)

    def note_answer(request: ModelRequest, usage: Usage, cost: int) -> None:
        note(request.task, request.purpose, usage, cost)

    access = session.gateway
    access.count(seat.agent_id, notes, note)
    told = None if access.counts else note_answer
    model = GatewayModel(access.client, seat.key, access.model, told, access.price)
    return OpenAIIntegration(
        session.caps.guard(FundedModel(model, treasury), access.price),
        session.embedder,
        agent_name=name,
        capabilities=claims_of(definition, notes) if definition else {},
        role=definition.role if definition else "",
        price=access.price,
        practice=Practice(session.experience, notes.earnings),
        tariff=model,
    )
