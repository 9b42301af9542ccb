"""Whether a channel covers one more call, and whether a voucher is the one that is due."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from agents.errors import PaymentRequired, VoucherRefused
from agents.errors.gateway import Unpaid
from agents.llm.gateway.books import Book
from agents.llm.gateway.vouchers import Claim, Domain, SignedVoucher, Voucher
from agents.market.channels import Channel, Channels
from agents.market.domain import account_of_agent
from agents.market.view import MarketView
from agents.money import CREDIT, format_credits

UNSIGNED = CREDIT
"""Units that a call may cost in any case whose signer signs by itself, and so may never sign for it."""
SHARE = 10
"""It may cost one part in so many of the deposit, or as much as was signed for in its channel, if that is more."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an agent stands with the provider; amounts in units."""

    agent_id: int
    signer: str
    provider: str
    channel_id: bytes | None
    """None where there is no open channel; then all sums are 0."""
    deposit: int
    """What is left in the channel on chain."""
    redeemed: int
    """What the chain has taken for it in all."""
    settled: int
    """What calls have cost in all."""
    reserved: int
    """What calls in flight may come to."""
    vouched: int
    """What the newest voucher is for."""
    available: int
    """What one more call may cost at most."""
    debt: int
    """What the agent owes on chain, to whomever."""
    leaving: bool
    due: Claim | None
    """What the agent's signer has to sign before the next call."""
    budgets: dict[str, int]
    """What is left of each limit that there is."""

    def as_json(self) -> dict[str, Any]:
        """The account for machines."""
        return {
            **parties(self.agent_id, self.signer, self.provider),
            "channel_id": None if self.channel_id is None else f"0x{self.channel_id.hex()}",
            "deposit": self.deposit,
            "redeemed": self.redeemed,
            "settled": self.settled,
            "reserved": self.reserved,
            "vouched": self.vouched,
            "available": self.available,
            "debt": self.debt,
            "leaving": self.leaving,
            "due": None if self.due is None else self.due.as_json(),
            "budgets": self.budgets,
        }


@dataclass(slots=True)
class Reservation:
    """A call that was admitted, until it is settled or released."""

    agent_id: int
    task: int
    model: str
    purpose: str
    worst: int
    """The most that it may cost, in units."""
    book: Book = field(repr=False)
    is_over: bool = False


