"""One endpoint that speaks the OpenAI API over HTTP; each call is one try."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from agents.errors import CallFailed
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, are_vectors, no_model, usage_body, usage_of
from agents.llm.upstreams.dialect import Dialect
from agents.llm.upstreams.refusals import Refusal
from agents.llm.upstreams.wire import Answer, line_to

Response = Answer | httpx.Response

OPENAI_URL = "https://api.openai.com/v1"

_CONNECT_SECONDS = 10.0
_PATHS = {"chat": "/chat/completions", "embeddings": "/embeddings"}
_HEADERS = [(b"user-agent", b"agora"), (b"accept", b"*/*"), (b"accept-encoding", b"identity")]
_LONGEST_BODY = 64 << 20  # bytes of one answer, or of one line of a stream


class HttpUpstream:
    """The models of one endpoint: ``models`` says for each name that agents use what the endpoint calls it.

    ``timeout`` bounds a whole answer in seconds, and in a stream the wait for each next chunk, which all come within
    ``stream_seconds``. ``check`` runs before each call and may raise. A parameter that the endpoint refuses is
    learnt and not sent again. The key appears in no error, no log and no repr.
    """

    def __init__(
        self,
        base_url: str,
        models: Mapping[str, str],
        *,
        api_key: SecretStr | None = None,
        timeout: float = 300.0,
        stream_seconds: float = 3600.0,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._base_url, self._shown_url = base_url.rstrip("/"), without_secrets(base_url)
        self._models, self._check = dict(models), check
        self._timeout, self._stream_seconds = timeout, stream_seconds
        self._key = api_key.get_secret_value() if api_key else ""
        headers = [*_HEADERS, *([(b"authorization", f"Bearer {self._key}".encode())] if self._key else [])]
        self._line = line_to(self._base_url, headers, _CONNECT_SECONDS)
        self._dialects = {name: Dialect(name) for name in models}

    def __repr__(self) -> str:
        return f"HttpUpstream({self._shown_url!r}, {list(self._models)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._line.aclose()

    @property
    def models(self) -> Sequence[str]:
        """The names that agents use."""
        return tuple(self._models)

    async def complete(self, call: Call) -> Reply:
        """The endpoint's answer, under the model's name as agents know it."""
        try:
            async with asyncio.timeout(self._timeout), self._sent(call, call.body, None) as response:
                content = await _read(response)
        except (TimeoutError, httpx.HTTPError) as error:
            raise self._lost(error) from None
        body = _object(content)
        if body is None or not _fits(call, body):
            raise self._unfit()
        usage = usage_of(body)
        if usage is None or usage == Usage():
            raise self._uncounted()
        return Reply({**body, "model": call.model}, usage)

    async def stream(self, call: Call) -> Chunks:
        """The endpoint's chunks, of which the last alone has the usage.

        A failure after the first chunk counts a token for each chunk that came.
        """
        asked = {**call.body, "stream": True, "stream_options": {"include_usage": True}}
        usage, said, ended, head = None, 0, False, dict[str, Any]()
        end = time.monotonic() + self._stream_seconds
        try:
            async with (
                self._sent(call, asked, self._timeout) as response,
                aclosing(_events(response)) as events,
            ):
                async for event in events:
                    if time.monotonic() > end:
                        raise self._lost(TimeoutError(), said)
                    chunk = self._chunk(event, said)
                    usage = usage_of(chunk) or usage
                    head = {key: value for key, value in chunk.items() if key not in ("choices", "usage")}
                    head["model"] = call.model
                    if chunk["choices"]:
                        said += 1
                        ended = ended or any(choice.get("finish_reason") for choice in chunk["choices"])
                        yield {**head, "choices": chunk["choices"]}
        except httpx.HTTPError as error:
            raise self._lost(error, said) from None
        if not ended:
            raise self._hung_up(said)
        if usage is None:
            raise self._uncounted(said)
        yield {**head, "choices": [], "usage": usage_body(usage)}

    async def alive(self) -> bool:
        """Whether the endpoint answers, and takes the key, asked for its list of models."""
        try:
            if self._check is not None:
                self._check()
            async with self._line.ask("GET", "/models", read=_CONNECT_SECONDS) as response:
                return response.status_code < 500 and response.status_code not in (401, 403)
        except (CallFailed, httpx.HTTPError):
            return False

    @asynccontextmanager
    async def _sent(self, call: Call, body: Mapping[str, Any], read: float | None) -> AsyncIterator[Response]:
        """A response of status 200 whose body is still to be read, for each piece of which ``read`` seconds may pass;
        sent again without what is refused."""
        if call.model not in self._models:
            raise no_model(call.model, self.models)
        dialect = self._dialects[call.model]
        while True:
            if self._check is not None:
                self._check()
            spoken = {**dialect.spoken(body), "model": self._models[call.model]}
            # Numbers, unless asked otherwise: base64 is the gateway's affair.
            spoken.pop("encoding_format", None)
            content = json.dumps(spoken, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
            async with self._line.ask("POST", _PATHS[call.kind], content, read=read) as response:
                if response.status_code == httpx.codes.OK:
                    yield response
                    return
                told = await _read(response)
            refusal = Refusal.read(response.status_code, response.headers, told, self._key)
            if not dialect.learns(refusal, body):
                raise refusal.failure(self._shown_url, call.model)

    def _chunk(self, event: bytes, said: int) -> Mapping[str, Any]:
        """One event of a stream, which is a chunk."""
        chunk = _object(event)
        if chunk is not None and _is_list_of(chunk.get("choices"), "delta", dict):
            return chunk
        if chunk is not None and "error" in chunk:
            failure = Refusal.read(500, {}, event, self._key).failure(self._shown_url, "")
            failure.usage = Usage(0, said)
            raise failure
        raise self._unfit(said)

    def _lost(self, error: Exception, said: int = 0) -> CallFailed:
        """What a failure of the connection means, after so many chunks."""
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            message = f"{self._shown_url} did not answer in time"
            return CallFailed(504, "upstream_timeout", message, usage=Usage(0, said))
        if said:
            return self._hung_up(said)
        message = f"{self._shown_url} cannot be reached ({type(error).__name__})"
        return CallFailed(502, "upstream_unreachable", message)

    def _hung_up(self, said: int) -> CallFailed:
        message = f"{self._shown_url} hung up in the middle of its answer"
        return CallFailed(502, "upstream_hung_up", message, usage=Usage(0, said))

    def _unfit(self, said: int = 0) -> CallFailed:
        message = (
            f"{self._shown_url} does not answer as the OpenAI API does: check its address, which often ends in "
            "/v1"
        )
        return CallFailed(502, "upstream_unfit", message, usage=Usage(0, said))

    def _uncounted(self, said: int = 0) -> CallFailed:
        message = f"{self._shown_url} does not report token usage, and a call that cannot be counted cannot be charged"
        return CallFailed(502, "usage_missing", message, usage=Usage(0, said))


def without_secrets(url: str) -> str:
    """The URL's scheme, host and port: what is left out may hold a password or a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


