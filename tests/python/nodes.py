"""Hardhat nodes with the market deployed, for as long as a test session needs them."""

import asyncio
import threading
from contextlib import contextmanager

from agents.chain.devnet import Devnet


class Node(threading.Thread):
    """A node in a thread of its own: its output is drained while the loops of the tests come and go."""

    def __init__(self, addresses, block_ms=0, genesis=None):
        super().__init__(daemon=True)
        self.addresses, self.block_ms, self.genesis = addresses, block_ms, genesis
        self.url, self.failure = "", None
        self.up, self.down = threading.Event(), threading.Event()

    def run(self):
        try:
            asyncio.run(self.live())
        except BaseException as error:  # noqa: BLE001 - raised by the fixture
            self.failure = error
        finally:
            self.up.set()

    async def live(self):
        async with Devnet(block_ms=self.block_ms, genesis=self.genesis) as net:
            if self.addresses:
                await net.deploy(self.addresses)
            self.url = net.url
            self.up.set()
            await asyncio.to_thread(self.down.wait)


@contextmanager
def running_node(folder=None, block_ms=0, genesis=None):
    """A node that mines at once, or every ``block_ms``; with ``genesis``, only when it is told.

    The market is deployed on it, and its addresses file lies in ``folder``; without a folder, nothing is.
    """
    node = Node(folder and folder / "contract_addresses.json", block_ms, genesis)
    node.start()
    node.up.wait()
    if node.failure:
        raise node.failure
    try:
        yield node
    finally:
        node.down.set()
        node.join()
