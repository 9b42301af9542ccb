"""A process that writes an index is killed at any moment, again and again, and the index is what it should be."""

import asyncio
import http.server
import sys
import threading
from pathlib import Path
from random import Random

import pytest
from databases import BOTH
from scripted_chain import ScriptedChain
from scripted_market import scripted_deployment
from sqlalchemy import inspect, select
from truth import as_viewed, differences, folded, fresh, rows_of, view_of, viewed

from agents.explorer import schema
from agents.explorer.database import open_engine

KILLS, PAUSE = 3, 0.05


@pytest.fixture
def served():
    """A chain behind a port; ``served.lock`` keeps requests off while it changes."""
    chain = ScriptedChain(scripted_deployment())
    chain.lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            with chain.lock:
                status, body = chain.answer(content)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    chain.url = f"http://127.0.0.1:{server.server_port}"
    yield chain
    server.shutdown()
    thread.join()
    server.server_close()


@BOTH
async def test_what_is_killed_goes_on_where_it_was(served, database, tmp_path):
    dice = Random(f"kills {database.partition(':')[0]}")
    served.mine(dice, 300)
    command = [sys.executable, Path(__file__).with_name("indexing.py"), served.url, database]
    engine = open_engine(database)
    reached = 0
    for _ in range(KILLS):
        process = await asyncio.create_subprocess_exec(*command)
        # From here on it dies at any moment: as it starts, in the midst of a batch, or at the head.
        while (block := newest(engine)) <= reached and block < served.head:
            assert process.returncode is None
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(dice.uniform(0, 0.3))
        process.kill()
        await process.wait()
        reached = newest(engine)
        with served.lock:
            served.fork(dice.randint(1, 5))
            served.mine(dice, 30)
    process = await asyncio.create_subprocess_exec(*command)
    while newest(engine) != served.head:
        assert process.returncode is None
        await asyncio.sleep(PAUSE)
    process.kill()
    await process.wait()
    rows = rows_of(engine)
    truth = await folded(served, fresh(tmp_path, "truth"))
    assert not differences(rows, rows_of(truth))
    assert as_viewed(rows) == viewed(view_of(served))
    truth.dispose()
    engine.dispose()


def newest(engine):
    """The newest block in the index; -1 before its tables are there."""
    with engine.connect() as db:
        if not inspect(engine).has_table("cursor"):
            return -1
        return db.execute(select(schema.cursor.c.block)).scalar() or -1
