"""Brings a fleet's agents to the market and onto its roster."""

from collections.abc import Sequence
from functools import partial

from agents.chain.wallet import Wallet
from agents.fleet.claims import claims_of
from agents.fleet.crew import Member, member
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import Recruit, enrol_all
from agents.fleet.roster import Roster
from agents.fleet.session import Office, Session
from agents.mind.notes import Notes

MOST_WITH_OPINIONS = 50
"""A larger fleet bids without its model's word on each task, which moves no price: the model has work to do."""


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
    opinions = session.opinions if len(definitions) <= MOST_WITH_OPINIONS else None
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
            opinions=opinions,
        )
        for (definition, wallet), agent_id, kept in zip(definitions, ids, notes, strict=True)
    ]
    roster.admit(members)
    return members
