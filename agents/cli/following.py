"""Following tasks: each thing that happens is told when it does, until all have come to where they were to come."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import typer

from agents.cli.index import Reading, reading
from agents.cli.show import document, tell
from agents.cli.task_views import happened
from agents.explorer.api.models import TaskDetail, TimelineItem
from agents.settings import Settings

LOOK_SECONDS = 0.5
FINAL = frozenset({"Settled", "Refunded", "Cancelled", "Expired"})


async def follow(
    index: Reading, tasks: Sequence[int], until: str | None, told: Callable[[int, TimelineItem], None]
) -> Mapping[int, TaskDetail]:
    """The tasks once each has ended, or has been in the state ``until``. ``told`` is told what happens to which.

    Raises NoSuchThing.
    """
    newest = dict.fromkeys(tasks, -1)
    found: dict[int, TaskDetail] = {}
    while True:
        await index.refresh()
        for one in tasks:
            if one in found:
                continue
            detail = await index.task(one)
            for item in detail.timeline:
                if item.seq > newest[one]:
                    newest[one] = item.seq
                    told(one, item)
            if detail.state in FINAL or detail.state == until:
                found[one] = detail
        if len(found) == len(tasks):
            return found
        await asyncio.sleep(LOOK_SECONDS)


async def watch(
    settings: Settings,
    tasks: Sequence[int],
    until: str | None = None,
    missed: list[int] | None = None,
    *,
    as_json: bool,
) -> Iterable[str]:
    """What there is to say of the tasks once ``follow`` is done; what happens until then is told as it does.

    Those that ended without having been in the state ``until`` are added to ``missed``.
    """

    def told(one: int, item: TimelineItem) -> None:
        number = f"task {one}  " if len(tasks) > 1 else ""
        (tell if as_json else typer.echo)(f"{number}{happened(item)}")

    async with reading(settings) as index:
        ended = await follow(index, tasks, until, told)
    if missed is not None and until is not None:
        missed += [one for one, detail in ended.items() if detail.state != until]
    if as_json:
        return document({"items": [ended[one].model_dump(mode="json") for one in tasks]})
    return [f"task {one} is {ended[one].state}" for one in tasks]