async def _read(response: Response) -> bytes:
    """The body, which may not be longer than anything sensible."""
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > _LONGEST_BODY:
            raise httpx.DecodingError(f"more than {_LONGEST_BODY} bytes")
    return bytes(content)


async def _events(response: Response) -> AsyncGenerator[bytes, None]:
    """The data of the server-sent events of one answer, until it says that it is done."""
    rest = b""
    async for part in response.aiter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > _LONGEST_BODY:
            raise httpx.DecodingError(f"more than {_LONGEST_BODY} bytes in a line")
        for line in lines:
            if line.startswith(b"data:"):
                data = line[5:].strip()
                if data == b"[DONE]":
                    return
                yield data


def _object(content: bytes) -> dict[str, Any] | None:
    """A JSON object, or None for anything else."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _fits(call: Call, body: Mapping[str, Any]) -> bool:
    """Whether a body is an answer to a call of this kind."""
    name, part, kind = ("choices", "message", dict) if call.kind == "chat" else ("data", "embedding", list)
    if not body.get(name) or not _is_list_of(body.get(name), part, kind):
        return False
    return call.kind == "chat" or are_vectors(body)


def _is_list_of(items: object, part: str, kind: type) -> bool:
    """Whether it is a list of objects that each have such a part."""
    return isinstance(items, list) and all(
        isinstance(item, dict) and isinstance(item.get(part), kind) for item in items
    )
