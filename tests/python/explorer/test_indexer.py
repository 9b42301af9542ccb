"""The indexer on a real node."""

from databases import BOTH
from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.indexer import Indexer


@BOTH
async def test_the_index_holds_what_the_node_has(rpc, deployment, engine):
    async with Indexer(rpc, deployment, engine) as indexer:
        cursor = await indexer.catch_up()
        assert cursor.block == int(await rpc.call("eth_blockNumber"), 16)
    with engine.connect() as db:
        events = db.execute(select(schema.events)).mappings().all()
    assert events
