"""The embedded model: a llama.cpp server in a process of its own."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, SecretStr, ValidationError

from agents.errors import ModelMissing, ModelServerDied

SLOTS = 4
CONTEXT = 2048  # tokens of prompt and answer for each slot; a longer prompt is refused, never cut

_SECRET = re.compile("KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)  # in the name of a variable
_STOP_SECONDS = 5.0


class _Ready(BaseModel):
    """The line that the server prints when it can be called."""

    url: str
    model: str
    key: SecretStr


class EmbeddedServer:
    """A model server that lives as long as this context, and dies with this process however that ends.

    Entering raises ModelMissing if the file cannot be loaded within ``ready_seconds``. A server that ends by
    itself is not restarted: ``check`` then raises ModelServerDied.
    """

    def __init__(
        self, gguf: Path, *, slots: int = SLOTS, context: int = CONTEXT, ready_seconds: float = 180.0
    ) -> None:
        self._gguf, self._slots, self._context = gguf, slots, context
        self._ready_seconds = ready_seconds
        self._process: Process | None = None
        self._ready: _Ready | None = None
        self._drain: asyncio.Task[None] | None = None
        self._last_words: deque[str] = deque(maxlen=3)

    @property
    def url(self) -> str:
        """The OpenAI-compatible base URL. Raises ModelServerDied before the start."""
        return self._known.url

    @property
    def key(self) -> SecretStr:
        """The key without which the server answers nobody."""
        return self._known.key

    @property
    def model_name(self) -> str:
        """The file's stem."""
        return self._known.model

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._running.pid

    def check(self) -> None:
        """Does nothing while the server runs; raises ModelServerDied once it has ended."""
        code = self._running.returncode
        if code is not None:
            raise ModelServerDied(self._epitaph(code))

    async def __aenter__(self) -> Self:
        self._process = await self._spawn()
        try:
            self._ready = await asyncio.wait_for(self._first_line(), self._ready_seconds)
        except TimeoutError:
            await self._stop()
            raise ModelMissing(
                f"{self._gguf} was not loaded within {self._ready_seconds:g} seconds: choose a smaller model"
            ) from None
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _spawn(self) -> Process:
        environment = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
        root = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
        # -P: a folder named agents in the current folder must not be taken for this package. A session of its
        # own: Ctrl-C is for the fleet, which stops the server last.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "agents.llm.server", "--gguf", str(self._gguf)),
            *("--slots", str(self._slots), "--context", str(self._context)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=environment,
            start_new_session=True,
        )

    async def _first_line(self) -> _Ready:
        process = self._running
        assert process.stdout is not None
        self._drain = asyncio.create_task(self._listen(process))
        line = await process.stdout.readline()
        try:
            return _Ready.model_validate_json(line)
        except ValidationError:
            code = await process.wait()
            await self._drain
            raise ModelMissing(
                f"{self._gguf} cannot be loaded ({self._epitaph(code)}): check that the file is whole and "
                "that there is memory enough"
            ) from None

    async def _listen(self, process: Process) -> None:
        """Keeps the last lines of the server's standard error, so that its pipe never fills."""
        assert process.stderr is not None
        async for line in process.stderr:
            self._last_words.append(line.decode(errors="replace").strip()[:200])

    async def _stop(self) -> None:
        process = self._running
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._drain is not None:
            await self._drain

    def _epitaph(self, code: int) -> str:
        """How the server ended, in a few words."""
        if code < 0:
            reason = f"killed by {signal.Signals(-code).name}"
            if -code == signal.SIGILL:
                reason += ", this processor may lack AVX2"
        else:
            reason = f"exit code {code}"
        return "; ".join((reason, *self._last_words))

    @property
    def _running(self) -> Process:
        if self._process is None:
            raise ModelServerDied("it was never started")
        return self._process

    @property
    def _known(self) -> _Ready:
        if self._ready is None:
            raise ModelServerDied("it was never started")
        return self._ready
