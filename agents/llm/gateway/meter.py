"""Who may think, and what it came to: calls are admitted against channels, and settled into receipts and vouchers.

With S what a channel has cost, R what its calls in flight may come to, W the most that a call can cost, D what the
deposit covers in all, and O what the contract would let the agent owe:

    S + R + W <= D                          any number of calls at a time
    R = 0, S <= D and S + W <= D + O        the one call that may go into debt
    otherwise                               refused, by name

Settling is one durable transaction (see ``books``), so whatever ends the process: what was admitted and not settled is
nobody's debt but the provider's loss, and what was settled is signed for and charged once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from agents.chain.store import Store
from agents.errors import BooksBehind, PaymentRequired
from agents.errors.tokens import Usage
from agents.llm.gateway.admission import (
    AccountState,
    Coverage,
    Reservation,
    check_rest,
    check_signed,
    due_of,
    no_channel,
    rest_of,
    take,
    voucher_of,
)
from agents.llm.gateway.books import Book, Books
from agents.llm.gateway.budgets import HOUR, Budgets, Limits
from agents.llm.gateway.receipts import Proof, Receipt
from agents.llm.gateway.tree import leaf_of
from agents.llm.gateway.vouchers import Claim, Domain, SignedVoucher, Signer, Voucher
from agents.llm.prices import PriceTable, cost
from agents.market.channels import Channel
from agents.market.view import MarketView

_RUN = "gateway:run"
"""Where the store keeps the place of the last receipt before the present run."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Party:
    """Somebody who thinks, and whose vouchers hold for it."""

    name: str
    signer: str
    key: Signer | None


