"""A guard in a process of its own, to be killed: ``python guard_process.py [URL]``.

Without the URL of a node it starts one. Prints the guard's URL, the node's, and the process group of its own node.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from agents.chain.devnet import Devnet
from agents.chain.guard.app import build
from agents.chain.guard.gate import Gate
from agents.chain.guard.rules import Rules
from agents.chain.guard.server import GuardServer
from agents.chain.guard.upstream import Upstream


async def main(url: str | None) -> None:
    async with AsyncExitStack() as stack:
        group = 0
        if url is None:
            net = await stack.enter_async_context(Devnet(block_ms=1000))
            url, group = net.url, net.pid
        upstream = await stack.enter_async_context(Upstream(url))
        app = build(upstream, Rules(chain_id=31337), Gate())
        server = await stack.enter_async_context(GuardServer(app))
        print(server.url, url, group, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or [None]))
