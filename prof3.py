import time, sys
import bench.explorer.backfill as b
from agents.explorer.database import open_engine
chain,parts=b.blocks(75000)
for ck,cache,merge in ((1000,-65536,1),(16384,-65536,1),(16384,-131072,1),(16384,-131072,3),(1000,-131072,3)):
    import os
    for f in ("","-wal","-shm"):
        try: os.unlink("/tmp/e1t.db"+f)
        except FileNotFoundError: pass
    e=open_engine("sqlite:////tmp/e1t.db"); w=b.Writer(e,chain.deployment); w.open()
    for p in (f"wal_autocheckpoint={ck}", f"cache_size={cache}"): w._connection.connection.driver_connection.execute("PRAGMA "+p)
    ps=[sum(parts[i:i+merge],[]) for i in range(0,len(parts),merge)]
    t=time.perf_counter(); c=os.times()
    n=sum(len(x.logs) for p in ps for x in p)
    for p in ps: w.write(p,chain.head)
    d=os.times(); print(ck,cache,merge,round(n/(time.perf_counter()-t)),"wall", round(n/(d.user+d.system-c.user-c.system)),"cpu; user",round(d.user-c.user,1),"sys",round(d.system-c.system,1), flush=True)
    w.close(); e.dispose()
