"""Brings a fleet's agents to the market and onto its roster."""

import asyncio
from collections.abc import Sequence
from functools import partial

from agents.chain.wallet import Wallet
from agents.fleet.claims import claims_of
from agents.fleet.crew import Member, member
from agents.fleet.definitions import SMALL_FLEET, AgentDefinition
from agents.fleet.enrolment import Recruit, enrol_all
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
    notes = [Notes(office.store, definition.name) for definition, _ in definitions]
    recruits = [
        Recruit(definition, wallet, claims_of(definition, kept))
        for (definition, wallet), kept in zip(definitions, notes, strict=True)
    ]
    with session.progress.stage("agents enrolled", len(recruits)) as advance:
        ids = await enrol_all(session, office, recruits, advance)
    await session.feed.catch_up()
    is_small = len(definitions) <= SMALL_FLEET
    parties = [(one.name, agent_id, wallet) for (one, wallet), agent_id in zip(definitions, ids, strict=True)]
    seats = await asyncio.gather(*(session.gateway.seat(*party) for party in parties))
    members = [
        member(
            session,
            office,
            definition,
            wallet,
            seat,
            kept,
            offers=roster.wakeups.offers.setdefault(seat.agent_id, set()),
            tell=partial(roster.wake, seat.agent_id),
            opinions=session.opinions if is_small else None,
        )
        for (definition, wallet), seat, kept in zip(definitions, seats, notes, strict=True)
    ]
    if is_small:
        await asyncio.gather(*(one.treasury.open() for one in members))
        await session.feed.catch_up()
    roster.admit(members)
    return members
