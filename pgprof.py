import sys, runpy
from bench.explorer.postgres import running_postgres
with running_postgres() as s:
    sys.argv=["prof.py",sys.argv[1],sys.argv[2],s.database(),*sys.argv[3:]]
    runpy.run_path("prof.py")
