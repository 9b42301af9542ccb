"""One writer for each wallet of a chain on this machine, whatever store or home folder it writes from.

The lock of a wallet on a chain is one byte of one of a few files; the system lets go of it when the process
ends in whatever way.
"""

import fcntl
import hashlib
import os
import struct
from functools import cache

import platformdirs

from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import WalletsInUse

PUBLIC_ACCOUNTS = 20
"""Of the public test phrase: everybody knows their keys, and dev chains give them ETH."""
FILES = 64
"""The system walks through all locks of a file for each new one: with one file, 10,000 wallets take seconds."""
_SET = getattr(fcntl, "F_OFD_SETLK", fcntl.F_SETLK)
"""On Linux a lock belongs to the open file, so that two stores of one process exclude each other too."""


class WalletLocks:
    """The locks that one store holds on the wallets of one chain."""

    def __init__(self, genesis: str) -> None:
        self._genesis = genesis
        self._files: dict[int, int] = {}
        self._held: set[str] = set()

    def take(self, address: str) -> None:
        """The wallet is this store's until it closes. Raises WalletsInUse."""
        if address in self._held or address in _public():
            return
        mark = int.from_bytes(hashlib.sha256(f"{self._genesis}|{address}".encode()).digest(), "big")
        wish = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, mark % 2**62, 1, 0)
        try:
            fcntl.fcntl(self._file(mark >> 64), _SET, wish)
        except (BlockingIOError, PermissionError):
            raise WalletsInUse(address) from None
        self._held.add(address)

    def close(self) -> None:
        """Let go of all."""
        for file in self._files.values():
            os.close(file)
        self._files.clear()

    def _file(self, mark: int) -> int:
        number = mark % FILES
        if number not in self._files:
            # The folder for such files at run time, XDG_RUNTIME_DIR, is not there on every machine.
            folder = platformdirs.user_state_path("agora")
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / f"wallets-{number}.lock"
            self._files[number] = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._files[number]


@cache
def _public() -> frozenset[str]:
    seed = Seed(TEST_PHRASE)
    return frozenset(seed.wallet(index).address for index in range(PUBLIC_ACCOUNTS))
