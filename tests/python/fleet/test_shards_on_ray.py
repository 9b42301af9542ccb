"""Shards on a real Ray cluster of two nodes: a worker dies, then a node, and everything happens once all the same."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from crash_fleet import AGENTS
from test_crash import TASKS, audited, check_tasks

from agents.chain.bindings import bid_auction
from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.fleet.history import History
from agents.fleet.session import FIRST_AGENT_WALLET, REQUESTER_WALLET

PROGRAM = Path(__file__).with_name("ray_fleet.py")
LIFE_SECONDS = 240


async def test_shards_outlive_their_workers_and_their_nodes(interval_node, tmp_path):
    home = tmp_path / "home"
    done = await live(interval_node, home)
    assert {done["killed worker of"], *done["lost with the node"]} == {0, 1}
    assert min(done["losses"]) >= 1
    assert done["report"][0].startswith("settled: 2/3 tasks (1 failed evaluation")
    async with Rpc(interval_node.url) as rpc:
        deployment = await Deployment.load(interval_node.addresses, rpc)
        audit, events = await audited(rpc, deployment, tmp_path / "audit.db")
    assert audit.report.conserved, audit.report.differences
    seed = Seed.open(home)
    requester = seed.wallet(REQUESTER_WALLET).address
    tasks = [task for task in audit.view.tasks.values() if task.requester == requester]
    check_tasks(tasks, events)
    ids, folder = {task.id for task in tasks}, home / deployment.key
    for number, agent in enumerate(AGENTS):
        agent_id = audit.view.agent_of_owner[seed.wallet(FIRST_AGENT_WALLET + number).address]
        decided = planned(folder / f"fleet-{number}.db", agent.name)
        for kind in (bid_auction.BidCommitted, bid_auction.BidRevealed):
            happened = [
                event.task_id for event in events if isinstance(event, kind) and event.agent_id == agent_id
            ]
            assert Counter(happened) == Counter(decided), kind.__name__
        assert set(decided) <= ids
        assert len(decided) == TASKS
        lines = [
            json.loads(line) for line in (home / "logs" / f"fleet-{number}.log").read_text().splitlines()
        ]
        begun = len({line["pid"] for line in lines if line["event"] == "shard.begins"})
        assert 2 <= begun <= 1 + done["losses"][number]
    (run,) = History(home).runs()
    assert run.outcome == "settled"
    assert run.figures["transactions"] >= 4 * len(AGENTS) + TASKS * (3 + 2 * len(AGENTS))
    assert run.reckoned is None, "it did not go on without a break"


def planned(path, agent):
    """The tasks that the agent's own store says it bid on."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT task FROM bids WHERE agent = ? AND status = 'planned'", (agent,))
        return [task for (task,) in rows]


async def live(node, home):
    """Runs the program; what it says it did."""
    home.mkdir()
    job = {"provider": node.url, "addresses": str(node.addresses), "home": str(home)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        json.dumps(job),
        cwd=home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), LIFE_SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    print(output.decode()[-3000:], errors.decode()[-6000:])
    assert process.returncode == 0
    return json.loads(output.decode().splitlines()[-1])
