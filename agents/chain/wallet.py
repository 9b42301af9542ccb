"""Keys: one seed phrase, encrypted on disk, and the wallets that derive from it."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Any, Self

from eth_account import Account
from eth_account.hdaccount import key_from_seed
from eth_account.hdaccount.mnemonic import Mnemonic

from agents.chain.vault import Vault
from agents.errors import BadSeedPhrase

WORDS = 12
PATH = "m/44'/60'/0'/0/{index}"


class Wallet:
    """One key pair. What it prints as is its address; the key never leaves it."""

    __slots__ = ("_account", "address")

    def __init__(self, key: bytes) -> None:
        self._account = Account.from_key(key)
        self.address: str = self._account.address

    def __repr__(self) -> str:
        return f"Wallet({self.address})"

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """The signed bytes of an EIP-1559 transaction; the same input gives the same bytes."""
        return bytes(self._account.sign_transaction(transaction).raw_transaction)

    def sign_digest(self, digest: bytes) -> bytes:
        """The 65-byte signature (r, s, v) of a 32-byte digest, as contracts check it.

        Warning: sign only digests made here; a digest from elsewhere may be that of a payment.
        """
        return bytes(self._account.unsafe_sign_hash(digest).signature)

    def derive_secret(self, label: bytes) -> bytes:
        """32 bytes that only this wallet can make, the same for each label: a salt that cannot be lost."""
        return hmac.new(bytes(self._account.key), label, hashlib.sha256).digest()


class Seed:
    """A BIP-39 phrase and the wallets on its BIP-44 path ``m/44'/60'/0'/0/index``."""

    __slots__ = ("_phrase", "_root")

    def __init__(self, phrase: str) -> None:
        """Assumes a valid phrase. Stretching it takes milliseconds and is done here, once for all wallets."""
        self._phrase = phrase
        self._root = Mnemonic.to_seed(phrase)

    def __repr__(self) -> str:
        return f"Seed({self.wallet(0).address}, …)"

    @classmethod
    def create(cls) -> Self:
        """A new seed of 128 random bits."""
        return cls(Mnemonic().generate(WORDS))

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
        return Wallet(key_from_seed(self._root, PATH.format(index=index)))

    def same_as(self, other: "Seed") -> bool:
        """Whether both are the same phrase."""
        return secrets.compare_digest(self._root, other._root)
