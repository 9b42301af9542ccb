"""A guarded node in a process of its own, which writes down when each block could be seen.

    python -m bench.fleet.node FOLDER BLOCK_MS

In FOLDER: ``addresses.json``; ``url``, once the market is deployed; and ``blocks``, a line for each block with its
number and the second, by the clock of this machine, at which it was in the journal and clients could see it.
"""

import asyncio
import sys
import time
from pathlib import Path

from agents.chain.node import GuardedNode

LOOK_SECONDS = 0.002


async def main(folder: Path, block_ms: int) -> None:
    """Run until the process is ended."""
    async with GuardedNode(folder / "run.db", block_ms=block_ms, log=folder / "node.log") as node:
        await node.deploy(folder / "addresses.json")
        (folder / "url.draft").write_text(node.url)
        (folder / "url.draft").rename(folder / "url")
        with (folder / "blocks").open("w") as blocks:
            seen = node.block
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                if node.block != seen:
                    seen = node.block
                    blocks.write(f"{seen} {time.time()}\n")
                    blocks.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
