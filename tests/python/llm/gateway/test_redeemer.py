"""Redeeming on a real chain: debts and exits at once, the rest when it is worth it, and each unit once."""

import pytest
from structlog.testing import capture_logs

from agents.chain.bindings.usage_meter import Overdrawn, Redeemed, VoucherSkipped
from agents.chain.reader import read
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import BooksBehind, PaymentRequired, TransportError
from agents.lab.audit import audit_chain
from agents.market.domain import account_of_agent
from agents.market.gas import to_redeem

OWN = Seed(TEST_PHRASE).wallet(9)


def refused(thinkers, agent_id, worst=100):
    with pytest.raises(PaymentRequired) as found:
        thinkers.admit(agent_id, worst)
    return found.value


async def test_a_batch_pays_the_provider_what_was_thought(thinkers):
    ada, bob, idle = [await thinkers.agent() for _ in range(3)]
    before = await thinkers.earned()
    for tokens in (10, 20):
        await thinkers.think(ada, tokens)
    await thinkers.think(bob, 5)
    assert thinkers.redeemer.waiting == 35
    assert await thinkers.redeemer.turn() == 0, "it is not worth its gas"
    assert await thinkers.redeem_all() == 2
    assert await thinkers.earned() == before + 35
    assert [(await thinkers.on_chain(one)).redeemed for one in (ada, bob, idle)] == [30, 5, 0]
    assert thinkers.redeemer.waiting == 0
    assert await thinkers.redeem_all() == 0
    assert len(await thinkers.world.events(Redeemed)) == 2
    assert (await audit_chain(thinkers.world.rpc, thinkers.world.deployment)).differences == []


async def test_enough_is_redeemed_without_being_asked(thinkers):
    ada, bob = [await thinkers.agent() for _ in range(2)]
    thinkers.open(enough=50)
    await thinkers.think(ada, 49)
    await thinkers.think(bob, 50)
    assert await thinkers.redeemer.turn() == 1
    await thinkers.world.catch_up()
    assert [(await thinkers.on_chain(one)).redeemed for one in (ada, bob)] == [0, 50]
    assert await thinkers.redeemer.turn() == 0


async def test_what_is_redeemed_and_not_yet_seen_is_not_sent_again(thinkers):
    ada = await thinkers.agent()
    thinkers.open(enough=1)
    await thinkers.think(ada, 10)
    assert await thinkers.redeemer.turn() == 1
    assert await thinkers.redeemer.turn() == 0, "the view has not seen the block"
    await thinkers.think(ada, 10)
    assert await thinkers.redeemer.turn() == 1
    await thinkers.world.catch_up()
    assert (await thinkers.on_chain(ada)).redeemed == 20


async def test_whoever_leaves_is_redeemed_in_time(thinkers):
    ada = await thinkers.agent(deposit=100)
    await thinkers.think(ada, 10)
    await thinkers.do("start_exit", *thinkers.parties(ada))
    assert refused(thinkers, ada).code == "leaving"
    assert await thinkers.redeemer.turn() == 1
    await thinkers.world.catch_up()
    await thinkers.world.reach((await thinkers.on_chain(ada)).exit_end)
    await thinkers.do("close_channel", *thinkers.parties(ada))
    assert refused(thinkers, ada).code == "no_channel"
    await thinkers.open_channel(ada, 50)
    assert (await thinkers.think(ada, 3)).number == 1, "another channel, another book"
    await thinkers.redeem_all()
    assert (await thinkers.on_chain(ada)).redeemed == 3


async def test_calls_in_flight_when_an_exit_starts_are_paid_within_its_window(thinkers):
    ada, own = await thinkers.agent(deposit=100), await thinkers.agent(deposit=100, signer=OWN.address)
    flights = [thinkers.admit(ada, 40), thinkers.admit(ada, 50), thinkers.admit(own, 60)]
    for one in (ada, own):
        await thinkers.do("start_exit", *thinkers.parties(one))
    await thinkers.settle(flights[0], 30)
    assert await thinkers.redeemer.turn() == 1, "whatever it is worth"
    await thinkers.settle(flights[1], 50)
    await thinkers.settle(flights[2], 60)
    assert await thinkers.redeemer.turn() == 1, "and again for the next"
    await thinkers.meter.take_voucher(own, thinkers.signed(own, OWN))
    assert await thinkers.redeemer.turn() == 1
    await thinkers.world.catch_up()
    assert [(await thinkers.on_chain(one)).redeemed for one in (ada, own)] == [80, 60]


