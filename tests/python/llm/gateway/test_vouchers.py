"""Vouchers: what is signed here is what the contract asks for, and what is not is refused by name."""

import pytest
from channel_ids import channel_id_of
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.bindings.structs import Claim as ClaimStruct
from agents.chain.reader import read
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import VoucherRefused
from agents.llm.gateway.tree import keccak
from agents.llm.gateway.vouchers import (
    Domain,
    SignedVoucher,
    short,
    signer_of,
)

SEED = Seed(TEST_PHRASE)
ADA, PROVIDER = SEED.wallet(2), SEED.wallet(3).address
METER = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
DOMAIN = Domain(31337, METER)
CHANNEL, ROOT = b"\1" * 32, b"\2" * 32
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NONE, NOT_OPEN, STALE, WRONG_SIGNATURE = 0, 1, 3, 5


def long_form(signature):
    """The 65 bytes of a signature in the short form."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + (s % 2**255).to_bytes(32, "big") + bytes([27 + (s >> 255)])


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**64), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_what_wallets_make_of_the_typed_data(channel, cumulative, root):
    domain = {"name": "UsageMeter", "version": "1", "chainId": 31337, "verifyingContract": METER}
    fields = ("channelId", "bytes32"), ("cumulative", "uint256"), ("receiptsRoot", "bytes32")
    kinds = {"Voucher": [{"name": name, "type": kind} for name, kind in fields]}
    message = {"channelId": channel, "cumulative": cumulative, "receiptsRoot": root}
    typed = encode_typed_data(domain, kinds, message)
    assert DOMAIN.digest(channel, cumulative, root) == keccak(b"\x19\x01" + typed.header + typed.body)


@given(st.binary(min_size=32, max_size=32))
def test_all_forms_of_a_signature_become_the_short_one(digest):
    signature = ADA.sign_digest(digest)
    form = short(signature)
    assert len(form) == 64
    assert form == short(form) == short(signature[:64] + bytes([signature[64] - 27]))
    assert long_form(form) == signature
    twin = (ORDER - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    assert short(signature[:32] + twin + bytes([55 - signature[64]])) == form
    assert signer_of(form, digest) == ADA.address


@pytest.mark.parametrize(
    "signature",
    [b"", bytes(63), bytes(66), bytes(64) + b"\2", bytes(64) + b"\x1d", bytes(32) + b"\xff" * 32 + b"\0"],
)
def test_what_is_no_signature_has_no_form(signature):
    with pytest.raises(VoucherRefused) as refused:
        short(signature)
    assert refused.value.flaw == "bad_signature"


@given(st.binary(min_size=64, max_size=64))
def test_noise_is_signed_by_nobody_that_is_known(noise):
    claim = DOMAIN.claim(CHANNEL, 5, ROOT)
    with pytest.raises(VoucherRefused) as refused:
        DOMAIN.check_signature(SignedVoucher(claim, noise), ADA.address)
    assert refused.value.flaw == "bad_signature"


def test_a_voucher_for_elsewhere_is_refused_by_name():
    for domain, flaw in ((Domain(1, METER), "another_chain"), (Domain(31337, PROVIDER), "another_contract")):
        with pytest.raises(VoucherRefused) as refused:
            DOMAIN.check_place(domain.claim(CHANNEL, 5, ROOT))
        assert refused.value.flaw == flaw


def test_a_signature_shows_in_no_repr():
    signed = SignedVoucher(DOMAIN.claim(CHANNEL, 5, ROOT), DOMAIN.sign(ADA, CHANNEL, 5, ROOT))
    assert signed.signature.hex() not in repr(signed)
    assert repr(signed.signature)[2:-1] not in repr(signed)


async def test_the_contract_says_the_same(rpc, deployment):
    meter, domain = deployment.meter, Domain(31337, deployment.meter.address)
    for agent_id, cumulative in ((1, 1), (7, 10**12), (2**200, 2**64 - 1)):
        channel = await read(rpc, meter.channel_id(agent_id, ADA.address, PROVIDER))
        assert channel == channel_id_of(agent_id, ADA.address, PROVIDER, 0)
        digest = await read(rpc, meter.voucher_hash(channel, cumulative, ROOT))
        assert digest == domain.digest(channel, cumulative, ROOT)


async def test_the_contract_takes_what_is_signed_here(world, wallets):
    meter, market = world.deployment.meter, world.market
    owner, provider = wallets[2], wallets[3].address
    agent_id = await world.register("Ada", owner)
    domain = Domain(31337, meter.address)
    claim = ClaimStruct(agent_id, ADA.address, 10, ROOT)
    channel = channel_id_of(agent_id, ADA.address, provider, 0)
    form = domain.sign(ADA, channel, 10, ROOT)

    async def flaw(signature=form, claim=claim):
        return await read(world.rpc, meter.flaw_of(provider, claim, long_form(signature)))

    assert await flaw() == NOT_OPEN
    opened = await market.open_channel(owner, agent_id, ADA.address, provider, 100, intent="open")
    assert opened == channel
    assert await flaw() == NONE
    other = ClaimStruct(agent_id, ADA.address, 11, ROOT)
    assert await flaw(claim=other) == WRONG_SIGNATURE
    assert await flaw(Domain(1, meter.address).sign(ADA, channel, 10, ROOT)) == WRONG_SIGNATURE
    await market.redeem(wallets[4], provider, claim, long_form(form), intent="redeem")
    assert await flaw() == STALE
    await market.close_channel(wallets[3], agent_id, ADA.address, provider, intent="close")
    opened = await market.open_channel(owner, agent_id, ADA.address, provider, 100, intent="open again")
    assert opened == channel_id_of(agent_id, ADA.address, provider, 1)
    assert await flaw() == WRONG_SIGNATURE, "no voucher outlives its channel"
