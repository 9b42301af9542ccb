"""A chain of one's own for as long as a block of code runs: a Hardhat node, or anvil, on loopback.

The node ends with the block, and also when this process is killed. Its port is an administrator's door
(anybody who reaches it can set balances), so it is bound to 127.0.0.1 and nothing else.
"""

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from agents.chain import toolchain
from agents.chain.rpc import Rpc, quantity
from agents.errors import ToolchainMissing

CHAIN_ID = 31337
START_SECONDS = 60.0
STOP_SECONDS = 5.0
DEPLOY_SECONDS = 300.0

_READY = {
    "hardhat": re.compile(rb"JSON-RPC server at (http://127\.0\.0\.1:\d+)"),
    "anvil": re.compile(rb"Listening on (127\.0\.0\.1:\d+)"),
}

Chain = Literal["hardhat", "anvil"]


class Devnet:
    """Use as ``async with Devnet() as net``; inside, ``net.url`` answers. Raises ToolchainMissing."""

    def __init__(
        self,
        *,
        chain: Chain = "hardhat",
        block_ms: int | None = None,
        genesis: str | None = None,
        log: Path | None = None,
    ) -> None:
        """``block_ms`` is the time between blocks, by default AGORA_BLOCK_MS or 1000.

        With 0, a block is mined for each transaction. With ``genesis`` (``agents.chain.journal.book.Genesis``), the
        first block is that one, and who started the node mines all others; only a Hardhat node can do this. ``log``
        is where the node's own output goes.
        """
        assert genesis is None or chain == "hardhat", "no other node mines the same blocks again"
        self.chain, self.genesis = chain, genesis
        self.block_ms = int(os.environ.get("AGORA_BLOCK_MS", "1000")) if block_ms is None else block_ms
        self._log_path = log
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where the node answers, while it runs."""
        return self._url

    @property
    def pid(self) -> int:
        """The process id of the node's guard, which is also that of its group, while it runs."""
        assert self._process is not None, "the node runs only inside `async with`"
        return self._process.pid

    async def __aenter__(self) -> Self:
        command, environment = self._command()
        # The guard starts the node in a group of its own and ends it when this process is gone.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("lifeline.py")),
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=toolchain.ROOT,
            env=environment,
            start_new_session=True,
        )
        try:
            await asyncio.wait_for(self._ready(), START_SECONDS)
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """The node has ended: asked first, killed after STOP_SECONDS. A second call does nothing."""
        process, self._process, self._url = self._process, None, ""
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        await _end_group(process)
        if self._drain:
            await self._drain

    async def ended(self) -> None:
        """Wait until the node has ended, by itself or not."""
        assert self._process is not None, "the node runs only inside `async with`"
        await self._process.wait()

    async def deploy(self, addresses: Path) -> None:
        """The market's contracts are on this chain, and ``addresses`` says where; raises ToolchainMissing."""
        await deploy_market(self.url, addresses)

    def _command(self) -> tuple[list[str], dict[str, str]]:
        """The node's command line, on a port that the system chooses, and its environment."""
        if self.chain == "anvil":
            pace = ["--block-time", str(self.block_ms / 1000)] if self.block_ms else []
            # The same chain as hardhat.config.js describes.
            fixed = [
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--chain-id",
                str(CHAIN_ID),
                "--hardfork",
                "cancun",
            ]
            return [toolchain.anvil(), *fixed, "--base-fee", "1000", *pace], toolchain.environment()
        command = [*toolchain.hardhat(), "node", "--hostname", "127.0.0.1", "--port", "0"]
        begun = {} if self.genesis is None else {"AGORA_GENESIS": self.genesis}
        return command, toolchain.environment(AGORA_BLOCK_MS=str(self.block_ms), **begun)

    async def _ready(self) -> None:
        """Wait for the line in which the node names its port, so that no other node can be taken for it."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        seen = b""
        while not (found := _READY[self.chain].search(seen)):
            chunk = await process.stdout.read(4096)
            if not chunk:
                raise ToolchainMissing(f"the {self.chain} node does not start: {_tail(seen)}")
            seen += chunk
        self._drain = asyncio.create_task(self._keep(process.stdout, seen))
        address = found[1].decode()
        self._url = address if address.startswith("http") else f"http://{address}"
        async with Rpc(self._url) as rpc:
            await rpc.connect()

    async def _keep(self, output: asyncio.StreamReader, seen: bytes) -> None:
        """Read all the node says, as it would stop at a full pipe; keep it where there is a log file."""
        with open(self._log_path or os.devnull, "ab") as log:  # noqa: PTH123 - the null device is a name
            while seen:
                log.write(seen)
                log.flush()
                seen = await output.read(65536)


async def deploy_market(url: str, addresses: Path) -> None:
    """The market's contracts are on the chain at ``url``, whose node signs for accounts of its own, and
    ``addresses`` says where; raises ToolchainMissing."""
    environment = toolchain.environment(AGORA_PROVIDER=url, AGORA_ADDRESSES=str(addresses.resolve()))
    # `run` alone would compile the Solidity tests too, which takes much longer than the contracts.
    await _hardhat(environment, "compile", "--no-tests", "--quiet")
    await _hardhat(environment, "run", "--no-compile", "scripts/deploy-all.js", "--network", "localhost")


async def _hardhat(environment: dict[str, str], *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *toolchain.hardhat(),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=toolchain.ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), DEPLOY_SECONDS)
    except BaseException:
        await _end_group(process)
        raise
    if process.returncode != 0:
        raise ToolchainMissing(f"`hardhat {arguments[0]}` fails: {_tail(output)}")


async def _end_group(process: asyncio.subprocess.Process) -> None:
    """Nothing is left of the group that the process leads, also when the process itself has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _tail(output: bytes) -> str:
    """The end of what a program said, on one line."""
    return " ".join(output.decode(errors="replace").split())[-600:] or "it says nothing"


async def warp(rpc: Rpc, seconds: int) -> None:
    """The next block is mined now, ``seconds`` later in chain time. For dev chains only."""
    await rpc.call("evm_increaseTime", quantity(seconds))
    await rpc.call("evm_mine")
