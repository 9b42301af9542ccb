import asyncio, sys, time, cProfile, pstats, pickle, os
from random import Random
from bench.explorer.market import scripted_deployment
from bench.explorer.chain import *
from agents.explorer.database import open_engine
from agents.explorer.reader import MarketReader
from agents.explorer.writer import Writer
n, most, url, prof = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], len(sys.argv)>4
d=scripted_deployment(); c=ScriptedChain(d, most, agents=100); c.mine(Random("x"), n)
async def read():
    async with rpc_to(c) as rpc:
        r=MarketReader(rpc,d); out=[]; parent=None
        t=time.process_time()
        for f in range(1,n+1,100):
            b=await r.read(f,min(n,f+99),parent); parent=b[-1].header.hash; out.append(b)
        print("read cpu", time.process_time()-t)
        return out
parts=asyncio.run(read())
e=open_engine(url); w=Writer(e,d); w.open()
k=sum(len(b.logs) for p in parts for b in p)
tx=sum(len(b.transactions) for p in parts for b in p)
p=cProfile.Profile()
if prof: p.enable()
t=time.time(); cu=time.process_time()
for b in parts: w.write(b, n)
dt=time.time()-t; cu=time.process_time()-cu
if prof: p.disable(); pstats.Stats(p).sort_stats("tottime").print_stats(38)
w.close()
print(k,"events",tx,"txs", n, "blocks", k/dt,"ev/s wall", k/cu,"ev/s cpu")
