"""A whole market in a process of its own: a fleet that bids by formula, a requester, and a scripted model.

    python -m bench.fleet.market FOLDER AGENTS TASKS

It enrols, posts the tasks, ends when all of them have ended, and leaves ``market.json`` in FOLDER: the blocks before
the first task and at the end, the time between, and how the tasks ended.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.fleet.app import Job, assemble, work
from agents.fleet.definitions import fleet
from agents.fleet.session import Session
from agents.fleet.standings import endings
from agents.llm.scripted import ScriptedModel
from agents.logs import configure
from agents.market.content import ContentStore
from agents.requester import Windows
from bench.fleet.ground import Ground, draft
from bench.fleet.live import Alike, answer

CROWD = 10
"""Bids on each task."""
WINDOWS = Windows(bidding=10, reveal=10, delivery=300, review=300)


async def main(folder: Path, agents: int, tasks: int) -> None:
    """Enrol, post, and write down what was measured."""
    place = Ground(folder)
    settings = place.settings
    configure(settings.log_level, as_json=True)
    async with Rpc(settings.provider) as rpc:
        session = Session(
            settings=settings,
            rpc=rpc,
            deployment=await Deployment.load(settings.addresses, rpc),
            seed=Seed.open(settings.home),
            model=ScriptedModel(answer),
            embedder=Alike(),
            content=ContentStore(settings.content),
        )
        job = Job(
            agents=fleet(agents, "closed-form"),
            crowd=CROWD,
            source="bench",
            drafts=[draft(number) for number in range(tasks)],
            windows=WINDOWS,
        )
        crew = await assemble(session, job)
        await session.feed.catch_up()
        first, begun = session.feed.block, time.time()
        await work(crew, until=crew.all_ended, stop=asyncio.Event())
        told = {
            "first": first,
            "last": session.feed.block,
            "seconds": time.time() - begun,
            "endings": asdict(endings(crew.batch())),
        }
        (folder / "market.json").write_text(json.dumps(told))
        await session.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
