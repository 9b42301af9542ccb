"""The meter, without a chain: what is admitted, what is charged, and what is left when something goes wrong."""

import asyncio
import sqlite3

import pytest
from channel_ids import channel_id_of
from structlog.testing import capture_logs
from thinkers import REQUEST, RESPONSE, UNIT

from agents.chain.bindings import ledger, structs
from agents.chain.bindings.agent_registry import Registered, Transfer
from agents.chain.bindings.market_parameters import ParametersSet
from agents.chain.bindings.usage_meter import (
    ChannelClosed,
    ChannelOpened,
    CreditLineSet,
    ExitStarted,
    Pledged,
    Redeemed,
    ToppedUp,
    UnpledgeStarted,
)
from agents.chain.store import Store
from agents.chain.tailer import LoggedEvent
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import BooksBehind, BooksDamaged, BudgetSpent, PaymentRequired, UnknownCall
from agents.errors.tokens import Usage
from agents.llm.gateway.budgets import Limits
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.vouchers import Domain, SignedVoucher, signer_of
from agents.market.domain import account_of, account_of_agent
from agents.market.view import MarketView
from agents.money import CREDIT

SEED = Seed(TEST_PHRASE)
PROVIDER, ADA, BOB = (SEED.wallet(index) for index in (1, 2, 3))
DOMAIN = Domain(31337, "0x" + "00" * 19 + "aA")
LIMIT, NOW = 500, 1_700_000_000
ID = 7


class Desk:
    """A meter, and the events that a chain would tell it."""

    def __init__(self, path):
        self.path, self.store, self.view = path, None, MarketView()
        self.tell(Registered(ID, "", ADA.address))
        self.tell(ParametersSet(structs.Parameters(0, 0, 0, 0, 0, 0, LIMIT)))

    def begin(self, limits=None):
        """As a process does."""
        if self.store:
            self.store.close()
        self.store = Store.open(self.path)
        self.meter = Meter(self.store, self.view, DOMAIN, PROVIDER.address, UNIT, lambda: NOW, limits)
        self.receipts, self.vouchers = [], []
        self.meter.on_receipt.append(self.receipts.append)
        self.meter.on_voucher.append(self.vouchers.append)
        return self

    def tell(self, event):
        self.view.apply(LoggedEvent(1, 0, "", "", event, NOW))

    def channel(self, signer=ADA, epoch=0):
        return channel_id_of(ID, signer.address, PROVIDER.address, epoch)

    def opened(self, units=1000, signer=ADA, epoch=0, at_hand=True):
        parties = PROVIDER.address, signer.address
        self.tell(ChannelOpened(self.channel(signer, epoch), ID, *parties, epoch, 0, units))
        self.meter.enlist(ID, "ada", signer if at_hand else signer.address)
        return self

    def lend(self, units):
        self.tell(CreditLineSet(PROVIDER.address, ID, 0, units))

    def admit(self, worst=100, **options):
        return self.meter.admit(ID, **({"model": "unit", "worst": worst, "task": 3} | options))

    def settle(self, flight, tokens, status=200):
        return self.meter.settle(flight, Usage(tokens), request=REQUEST, response=RESPONSE, status=status)

    async def think(self, tokens, **options):
        return await self.settle(self.admit(tokens, **options), tokens)

    def refuses(self, worst=100, error=PaymentRequired, **options):
        with pytest.raises(error) as refused:
            self.admit(worst, **options)
        return refused.value

    @property
    def account(self):
        return self.meter.account(ID)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "desk.db").begin()
    yield desk
    desk.store.close()


def test_nobody_thinks_without_a_channel(desk):
    assert desk.refuses().code == "no_channel"
    desk.meter.enlist(ID, "ada", ADA)
    refused = desk.refuses(70)
    assert (refused.code, refused.shortfall, refused.detail) == (
        "no_channel",
        70,
        {"agent_id": ID, "signer": ADA.address, "provider": PROVIDER.address},
    )
    assert desk.account.channel_id is None
    assert desk.account.available == 0
    desk.opened(100, signer=BOB)
    desk.meter.enlist(ID, "ada", ADA)
    assert desk.refuses().code == "no_channel", "another signer's channel is another's"