class Coverage:
    """What one channel's deposit, and the contract's patience, are good for at this moment."""

    __slots__ = ("book", "channel", "debt", "leaving", "overdraft", "owed")

    def __init__(
        self, book: Book, channel: Channel, view: MarketView, others: Iterable[Book], *, trusts_pledges: bool
    ) -> None:
        """``others`` are the agent's other channels: the contract has one patience for all."""
        self.book, self.channel = book, channel
        self.debt = view.balance(account_of_agent(channel.agent_id)).debt
        self.leaving = bool(channel.exit_end) or view.channels.is_former(channel)
        allowance = view.channels.allowance(channel.agent_id, channel.provider, trusts_pledges=trusts_pledges)
        self.overdraft = 0 if self.debt else allowance
        self.owed = max(self.debt, book.settled - channel.covered)
        """What the agent owes, on chain or as soon as its vouchers are there; not above 0 if it owes nothing."""
        for other in others:
            beside = view.channels.with_id(other.channel_id)
            if beside is None:
                continue
            spare = beside.covered - other.settled
            self.owed = max(self.owed, -spare)
            if other.reserved > spare:
                self.overdraft = 0

    @property
    def available(self) -> int:
        """The most that one more call may cost."""
        book = self.book
        if self.leaving or self.owed > 0:
            return 0
        # The one call that may go into debt has the channel to itself.
        overdraft = 0 if book.flying else self.overdraft
        available = max(0, self.channel.covered + overdraft - book.settled - book.reserved)
        return available if self._patience is None else min(available, self._patience)

    @property
    def _patience(self) -> int | None:
        """What one call may cost whose signer might never sign for it; None where the signer is at hand."""
        book = self.book
        if book.key is not None:
            return None
        return max(UNSIGNED, self.channel.deposit // SHARE, book.vouched)

    def check(self, worst: int) -> None:
        """Raises PaymentRequired for a call that may cost ``worst`` and is not covered."""
        available, book = self.available, self.book
        if worst <= available and (available or not self._is_frozen):
            return
        if self.leaving:
            raise self._refusal(
                "leaving",
                "the channel is being left, or a former owner of the agent opened it: open another when it is closed",
                worst,
            )
        if self._is_frozen:
            raise self._refusal(
                "indebted",
                f"agent {book.agent_id} owes {format_credits(self.owed, 6)} credits for thinking and thinks again when "
                "that is paid: by its next reward, or by Ledger.repay",
                self.owed + worst,
                owed=self.owed,
            )
        if self._patience is not None and available == self._patience:
            raise self._refusal(
                "unsigned_limit",
                f"this call may cost {format_credits(worst, 6)} credits, but no more than "
                f"{format_credits(available, 6)} may be unsigned: ask for fewer tokens, or sign for smaller calls "
                f"first; a call may cost what was signed for in its channel, or 1/{SHARE} of the deposit",
                worst - available,
            )
        raise self._refusal(
            "insufficient_credits",
            f"this call may cost {format_credits(worst, 6)} credits, and the channel covers "
            f"{format_credits(available, 6)}: UsageMeter.topUp adds to it; or ask for fewer tokens",
            worst - available,
        )

    @property
    def _is_frozen(self) -> bool:
        return self.owed > 0 or self.leaving

    def _refusal(self, code: Unpaid, message: str, shortfall: int, **more: Any) -> PaymentRequired:
        return PaymentRequired(
            code,
            message,
            shortfall=shortfall,
            **parties(self.channel.agent_id, self.channel.signer, self.channel.provider),
            channel_id=f"0x{self.channel.id.hex()}",
            available=self.available,
            **more,
        )


def parties(agent_id: int, signer: str, provider: str) -> dict[str, Any]:
    """Whose channel it is, as the contract's functions take it."""
    return {"agent_id": agent_id, "signer": signer, "provider": provider}


def no_channel(agent_id: int, signer: str, provider: str, worst: int) -> PaymentRequired:
    """An agent without an open channel cannot think at all."""
    return PaymentRequired(
        "no_channel",
        f"agent {agent_id} has no open channel to {provider}: UsageMeter.open(agentId, signer, provider, amount) opens "
        "one, with free credits of the agent in it",
        shortfall=worst,
        **parties(agent_id, signer, provider),
    )


def due_of(book: Book, domain: Domain) -> Claim | None:
    """What the channel's signer has to sign before the agent's next call, where it is not at hand."""
    if book.key is not None or book.vouched >= book.settled:
        return None
    return domain.claim(book.channel_id, book.settled, book.tree.root)


def check_signed(book: Book, domain: Domain, provider: str) -> None:
    """Who signs by itself thinks one call at a time, and signs for it before the next; raises PaymentRequired."""
    if book.key is not None:
        return
    due, who = due_of(book, domain), parties(book.agent_id, book.signer, provider)
    if due is not None:
        raise PaymentRequired(
            "voucher_due",
            "sign for what was thought before: send the voucher in the Agora-Voucher header, or to "
            "/v1/agora/vouchers",
            **who,
            claim=due.as_json(),
        )
    if book.flying:
        raise PaymentRequired(
            "call_in_flight",
            "an agent whose signer is not at the gateway has one call at a time: wait for it, and sign for it",
            **who,
        )


def rest_of(book: Book, channels: Channels) -> int:
    """Units that were thought on a channel which its agent has left since, and that were never redeemed: nobody can
    redeem them there any more. A new owner of the agent does not owe them."""
    left = channels.left(book.channel_id)
    if left is None or channels.is_former(left):
        return 0
    return max(0, book.settled - left.redeemed - book.carried)


def check_rest(old: Book, book: Book, channel: Channel, rest: int) -> None:
    """Who has left a channel without paying thinks on in the next when that pays for it; raises PaymentRequired."""
    who = parties(channel.agent_id, channel.signer, channel.provider)
    if (old.flying and old.key is None) or (rest and (old.writing or book.writing)):
        raise PaymentRequired(
            "call_in_flight", "a call on a channel that was left is not over: wait for it", **who
        )
    if rest:
        spare = channel.covered - book.settled - book.reserved
        raise PaymentRequired(
            "unpaid_rest",
            f"agent {old.agent_id} has left a channel without paying {format_credits(rest, 6)} credits: put them into "
            "this one with UsageMeter.topUp, whose next voucher is then for them too",
            shortfall=max(1, rest - spare),
            **who,
            rest=rest,
            left=f"0x{old.channel_id.hex()}",
        )


def take(book: Book, signed: SignedVoucher, domain: Domain) -> bool:
    """Whether the voucher is the one that is due: it is the book's then. The one that it has already may come again.

    Raises VoucherRefused for any other.
    """
    claim, held = signed.claim, book.voucher
    domain.check_place(claim)
    if claim.channel_id != book.channel_id:
        raise VoucherRefused(
            "other_channel",
            f"the voucher is for channel 0x{claim.channel_id.hex()}, but yours is 0x{book.channel_id.hex()}",
        )
    if held and (claim.cumulative, claim.receipts_root) == (held.cumulative, held.receipts_root):
        return False
    if claim.cumulative < book.settled or claim.cumulative <= book.vouched:
        raise VoucherRefused(
            "smaller_amount", f"the voucher is for {claim.cumulative} units, but {book.settled} are due"
        )
    if claim.cumulative > book.settled:
        raise VoucherRefused(
            "unknown_claim", f"the voucher is for {claim.cumulative} units, but only {book.settled} are due"
        )
    if claim.receipts_root != book.tree.root:
        raise VoucherRefused(
            "wrong_root", f"the receipts' root is 0x{book.tree.root.hex()}, which the voucher does not have"
        )
    book.voucher = voucher_of(book, domain.check_signature(signed, book.signer))
    return True


def voucher_of(book: Book, signature: bytes) -> Voucher:
    """The voucher for all that the channel has cost, with its signature in the short form."""
    return Voucher(book.channel_id, book.agent_id, book.signer, book.settled, book.tree.root, signature)
