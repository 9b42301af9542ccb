"""The gateway's HTTP application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from agents.llm.gateway.account import Account, Info, KeyDesk
from agents.llm.gateway.chat import Chat
from agents.llm.gateway.embeddings import Embeddings
from agents.llm.gateway.exchange import Endpoint
from agents.llm.gateway.keys import Throttle
from agents.llm.gateway.models import Models
from agents.llm.gateway.openapi import serve_openapi
from agents.llm.gateway.problems import problem
from agents.llm.gateway.responses import Responses
from agents.llm.gateway.till import Till


def build(till: Till, throttle: Throttle | None = None) -> Starlette:
    """The application. ``throttle`` bounds how often one address asks for keys."""
    models, account, info = Models(till), Account(till), Info(till)
    desk = KeyDesk(till, throttle or Throttle())
    places = [
        # What is asked for most comes first: routes are tried in order.
        ("POST", "/v1/chat/completions", Chat(till).handle),
        ("POST", "/v1/responses", Responses(till).handle),
        ("POST", "/v1/embeddings", Embeddings(till).handle),
        ("GET", "/v1/models", models.list),
        ("GET", "/v1/models/{model:path}", models.get),
        ("POST", "/v1/agora/challenge", desk.challenge),
        ("POST", "/v1/agora/keys", desk.give),
        ("GET", "/v1/agora/keys", desk.list),
        ("DELETE", "/v1/agora/keys/{id}", desk.revoke),
        ("GET", "/v1/agora/account", account.show),
        ("GET", "/v1/agora/costs", account.costs),
        ("GET", "/v1/agora/usage", account.usage),
        ("GET", "/v1/agora/usage/{call}", account.receipt),
        ("POST", "/v1/agora/vouchers", account.voucher),
        ("GET", "/v1/agora/info", info.show),
        ("GET", "/healthz", info.health),
        ("GET", "/openapi.json", serve_openapi),
    ]
    app = Starlette(
        routes=[Route(path, Endpoint(handle), methods=[method]) for method, path, handle in places],
        exception_handlers={HTTPException: _on_http_error, Exception: _on_failure},
    )
    app.router.redirect_slashes = False
    return app


def behind_proxy(app: ASGIApp) -> ASGIApp:
    """The application, for which a request comes from where the one proxy before it says.

    The last address in ``X-Forwarded-For`` is the proxy's word, and those before it are the client's. Nobody but the
    proxy may reach the application, or they write what they like.
    """

    async def app_behind(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            address = told[-1].decode("latin-1").rpartition(",")[2].strip() if told else ""
            if address:
                scope = {**scope, "client": (address, 0)}
        await app(scope, receive, send)

    return app_behind


async def _on_http_error(_: Request, error: Exception) -> Response:
    """No such place, or not by this method."""
    assert isinstance(error, HTTPException)
    told = problem(error.status_code, *_HTTP_ERRORS.get(error.status_code, ("request_failed", error.detail)))
    return Response(told.content, error.status_code, {**(error.headers or {}), **_texts(told.headers)})


async def _on_failure(_request: Request, _error: Exception) -> Response:
    """A fault of ours, which is raised on behind this answer."""
    told = problem(500, "internal_error", "the gateway has failed; nothing was charged for this call")
    return Response(told.content, 500, _texts(told.headers))


_HTTP_ERRORS = {
    404: ("no_such_place", "there is no such path here: /openapi.json lists them"),
    405: ("method_not_allowed", "this path does not take this method: /openapi.json lists them"),
}


def _texts(headers: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}
