"""One writer for each wallet of a chain on this machine, whatever store or home folder it writes from.

The lock of a wallet is one byte of a file; the system lets go of it when the process ends in whatever way.
"""

import fcntl
import os
import struct
from functools import cache
from pathlib import Path

import platformdirs

from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import WalletsInUse

PUBLIC_ACCOUNTS = 20
"""Of the public test phrase: everybody knows their keys, and dev chains give them ETH."""
_SET = getattr(fcntl, "F_OFD_SETLK", fcntl.F_SETLK)
"""On Linux a lock belongs to the open file, so that two stores of one process exclude each other too."""


class WalletLocks:
    """The locks that one store holds on the wallets of one chain."""

    def __init__(self, genesis: str) -> None:
        # The folder for such files at run time, XDG_RUNTIME_DIR, is not there on every machine.
        folder = platformdirs.user_state_path("agora")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(_file(folder, genesis), os.O_RDWR | os.O_CREAT, 0o600)
        self._held: set[str] = set()

    def take(self, address: str) -> None:
        """The wallet is this store's until it closes. Raises WalletsInUse."""
        if address in self._held or address in _public():
            return
        place = int(address, 16) % 2**62
        wish = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
        try:
            fcntl.fcntl(self._file, _SET, wish)
        except (BlockingIOError, PermissionError):
            raise WalletsInUse(address) from None
        self._held.add(address)

    def close(self) -> None:
        """Let go of all."""
        os.close(self._file)


def _file(folder: Path, genesis: str) -> Path:
    return folder / f"wallets-{genesis[2:34]}"


@cache
def _public() -> frozenset[str]:
    seed = Seed(TEST_PHRASE)
    return frozenset(seed.wallet(index).address for index in range(PUBLIC_ACCOUNTS))
