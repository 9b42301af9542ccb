"""An explorer's application on an index that the test fills itself: no node, no indexer."""

from contextlib import asynccontextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from agents.chain.deployment import Deployment
from agents.chain.guard.server import GuardServer
from agents.explorer.api.app import build
from agents.explorer.api.context import Context
from agents.explorer.api.standing import Standing
from agents.explorer.api.wire import PatientHttp
from agents.explorer.database import open_engine
from agents.explorer.versions import migrate
from agents.market.content import ContentStore
from agents.settings import Settings

CHAIN = 31337
UP = Standing(block=7, chain_head=7, node_up=True, node_since=1)


def deployment_of(chain_id=CHAIN):
    """Contracts at made-up addresses."""
    contracts = [one for one in fields(Deployment) if one.name not in _PLAIN]
    made = {one.name: _binding(one)(f"0x{number + 1:040x}") for number, one in enumerate(contracts)}
    return Deployment(chain_id=chain_id, genesis_hash="0x" + "aa" * 32, deploy_block=1, **made)


_PLAIN = ("chain_id", "genesis_hash", "deploy_block")


def _binding(field):
    return field.type


@cache
def _empty():
    """A database with the tables, and nothing in them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


def context_in(folder, *, standing=UP, chain_id=CHAIN, **changes):
    """A context over an empty index in ``folder``."""
    path = folder / "explorer.db"
    path.write_bytes(_empty())
    engine = open_engine(f"sqlite:///{path}")
    page = folder / "dist"
    page.mkdir(exist_ok=True)
    values = {
        "engine": engine,
        "deployment": deployment_of(chain_id),
        "content": ContentStore(str(folder / "content")),
        "standing": standing if callable(standing) else lambda: standing,
        "settings": Settings(_env_file=None, home=folder),
        "page": page,
    }
    return Context(**values | changes)


def inside(context):
    """A client that calls the application without a server."""
    transport = httpx.ASGITransport(build(context), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


@asynccontextmanager
async def serving(context, http=PatientHttp):
    """A client of the application as it is served over HTTP."""
    async with (
        GuardServer(build(context), http=http) as server,
        httpx.AsyncClient(base_url=server.url, timeout=20) as client,
    ):
        yield client
