import time, sys, os, gc
import bench.explorer.backfill as b
from agents.explorer.database import open_engine
chain,parts=b.blocks(30000)
def one(label):
    for f in ("","-wal","-shm"):
        try: os.unlink("/tmp/e1t.db"+f)
        except FileNotFoundError: pass
    e=open_engine("sqlite:////tmp/e1t.db"); w=b.Writer(e,chain.deployment); w.open()
    t=time.perf_counter(); c=os.times()
    n=sum(len(x.logs) for p in parts for x in p)
    for p in parts: w.write(p,chain.head)
    d=os.times(); print(label,round(n/(time.perf_counter()-t)),"wall", round(n/(d.user+d.system-c.user-c.system)),"cpu; user",round(d.user-c.user,2),"sys",round(d.system-c.system,2), flush=True)
    w.close(); e.dispose()
one("plain"); one("plain"); gc.freeze(); one("freeze"); gc.disable(); one("nogc"); gc.enable(); gc.set_threshold(50000,20,20); one("thresh")
