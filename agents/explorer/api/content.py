"""Documents by their digest: anybody may store one, and nothing in one is ever run by a browser."""

import asyncio
import base64
import binascii
import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from agents.chain.guard.door import READ_ON
from agents.errors import ContentMissing, ContentTooLarge, DigestMismatch
from agents.explorer.api.context import Context, Here
from agents.explorer.api.front import client_of
from agents.explorer.api.page import FOREVER
from agents.explorer.api.problems import Problem, bad_filter, not_found
from agents.explorer.api.security import SANDBOX

TEXT, JSON, BYTES = "text/plain; charset=utf-8", "application/json", "application/octet-stream"
_DIGEST = re.compile(r"(0x)?([0-9a-fA-F]{64})")
_CONTENT_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

router = APIRouter(tags=["content"])


@router.put("/content", status_code=201, response_class=JSONResponse)
async def put(
    here: Here,
    request: Request,
    digest: Annotated[str | None, Query(description="The sha-256 that the body must have.")] = None,
    content_digest: Annotated[str | None, Header(description="The same, as RFC 9530 writes it.")] = None,
) -> Response:
    """Store a document of at most 1 MiB; the answer says by which digest it is found. What differs from a digest that
    was told is refused."""
    told = _told(digest, content_digest)
    who = client_of(request.scope)
    here.limits.upload(who)
    data = await _body(here, request)
    found = hashlib.sha256(data).digest()
    if told is not None and found != told:
        detail = f"the body has digest 0x{found.hex()}: it was altered or cut off"
        raise Problem(422, "digest_mismatch", detail, expected=f"0x{told.hex()}", found=f"0x{found.hex()}")
    here.limits.stored(who, len(data))
    stored = f"0x{(await here.content.put(data)).hex()}"
    await here.library.learn(data)
    return JSONResponse({"digest": stored}, 201, {"location": f"/content/{stored}"})


@router.get("/content/{digest}", response_class=Response)
async def get(here: Here, digest: str) -> Response:
    """The document with this sha-256: as text or JSON where it is either, else to be saved and not to be shown."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        raise bad_filter("digest", "must be 64 hexadecimal digits")
    name = found[2].lower()
    try:
        data = await here.content.get(bytes.fromhex(name))
    except ContentMissing:
        raise not_found("content", f"0x{name}") from None
    except (DigestMismatch, ContentTooLarge) as error:
        raise Problem(404, "content_altered", str(error), looked_for={"content": f"0x{name}"}) from None
    kind = kind_of(data)
    how = f'attachment; filename="{name}.bin"' if kind == BYTES else "inline"
    headers = {
        "content-disposition": how,
        "content-security-policy": SANDBOX,
        "cache-control": FOREVER,
        "etag": f'"{name}"',
    }
    return Response(data, headers=headers, media_type=kind)


def kind_of(data: bytes) -> str:
    """TEXT, JSON, or BYTES for what is neither; whatever else a document says that it is."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return BYTES
    if _CONTROL.search(text):
        return BYTES
    if text.lstrip()[:1] in ("{", "["):
        try:
            from_json(data, allow_inf_nan=False)
        except ValueError:
            return TEXT
        return JSON
    return TEXT


def _told(digest: str | None, content_digest: str | None) -> bytes | None:
    """The digest that a client says its body has. Raises Problem for one that cannot be read."""
    if digest is not None:
        found = _DIGEST.fullmatch(digest)
        if found is None:
            raise bad_filter("digest", "must be 64 hexadecimal digits")
        return bytes.fromhex(found[2])
    if content_digest is None:
        return None
    written = _CONTENT_DIGEST.fullmatch(content_digest.strip())
    try:
        told = base64.b64decode(written[1], validate=True) if written else b""
    except binascii.Error:
        told = b""
    if len(told) != hashlib.sha256().digest_size:
        raise bad_filter("Content-Digest", "must be sha-256=:BASE64:")
    return told


async def _body(here: Context, request: Request) -> bytes:
    """The whole body. Raises Problem when it is too large, by its own word or in fact, or too slow.

    One that is a little too large is read to its end all the same: who still writes does not read the refusal.
    """
    policy = here.policy
    most, end = policy.most_upload, READ_ON * policy.most_upload
    told = request.headers.get("content-length", "")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "encoded", "send the document as it is, without an encoding")
    data, size = bytearray(), int(told[:20]) if told.isdecimal() else 0
    try:
        async with asyncio.timeout(policy.patience):
            if size <= end:
                size = 0
                async for chunk in request.stream():
                    size += len(chunk)
                    if size <= most:
                        data += chunk
                    elif size > end:
                        break
    except TimeoutError:
        raise Problem(408, "too_slow", "the body takes too long") from None
    except ClientDisconnect:
        raise Problem(400, "cut_off", "the body ended too early") from None
    if size > most:
        raise Problem(413, "too_large", f"a document has at most {most:,} bytes")
    return bytes(data)
