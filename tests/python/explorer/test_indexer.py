"""The indexer on a real node."""

import pytest
from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/explorer.db")
    yield engine
    engine.dispose()


async def test_the_index_holds_what_the_node_has(rpc, deployment, engine):
    async with Indexer(rpc, deployment, engine) as indexer:
        cursor = await indexer.catch_up()
        assert cursor.block == int(await rpc.call("eth_blockNumber"), 16)
    with engine.connect() as db:
        events = db.execute(select(schema.events)).mappings().all()
    assert events