async def test_what_ended_after_its_channel_was_closed_is_paid_in_the_next(thinkers):
    ada = await thinkers.agent(deposit=100)
    before, flight = await thinkers.earned(), thinkers.admit(ada, 40)
    await thinkers.do("start_exit", *thinkers.parties(ada))
    await thinkers.world.reach((await thinkers.on_chain(ada)).exit_end)
    await thinkers.do("close_channel", *thinkers.parties(ada))
    await thinkers.settle(flight, 30)
    assert await thinkers.redeem_all() == 0
    await thinkers.open_channel(ada, 29)
    assert (refused(thinkers, ada).code, refused(thinkers, ada).shortfall) == ("unpaid_rest", 1)
    await thinkers.top_up(ada, 6)
    receipt = await thinkers.think(ada, 5)
    assert await thinkers.redeem_all() == 1
    assert await thinkers.earned() == before + 35
    assert await thinkers.available(ada) == thinkers.account(ada).available == 0
    proof = thinkers.meter.proof(receipt.call)
    meter = thinkers.world.deployment.meter
    assert proof.redeemed
    assert await read(thinkers.world.rpc, meter.verify_receipt(proof.root, receipt.digest, proof.path))


async def test_a_call_into_debt_freezes_until_a_payment_has_paid_it(thinkers):
    """The deposit pays what it can, the rest is owed; a payment into the account pays the debt first."""
    ada = await thinkers.agent(deposit=100, line=50, capital=100)
    before = await thinkers.earned()
    assert thinkers.account(ada).available == 150
    assert refused(thinkers, ada, 151).code == "insufficient_credits"
    await thinkers.think(ada, 130)
    owed = refused(thinkers, ada, 1)
    assert (owed.code, owed.detail["owed"], owed.shortfall) == ("indebted", 30, 31)
    assert await thinkers.redeemer.turn() == 1, "at once"
    await thinkers.world.catch_up()
    assert (await thinkers.balance(ada)).debt == 30
    assert await thinkers.world.events(Overdrawn) != []
    assert refused(thinkers, ada, 1).code == "indebted"
    assert await thinkers.available(ada) == thinkers.account(ada).available == 0
    await thinkers.world.give(thinkers.owner, account_of_agent(ada), 1000, "reward")
    ledger = thinkers.world.deployment.ledger
    account = account_of_agent(ada)
    await thinkers.world.sender.send(thinkers.owner, ledger.repay(account, account, 30), intent="repay")
    await thinkers.world.catch_up()
    assert (await thinkers.balance(ada)).debt == 0
    assert await thinkers.earned() == before + 130
    await thinkers.top_up(ada, 200)
    assert await thinkers.available(ada) == thinkers.account(ada).available == 250
    await thinkers.think(ada, 200)
    await thinkers.redeem_all()
    assert await thinkers.earned() == before + 330


async def test_calls_side_by_side_never_go_into_debt(thinkers):
    ada = await thinkers.agent(deposit=100, line=50)
    first = thinkers.admit(ada, 60)
    assert refused(thinkers, ada, 41).code == "insufficient_credits"
    second = thinkers.admit(ada, 40)
    thinkers.meter.release(first)
    assert refused(thinkers, ada, 70).code == "insufficient_credits", "another is in flight"
    thinkers.meter.release(second)
    assert thinkers.account(ada).reserved == 0
    await thinkers.settle(thinkers.admit(ada, 150), 150)
    assert refused(thinkers, ada, 1).code == "indebted"


async def test_a_voucher_that_went_bad_holds_up_no_other(thinkers):
    ada, bob = [await thinkers.agent() for _ in range(2)]
    for one in (ada, bob):
        await thinkers.think(one, 7)
    held = next(one for one in thinkers.meter.books.vouchers() if one.agent_id == ada)
    claim, signature = (
        held.as_struct().claim,
        thinkers.owner.sign_digest(
            thinkers.meter.domain.digest(held.channel_id, held.cumulative, held.receipts_root)
        ),
    )
    await thinkers.market.redeem(
        thinkers.provider, thinkers.provider.address, claim, signature, intent="another"
    )
    assert await thinkers.redeem_all() == 2, "the view has not seen it"
    assert [one.cumulative for one in await thinkers.world.events(VoucherSkipped)] == [7]
    assert (await thinkers.on_chain(bob)).redeemed == 7


async def test_more_than_a_batch_goes_in_several(thinkers):
    thinkers.open(batch=2)
    agents = [await thinkers.agent() for _ in range(5)]
    for one in agents:
        await thinkers.think(one, 3)
    first = await thinkers.world.rpc.call("eth_blockNumber")
    assert await thinkers.redeem_all() == 5
    assert int(await thinkers.world.rpc.call("eth_blockNumber"), 16) - int(first, 16) == 3


class Away:
    """A market that cannot be reached."""

    async def redeem_many(self, *arguments, **options):
        raise TransportError("away")


