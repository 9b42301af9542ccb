"""Signed transactions are read as the wallet libraries write them, and nothing else is taken for one."""

import pytest
import rlp
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from guarded import RULES, Stranger
from hexbytes import HexBytes
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.guard.refusals import Code
from agents.chain.guard.transactions import read
from agents.errors import Refused

ADA = Stranger(1)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
WORD = (1 << 256) - 1


def bytes_of(text):
    return bytes.fromhex(text[2:])


def code_of(raw, *, creation=False, rules=RULES):
    with pytest.raises(Refused) as caught:
        read(raw, rules, creation=creation)
    return caught.value.code


@given(
    kind=st.sampled_from([0, 1, 2]),
    key=st.integers(1, ORDER - 1),
    nonce=st.integers(0, 2**64 - 2),
    gas=st.integers(21_000, 16_777_216),
    price=st.integers(7, 2**100),
    value=st.integers(0, 2**200),
    data=st.binary(max_size=300),
    keys=st.lists(st.integers(0, 2**256 - 1), max_size=3),
)
def test_what_wallets_sign_is_read_as_meant(kind, key, nonce, gas, price, value, data, keys):
    who = Stranger(key)
    access = [{"address": "0x" + "22" * 20, "storageKeys": [f"0x{one:064x}" for one in keys]}]
    fields = {"type": kind, "gas": gas, "value": value, "data": data}
    if kind == 2:
        fields |= {"maxFeePerGas": price, "maxPriorityFeePerGas": price // 2, "accessList": access}
    else:
        fields |= {"gasPrice": price} | ({"accessList": access} if kind == 1 else {})
    found = read(bytes_of(who.signed(nonce, **fields)), RULES, creation=False)
    assert "0x" + found.sender.hex() == who.address.lower()
    assert (found.nonce, found.cost) == (nonce, gas * price + value)


@given(st.data())
def test_a_changed_byte_is_refused_or_leads_to_whom_the_libraries_name(data):
    """No byte can be changed so that the guard and the rest of the world read different transactions."""
    kind = data.draw(st.sampled_from([0, 1, 2]))
    raw = bytearray(bytes_of(ADA.signed(5, type=kind, value=10**15, data=b"bid", gas=50_000)))
    for _ in range(data.draw(st.integers(1, 2))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(raw), RULES, creation=False)
    except Refused:
        return
    assert "0x" + found.sender.hex() == Account.recover_transaction(bytes(raw)).lower()
    if raw[0] < 0xC0:
        fields = TypedTransaction.from_bytes(HexBytes(bytes(raw))).transaction.dictionary
        price = fields.get("maxFeePerGas", fields.get("gasPrice"))
        assert found.cost == fields["gas"] * price + fields["value"]
        assert found.nonce == fields["nonce"]


@given(st.binary(max_size=200))
def test_bytes_that_are_no_transaction_are_refused(raw):
    with pytest.raises(Refused):
        read(raw, RULES, creation=True)


def forged(**changes):
    """A transaction of type 2 whose fields are what they should not be; its signature covers others."""
    names = ["chain", "nonce", "tip", "fee", "gas", "to", "value", "data", "access", "v", "r", "s"]
    fields = dict(zip(names, rlp.decode(bytes_of(ADA.signed(3))[1:]), strict=True)) | changes
    return b"\x02" + rlp.encode(list(fields.values()))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x02",
        b"\x02\xc0",
        bytes_of(ADA.signed()) + b"\0",
        bytes_of(ADA.signed())[:-1],
        bytes_of(ADA.signed(type=0)) + b"\0",
        b"\x02" + rlp.encode([b""] * 11),
        b"\x02" + rlp.encode(b"text"),
        b"\x02\xf8\x05" + rlp.encode([b"", b""])[1:],
        b"\xc0",
        b"\x02" + b"\xc1" * 50_000 + b"\xc0",
        forged(nonce=b"\x00\x03"),
        forged(nonce=b"\xff" * 9),
        forged(value=b"\xff" * 33),
        forged(value=b"\xff" * 32),
        forged(to=b"\x11" * 19),
        forged(to=b"\x11" * 21),
        forged(access=b""),
        forged(data=[]),
        forged(v=b"\x02"),
        forged(v=b"\x1b"),
        forged(r=b""),
        forged(s=b""),
        forged(r=ORDER.to_bytes(32)),
        forged(s=(ORDER // 2 + 1).to_bytes(32)),
        forged(r=b"\xff" * 33),
    ],
    ids=lambda raw: f"{raw[:12].hex()}-{len(raw)}",
)
def test_garbled_transactions_are_refused(raw):
    assert code_of(raw) in (Code.TRANSACTION, Code.TYPE)


def test_lengths_in_a_longer_form_than_needed_are_refused():
    """The same fields with the same signature under another hash: there shall be one way to write them."""
    fields = [rlp.encode(one) for one in rlp.decode(bytes_of(ADA.signed(3))[1:])]
    payload = b"".join(fields)
    assert 55 < len(payload) < 256
    assert "0x" + read(b"\x02\xf8" + bytes([len(payload)]) + payload, RULES, creation=False).sender.hex() == (
        ADA.address.lower()
    )
    assert code_of(b"\x02\xf9\x00" + bytes([len(payload)]) + payload) == Code.TRANSACTION
    assert fields[1] == b"\x03"
    longer = fields[0] + b"\x81\x03" + b"".join(fields[2:])
    assert code_of(b"\x02\xf8" + bytes([len(longer)]) + longer) == Code.TRANSACTION
    longer = b"".join(fields[:5]) + b"\xb8\x14" + fields[5][1:] + b"".join(fields[6:])
    assert code_of(b"\x02\xf8" + bytes([len(longer)]) + longer) == Code.TRANSACTION


def test_the_other_half_of_the_signatures_is_refused():
    """The same transaction with s mirrored has the same sender and another hash: there shall be one."""
    fields = rlp.decode(bytes_of(ADA.signed(3))[1:])
    mirrored = [
        *fields[:-3],
        b"" if fields[-3] else b"\x01",
        fields[-2],
        (ORDER - int.from_bytes(fields[-1])).to_bytes(32),
    ]
    assert code_of(b"\x02" + rlp.encode(mirrored)) == Code.TRANSACTION


@pytest.mark.parametrize("kind", [3, 4, 5, 0x7F, 0xBF])
def test_other_types_are_refused_by_name(kind):
    assert code_of(bytes([kind]) + bytes_of(ADA.signed())[1:]) == Code.TYPE


@pytest.mark.parametrize(
    "fields",
    [
        {"chainId": 1},
        {"chainId": 0},
        {"type": 1, "chainId": 1},
        {"type": 0, "chainId": 1},
        {"type": 0, "chainId": None},
    ],
)
def test_what_is_signed_for_another_chain_or_for_any_is_refused(fields):
    assert code_of(bytes_of(ADA.signed(**fields))) == Code.CHAIN


def test_contracts_are_created_only_by_who_may():
    raw = bytes_of(ADA.signed(to=None, data=b"\xfe", gas=100_000))
    assert code_of(raw) == Code.CREATION
    assert "0x" + read(raw, RULES, creation=True).sender.hex() == ADA.address.lower()


def test_gas_and_fees_have_limits():
    assert code_of(bytes_of(ADA.signed(gas=RULES.most_gas + 1))) == Code.GAS
    assert code_of(bytes_of(ADA.signed(maxFeePerGas=6, maxPriorityFeePerGas=0))) == Code.GAS
    assert code_of(bytes_of(ADA.signed(maxPriorityFeePerGas=5 * 10**9))) == Code.GAS
    assert code_of(bytes_of(ADA.signed(maxFeePerGas=2**255))) == Code.TRANSACTION
    assert read(bytes_of(ADA.signed(gas=RULES.most_gas)), RULES, creation=False).cost > 0


def test_a_transaction_that_is_too_long_is_not_even_read():
    raw = bytes_of(ADA.signed(data=b"\1" * RULES.most_transaction_bytes, gas=10_000_000))
    assert code_of(raw) == Code.TRANSACTION