async def test_calls_are_covered_by_the_deposit_side_by_side(desk):
    desk.opened(100)
    first, second = desk.admit(60), desk.admit(40)
    refused = desk.refuses(1)
    assert (refused.code, refused.shortfall, refused.detail["available"]) == ("insufficient_credits", 1, 0)
    await desk.settle(first, 10)
    assert desk.refuses(51).shortfall == 1
    third = desk.admit(50)
    assert (desk.account.settled, desk.account.reserved) == (10, 90)
    for one in (second, third):
        desk.meter.release(one)
    desk.meter.release(third)
    assert (desk.account.settled, desk.account.reserved, desk.account.available) == (10, 0, 90)
    desk.tell(ToppedUp(desk.channel(), 10))
    desk.admit(100)


async def test_one_call_alone_may_go_into_debt_and_no_further(desk):
    desk.opened(100)
    desk.lend(LIMIT + 100)
    refused = desk.refuses(100 + LIMIT + 1)
    assert (refused.code, refused.shortfall) == ("insufficient_credits", 1)
    flight = desk.admit(100 + LIMIT)
    assert desk.refuses(1).code == "insufficient_credits", "it has the channel to itself"
    await desk.settle(flight, 150)
    refused = desk.refuses(1)
    assert (refused.code, refused.detail["owed"], refused.shortfall) == ("indebted", 50, 51)
    desk.tell(ToppedUp(desk.channel(), 49))
    assert desk.refuses(1).detail["owed"] == 1
    desk.tell(ToppedUp(desk.channel(), 1))
    desk.admit(LIMIT)


async def test_a_debt_on_chain_freezes_whoever_is_owed(desk):
    desk.opened(100)
    desk.lend(100)
    agent, other = account_of_agent(ID), account_of(BOB.address)
    desk.tell(ledger.DebtRecorded(agent, other, 5))
    refused = desk.refuses(1)
    assert (refused.code, refused.detail["owed"], desk.account.available) == ("indebted", 5, 0)
    desk.tell(ledger.DebtForgiven(agent, other, 5))
    desk.admit(200)


def test_only_what_the_contract_would_honour_counts(desk):
    desk.opened(0)
    assert desk.refuses(1).shortfall == 1
    desk.tell(Pledged(ID, 30))
    desk.lend(10)
    assert desk.account.available == 40
    desk.tell(UnpledgeStarted(ID, NOW + 60))
    assert desk.account.available == 10
    desk.tell(Pledged(ID, 1))
    assert desk.account.available == 41
    desk.tell(Transfer(ADA.address, BOB.address, ID))
    assert desk.account.available == 0
    assert desk.refuses(1).code == "leaving", "a former owner opened it"


async def test_a_provider_that_trusts_no_pledge_counts_on_its_own_line(desk):
    desk.opened(100)
    desk.tell(Pledged(ID, 30))
    desk.lend(10)
    assert desk.account.available == 140
    desk.meter.trusts_pledges = False
    assert desk.account.available == 110
    assert desk.refuses(111).shortfall == 1
    desk.admit(110)


async def test_a_channel_that_is_left_is_left(desk):
    desk.opened(100)
    await desk.think(10)
    desk.tell(ExitStarted(desk.channel(), NOW + 60))
    assert desk.refuses(1).code == "leaving"
    assert desk.account.leaving
    desk.tell(Redeemed(desk.channel(), 10, desk.vouchers[-1].receipts_root))
    desk.tell(ChannelClosed(desk.channel(), 90))
    assert desk.refuses(1).code == "no_channel"
    desk.opened(100, epoch=1)
    receipt = await desk.think(10)
    assert (receipt.channel_id, receipt.number, receipt.cumulative) == (desk.channel(epoch=1), 1, 10)
    assert len({one.call for one in desk.receipts}) == 2


