"""The requester's side of a fleet: a batch of tasks is funded, posted, and seen through to its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.fleet.crew import mind, treasury_of
from agents.fleet.enrolment import enrol_requester, fund_gas, fund_judging, fund_requester
from agents.fleet.runner import Party
from agents.fleet.session import REQUESTER_WALLET, Office, Session
from agents.fleet.treasury import LONG_CALL, Treasury
from agents.llm.prices import cost
from agents.market.readers import TaskDraft
from agents.mind.notes import Notes
from agents.mind.postings import Posting, Postings
from agents.money import CREDIT
from agents.requester import NAME, Requester, Windows

THINKING_MONEY = 20 * CREDIT
"""What a requester has at the least to think with, beside what judging its batch may come to."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The requester, its channel to the provider of models, and the batch it posts."""

    requester: Requester
    treasury: Treasury
    agent_id: int
    source: str

    @property
    def batch(self) -> list[Posting]:
        """The tasks that are posted, or are about to be, in order."""
        return self.requester.postings.latest(self.source)

    @property
    def party(self) -> Party:
        """The buyer as the runner takes it."""
        return Party(NAME, self.requester)


async def open_shop(
    session: Session, office: Office, source: str, drafts: Sequence[TaskDraft], windows: Windows
) -> Buyer:
    """The requester with its batch prepared and funded, but not posted.

    An unfinished batch of the same source is taken up again in place of ``drafts``.
    """
    wallet, view = session.wallet(REQUESTER_WALLET), session.feed.view
    notes, postings = Notes(office.store, NAME), Postings(office.store)
    await fund_gas(session, [wallet])
    agent_id = await enrol_requester(session, office, wallet)
    seat = await session.gateway.seat(NAME, agent_id, wallet)
    treasury = treasury_of(session, office, notes, NAME, wallet, seat)
    requester = Requester(
        wallet,
        judge=mind(session, office, notes, NAME, seat, treasury),
        market=office.market,
        view=view,
        content=session.content,
        postings=postings,
        clock=session.feed.now,
        windows=windows,
    )
    batch = await requester.prepare(source, drafts)
    missing = [posting for posting in batch if posting.task_id is None]
    if missing:
        terms = await office.market.terms()
        escrow = sum(posting.reward + terms.deposit(posting.reward) for posting in missing)
        # Named by what it is for: the same shortage is filled once, whatever happens in between.
        purpose = f"{NAME}:{source}:{batch[0].batch}:{len(missing)}"
        await fund_requester(session, office, wallet, escrow, purpose=purpose)
        money = judging_money(session, missing)
        await fund_judging(
            session, office, wallet, agent_id, money - treasury.room, purpose=f"{purpose}:judging"
        )
        await session.feed.catch_up()
        await treasury.open(money)
        await session.feed.catch_up()
    return Buyer(requester, treasury, agent_id, source)


def judging_money(session: Session, batch: Sequence[Posting]) -> int:
    """What to judge the results of a batch with, in units: half a long call for each that no key checks."""
    judged = sum(posting.key is None for posting in batch)
    return THINKING_MONEY + judged * cost(LONG_CALL, session.gateway.price) // 2
