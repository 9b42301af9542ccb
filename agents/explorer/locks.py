"""One writer an index: a lock that the system, or the server, lets go of when its holder is gone in whatever way."""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import NullPool

from agents.errors import DatabaseDown, IndexInUse
from agents.explorer.database import name_of, reaching

_SET = getattr(fcntl, "F_OFD_SETLK", fcntl.F_SETLK)
"""On Linux a lock belongs to the open file, so that two writers of one process exclude each other too."""
LOCK = 0x41474F5241_0002
"""Of PostgreSQL's advisory locks, which each database has for itself."""


class WriterLock:
    """Use as ``with WriterLock(engine):``; entering raises IndexInUse, which names the holder, or DatabaseDown."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file: int | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        if self._engine.dialect.name == "sqlite":
            self._lock_file()
        else:
            self._lock_server()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def check(self) -> None:
        """Raises DatabaseDown when the server let go of the lock because the connection broke off."""
        if self._connection is not None:
            with reaching(self._engine):
                self._connection.exec_driver_sql("SELECT 1")

    def _lock_file(self) -> None:
        import struct

        path = Path(f"{self._engine.url.database}.lock")
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        wish = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
        try:
            fcntl.fcntl(file, _SET, wish)
        except (BlockingIOError, PermissionError):
            holder = os.read(file, 100).decode("utf-8", "replace") or "another process"
            os.close(file)
            raise IndexInUse(name_of(self._engine), holder) from None
        os.ftruncate(file, 0)
        os.write(file, f"process {os.getpid()} on {socket.gethostname()}".encode())
        self._file = file
