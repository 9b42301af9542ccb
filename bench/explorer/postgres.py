"""A PostgreSQL server of one's own, in a temporary folder, which ends with the process that started it."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.chain import lifeline

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version, outside PATH."""
OWNER = "postgres"
"""The server refuses to run as root; then it runs as this user, which its package makes."""
START_SECONDS = 60.0
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests: nobody needs their data after a power cut."""


class PostgresMissing(Exception):
    """There is no PostgreSQL server on this machine."""


def programs() -> Path:
    """The folder of ``initdb`` and ``postgres``; raises PostgresMissing."""
    found = shutil.which("initdb")
    near = [Path(found).resolve().parent] if found else []
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)
    for folder in [*near, *debian]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing("no initdb in PATH or /usr/lib/postgresql: install the package postgresql")


class PostgresServer:
    """A running server, reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = (f"index{number}" for number in itertools.count(1))

    def url(self, name: str = "postgres") -> str:
        """The address of the database with this name."""
        return f"postgresql://{OWNER}@/{name}?host={self._folder}"

    def database(self) -> str:
        """The address of a new, empty database."""
        import psycopg

        name = next(self._names)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def running_postgres(*settings: str) -> Iterator[PostgresServer]:
    """A server with these settings, such as ``QUICK``; its data is deleted at the end. Raises PostgresMissing."""
    binaries = programs()
    as_owner = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups"] if os.getuid() == 0 else []
    # A socket's path has at most a hundred characters, which the folders of tests exceed.
    folder = Path(tempfile.mkdtemp(prefix="agora-pg-", dir="/tmp"))
    try:
        if as_owner:
            shutil.chown(folder, OWNER, OWNER)
        data = folder / "data"
        make = [
            *as_owner,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run([*make, "--no-locale"], cwd=folder, check=True, capture_output=True)
        chosen = [f"-c{one}" for one in (f"unix_socket_directories={folder}", "listen_addresses=", *settings)]
        with (folder / "log").open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, lifeline.__file__, *as_owner, binaries / "postgres", "-D", data, *chosen],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        try:
            running = PostgresServer(folder)
            _wait(running, server, folder / "log")
            yield running
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait()
    finally:
        shutil.rmtree(folder)


def _wait(running: PostgresServer, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the server answers; raises RuntimeError with its last words when it does not."""
    import psycopg

    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(running.url()).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