async def test_what_cannot_be_sent_now_is_sent_later(thinkers):
    ada = await thinkers.agent()
    thinkers.open(enough=1, market=Away())
    await thinkers.think(ada, 10)
    with capture_logs() as logs:
        assert await thinkers.redeemer.turn() == 0
    assert [one["event"] for one in logs] == ["vouchers.unredeemed"]
    with pytest.raises(TransportError):
        await thinkers.redeem_all()
    assert thinkers.redeemer.waiting == 10
    thinkers.open(enough=1)
    assert await thinkers.redeemer.turn() == 1


async def test_channels_of_one_agent_share_one_overdraft(thinkers):
    """The contract honours it once: what one channel is to owe, another cannot owe again."""
    ada = await thinkers.agent(deposit=100, line=50)
    flight = thinkers.admit(ada, 130)
    thinkers.signers[ada] = thinkers.provider
    await thinkers.open_channel(ada, 100)
    thinkers.meter.enlist(ada, "ada", thinkers.provider)
    assert refused(thinkers, ada, 101).code == "insufficient_credits"
    thinkers.meter.release(thinkers.admit(ada, 100))
    await thinkers.settle(flight, 130)
    assert thinkers.account(ada).available == 0
    owed = refused(thinkers, ada, 1)
    assert (owed.code, owed.detail["owed"]) == ("indebted", 30)
    await thinkers.redeem_all()
    assert (await thinkers.balance(ada)).debt == 30


async def test_who_signs_by_itself_is_redeemed_for_what_it_signed(thinkers):
    ada = await thinkers.agent(signer=OWN.address)
    await thinkers.think(ada, 10)
    due = refused(thinkers, ada)
    assert (due.code, due.detail["claim"]) == ("voucher_due", thinkers.account(ada).due.as_json())
    assert await thinkers.redeem_all() == 0
    await thinkers.meter.take_voucher(ada, thinkers.signed(ada, OWN))
    assert thinkers.account(ada).due is None
    assert await thinkers.redeem_all() == 1
    flight = thinkers.admit(ada, 20)
    assert refused(thinkers, ada).code == "call_in_flight"
    await thinkers.settle(flight, 5)
    await thinkers.think(ada, 4, voucher=thinkers.signed(ada, OWN))
    await thinkers.redeem_all()
    assert (await thinkers.on_chain(ada)).redeemed == 15, "all but the call that is not signed for"


@pytest.mark.parametrize("restarted", [False, True])
async def test_who_signs_by_itself_signs_before_it_thinks_on_another_channel(thinkers, restarted):
    ada = await thinkers.agent(signer=OWN.address)
    flight = thinkers.admit(ada, 10)
    due_on = thinkers.parties(ada)
    thinkers.signers[ada] = thinkers.owner
    await thinkers.open_channel(ada, 100)
    thinkers.meter.enlist(ada, "ada", thinkers.owner)
    assert refused(thinkers, ada).code == "call_in_flight"
    await thinkers.settle(flight, 10)
    if restarted:
        thinkers.open()
    due = refused(thinkers, ada)
    assert (due.code, due.detail["signer"]) == ("voucher_due", due_on[1])
    told = due.detail["claim"]
    roots = (bytes.fromhex(told[name][2:]) for name in ("channel_id", "receipts_root"))
    claim = thinkers.meter.domain.claim(next(roots), told["cumulative"], next(roots))
    await thinkers.meter.take_voucher(ada, thinkers.signed(ada, OWN, claim))
    await thinkers.think(ada, 5)
    assert await thinkers.redeem_all() == 2


async def test_a_store_that_is_older_than_the_chain_is_named(thinkers, tmp_path):
    ada = await thinkers.agent()
    await thinkers.think(ada, 10)
    await thinkers.redeem_all()
    thinkers.path = tmp_path / "restored.db"
    with pytest.raises(BooksBehind, match="redeemed 10 units on chain, but the books know of 0"):
        thinkers.open()


async def test_what_was_held_before_a_restart_is_redeemed_after_it(thinkers):
    ada = await thinkers.agent()
    await thinkers.think(ada, 10)
    thinkers.signers.clear()
    thinkers.open()
    assert thinkers.redeemer.waiting == 10
    assert await thinkers.redeem_all() == 1, "its agent need not be there"
    assert thinkers.world.view.channels.spent(ada) == 10


@pytest.mark.parametrize("count", [1, 4])
async def test_a_batch_fits_its_gas_if_each_voucher_leaves_a_debt(thinkers, count):
    agents = [await thinkers.agent(deposit=1, line=9, capital=1) for _ in range(count)]
    for one in agents:
        await thinkers.think(one, 10)
    vouchers = [one.as_struct() for one in thinkers.meter.books.vouchers()]
    provider = thinkers.provider
    receipt = await thinkers.market.redeem_many(provider, provider.address, vouchers, intent="redeem")
    await thinkers.world.catch_up()
    assert [(await thinkers.balance(one)).debt for one in agents] == [9] * count
    assert receipt.gas_used * 3 // 2 <= to_redeem(count)