class Meter:
    """The accounts of all who think through one gateway. All calls come from one thread."""

    def __init__(
        self,
        store: Store,
        view: MarketView,
        domain: Domain,
        provider: str,
        prices: PriceTable,
        clock: Callable[[], int],
        limits: Limits | None = None,
    ) -> None:
        """``provider`` is the address that is paid; ``clock`` gives the chain's time in seconds."""
        self.provider, self.domain, self.prices = provider, domain, prices
        self.books = Books(store)
        self.budgets = Budgets(limits or Limits(), clock)
        self.trusts_pledges = True
        """Whether an agent's pledge counts before a call: other providers may count on the same one."""
        self.on_receipt: list[Callable[[Receipt], object]] = []
        """Told of each receipt once it is durable, before its answer is handed on."""
        self.on_voucher: list[Callable[[Voucher], object]] = []
        """Told of each voucher that is held, once it is durable."""
        self._store, self._view, self._clock = store, view, clock
        self._parties: dict[int, dict[str, _Party]] = {}
        """By agent, and by the signer of its vouchers; the latest stands last."""
        self._books: dict[bytes, Book] = {}
        """By channel: one for each that a call was made on, or could be."""
        self._of_agent: dict[int, list[Book]] = {}
        """The same by agent."""
        self._count()

    # Who thinks

    def enlist(self, agent_id: int, name: str, signer: Signer | str) -> None:
        """The agent may think, on its channel with this signer: the signer itself, which then signs at once, or only
        the address of one that signs by itself. It may have several, each with a channel; where a caller names none,
        the latest is meant. Raises BooksBehind."""
        key = None if isinstance(signer, str) else signer
        address = signer if isinstance(signer, str) else signer.address
        parties = self._parties.setdefault(agent_id, {})
        parties.pop(address, None)
        parties[address] = _Party(name, address, key)
        for book in self.books.of_agent(agent_id):
            if book.channel_id not in self._books:
                self.books.read(book)
                self._open(book)
        channel = self._view.channels.channel(agent_id, address, self.provider)
        if channel is not None and channel.open:
            self._book(agent_id, address, 0)

    def name_of(self, agent_id: int, signer: str = "") -> str:
        """The name under which the agent was enlisted, or none."""
        party = self._party(agent_id, signer)
        return "" if party is None else party.name

    # Calls

    def admit(
        self,
        agent_id: int,
        *,
        signer: str = "",
        model: str,
        worst: int,
        task: int = 0,
        purpose: str = "",
        voucher: SignedVoucher | None = None,
    ) -> Reservation:
        """Reserve ``worst`` units for a call; it must be settled or released. Nothing is spent where it raises:
        PaymentRequired, BudgetSpent, VoucherRefused for ``voucher``, or BooksBehind."""
        book, channel = self._book(agent_id, signer, worst)
        if voucher is not None and take(claimed := self._claimed(book, voucher), voucher, self.domain):
            self._keep(claimed)
        for one in self._of_agent[agent_id]:
            if self._view.channels.with_id(one.channel_id) is not None:
                check_signed(one, self.domain, self.provider)
            elif not channel.exit_end:
                check_rest(one, book, channel, rest_of(one, self._view.channels))
        self._coverage(book, channel).check(worst)
        self.budgets.check(agent_id, task, worst)
        self.budgets.reserve(agent_id, task, worst)
        book.reserved += worst
        book.flying += 1
        return Reservation(agent_id, task, model, purpose, worst, book)

    async def settle(
        self, reservation: Reservation, usage: Usage, *, request: bytes, response: bytes, status: int
    ) -> Receipt | None:
        """Charge what the call has used; when this returns, it is durable. None, and no charge, for a call that has
        used nothing. ``request`` and ``response`` are SHA-256 digests, ``status`` the HTTP status of the answer."""
        if usage == Usage():
            self.release(reservation)
            return None
        receipt, written = self._charge(reservation, usage, request, response, status)
        # A caller that goes away takes nothing back.
        await asyncio.shield(written)
        return receipt

    def release(self, reservation: Reservation) -> None:
        """The call has come to nothing. What is over stays over."""
        if not reservation.is_over:
            self._end(reservation)
            self.budgets.release(reservation.agent_id, reservation.task, reservation.worst)

    def _end(self, reservation: Reservation) -> None:
        reservation.is_over = True
        reservation.book.reserved -= reservation.worst
        reservation.book.flying -= 1

    def _charge(
        self, reservation: Reservation, usage: Usage, request: bytes, response: bytes, status: int
    ) -> tuple[Receipt, asyncio.Future[None]]:
        assert not reservation.is_over, "a call is settled once"
        book = reservation.book
        if book.in_doubt and not book.writing:
            self._read(book)
        owed = cost(usage, self.prices.price_for(reservation.model))
        if owed > reservation.worst:
            log.warning(
                "gateway.beyond_reservation", agent=reservation.agent_id, cost=owed, worst=reservation.worst
            )
            owed = reservation.worst
        receipt = Receipt(
            channel_id=book.channel_id,
            number=book.tree.count + 1,
            agent_id=reservation.agent_id,
            task=reservation.task,
            model=reservation.model,
            purpose=reservation.purpose,
            usage=usage,
            cost=owed,
            cumulative=book.settled + owed,
            request=request,
            response=response,
            status=status,
            time=self._clock(),
        )
        nodes = book.tree.append(leaf_of(receipt.digest))
        book.settled += owed
        self._sign(book)
        self._end(reservation)
        book.writing += 1
        written = self._store.soon(self.books.charge(receipt, nodes, book.signer, book.voucher))
        written.add_done_callback(partial(self._written, reservation, receipt, book.voucher))
        return receipt, written

    def _written(
        self,
        reservation: Reservation,
        receipt: Receipt,
        voucher: Voucher | None,
        written: asyncio.Future[None],
    ) -> None:
        # To the budgets it was in flight until now, as to the disk that they are counted from.
        book, failed = reservation.book, written.cancelled() or written.exception() is not None
        charged = 0 if failed else receipt.cost
        self.budgets.release(reservation.agent_id, reservation.task, reservation.worst, charged)
        book.writing -= 1
        if failed:
            book.in_doubt = True
            return
        for told in self.on_receipt:
            told(receipt)
        if voucher is not None and book.key is not None:
            self._tell(voucher)

    # Vouchers

    async def take_voucher(self, agent_id: int, signed: SignedVoucher, signer: str = "") -> None:
        """Keep a voucher that the agent's signer has made; durable when it returns. The one that is held already may
        come again. Raises VoucherRefused, or PaymentRequired where there is no channel."""
        book = self._claimed(self._book(agent_id, signer, 0)[0], signed)
        if take(book, signed, self.domain):
            await asyncio.shield(self._keep(book))

    def _keep(self, book: Book) -> asyncio.Future[None]:
        voucher = book.voucher
        assert voucher is not None, "it was checked"
        book.writing += 1
        written = self._store.soon(self.books.hold(voucher))

        def done(written: asyncio.Future[None]) -> None:
            book.writing -= 1
            if written.cancelled() or written.exception() is not None:
                book.in_doubt = True
            else:
                self._tell(voucher)

        written.add_done_callback(done)
        return written

    def _claimed(self, book: Book, signed: SignedVoucher) -> Book:
        """The agent's book that a voucher is for: ``book``, which refuses any other's, or that of another channel."""
        found = self._books.get(signed.claim.channel_id, book)
        return found if found.agent_id == book.agent_id else book

    def _sign(self, book: Book) -> None:
        if book.key is not None and book.settled:
            signature = self.domain.sign(book.key, book.channel_id, book.settled, book.tree.root)
            book.voucher = voucher_of(book, signature)

    def _tell(self, voucher: Voucher) -> None:
        for told in self.on_voucher:
            told(voucher)

    # What was spent

    def account(self, agent_id: int, signer: str = "") -> AccountState:
        """How the agent stands. Raises PaymentRequired for one that was never enlisted, and BooksBehind."""
        party = self._party(agent_id, signer)
        if party is None:
            raise no_channel(agent_id, "", self.provider, 0)
        try:
            book, channel = self._book(agent_id, signer, 0)
        except PaymentRequired:
            book = Book(b"", agent_id, party.signer)
            channel = Channel(b"", agent_id, party.signer, self.provider, 0, 0, 0)
        coverage = self._coverage(book, channel)
        return AccountState(
            agent_id=agent_id,
            signer=party.signer,
            provider=self.provider,
            channel_id=channel.id or None,
            deposit=channel.deposit,
            redeemed=channel.redeemed,
            settled=book.settled,
            reserved=book.reserved,
            vouched=book.vouched,
            available=coverage.available if channel.id else 0,
            debt=coverage.debt,
            leaving=bool(channel.exit_end),
            due=due_of(book, self.domain) if channel.id else None,
            budgets=self.budgets.left(agent_id),
        )

    def standing(self, book: Book) -> tuple[int, Claim | None]:
        """Units left in the channel once all is redeemed, and what its signer has to sign where it is not at hand."""
        channel = self._view.channels.with_id(book.channel_id)
        left = 0 if channel is None else channel.covered - book.settled
        return left, due_of(book, self.domain)

    def proof(self, call: str) -> Proof:
        """That a receipt stands under its channel's newest redeemed root; under the root of all receipts so far
        where nothing that has it was redeemed. Raises UnknownCall."""
        receipt = self.books.receipt(call)
        channel_id = receipt.channel_id
        channel = self._view.channels.with_id(channel_id)
        if channel is not None and channel.redeemed >= receipt.cumulative:
            count = self.books.count_at(channel_id, channel.redeemed, channel.root)
            if count is not None and count >= receipt.number:
                proven = self.books.prove(receipt, count)
                return Proof(receipt, channel.root, channel.redeemed, proven, redeemed=True)
        cumulative, tree = self.books.standing(channel_id)
        proven = self.books.prove(receipt, tree.count)
        return Proof(receipt, tree.root, cumulative, proven, redeemed=False)

    def end_run(self) -> None:
        """The run is over: the budgets of the next one begin anew, and calls in flight are its own."""
        with self._store.transaction():
            self._store.set_meta(_RUN, str(self.books.newest))
        self._count()

    # Inside

    def _count(self) -> None:
        since = int(self._store.meta(_RUN) or 0)
        spent = [(one.agent_id, one.task, one.cost) for one in self.books.spending(after=since)]
        recent = self.books.charged_since(self._clock() - HOUR)
        self.budgets.begin(spent, recent)

    def _party(self, agent_id: int, signer: str) -> _Party | None:
        parties = self._parties.get(agent_id, {})
        return parties.get(signer) if signer else next(reversed(parties.values()), None)

    def _book(self, agent_id: int, signer: str, worst: int) -> tuple[Book, Channel]:
        """The book of the agent's open channel, and the channel; raises PaymentRequired where there is none."""
        party = self._party(agent_id, signer)
        if party is None:
            raise no_channel(agent_id, "", self.provider, worst)
        channel = self._view.channels.channel(agent_id, party.signer, self.provider)
        if channel is None or not channel.open:
            rests = (rest_of(one, self._view.channels) for one in self._of_agent.get(agent_id, ()))
            raise no_channel(agent_id, party.signer, self.provider, worst + sum(rests))
        book = self._of(channel)
        if book.key is not party.key:
            book.key = party.key
            self._sign_what_is_due(book)
        self._carry(book, channel)
        return book, channel

    def _carry(self, book: Book, channel: Channel) -> None:
        """What the agent has not paid in channels that it has left is paid in this one, if it is covered there."""
        for one in self._of_agent[book.agent_id]:
            rest = rest_of(one, self._view.channels)
            spare = channel.covered - book.settled - book.reserved
            if not rest or rest > spare or channel.exit_end or one.writing or book.writing:
                continue
            with self._store.transaction() as db:
                self.books.carry(one, book, rest)(db)
            one.carried += rest
            book.settled += rest
            self._sign_what_is_due(book)

    def _coverage(self, book: Book, channel: Channel) -> Coverage:
        others = (one for one in self._of_agent.get(book.agent_id, ()) if one is not book)
        return Coverage(book, channel, self._view, others, trusts_pledges=self.trusts_pledges)

    def _of(self, channel: Channel) -> Book:
        book = self._books.get(channel.id)
        if book is None:
            book = Book(channel.id, channel.agent_id, channel.signer)
            self.books.read(book)
            self._open(book)
        elif book.in_doubt and not book.writing:
            self._read(book)
        if channel.redeemed > book.settled:
            raise BooksBehind(channel.id, channel.redeemed, book.settled)
        return book

    def _open(self, book: Book) -> None:
        self._books[book.channel_id] = book
        self._of_agent.setdefault(book.agent_id, []).append(book)

    def _read(self, book: Book) -> None:
        self.books.read(book)
        book.in_doubt = False
        self._sign_what_is_due(book)

    def _sign_what_is_due(self, book: Book) -> None:
        """Where the signer has come to the gateway since the last call."""
        if book.key is None or book.vouched >= book.settled or book.writing:
            return
        self._sign(book)
        voucher = book.voucher
        assert voucher is not None, "it was signed"
        with self._store.transaction() as db:
            self.books.hold(voucher)(db)
        self._tell(voucher)
