"""A fleet of two shards on a Ray cluster of two nodes, of which one worker and then one node are killed.

    python ray_fleet.py JOB

where JOB is JSON: provider, addresses and home. Each worker asks the model endpoint that this program serves. It
prints what it did as JSON.
"""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "llm"))

import psutil
from crash_fleet import AGENTS, SAID, SOURCE, WINDOWS, drafts
from model_endpoint import Endpoint, completion

from agents.chain.devnet import warp
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.fleet.app import Job
from agents.fleet.progress import Quiet
from agents.fleet.shards.cluster import ray_cluster
from agents.fleet.shards.run import ShardedRun
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.settings import Settings

NODE = {"num_cpus": 2, "object_store_memory": 80 * 2**20, "include_dashboard": False}
BIDS = len(AGENTS) * 3


@asynccontextmanager
async def model_endpoint():
    """Its URL, inside."""
    endpoint = Endpoint(answer=lambda body: (200, completion(said(body["messages"][-1]["content"]))))
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def said(text):
    return json.dumps({"answer": next(answer for word, answer in SAID.items() if word in text)})


class Fates:
    """Kills a worker when all bids are sealed, and a node when all are open; meanwhile nobody waits for windows."""

    def __init__(self, run, cluster, second, rpc):
        self.run, self.cluster, self.second, self.rpc = run, cluster, second, rpc
        self.done = {}

    async def come(self):
        await self.until(lambda view, _mine: len(view.commitments) == BIDS)
        (first,) = [one for one in self.run.keepings if not self.is_on_second(await self.pid(one))]
        os.kill(await self.pid(first), signal.SIGKILL)
        self.done["killed worker of"] = first.assignment.number
        await self.until(lambda _view, _mine: first.losses == 1)
        await first.ready()
        await self.skip(lambda task: task.bidding_end)
        await self.until(lambda view, mine: sum(len(view.bids.get(task.id, ())) for task in mine) == BIDS)
        lost = [one for one in self.run.keepings if self.is_on_second(await self.pid(one))]
        self.cluster.remove_node(self.second, allow_graceful=False)
        self.done["lost with the node"] = [one.assignment.number for one in lost]
        await self.until(lambda _view, _mine: all(one.losses >= 1 for one in lost))
        for one in lost:
            await one.ready()
        await self.skip(lambda task: task.reveal_end)
        rejected = lambda mine: {task.state.name for task in mine if not task.state.is_final} == {"REJECTED"}  # noqa: E731
        await self.until(lambda _view, mine: rejected(mine))
        await self.skip(lambda task: 0 if task.state.is_final else task.deadline)

    async def until(self, holds):
        while True:
            crew = self.run.crew
            if crew is not None and len(crew.batch()) == 3 and holds(crew.session.feed.view, crew.batch()):
                return
            await asyncio.sleep(0.2)

    async def skip(self, end):
        feed = self.run.crew.session.feed
        until = max(end(task) for task in self.run.crew.batch())
        if until > feed.now():
            await warp(self.rpc, until - feed.now())

    async def pid(self, keeping):
        return (await keeping.remote.place())[1]

    def is_on_second(self, pid):
        return psutil.Process(pid).ppid() == self.second.all_processes["raylet"][0].process.pid


async def main(job):
    began = time.monotonic()
    home = Path(job["home"])
    settings = Settings(provider=job["provider"], home=home, addresses=job["addresses"])
    agents = [replace(one, policy="truthful") for one in AGENTS]
    plan = Job(agents=agents, source=SOURCE, drafts=list(drafts()), windows=WINDOWS, until_settled=True)
    async with model_endpoint() as url, Rpc(settings.provider) as rpc:
        # What the nodes' workers inherit.
        os.environ |= {"OPENAI_BASE_URL": url, "AGORA_MODEL": "scripted", "RAY_USAGE_STATS_ENABLED": "0"}
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args=NODE)
        second = cluster.add_node(**NODE)
        try:
            with ray_cluster(cluster.address) as ray:
                started = time.monotonic()
                model = ScriptedUpstream(lambda request: said(request.messages[-1].content))
                run = ShardedRun(settings, plan, 1, Seed.open(home), model, ray.start)
                fates = Fates(run, cluster, second, rpc)
                coming = asyncio.create_task(fates.come())
                running = asyncio.create_task(run.run(lambda _forecast: None, Quiet(), asyncio.Event()))
                await asyncio.wait([coming, running], return_when=asyncio.FIRST_EXCEPTION)
                if coming.done():
                    coming.result()
                lines = await running
        finally:
            cluster.shutdown()
    ended = time.monotonic()
    done = fates.done | {"report": lines, "losses": [one.losses for one in run.keepings]}
    print(json.dumps(done | {"cluster": started - began, "run": ended - started}))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
