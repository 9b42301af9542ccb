"""What ``agora node start`` does beside the node: its operator's key, its greeting, and the wait for its end."""

import asyncio
import os
import secrets
from pathlib import Path

from agents.chain.devnet import CHAIN_ID
from agents.chain.node import GuardedNode


def operator_key(journal: Path) -> str:
    """The key that is kept beside the journal, so that operators' addresses stay the same."""
    path = _key_path(journal)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def _key_path(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}.key")


def greeting(up: GuardedNode, journal: Path, addresses: Path) -> list[str]:
    """Where everything is."""
    return [
        f"chain {CHAIN_ID} at {up.url}, block {up.block}",
        f"journal       {journal}",
        f"contracts     {addresses}",
        f"operator key  {_key_path(journal)}: AGORA_PROVIDER={up.url}/k/<key> is for deployments",
    ]


async def until(stop: asyncio.Event, up: GuardedNode) -> None:
    """Wait for the person to stop the node, or for what stops it by itself, which is raised."""
    waits = [asyncio.create_task(stop.wait()), asyncio.create_task(up.stopped())]
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in pending:
        one.cancel()
    for one in done:
        one.result()
