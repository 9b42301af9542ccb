"""The requester's side of a fleet: a batch of tasks is funded, posted, and seen through to its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.fleet.billing import Billing
from agents.fleet.crew import mind
from agents.fleet.enrolment import fund_gas, fund_requester
from agents.fleet.runner import Party
from agents.fleet.session import REQUESTER_WALLET, Office, Session
from agents.market.domain import account_of
from agents.market.readers import TaskDraft
from agents.mind.notes import Notes
from agents.mind.postings import Posting, Postings
from agents.money import CREDIT
from agents.requester import NAME, Requester, Windows

THINKING_MONEY = 20 * CREDIT
"""What is kept free beside the escrow, to pay for judging."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The requester, its account at the model's provider, and the batch it posts."""

    requester: Requester
    billing: Billing
    source: str

    @property
    def batch(self) -> list[Posting]:
        """The tasks that are posted, or are about to be, in order."""
        return self.requester.postings.latest(self.source)

    async def step(self) -> None:
        """Pay for judging, then take a turn."""
        await self.billing.pay()
        await self.requester.step()

    async def stop(self) -> None:
        """Abandon open questions."""
        await self.requester.stop()

    @property
    def party(self) -> Party:
        """The buyer as the runner takes it."""
        return Party(NAME, self)


async def open_shop(
    session: Session, office: Office, source: str, drafts: Sequence[TaskDraft], windows: Windows
) -> Buyer:
    """The requester with its batch prepared and funded, but not posted.

    An unfinished batch of the same source is taken up again in place of ``drafts``.
    """
    wallet, view = session.wallet(REQUESTER_WALLET), session.feed.view
    notes = Notes(office.store, NAME)
    requester = Requester(
        wallet,
        judge=mind(session, office, notes, NAME),
        market=office.market,
        view=view,
        content=session.content,
        postings=Postings(office.store),
        clock=session.feed.now,
        windows=windows,
    )
    batch = await requester.prepare(source, drafts)
    await fund_gas(session, [wallet])
    missing = [posting for posting in batch if posting.task_id is None]
    if missing:
        terms = await office.market.terms()
        escrow = sum(posting.reward + terms.deposit(posting.reward) for posting in missing)
        # Named by what it is for: the same shortage is filled once, whatever happens in between.
        purpose = f"{NAME}:{source}:{batch[0].batch}:{len(missing)}"
        await fund_requester(session, office, wallet, escrow + THINKING_MONEY, purpose=purpose)
    billing = Billing(
        NAME,
        wallet,
        account_of(wallet.address),
        session.provider_account,
        market=office.market,
        view=view,
        notes=notes,
    )
    return Buyer(requester, billing, source)
