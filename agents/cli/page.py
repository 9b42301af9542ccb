"""The explorer as commands start it beside a market: a process of its own that dies with the command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agents.explorer.process import ExplorerProcess
from agents.settings import Settings

LOG = "explorer.log"
Page = ExplorerProcess


def open_page(settings: Settings, host: str, port: int) -> ExplorerProcess:
    """The explorer of the settings' chain, its log in the home folder; port 0 is one that the system chooses."""
    return ExplorerProcess(settings, host=host, port=port, log=settings.home / LOG)


@asynccontextmanager
async def beside(settings: Settings) -> AsyncIterator[str]:
    """The explorer for as long as a demo runs; its address."""
    async with open_page(settings, "127.0.0.1", 0) as page:
        yield page.url
