"""A process that indexes a chain until it is killed: ``python indexing.py URL DATABASE``."""

import asyncio
import sys

from scripted_market import scripted_deployment

from agents.chain.rpc import Rpc
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer


async def main(url, database):
    async with (
        Rpc(url) as rpc,
        Indexer(rpc, scripted_deployment(), open_engine(database), poll=0.01, range_blocks=20) as indexer,
    ):
        await indexer.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
