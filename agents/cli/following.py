"""Following tasks: each thing that happens is told when it does, until all have come to where they were to come."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from agents.cli.index import Reading
from agents.explorer.api.models import TaskDetail, TimelineItem

LOOK_SECONDS = 0.5
FINAL = frozenset({"Settled", "Refunded", "Cancelled", "Expired"})


async def follow(
    index: Reading, tasks: Sequence[int], until: str | None, tell: Callable[[int, TimelineItem], None]
) -> Mapping[int, TaskDetail]:
    """The tasks once each has ended, or has been in the state ``until``. ``tell`` is told what happens to which.

    Raises NoSuchThing.
    """
    told = dict.fromkeys(tasks, -1)
    found: dict[int, TaskDetail] = {}
    while True:
        await index.refresh()
        for one in tasks:
            if one in found:
                continue
            detail = await index.task(one)
            for item in detail.timeline:
                if item.seq > told[one]:
                    told[one] = item.seq
                    tell(one, item)
            if detail.state in FINAL or detail.state == until:
                found[one] = detail
        if len(found) == len(tasks):
            return found
        await asyncio.sleep(LOOK_SECONDS)
