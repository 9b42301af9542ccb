"""Deposits that one signs and another sends, on a real node."""

import dataclasses

import pytest

from agents.chain.bindings import credit_token, errors, ledger
from agents.chain.reader import read
from agents.market.authorization import deposit_nonce
from agents.market.domain import Balance, account_of, account_of_agent
from agents.market.marketplace import Marketplace
from agents.money import CREDIT

AMOUNT = 7 * CREDIT
HOUR = 3600


class Payment:
    """A holder with credits outside the Ledger, who never sends a transaction, and one who sends for it."""

    def __init__(self, world, wallets):
        self.world, self.market, self.token = world, world.market, world.deployment.token
        _, self.holder, self.relayer, self.thief, _ = wallets
        self.account = account_of(self.holder.address)

    async def begin(self):
        await self.world.faucet.mint(self.token, self.holder.address, AMOUNT, intent="mint")
        await self.world.catch_up()
        return self

    async def sign(self, wallet=None, **changes):
        fields = {"account": self.account, "amount": AMOUNT, "valid_before": self.world.feed.now() + HOUR}
        return await self.market.authorize_deposit(wallet or self.holder, **fields | changes)

    async def send(self, signed, intent="send", wallet=None):
        return await self.market.deposit_with_authorization(wallet or self.relayer, signed, intent=intent)

    async def stands(self, free, outside):
        """The account holds ``free`` by the contract and by the view; the holder's wallet holds ``outside``."""
        await self.world.catch_up()
        found = await self.market.balance(self.account)
        assert found == self.world.view.balance(self.account) == Balance(free, 0)
        assert await self.market.wallet_credits(self.holder.address) == outside

    async def spent(self, signed):
        return await read(self.world.rpc, self.token.authorization_state(signed.owner, signed.nonce))


@pytest.fixture
async def payment(world, wallets):
    return await Payment(world, wallets).begin()


async def test_a_signed_deposit_is_made_by_another(payment, world):
    count = await world.rpc.call("eth_getTransactionCount", payment.holder.address, "latest")
    signed = await payment.sign()
    assert not await payment.spent(signed)
    await payment.stands(0, AMOUNT)

    await payment.send(signed)
    await payment.stands(AMOUNT, 0)
    assert await payment.spent(signed)
    assert await world.events(ledger.Deposited) == [
        ledger.Deposited(payment.account, payment.holder.address, AMOUNT)
    ]
    assert await world.events(credit_token.AuthorizationUsed) == [
        credit_token.AuthorizationUsed(payment.holder.address, signed.nonce)
    ]
    assert await world.rpc.call("eth_getTransactionCount", payment.holder.address, "latest") == count


async def test_the_account_may_be_an_agent(payment, world):
    agent_id = await payment.market.register(payment.thief, "data:,Ada", intent="register")
    payment.account = account_of_agent(agent_id)
    await payment.send(await payment.sign(amount=1))
    await payment.stands(1, AMOUNT - 1)


async def test_the_same_intent_sends_once_and_another_is_refused(payment):
    signed = await payment.sign()
    first = await payment.send(signed)
    assert await payment.send(signed) == first
    with pytest.raises(errors.AuthorizationSpent) as raised:
        await payment.send(signed, "again", payment.thief)
    assert (raised.value.authorizer, raised.value.nonce) == (payment.holder.address, signed.nonce)
    await payment.stands(AMOUNT, 0)


async def test_two_deposits_alike_are_two(payment):
    one, other = await payment.sign(amount=1), await payment.sign(amount=1)
    assert one.nonce != other.nonce
    await payment.send(other, "other")
    await payment.send(one, "one")
    await payment.stands(2, AMOUNT - 2)


@pytest.mark.parametrize(
    "changed",
    [
        lambda p: {"account": account_of(p.thief.address)},
        lambda p: {"owner": p.relayer.address},
        lambda _: {"amount": AMOUNT - 1},
        lambda _: {"valid_after": 1},
        lambda _: {"valid_before": 2**256 - 1},
        lambda _: {"salt": bytes(32)},
        lambda _: {"signature": bytes(65)},
    ],
)
async def test_what_was_signed_cannot_be_changed(payment, changed):
    signed = dataclasses.replace(await payment.sign(), **changed(payment))
    with pytest.raises(errors.InvalidAuthorization) as raised:
        await payment.send(signed, wallet=payment.thief)
    assert raised.value.nonce == signed.nonce
    await payment.stands(0, AMOUNT)


async def test_a_deposit_for_another_deployment_is_worth_nothing_here(payment, world, rpc, sender):
    deployment = world.deployment
    fields = {name: getattr(deployment, name) for name in type(deployment).__slots__}
    other_token = type(deployment.token)(deployment.registry.address)
    other_ledger = type(deployment.ledger)(deployment.tasks.address)
    for changes in ({"chain_id": 1}, {"token": other_token}, {"ledger": other_ledger}):
        elsewhere = Marketplace(rpc, type(deployment)(**fields | changes), sender)
        until = world.feed.now() + HOUR
        signed = await elsewhere.authorize_deposit(
            payment.holder, payment.account, AMOUNT, valid_before=until
        )
        with pytest.raises(errors.InvalidAuthorization):
            await payment.send(signed)


async def test_a_deposit_has_its_time(payment, world):
    now = world.feed.now()
    early = await payment.sign(valid_after=now + HOUR, valid_before=now + 2 * HOUR)
    with pytest.raises(errors.AuthorizationNotYetValid) as not_yet:
        await payment.send(early)
    assert not_yet.value.valid_after == now + HOUR
    await world.reach(now + 2 * HOUR)
    with pytest.raises(errors.AuthorizationExpired) as over:
        await payment.send(early)
    assert over.value.valid_before == now + 2 * HOUR
    await payment.stands(0, AMOUNT)


async def test_the_signer_takes_a_deposit_back(payment, world):
    signed = await payment.sign()
    await payment.market.cancel_authorization(payment.holder, signed, intent="cancel")
    with pytest.raises(errors.AuthorizationSpent):
        await payment.send(signed)
    assert await world.events(credit_token.AuthorizationCanceled) == [
        credit_token.AuthorizationCanceled(payment.holder.address, signed.nonce)
    ]
    await payment.stands(0, AMOUNT)


async def test_a_stranger_takes_nothing_back(payment):
    signed = await payment.sign()
    with pytest.raises(errors.InvalidAuthorization):
        await payment.market.cancel_authorization(payment.thief, signed, intent="cancel")
    await payment.send(signed)
    await payment.stands(AMOUNT, 0)


async def test_the_nonce_is_the_contracts(payment, world):
    salt = b"\7" * 32
    for account in (payment.account, account_of_agent(3)):
        nonce = await read(world.rpc, world.deployment.ledger.authorization_nonce(account, salt))
        assert deposit_nonce(account, salt) == nonce


async def test_a_signature_is_not_printed(payment):
    signed = await payment.sign()
    assert "signature" not in repr(signed)
    assert str(payment.account) in repr(signed)
