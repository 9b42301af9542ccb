import asyncio, sys, time, cProfile, pstats
from random import Random
from bench.explorer.market import scripted_deployment
from bench.explorer.chain import *
from agents.explorer.database import open_engine
from agents.explorer.indexer import Indexer
from agents.explorer import schema
from sqlalchemy import select, func
async def main(n, most, url):
    d=scripted_deployment(); c=ScriptedChain(d, most, agents=100); 
    t=time.time(); c.mine(Random("x"), n); print("made", sum(len(b.logs) for b in c.blocks), time.time()-t)
    e=open_engine(url)
    async with rpc_to(c) as rpc, Indexer(rpc,d,e) as ix:
        t=time.time(); cu=time.process_time(); await ix.catch_up(); dt=time.time()-t
        with e.connect() as db: k=db.scalar(select(func.count()).select_from(schema.events)); print(k, dt, k/dt, "ev/s", time.process_time()-cu)
        with e.connect() as db:
            print(db.execute(select(schema.totals.c.key, schema.totals.c.value)).all())
            print(db.execute(select(schema.entries.c.reason, func.count()).group_by(schema.entries.c.reason)).all())
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