async def test_each_call_has_its_receipt_and_the_next_voucher(desk):
    desk.opened()
    for number in (1, 2, 3):
        receipt = await desk.think(number * 10, task=number, purpose="work")
        voucher = desk.vouchers[-1]
        assert (receipt.number, receipt.cost, receipt.task) == (number, number * 10, number)
        assert receipt.cumulative == voucher.cumulative == desk.account.settled
        digest = DOMAIN.digest(voucher.channel_id, voucher.cumulative, voucher.receipts_root)
        assert signer_of(voucher.signature, digest) == ADA.address
    assert desk.receipts == [one for _, one in desk.meter.books.receipts(ID)]
    assert [one.number for _, one in desk.meter.books.receipts(ID, task=2)] == [2]
    (place, first), *_ = desk.meter.books.receipts(ID, limit=1)
    assert [one.number for _, one in desk.meter.books.receipts(ID, after=place)] == [2, 3]
    assert desk.meter.books.receipts(ID + 1) == []
    assert first.purpose == "work"
    assert (first.request, first.response, first.status, first.time) == (REQUEST, RESPONSE, 200, NOW)


async def test_a_failed_call_pays_for_what_it_used_and_for_nothing_else(desk):
    desk.opened()
    assert (await desk.settle(desk.admit(50), 20, status=502)).status == 502
    assert await desk.settle(desk.admit(50), 0) is None
    assert (desk.account.settled, desk.account.reserved, len(desk.receipts)) == (20, 0, 1)


async def test_nothing_is_charged_beyond_what_was_reserved(desk):
    desk.opened()
    with capture_logs() as logs:
        receipt = await desk.settle(desk.admit(50), 51)
    assert (receipt.cost, receipt.usage.prompt_tokens) == (50, 51)
    assert [one["event"] for one in logs] == ["gateway.beyond_reservation"]


async def test_a_call_that_costs_nothing_has_a_receipt_all_the_same(desk):
    desk.opened()
    free = await desk.settle(desk.admit(0, model="free"), 99)
    await desk.think(10)
    await desk.settle(desk.admit(0, model="free"), 99)
    assert (free.cost, desk.account.settled, desk.vouchers[-1].cumulative) == (0, 10, 10)
    desk.tell(Redeemed(desk.channel(), 10, desk.vouchers[0].receipts_root))
    proofs = [desk.meter.proof(one.call) for one in desk.receipts]
    assert [one.redeemed for one in proofs] == [True, True, False]


def reads(desk, look):
    """The statements that reach the disk while one looks."""
    statements = []
    desk.store.db.set_trace_callback(statements.append)
    look()
    desk.store.db.set_trace_callback(None)
    return statements


async def test_a_proof_does_not_take_longer_for_calls_that_cost_nothing(desk):
    desk.opened()
    paid = await desk.think(10)
    for _ in range(40):
        await desk.settle(desk.admit(0, model="free"), 1)
    desk.tell(Redeemed(desk.channel(), 10, desk.vouchers[-1].receipts_root))
    for at_most in (40, 20):
        assert len(reads(desk, lambda: desk.meter.proof(paid.call))) < at_most
    assert desk.meter.proof(paid.call).redeemed


async def test_sums_by_model_are_kept_and_not_reckoned_from_receipts(desk):
    desk.opened()
    await desk.think(10)
    # As a store of before these sums.
    desk.store.db.execute("DROP TABLE spent")
    desk.store.db.execute("DELETE FROM meta WHERE key = 'migration:gateway-2'")
    desk.begin().meter.enlist(ID, "ada", ADA)
    await desk.think(5)
    await desk.settle(desk.admit(0, model="free"), 7)
    kept = [(one.model, one.calls, one.usage, one.cost) for one in desk.meter.books.by_model(ID)]
    assert kept == [("free", 1, Usage(7), 0), ("unit", 2, Usage(15), 15)]
    read = reads(desk, lambda: desk.meter.books.by_model(ID))
    assert not any("charged_calls" in one for one in read)


async def test_settled_twice_is_a_mistake(desk):
    desk.opened()
    flight = desk.admit(50)
    await desk.settle(flight, 10)
    with pytest.raises(AssertionError, match="settled once"):
        await desk.settle(flight, 10)
    desk.meter.release(flight)
    assert desk.account.reserved == 0


