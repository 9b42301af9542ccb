"""The explorer's HTTP application."""

from importlib.metadata import version

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from starlette.types import Receive, Scope, Send

from agents.explorer.api import content, documentation, health, page, problems, rpc, status, stream
from agents.explorer.api.context import Context
from agents.explorer.api.front import Front
from agents.explorer.api.routes import (
    agents,
    chain,
    export,
    governance,
    ledger,
    market,
    messages,
    overview,
    search,
    tasks,
    usage,
)
from agents.explorer.api.telemetry import telemetry

RESOURCES: tuple[APIRouter, ...] = (
    overview.router,
    tasks.router,
    agents.router,
    market.router,
    ledger.router,
    messages.router,
    usage.router,
    governance.router,
    chain.router,
    search.router,
    export.router,
)
"""The routes under /api."""
_OWN = (
    status.router,
    stream.router,
    content.router,
    rpc.router,
    health.router,
    documentation.router,
    page.router,  # It takes every path that is left.
)

THREADS = {"sqlite": 1, "postgresql": 2}
"""Requests that are answered at a time. Of more, each waits for the interpreter between any two of its steps; only
while a server is waited for can another one use it."""


class Explorer(FastAPI):
    """The application, behind its door: what the framework answers itself gets the same headers as all else."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            telemetry=telemetry(),
            title="Agora explorer",
            version=version("agora-market"),
            summary="What the market's events say.",
            # The framework's own would load scripts from elsewhere.
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        self.state.context = context
        self._front = Front(context, super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the beginning and end of the server."""
        if scope["type"] == "http":
            await self._front(scope, receive, send)
        else:
            kind = self.state.context.engine.dialect.name
            to_thread.current_default_thread_limiter().total_tokens = THREADS[kind]
            await super().__call__(scope, receive, send)


def build(context: Context) -> FastAPI:
    """The application that answers from ``context``."""
    app = Explorer(context)
    problems.install(app)
    for router in (*RESOURCES, *_OWN):
        app.include_router(router)
    return app
