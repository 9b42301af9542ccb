"""Serves the page as it was built: every path that is no file of it is a place in the page itself."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from agents.explorer.api.context import Here
from agents.explorer.api.files import File
from agents.explorer.api.problems import Problem

INDEX = "index.html"
FOREVER = "public, max-age=31536000, immutable"
"""For files whose names change with what is in them."""
ASK_AGAIN = "no-cache"
_UNBUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Agora</title><h1>The page is not built</h1>
<p>Run <code>make web</code> and load this again. The API is here: <a href="/docs">/docs</a>.</html>"""

router = APIRouter()


@router.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def page(here: Here, request: Request, path: str) -> Response:
    """The file, or the page itself, which finds its own way from the address. It stands behind all other routes.

    No thread is asked for it: the few there are answer from the database, and a page would wait behind them.
    """
    if path == "api" or path.startswith(("api/", "content/", "assets/")):
        file = here.files.get(path) if path.startswith("assets/") else None
        if file is None:
            raise Problem(404, "no_such_place", "there is no such path here: /docs lists them")
        return _sent(request, file, FOREVER)
    file = here.files.get(path) or here.files.get(INDEX)
    if file is None:
        return HTMLResponse(_UNBUILT, 503)
    return _sent(request, file, ASK_AGAIN)


def _sent(request: Request, file: File, keep: str) -> Response:
    headers = {"etag": file.tag, "cache-control": keep, "vary": "accept-encoding, origin"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    zipped = file.zipped if "gzip" in request.headers.get("accept-encoding", "") else None
    if zipped is not None:
        headers["content-encoding"] = "gzip"
    return Response(zipped or file.content, headers=headers, media_type=file.kind)
