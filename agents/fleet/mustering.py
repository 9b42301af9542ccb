"""Brings a fleet's agents to the market and onto its roster."""

import asyncio
from collections.abc import Sequence
from functools import partial

from agents.chain.wallet import Wallet
from agents.fleet.claims import claims_of
from agents.fleet.crew import Member, member
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import enrol, fund_gas
from agents.fleet.roster import Roster
from agents.fleet.session import Office, Session
from agents.mind.notes import Notes


async def muster(
    session: Session,
    office: Office,
    definitions: Sequence[tuple[AgentDefinition, Wallet]],
    roster: Roster,
) -> list[Member]:
    """Agents for the definitions, enrolled and on the roster. Raises UserError when one cannot take part."""
    await fund_gas(session, [wallet for _, wallet in definitions])
    notes = [Notes(office.store, definition.name) for definition, _ in definitions]
    ids = await asyncio.gather(
        *(
            enrol(session, office, definition, wallet, claims_of(definition, kept))
            for (definition, wallet), kept in zip(definitions, notes, strict=True)
        )
    )
    await session.feed.catch_up()
    members = [
        member(
            session,
            office,
            definition,
            wallet,
            agent_id,
            kept,
            offers=roster.wakeups.offers.setdefault(agent_id, set()),
            tell=partial(roster.wake, agent_id),
        )
        for (definition, wallet), agent_id, kept in zip(definitions, ids, notes, strict=True)
    ]
    roster.admit(members)
    return members
