"""A whole market in a process of its own: a fleet that bids by formula, a requester, and a scripted model.

    python -m bench.fleet.market FOLDER AGENTS TASKS

It enrols and posts the tasks in a steady stream, as many as the node keeps up with. Once the first have been through
their lives, and until the last is posted, it counts; what it counted is in ``market.json`` in FOLDER.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.fleet.app import Job, assemble
from agents.fleet.company import Crew
from agents.fleet.definitions import fleet
from agents.fleet.runner import run
from agents.fleet.session import Session
from agents.fleet.standings import endings
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.logs import configure
from agents.market.content import ContentStore
from agents.requester import Windows
from bench.fleet.ground import Ground, draft
from bench.fleet.live import Alike, answer

CROWD = 10
"""Bids on each task."""
LIFE_SECONDS = 40
"""Until the first tasks have ended, and as many begin as end."""
TICK, CHUNK, ROOM = 0.25, 8, 1500
"""Seconds between two lots of tasks, tasks in a lot, and transactions that may wait when one is posted."""
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
            upstream=ScriptedUpstream(answer),
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
        posting = asyncio.create_task(_stream(crew))
        await run(session.feed, crew.parties, until=posting.done, stop=asyncio.Event())
        (folder / "market.json").write_text(json.dumps(await posting))
        await session.close()


async def _stream(crew: Crew) -> dict[str, Any]:
    """Post as long as little waits for a block; the steady part of it: its blocks, its seconds, its ended tasks."""
    assert crew.buyer is not None
    batch, posts, started, before = crew.buyer.batch, [], time.time(), None
    for at in range(0, len(batch), CHUNK):
        while _waiting(crew.session) > ROOM:
            await asyncio.sleep(TICK / 5)
        posts.append(asyncio.create_task(crew.buyer.requester.post(batch[at : at + CHUNK])))
        await asyncio.sleep(TICK)
        if before is None and time.time() > started + LIFE_SECONDS:
            before = _now(crew)
    if before is None:
        raise ValueError("too few tasks for a steady stream")
    after = _now(crew)
    await asyncio.gather(*posts)
    return {
        "first": before[0],
        "last": after[0],
        "seconds": after[1] - before[1],
        "endings": {name: after[2][name] - before[2][name] for name in after[2]},
    }


def _waiting(session: Session) -> int:
    """Transactions of all stores that are not known to be in a block."""
    query = "SELECT count(*) FROM outbox WHERE state = 'pending'"
    return sum(office.store.db.execute(query).fetchone()[0] for office in session.offices.values())


def _now(crew: Crew) -> tuple[int, float, dict[str, int]]:
    """The newest block taken in, the time, and how the tasks stand."""
    return crew.session.feed.block, time.time(), asdict(endings(crew.batch()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
