import stat
from dataclasses import replace

import pytest
from eth_account import Account
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.faucet import TEST_PHRASE
from agents.chain.transaction import Transaction
from agents.chain.wallet import Seed
from agents.errors import BadSeedPhrase, WrongPassword

SEED = Seed(TEST_PHRASE)
KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
"""Of its first wallet."""


@pytest.mark.parametrize(
    ("index", "address"),
    [
        (0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        (1, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        (9, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"),
    ],
)
def test_wallets_derive_by_bip44(index, address):
    assert SEED.wallet(index).address == address


def numbers(most):
    return st.integers(0, most) | st.sampled_from([0, 1, 127, 128, 255, 256, most])


@given(
    chain_id=numbers(2**63),
    nonce=numbers(2**64 - 2),
    fees=st.tuples(numbers(2**64), numbers(2**64)),
    gas=numbers(2**64),
    value=numbers(2**256 - 1),
    data=st.binary()
    | st.sampled_from([b"\0", b"\x7f", b"\x80", bytes(55), bytes(56), bytes(300), bytes(70_000)]),
)
def test_signed_transaction_is_byte_for_byte_what_eth_account_signs(chain_id, nonce, fees, gas, value, data):
    wallet, tip = SEED.wallet(0), min(fees)
    transaction = Transaction(chain_id, nonce, tip, max(fees), gas, SEED.wallet(1).address, value, data)
    raw = wallet.sign_transaction(transaction)
    fields = {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "to": transaction.to,
        "value": value,
        "data": data,
    }
    fields |= {"gas": gas, "maxFeePerGas": max(fees), "maxPriorityFeePerGas": tip}
    assert raw == bytes(Account.from_key(KEY).sign_transaction(fields).raw_transaction)
    assert raw == wallet.sign_transaction(transaction), "and the same each time"
    assert Transaction.read(raw) == replace(transaction, to=transaction.to.lower())


def test_signed_digest_is_of_the_wallet():
    wallet, digest = SEED.wallet(0), keccak(text="a bid")
    signature = wallet.sign_digest(digest)
    assert len(signature) == 65
    assert signature[64] in (27, 28), "v as contracts expect it"
    assert Account._recover_hash(digest, signature=signature) == wallet.address


@given(st.binary(), st.binary())
def test_secrets_depend_on_wallet_and_label(one, other):
    first, second = SEED.wallet(0), SEED.wallet(1)
    assert len(first.derive_secret(one)) == 32
    assert (first.derive_secret(one) == first.derive_secret(other)) == (one == other)
    assert first.derive_secret(one) != second.derive_secret(one)


def test_nothing_printed_holds_a_secret():
    wallet = SEED.wallet(0)
    shown = f"{SEED!r} {SEED} {wallet!r} {wallet}"
    assert wallet.address in shown
    for secret in ("junk", KEY, str(bytes.fromhex(KEY))):
        assert secret not in shown.lower()
    assert not hasattr(wallet, "__dict__"), "vars() shows nothing"


def test_open_makes_a_seed_once_and_keeps_it_private(tmp_path):
    home = tmp_path / "home"
    seed = Seed.open(home)
    assert Seed.open(home).same_as(seed), "the same seed after a restart"
    assert not Seed.open(tmp_path / "other").same_as(seed), "another home, another seed"
    assert {path.name for path in home.iterdir()} == {"seed.json", "password"}, "no drafts are left"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        content = path.read_text()
        assert not any(word in content.split() for word in seed._phrase.split())
        assert seed._phrase not in content


def test_open_with_a_password_keeps_it_out_of_the_home(tmp_path):
    seed = Seed.open(tmp_path, "correct horse")
    assert [path.name for path in tmp_path.iterdir()] == ["seed.json"]
    assert Seed.open(tmp_path, "correct horse").same_as(seed)
    for wrong in ("battery staple", None, ""):
        with pytest.raises(WrongPassword, match="AGORA_PASSWORD"):
            Seed.open(tmp_path, wrong)


def test_a_derived_seed_is_a_phrase_like_any_other_and_always_the_same(tmp_path):
    path = tmp_path / "phrase"
    path.write_text("abandon " * 11 + "about")
    assert Seed.derived(bytes(16)).same_as(Seed.from_file(path))
    assert not Seed.derived(bytes(15) + b"\1").same_as(Seed.from_file(path))


@pytest.mark.parametrize("words", [12, 15, 18, 21, 24])
def test_from_file_reads_phrases_of_all_lengths(tmp_path, words):
    from eth_account.hdaccount.mnemonic import Mnemonic

    phrase = Mnemonic().generate(words)
    path = tmp_path / "phrase"
    path.write_text(f"  {phrase}\n")
    assert Seed.from_file(path).same_as(Seed(phrase))


@pytest.mark.parametrize(
    "text", ["", "test test test", TEST_PHRASE.replace("junk", "test"), "x " * 12, b"\xff\xfe"]
)
def test_from_file_refuses_what_is_no_phrase(tmp_path, text):
    path = tmp_path / "phrase"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadSeedPhrase) as caught:
        Seed.from_file(path)
    assert not isinstance(text, str) or not text.strip() or text not in str(caught.value)
    with pytest.raises(BadSeedPhrase):
        Seed.from_file(tmp_path / "missing")
