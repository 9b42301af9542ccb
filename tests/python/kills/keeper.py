"""A guarded node that is told when to die.

    python keeper.py JOURNAL PORT

says ``up URL`` when it answers, and then reads lines: ``MOMENT N`` is its own doom, at the N-th time of sent (the node
has a transaction, and the client no answer), writing, commit or kept (a block goes into the journal); ``node`` ends the
node that it guards; ``stop`` ends both in peace.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agents.chain.journal.handed import NotingUpstream
from agents.chain.node import GuardedNode
from kills.doom import Doom

BLOCK_MS = 100


def wait_at_the_guard(doom: Doom) -> None:
    """Death waits where the node's answer to a transaction passes."""
    post = NotingUpstream.post

    async def posted(self: NotingUpstream, body: bytes) -> bytes:
        answer = await post(self, body)
        if b"eth_sendRawTransaction" in body:
            doom.reach("sent")
        return answer

    NotingUpstream.post = posted


async def main(journal: Path, port: int) -> None:
    doom, stop, loop = Doom("never", 0), asyncio.Event(), asyncio.get_running_loop()
    doom.wait_in_stores()
    wait_at_the_guard(doom)
    async with GuardedNode(journal, block_ms=BLOCK_MS, port=port, operator_key="kills") as node:
        await node.deploy(journal.with_suffix(".json"))

        def listen() -> None:
            for line in sys.stdin:
                what, *count = line.split()
                if what == "node":
                    os.killpg(node.pid, signal.SIGKILL)
                elif what == "stop":
                    loop.call_soon_threadsafe(stop.set)
                else:
                    doom.moment, doom.left = what, int(*count)

        threading.Thread(target=listen, daemon=True).start()
        print(f"up {node.operator_url} {node.raw_url}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
