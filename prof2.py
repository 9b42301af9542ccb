import time, cProfile, pstats, gc, sys
from bench.explorer.backfill import *
chain,parts=blocks(75000)
from agents.explorer.database import open_engine
e=open_engine("sqlite:////tmp/e1t.db"); w=Writer(e,chain.deployment); w.open()
for p in parts[:30]: w.write(p,chain.head)
if "gc" in sys.argv: gc.freeze()
pr=cProfile.Profile()
n=sum(len(b.logs) for p in parts[50:80] for b in p)
for p in parts[30:50]: w.write(p,chain.head)
if "p" in sys.argv: pr.enable()
t=time.perf_counter(); c=time.process_time()
for p in parts[50:80]: w.write(p,chain.head)
print(n, round(n/(time.perf_counter()-t)), "wall", round(n/(time.process_time()-c)),"cpu")
pr.disable()
if "p" in sys.argv: pstats.Stats(pr).sort_stats("tottime").print_stats(16)
for k in w._rows._kept.values() if w._rows else []: print(k.statements.table.name, len(k.rows), k.whole, end="; ")
w.close()
