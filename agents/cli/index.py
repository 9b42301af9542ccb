"""What commands read: the explorer's index, brought up to the chain's head by whoever may write it.

An explorer that runs keeps the index itself; else the command does, and shows how far it is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc, number
from agents.cli.common import deployed
from agents.cli.show import tell
from agents.errors import ContentError, IndexInUse, NoSuchThing, NotInIndex
from agents.explorer.api.models import Page, TaskDetail, TaskRow
from agents.explorer.database import database_of, open_engine
from agents.explorer.indexer import Indexer
from agents.explorer.queries.documents import with_documents
from agents.explorer.queries.index import Index
from agents.explorer.queries.task_page import task_page
from agents.fleet.progress import on_terminal
from agents.market.content import ContentStore
from agents.settings import Settings

PATIENCE_SECONDS, LOOK_SECONDS = 5.0, 0.1
"""How long an explorer that runs is waited for, and how often it is looked at."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """The index as a command reads it."""

    settings: Settings
    rpc: Rpc
    deployment: Deployment
    engine: Engine
    indexer: Indexer
    content: ContentStore

    async def refresh(self) -> None:
        """The index is at the chain's head, or the person is told how far it is behind."""
        try:
            await self.indexer.catch_up()
        except IndexInUse:
            await self._await_other()

    def answer(self, question: Callable[Concatenate[Index, P], T], *about: P.args, **how: P.kwargs) -> T:
        """The answer of one moment, for a thread of its own."""
        with self.engine.connect() as connection:
            return question(Index(connection, self.deployment), *about, **how)

    async def ask(self, question: Callable[Concatenate[Index, P], T], *about: P.args, **how: P.kwargs) -> T:
        """The answer of one moment. Raises NoSuchThing for what is not there."""
        try:
            return await asyncio.to_thread(lambda: self.answer(question, *about, **how))
        except NotInIndex as error:
            raise NoSuchThing(error.kind, error.looked_for, f"agora {error.kind} list") from None

    async def task(self, task_id: int) -> TaskDetail:
        """One task with its documents. Raises NoSuchThing."""
        found, _ = await with_documents(self.content, await self.ask(task_page, task_id))
        return found

    async def titled(self, tasks: Page[TaskRow]) -> Page[TaskRow]:
        """The tasks with the titles that no explorer has read yet, as far as the content store has them."""
        items = [
            one if one.title else one.model_copy(update={"title": await self._title(one)})
            for one in tasks.items
        ]
        return tasks.model_copy(update={"items": items})

    async def _title(self, task: TaskRow) -> str | None:
        try:
            return (await self.content.get_specification(bytes.fromhex(task.specification[2:]))).title
        except ContentError:
            return None

    async def _await_other(self) -> None:
        """Wait until the explorer that runs has the block that is the newest now."""
        head = number(await self.rpc.call("eth_blockNumber"))
        for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            newest = await self.ask(Index.head)
            if newest is not None and newest.number >= head:
                return
            await asyncio.sleep(LOOK_SECONDS)
        block = "nothing" if newest is None else f"block {newest.number}"
        tell(f"the explorer that runs has {block} of {head} yet: what follows may be old")


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Reading]:
    """The index of the settings' market, at the chain's head.

    Raises what ``deployed`` raises, and DatabaseDown, IndexTooNew or IndexOfAnotherChain.
    """
    async with deployed(settings) as (rpc, deployment):
        engine = open_engine(database_of(settings, deployment))
        try:
            with on_terminal("blocks read") as told:
                async with Indexer(rpc, deployment, engine, progress=told) as indexer:
                    found = Reading(
                        settings, rpc, deployment, engine, indexer, ContentStore(settings.content)
                    )
                    await found.refresh()
                    yield found
        finally:
            engine.dispose()
