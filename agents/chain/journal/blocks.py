"""What a journal holds: how its chain began, and its blocks."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Self

import rlp  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Genesis:
    """What the first block of a chain follows from."""

    time: int
    mark: int

    @classmethod
    def new(cls) -> Self:
        """That of a chain which begins now and is like no other."""
        return cls(int(time.time()), secrets.randbits(62))

    @property
    def setting(self) -> str:
        """The value of AGORA_GENESIS, as hardhat.config.js reads it."""
        return f"{self.time}-{self.mark}"


@dataclass(frozen=True, slots=True)
class Origin:
    """The first block of the journal's chain."""

    genesis: Genesis
    hash: bytes
    state_root: bytes

    def seal(self) -> bytes:
        """The checksum with which the chain of checksums begins."""
        return sealed(b"", self.genesis.time, self.genesis.mark, self.hash, self.state_root)


@dataclass(frozen=True, slots=True)
class Block:
    """One block after the first: enough to mine it again, and to see that it is the same."""

    number: int
    timestamp: int
    base_fee: int
    mix_hash: bytes
    state_root: bytes
    hash: bytes
    transactions: tuple[bytes, ...]
    outcomes: bytes

    @property
    def row(self) -> tuple[int | bytes, ...]:
        """The columns, but for the seal."""
        fields = (self.number, self.timestamp, self.base_fee, self.mix_hash, self.state_root, self.hash)
        return (*fields, rlp.encode(list(self.transactions)), self.outcomes)

    @classmethod
    def of_row(
        cls,
        number: int,
        timestamp: int,
        base_fee: int,
        mix_hash: bytes,
        state_root: bytes,
        block_hash: bytes,
        transactions: bytes,
        outcomes: bytes,
    ) -> Self:
        """The block in the columns of ``row``."""
        listed = tuple(rlp.decode(transactions))
        return cls(number, timestamp, base_fee, mix_hash, state_root, block_hash, listed, outcomes)


def sealed(before: bytes, *columns: int | bytes) -> bytes:
    """The checksum of columns and of what came before; lengths are part of it, so that no two rows read alike."""
    digest = hashlib.sha256(before)
    for column in columns:
        field = column if isinstance(column, bytes) else b"%d" % column
        digest.update(b"%d:" % len(field))
        digest.update(field)
    return digest.digest()