# Vouchers of who signs by itself


async def test_who_signs_by_itself_signs_before_each_next_call(desk):
    desk.opened(at_hand=False)
    await desk.think(10)
    assert desk.vouchers == []
    refused = desk.refuses()
    claim = desk.account.due
    assert (refused.code, refused.detail["claim"]) == ("voucher_due", claim.as_json())
    digest = DOMAIN.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
    signed = SignedVoucher(claim, ADA.sign_digest(digest))
    flight = desk.admit(10, voucher=signed)
    await desk.settle(flight, 5)
    assert [one.cumulative for one in desk.vouchers] == [10]
    assert desk.account.due.cumulative == 15
    await desk.meter.take_voucher(ID, signed)
    assert desk.account.due.cumulative == 15, "the one that is held already changes nothing"


def own(desk, units, epoch=0, signer=ADA):
    """The agent opens a channel whose signer signs by itself."""
    return desk.opened(units, signer=signer, epoch=epoch, at_hand=False)


def leave(desk, epoch=0, signer=ADA):
    """It takes the channel's deposit back, at the end of its challenge window."""
    desk.tell(ExitStarted(desk.channel(signer, epoch), NOW + 60))
    desk.tell(ChannelClosed(desk.channel(signer, epoch), 0))


def sign(desk, signer=ADA):
    claim = desk.account.due
    digest = DOMAIN.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
    return SignedVoucher(claim, signer.sign_digest(digest))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("signer", [ADA, BOB], ids=["the same signer", "another"])
async def test_what_was_not_paid_in_a_channel_is_paid_in_the_next_before_any_call(desk, signer, restarted):
    own(desk, 100)
    receipt = await desk.think(70)
    leave(desk)
    if restarted:
        desk.begin()
    epoch = int(signer is ADA)
    desk.meter.enlist(ID, "ada", signer.address)
    assert desk.refuses(5).shortfall == 75, "of whoever has no channel, as much is asked for"
    own(desk, 60, epoch, signer)
    refused = desk.refuses(5)
    assert (refused.code, refused.shortfall, refused.detail["rest"]) == ("unpaid_rest", 10, 70)
    assert refused.detail["signer"] == signer.address
    desk.tell(ToppedUp(desk.channel(signer, epoch), 20))
    refused = desk.refuses(5)
    assert (refused.code, refused.detail["claim"]["cumulative"]) == ("voucher_due", 70)
    if restarted:
        desk.begin()
        desk.meter.enlist(ID, "ada", signer.address)
    flight = desk.admit(10, voucher=sign(desk, signer))
    then = await desk.settle(flight, 4)
    assert (then.number, then.cost, then.cumulative) == (1, 4, 74)
    assert [one.cumulative for one in desk.vouchers] == [70]
    assert (desk.account.settled, desk.account.due.cumulative) == (74, 74)
    await desk.meter.take_voucher(ID, sign(desk, signer))
    desk.tell(Redeemed(desk.channel(signer, epoch), 74, desk.vouchers[-1].receipts_root))
    assert [desk.meter.proof(one.call).redeemed for one in (receipt, then)] == [False, True]
    desk.admit(6)


async def test_who_leaves_without_paying_again_and_again_owes_it_once(desk):
    own(desk, 100)
    await desk.think(70)
    leave(desk)
    for epoch in (1, 2):
        own(desk, 100, epoch)
        assert desk.refuses(1).code == "voucher_due"
        leave(desk, epoch)
    desk.opened(100, epoch=3)
    assert [one.cumulative for one in desk.vouchers] == [70], "a signer that is at hand signs for it"
    assert desk.account.available == 30
    leave(desk, 3)
    desk.begin().opened(69, epoch=4)
    assert desk.refuses(1).detail["rest"] == 70, "nor is what was signed for and not redeemed"


async def test_a_call_in_flight_when_its_channel_is_closed_is_paid_in_the_next(desk):
    own(desk, 100)
    flight = desk.admit(70)
    leave(desk)
    own(desk, 100, 1)
    assert desk.refuses(1).code == "call_in_flight"
    settled = asyncio.ensure_future(desk.settle(flight, 50))
    await asyncio.sleep(0)
    await settled
    assert desk.refuses(1).detail["claim"]["cumulative"] == 50


