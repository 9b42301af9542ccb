"""Looks over what Agora needs on this machine, and says what to do about what is missing."""

import asyncio
import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agents.chain import toolchain
from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.errors import AgoraError, ToolchainMissing, UserError
from agents.fleet.gateway import describe
from agents.llm.upstreams.choice import model_name
from agents.llm.weights import MINILM, SMOLLM2, find, find_gguf
from agents.settings import Settings

LEAST_NODE = (22, 13)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str
    """What was found; where it is not well, what to do."""


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which one thing needs the other."""
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("Python", _python),
        ("Node", _node),
        ("Hardhat", _hardhat),
        ("model", _model),
        ("embeddings", _embeddings),
        ("chain", _chain),
        ("contracts", _contracts),
    ]
    return [await _finding(what, check, settings) for what, check in checks]


async def _finding(what: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        return Finding(what, True, await check(settings))
    except AgoraError as error:
        return Finding(what, False, str(error))


async def _python(_: Settings) -> str:
    # pip refuses to install the package on an older one, so there is nothing to find fault with.
    return platform.python_version()


async def _node(_: Settings) -> str:
    process = await asyncio.create_subprocess_exec(
        toolchain.hardhat()[0], "--version", stdout=asyncio.subprocess.PIPE
    )
    output, _errors = await process.communicate()
    version = output.decode().strip()
    major, minor = (int(part) for part in version.lstrip("v").split(".")[:2])
    if (major, minor) < LEAST_NODE:
        raise ToolchainMissing(f"Node is {version}: Hardhat 3 needs 22.13 or newer, run `make setup`")
    return version


async def _hardhat(_: Settings) -> str:
    toolchain.hardhat()
    return "installed"


async def _model(settings: Settings) -> str:
    if settings.gateway is not None:
        return await describe(settings.gateway)
    name = model_name(settings)
    if settings.models is not None:
        return f"{name}, by the file that AGORA_MODELS names"
    if settings.model:
        return f"{name} at the endpoint that OPENAI_BASE_URL names"
    path = find_gguf(settings.gguf) if settings.gguf else await asyncio.to_thread(find, SMOLLM2)
    return path.name


async def _embeddings(_: Settings) -> str:
    return (await asyncio.to_thread(find, MINILM)).name


async def _chain(settings: Settings) -> str:
    async with Rpc(settings.provider) as rpc:
        return f"chain {await rpc.connect()} answers"


async def _contracts(settings: Settings) -> str:
    async with Rpc(settings.provider) as rpc:
        try:
            await rpc.connect()
        except UserError:
            raise ToolchainMissing("not looked at, as no chain answers") from None
        deployment = await Deployment.load(settings.addresses, rpc)
        return f"deployed in block {deployment.deploy_block}"
