"""Keys: one seed phrase, encrypted on disk, and the wallets that derive from it."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Self

from coincurve import PrivateKey
from eth_utils.crypto import keccak

from agents.chain.accounts import HardNode, Mnemonic, SoftNode, derive_child_key
from agents.chain.transaction import Transaction
from agents.chain.vault import Vault
from agents.chain.words import checksummed
from agents.errors import BadSeedPhrase

TEST_PHRASE = "test test test test test test test test test test test junk"
"""Known to everybody: Hardhat and anvil give its first accounts 10,000 ETH each."""
WORDS = 12
PARENT = (HardNode(44), HardNode(60), HardNode(0), SoftNode(0))
"""The nodes of BIP-44's path above the wallets."""


class Wallet:
    """One key pair. What it prints as is its address; the key never leaves it."""

    __slots__ = ("_key", "address")

    def __init__(self, key: bytes) -> None:
        self._key = PrivateKey(key)
        point = self._key.public_key.format(compressed=False)
        self.address: str = checksummed("0x" + keccak(point[1:])[-20:].hex())

    def __repr__(self) -> str:
        return f"Wallet({self.address})"

    def sign_transaction(self, transaction: Transaction) -> bytes:
        """The signed bytes; the same transaction gives the same bytes."""
        return transaction.signed(self._key.sign_recoverable(transaction.digest(), hasher=None))

    def sign_digest(self, digest: bytes) -> bytes:
        """The 65-byte signature (r, s, v) of a 32-byte digest, as contracts check it.

        Warning: sign only digests made here; a digest from elsewhere may be that of a payment.
        """
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([27 + signature[64]])

    def derive_secret(self, label: bytes) -> bytes:
        """32 bytes that only this wallet can make, the same for each label: a salt that cannot be lost."""
        return hmac.new(self._key.secret, label, hashlib.sha256).digest()


class Seed:
    """A BIP-39 phrase and the wallets on its BIP-44 path ``m/44'/60'/0'/0/index``."""

    __slots__ = ("_parent", "_phrase", "_root")

    def __init__(self, phrase: str) -> None:
        """Assumes a valid phrase. Stretching it takes milliseconds and is done here, once for all wallets."""
        self._phrase = phrase
        self._root = Mnemonic.to_seed(phrase)
        master = hmac.new(b"Bitcoin seed", self._root, hashlib.sha512).digest()
        parent = (master[:32], master[32:])
        for node in PARENT:
            parent = derive_child_key(*parent, node)
        self._parent = parent

    def __repr__(self) -> str:
        return f"Seed({self.wallet(0).address}, …)"

    @classmethod
    def create(cls) -> Self:
        """A new seed of 128 random bits."""
        return cls(Mnemonic().generate(WORDS))

    @classmethod
    def derived(cls, secret: bytes) -> Self:
        """The seed of a phrase that follows from 16 bytes: whoever has these has all its wallets."""
        return cls(Mnemonic().to_mnemonic(secret))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The seed in a file that holds an English phrase and nothing else; raises BadSeedPhrase."""
        try:
            phrase = " ".join(path.read_text("utf-8").split())
        except (OSError, UnicodeDecodeError):
            raise BadSeedPhrase(path) from None
        if not Mnemonic().is_mnemonic_valid(phrase):
            raise BadSeedPhrase(path)
        return cls(phrase)

    @classmethod
    def open(cls, home: Path, password: str | None = None) -> Self:
        """The seed kept in ``home``, made and kept there the first time; raises WrongPassword.

        It lies in ``seed.json``, encrypted. Without a password one is made up and kept beside it, in
        ``password``: that protects a seed file that is copied or backed up, not a home folder that is stolen.
        """
        password = password or None
        vault = Vault(home / "seed.json", home / "password")
        kept = vault.load(password)
        if kept is not None:
            return cls(kept.decode())
        seed = cls.create()
        vault.save(seed._phrase.encode(), password)
        return seed

    def wallet(self, index: int) -> Wallet:
        """The wallet with this number, the same each time."""
        return Wallet(derive_child_key(*self._parent, SoftNode(index))[0])

    def same_as(self, other: "Seed") -> bool:
        """Whether both are the same phrase."""
        return secrets.compare_digest(self._root, other._root)
