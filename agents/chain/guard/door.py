"""The HTTP side of a request: whether it comes from where it may, with which key, and its body."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import Rules

READ_ON = 8
"""How many times the largest size of a body is read to its end before it is refused."""


def key_of(request: Request, rules: Rules) -> str | None:
    """The key in the path or the header, or None.

    Raises Refused when a web page asks. Any page can reach a port of this machine: as another page, and
    then the browser names it in Origin; or under a name of its own that it has bent to this machine.
    """
    headers = request.headers
    origin = headers.get("origin")
    if origin is not None and origin not in rules.origins:
        raise refused(Code.DOOR, "web pages may not ask here", 403)
    key = request.path_params.get("key")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if key is None and scheme.lower() == "bearer":
        key = token.strip()
    if key is None and _name(headers.get("host", "")) not in rules.hosts:
        raise refused(Code.DOOR, f"this guard goes by {', '.join(sorted(rules.hosts))} only", 403)
    return key


def _name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


async def body_of(request: Request, rules: Rules) -> bytes:
    """The whole body; raises Refused when it is no JSON by its own word, too large, or too slow.

    A body that is refused is read all the same, within limits: who still writes does not read the refusal.
    """
    chunks, size = [], 0
    try:
        async with asyncio.timeout(rules.patience):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= rules.most_bytes:
                    chunks.append(chunk)
                elif size > READ_ON * rules.most_bytes:
                    break
    except TimeoutError:
        raise refused(Code.DOOR, "the body takes too long", 408) from None
    except ClientDisconnect:
        raise refused(Code.DOOR, "the body ended too early", 400) from None
    if size > rules.most_bytes:
        raise refused(Code.SIZE, f"a request has at most {rules.most_bytes} bytes", 413)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A page may send other types than this one without asking first.
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise refused(Code.DOOR, "send JSON as it is, as content-type application/json", 415)
    return b"".join(chunks)
