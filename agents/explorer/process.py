"""An explorer as a process of its own, for as long as a block of code runs; it dies with this process in any case."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from agents.chain import lifeline
from agents.errors import ExplorerLost, PortInUse
from agents.explorer.command import GREETING
from agents.settings import Settings

START_SECONDS = 60.0
STOP_SECONDS = 8.0
_ROOT = Path(__file__).resolve().parents[2]
_NOT_ITS = ("OPENAI_API_KEY", "AGORA_PASSWORD", "AGORA_DATABASE")
"""Secrets that it has no use for, or that the settings hold."""
_LAST_LINES = 5


class ExplorerProcess:
    """Use as ``async with ExplorerProcess(settings) as explorer``; inside, ``explorer.url`` answers.

    Entering raises PortInUse, or ExplorerLost when it does not begin.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        read_only: bool = False,
        dev_key: bool = True,
        log: Path | None = None,
    ) -> None:
        """Port 0 is one that the system chooses; ``log`` is where its log goes, else nowhere."""
        self._settings, self._log_path = settings, log
        self._host, self._port = host, port
        self._options = ["--host", host, "--port", str(port), "--json-logs"]
        self._options += ["--read-only"] if read_only else []
        self._options += [] if dev_key else ["--no-dev-key"]
        self._process: asyncio.subprocess.Process | None = None
        self._readers: asyncio.Task[object] | None = None
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._url = ""

    @property
    def url(self) -> str:
        """Where it answers, while it runs."""
        return self._url

    @property
    def pid(self) -> int:
        """The process id of its guard, which is also that of its group, while it runs."""
        assert self._process is not None, "it runs only inside `async with`"
        return self._process.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            lifeline.__file__,
            *(sys.executable, "-m", "agents.explorer", *self._options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
            start_new_session=True,
        )
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._readers = asyncio.create_task(self._read(found))
        try:
            await asyncio.wait(
                (found, self._readers), timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            self._url = found.result() if found.done() else ""
        finally:
            if not self._url:
                await self.stop()
        if not self._url:
            raise self._unbegun()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def ended(self) -> None:
        """Wait until it has ended, and raise ExplorerLost: nobody has asked it to."""
        assert self._process is not None, "it runs only inside `async with`"
        assert self._readers is not None
        process, readers = self._process, self._readers
        await process.wait()
        await asyncio.wait((readers,))
        raise ExplorerLost(self._said, began=True)

    async def stop(self) -> None:
        """It has ended: asked first, killed after STOP_SECONDS. A second call does nothing."""
        process, self._process, self._url = self._process, None, ""
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        await process.wait()
        if self._readers is not None:
            await self._readers

    @property
    def _said(self) -> str:
        return " ".join(self._last)

    def _unbegun(self) -> ExplorerLost | PortInUse:
        if f"port {self._port} of {self._host} is in use" in self._said:
            return PortInUse(self._host, self._port)
        return ExplorerLost(self._said.removeprefix("error: "), began=False)

    def _environment(self) -> dict[str, str]:
        """What it needs to know, secrets among it: a command line could be read by everybody on the machine."""
        settings = self._settings
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_ITS}
        paths = [str(_ROOT), *filter(None, [kept.get("PYTHONPATH")])]
        told = {
            "AGORA_HOME": str(settings.home.absolute()),
            "AGORA_PROVIDER": settings.provider,
            "AGORA_ADDRESSES": str(settings.addresses.absolute()),
            "AGORA_CONTENT": settings.content,
            "AGORA_LOG_LEVEL": settings.log_level,
            "PYTHONPATH": os.pathsep.join(paths),
        }
        if settings.database is not None:
            told["AGORA_DATABASE"] = settings.database.get_secret_value()
        return kept | told

    async def _read(self, found: asyncio.Future[str]) -> None:
        """Read all it says, as it would stop at a full pipe."""
        assert self._process is not None
        output, errors = self._process.stdout, self._process.stderr
        assert output is not None
        assert errors is not None
        with open(self._log_path or os.devnull, "ab") as log:  # noqa: PTH123 - the null device is a name
            await asyncio.gather(self._await_greeting(output, found), self._keep(errors, log))

    async def _await_greeting(self, output: asyncio.StreamReader, found: asyncio.Future[str]) -> None:
        while line := await output.readline():
            told = line.decode(errors="replace")
            if told.startswith(GREETING) and not found.done():
                found.set_result(told.removeprefix(GREETING).strip())

    async def _keep(self, errors: asyncio.StreamReader, log: IO[bytes]) -> None:
        while line := await errors.readline():
            self._last.append(line.decode(errors="replace").strip())
            log.write(line)
            log.flush()