async def test_what_was_redeemed_or_given_up_or_a_former_owners_is_no_rest(desk):
    desk.opened(100)
    await desk.think(70)
    desk.tell(ChannelClosed(desk.channel(), 100))
    desk.opened(100, epoch=1)
    assert desk.account.available == 100, "the provider has closed it, and given up"
    await desk.think(30)
    desk.tell(Redeemed(desk.channel(epoch=1), 30, desk.vouchers[-1].receipts_root))
    leave(desk, 1)
    desk.opened(100, epoch=2)
    assert desk.account.available == 100
    await desk.think(20)
    leave(desk, 2)
    desk.tell(Transfer(ADA.address, BOB.address, ID))
    desk.tell(ChannelOpened(desk.channel(BOB), ID, PROVIDER.address, BOB.address, 0, 1, 100))
    desk.meter.enlist(ID, "bob", BOB)
    assert desk.account.available == 100


async def test_a_signer_that_signs_by_itself_is_trusted_with_little_at_first(desk):
    own(desk, 50 * CREDIT)
    assert desk.account.available == 5 * CREDIT, "a tenth"
    refused = desk.refuses(6 * CREDIT)
    assert (refused.code, refused.shortfall) == ("unsigned_limit", CREDIT)
    for cost in (5, 5, 9):
        await desk.think(cost * CREDIT)
        await desk.meter.take_voucher(ID, sign(desk))
    assert desk.account.available == 19 * CREDIT, "as much as was signed for"
    desk.opened(2 * CREDIT, signer=BOB, at_hand=False)
    assert desk.account.available == CREDIT
    desk.opened(2 * CREDIT, signer=PROVIDER)
    assert desk.account.available == 2 * CREDIT


async def test_a_voucher_survives_its_process(desk):
    desk.opened(at_hand=False)
    await desk.think(10)
    claim = desk.account.due
    digest = DOMAIN.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
    await desk.meter.take_voucher(ID, SignedVoucher(claim, ADA.sign_digest(digest)))
    desk.begin()
    desk.meter.enlist(ID, "ada", ADA.address)
    assert (desk.account.due, desk.account.vouched) == (None, 10)
    await desk.think(10)
    desk.begin()
    desk.meter.enlist(ID, "ada", ADA.address)
    assert desk.account.due.cumulative == 20


async def test_a_signer_that_comes_to_the_gateway_signs_what_is_due(desk):
    desk.opened(at_hand=False)
    await desk.think(10)
    desk.meter.enlist(ID, "ada", ADA)
    assert [one.cumulative for one in desk.vouchers] == [10]
    assert [one.cumulative for one in desk.meter.books.vouchers()] == [10]
    assert desk.account.due is None
    desk.admit(10), desk.admit(10)


# Trouble


async def test_an_agent_that_is_enlisted_again_keeps_what_is_in_flight(desk):
    desk.opened(100)
    flight = desk.admit(60)
    desk.meter.enlist(ID, "ada", ADA)
    assert desk.account.reserved == 60
    assert desk.refuses(41).code == "insufficient_credits"
    await asyncio.gather(desk.settle(flight, 60), desk.think(40))
    assert [one.number for one in desk.receipts] == [1, 2]


async def test_what_is_charged_is_charged_although_its_caller_has_gone(desk):
    desk.opened()
    going = asyncio.ensure_future(desk.settle(desk.admit(50), 30))
    await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert (await desk.think(10)).number == 2
    assert [one.cost for _, one in desk.meter.books.receipts(ID)] == [30, 10]


