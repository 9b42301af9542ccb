"""An application over the index of a scripted market's life."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from random import Random

from scripted_chain import ScriptedChain, rpc_to
from scripted_market import scripted_deployment
from standing_in import context_in

from agents.explorer.api.standing import Standing
from agents.explorer.indexer import Indexer


def life(blocks=120, seed="api"):
    """A chain on which much has happened."""
    chain = ScriptedChain(scripted_deployment())
    chain.mine(Random(seed), blocks)
    return chain


def filled(folder, chain, **changes):
    """A context over the chain's index, which is in ``folder``."""
    context = context_in(folder, **changes)
    context.deployment = chain.deployment
    # In a thread, as a test may have a loop of its own.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, take_in(context, chain)).result()
    at = Standing(block=chain.head, chain_head=chain.head, node_up=True, node_since=1)
    context.standing = lambda: at
    return context


async def take_in(context, chain):
    """The index is as far as the chain."""
    async with rpc_to(chain) as rpc, Indexer(rpc, chain.deployment, context.engine) as indexer:
        await indexer.catch_up()
