"""SQLite and PostgreSQL: the same blocks make the same tables, reorgs among them."""

from random import Random

from scripted_chain import ScriptedChain, rpc_to
from scripted_market import scripted_deployment
from sqlalchemy import select
from truth import fresh, rows_of

from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer

UNDO = 8


async def test_both_kinds_of_databases_hold_the_same_rows(postgres, tmp_path):
    chain, dice = ScriptedChain(scripted_deployment()), Random("both")
    engines = [fresh(tmp_path, "one"), open_engine(postgres.database())]
    async with (
        rpc_to(chain) as rpc,
        Indexer(rpc, chain.deployment, engines[0], undo_blocks=UNDO) as one,
        Indexer(rpc, chain.deployment, engines[1], undo_blocks=UNDO) as other,
    ):
        for depth in (0, 3, 1, 40, 5):
            chain.fork(depth)
            chain.mine(dice, 60)
            assert await one.catch_up() == await other.catch_up()
            both = [rows_of(engine) for engine in engines]
            for name, rows in both[0].items():
                assert rows == both[1][name], name
            # What the tables went through is the same too, but for the clock's time.
            assert history(engines[0]) == history(engines[1])
    assert [row["deep"] for row in history(engines[0])["reorgs"]] == [False, False, True, False]
    for engine in engines:
        engine.dispose()


def history(engine):
    with engine.connect() as db:
        undo = select(schema.undo).order_by(schema.undo.c.block, schema.undo.c.table, schema.undo.c.key)
        reorgs = select(schema.reorgs).order_by(schema.reorgs.c.epoch)
        rows = {
            "undo": [dict(row) for row in db.execute(undo).mappings()],
            "reorgs": [dict(row) for row in db.execute(reorgs).mappings()],
        }
    rows["undo"].sort(key=lambda row: (row["block"], row["table"], row["key"]))
    for row in rows["reorgs"]:
        del row["time"]
    return rows
