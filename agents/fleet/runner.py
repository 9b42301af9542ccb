"""Keeps parties stepping, one step for each new block, each party for itself; a fleet's agents are one party."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from agents.errors import TransportError, UserError
from agents.market.feed import POLL_SECONDS, MarketFeed

BACKOFF_SECONDS = 5.0
"""How long a party rests whose step failed in a way that nobody foresaw, and the feed when the node is gone."""

log = structlog.get_logger(__name__)


class Stepping(Protocol):
    """Whoever takes part: a fleet, a requester, a keeper."""

    async def step(self) -> object:
        """One turn. Raises UserError when a person must act."""
        ...

    async def stop(self) -> None:
        """Let go of what is under way."""
        ...


@dataclass(frozen=True, slots=True)
class Party:
    """A named participant."""

    name: str
    stepping: Stepping


async def run(
    feed: MarketFeed, parties: Sequence[Party], *, until: Callable[[], bool], stop: asyncio.Event
) -> None:
    """Step the parties until ``until`` holds or ``stop`` is set; all have stopped when this returns.

    A UserError of any party ends the run and is raised; any other failure is logged and rested on.
    """
    tasks = [asyncio.create_task(_live(feed, party), name=party.name) for party in parties]
    follower = asyncio.create_task(_follow(feed, until), name="feed")
    stopper = asyncio.create_task(stop.wait(), name="stop")
    try:
        done, _ = await asyncio.wait([follower, stopper, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        everyone = [follower, stopper, *tasks]
        for task in everyone:
            task.cancel()
        await asyncio.gather(*everyone, return_exceptions=True)
        await asyncio.gather(*(party.stepping.stop() for party in parties))


async def _follow(feed: MarketFeed, until: Callable[[], bool]) -> None:
    """Keep the view at the head until the run is over."""
    while not until():
        try:
            await feed.catch_up()
        except TransportError as error:
            log.warning("feed.interrupted", reason=str(error))
            await asyncio.sleep(BACKOFF_SECONDS)
        await asyncio.sleep(POLL_SECONDS)


async def _live(feed: MarketFeed, party: Party) -> None:
    while True:
        try:
            await party.stepping.step()
        except UserError:
            raise
        except Exception:
            log.exception("party.failed", agent=party.name)
            await asyncio.sleep(BACKOFF_SECONDS)
        await feed.changed()
