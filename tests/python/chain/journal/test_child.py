"""The node of a journal, when it cannot stay up."""

import asyncio
import os
import signal

import pytest

from agents.chain.journal.book import Journal
from agents.chain.journal.child import TRIES, Child
from agents.errors import NodeLost


async def test_a_node_that_ends_again_and_again_is_given_up(tmp_path):
    journal = Journal.open(tmp_path / "run.db")
    child, killed = Child(journal), set()

    async def kill_each():
        while True:
            await asyncio.sleep(0.001)
            if child.url and child.pid not in killed:
                killed.add(child.pid)
                os.killpg(child.pid, signal.SIGKILL)

    killing = asyncio.create_task(kill_each())
    with pytest.raises(NodeLost, match=f"ended {TRIES} times in a row"):
        await child.start()
    assert len(killed) == TRIES
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    await child.start()
    assert int(await child.rpc.call("eth_blockNumber"), 16) == journal.last == 0
    await child.stop()
    await child.stop()
    journal.close()