async def test_what_the_disk_refuses_was_never_charged(desk):
    desk.opened(limits := 1000)
    await desk.think(10)
    desk.store.db.execute(
        "CREATE TRIGGER full BEFORE INSERT ON charged_calls BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    flights = [desk.admit(20) for _ in range(3)]
    failed = await asyncio.gather(*(desk.settle(one, 20) for one in flights), return_exceptions=True)
    assert isinstance(failed[0], sqlite3.IntegrityError)
    assert all(isinstance(one, Exception) for one in failed)
    desk.store.db.execute("DROP TRIGGER full")
    assert (desk.account.settled, desk.account.reserved, desk.account.available) == (10, 0, limits - 10)
    receipt = await desk.think(10)
    assert (receipt.number, receipt.cumulative) == (2, 20)
    assert [one.cost for one in desk.receipts] == [10, 10]


async def test_what_was_in_flight_at_the_end_of_a_process_is_nobodys(desk):
    desk.opened(100)
    await desk.think(10)
    desk.admit(90)
    desk.begin()
    desk.meter.enlist(ID, "ada", ADA)
    assert (desk.account.settled, desk.account.reserved, desk.account.available) == (10, 0, 90)
    receipt = await desk.think(5)
    assert (receipt.number, receipt.cumulative) == (2, 15)


async def test_books_that_are_older_than_the_chain_are_named(desk):
    desk.opened()
    await desk.think(10)
    desk.tell(Redeemed(desk.channel(), 11, b"\1" * 32))
    desk.refuses(10, BooksBehind)
    desk.begin()
    with pytest.raises(BooksBehind, match="redeemed 11 units on chain, but the books know of 10"):
        desk.meter.enlist(ID, "ada", ADA)
    with pytest.raises(BooksBehind):
        desk.admit(10)


async def test_a_receipt_that_was_altered_is_named(desk):
    desk.opened()
    receipt = await desk.think(10)
    desk.store.db.execute("UPDATE charged_calls SET cost = 9")
    with pytest.raises(BooksDamaged, match="not what was charged"):
        desk.meter.proof(receipt.call)
    with pytest.raises(UnknownCall):
        desk.meter.proof(f"{receipt.call}0")
    with pytest.raises(UnknownCall):
        desk.meter.proof("00" * 8 + "-1")


# Budgets


async def test_budgets_are_checked_before_anything_is_spent(desk):
    desk.begin(Limits(task=50)).opened()
    await desk.think(30)
    refused = desk.refuses(21, BudgetSpent)
    assert (refused.scope, refused.limit, refused.spent, refused.worst) == ("task", 50, 30, 21)
    assert desk.account.reserved == 0
    desk.admit(21, task=4)


async def test_a_run_goes_on_counting_until_it_has_ended(desk):
    limits = Limits(run=100, agent=90, hour=1000)
    desk.begin(limits).opened()
    await desk.think(40)
    desk.begin(limits)
    desk.meter.enlist(ID, "ada", ADA)
    assert desk.account.budgets == {"run": 60, "agent": 50, "hour": 960}
    desk.meter.end_run()
    assert desk.account.budgets == {"run": 100, "agent": 90, "hour": 960}
    desk.begin(limits)
    desk.meter.enlist(ID, "ada", ADA)
    assert desk.account.budgets == {"run": 100, "agent": 90, "hour": 960}


async def test_calls_in_flight_when_a_run_ends_are_the_next_ones(desk):
    desk.begin(Limits(run=100, agent=90, task=80)).opened()
    flying, given_up = desk.admit(10), desk.admit(20)
    desk.meter.end_run()
    assert desk.account.budgets == {"run": 70, "agent": 60, "task": 80}
    desk.meter.release(given_up)
    assert desk.account.budgets == {"run": 90, "agent": 80, "task": 80}
    await desk.settle(flying, 4)
    assert desk.account.budgets == {"run": 96, "agent": 86, "task": 80}
    assert desk.refuses(77, BudgetSpent).spent == 4


def test_an_account_can_be_told_to_machines(desk):
    desk.opened(100)
    told = desk.account.as_json()
    assert told["channel_id"] == f"0x{desk.channel().hex()}"
    assert (told["available"], told["agent_id"], told["due"]) == (100, ID, None)


def test_no_key_is_in_what_a_meter_prints(desk):
    desk.opened()
    flight = desk.admit(10)
    assert "Wallet" not in repr(flight)
    assert not hasattr(flight.book, "__dict__"), "a book is small, and shows nothing"
