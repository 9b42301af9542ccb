"""Any endpoint that speaks the OpenAI chat completions API, by way of the ``openai`` package."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import structlog
from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncOpenAI, Timeout
from pydantic import BaseModel, Field, SecretStr, ValidationError
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from agents.errors import (
    AgoraError,
    AnswerInvalid,
    AnswerTruncated,
    BadApiKey,
    ModelMissing,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
)
from agents.llm.pacing import Bucket
from agents.llm.protocol import ModelAnswer, ModelRequest, Usage

OPENAI_URL = "https://api.openai.com/v1"

_LONGEST_PAUSE = 60.0  # seconds, whatever the endpoint asks for
_LONGEST_CALL = 600.0  # seconds after which no further try begins
_REFUSED_PARAMETERS = ("unsupported_parameter", "unsupported_value")
_SCHEMA_LIMITS = frozenset(
    {"minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"}
)


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint.

    At most ``concurrency`` calls run at once and the rest wait their turn, so that ``timeout`` seconds count
    service and not queueing. After a connection failure, 408, 409, 429 or 5xx the call is tried again, up to
    ``attempts`` times in all, with random pauses that double from ``pause`` seconds; ``before_try`` runs
    before each try and may raise; each try takes a token of ``pace``. The key appears in no error and no repr.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str = OPENAI_URL,
        api_key: SecretStr | None = None,
        name: str | None = None,
        concurrency: int = 16,
        timeout: float = 300.0,
        attempts: int = 5,
        pause: float = 0.5,
        before_try: Callable[[], None] | None = None,
        pace: Bucket | None = None,
    ) -> None:
        self._model, self._name = model, name or model
        self._shown_url = _without_secrets(base_url)
        self._key = api_key.get_secret_value() if api_key else "none"
        self._client = AsyncOpenAI(
            api_key=self._key, base_url=base_url, max_retries=0, timeout=Timeout(timeout, connect=10.0)
        )
        self._turn = asyncio.Semaphore(concurrency)
        self._attempts, self._pause = attempts, pause
        self._before_try, self._pace = before_try, pace
        self._refused: set[str] = set()

    def __repr__(self) -> str:
        return f"OpenAIModel({self._model!r}, {self._shown_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    @property
    def name(self) -> str:
        """The model's name as it stands beside results."""
        return self._name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The model's whole answer; see ``Model.complete`` for the errors, of which BadApiKey,
        ModelMissing and ModelUnfit are for a person to mend.
        """
        tries = AsyncRetrying(
            retry=retry_if_exception_type(_Busy),
            stop=stop_after_attempt(self._attempts) | stop_after_delay(_LONGEST_CALL),
            wait=_Pause(self._pause),
            reraise=True,
        )
        return await tries(self._try, request)

    async def _try(self, request: ModelRequest) -> ModelAnswer:
        if self._before_try is not None:
            self._before_try()
        if self._pace is not None:
            await self._pace.take()
        async with self._turn:
            content = await self._post(request)
        try:
            completion = _Completion.model_validate_json(content)
        except ValidationError:
            raise ModelUnfit(
                f"{self._shown_url} does not answer with chat completions: check OPENAI_BASE_URL, which "
                "often ends in /v1"
            ) from None
        return self._answer(completion)

    async def _post(self, request: ModelRequest) -> bytes:
        """The body of the endpoint's answer, after leaving out the parameters that it does not take."""
        while True:
            body = self._body(request)
            try:
                raw = await self._client.chat.completions.with_raw_response.create(**body)
                content: bytes = raw.content
            except APITimeoutError:
                raise _Busy(f"{self._shown_url} did not answer in time") from None
            except APIConnectionError as error:
                reason = type(error.__cause__ or error).__name__
                raise _Busy(f"{self._shown_url} cannot be reached ({reason})") from None
            except APIStatusError as error:
                self._learn(error)
                if self._body(request) == body:
                    raise self._failure(error) from None
            else:
                return content

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        """The call's parameters, less those that this endpoint has refused before."""
        limit = "max_completion_tokens" if "max_tokens" in self._refused else "max_tokens"
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
            limit: request.max_tokens,
        }
        sampling = {"temperature": request.temperature, "seed": request.seed}
        body.update({name: value for name, value in sampling.items() if name not in self._refused})
        if request.schema is not None:
            schema = _portable(request.schema) if "response_format" in self._refused else request.schema
            form = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return body

    def _learn(self, error: APIStatusError) -> None:
        """Remembers a parameter that the endpoint names as one it does not take.

        Newer hosted models want max_completion_tokens, fix the temperature, or bar limits in schemas.
        """
        refused = error.code in _REFUSED_PARAMETERS and error.param in ("max_tokens", "temperature", "seed")
        schema = error.status_code == 400 and error.param == "response_format"
        if (refused or schema) and error.param not in self._refused:
            self._refused.add(str(error.param))
            structlog.get_logger().warning("model_refuses_parameter", model=self._name, parameter=error.param)

    def _failure(self, error: APIStatusError) -> AgoraError:
        """What an HTTP error means here."""
        status, detail = error.status_code, self._detail(error)
        if status in (401, 403):
            return BadApiKey(self._shown_url)
        if status == 404:
            return ModelMissing(
                f"{self._shown_url} has no model {self._model!r} ({detail}): mend AGORA_MODEL or "
                "OPENAI_BASE_URL"
            )
        if error.code == "insufficient_quota":
            return ModelUnavailable(f"the quota of the key for {self._shown_url} is used up")
        if status in (408, 409, 429) or status >= 500:
            return _Busy(f"{self._shown_url} answers {status} ({detail})", _retry_after(error))
        return PromptRefused(f"{self._shown_url} refuses the request with {status} ({detail})")

    def _detail(self, error: APIStatusError) -> str:
        """The endpoint's own word on an error: one short line, without the key."""
        body = error.body
        message = body.get("message") if isinstance(body, Mapping) else body
        line = " ".join(str(message or "no detail").split())
        return (line.replace(self._key, "***") if self._key else line)[:200]

    def _answer(self, completion: "_Completion") -> ModelAnswer:
        if completion.usage is None:
            raise ModelUnfit(
                f"{self._shown_url} does not report token usage, and a call that cannot be counted cannot be "
                "charged: use a server that does"
            )
        usage = Usage(completion.usage.prompt_tokens, completion.usage.completion_tokens)
        choice = completion.choices[0]
        if choice.finish_reason == "length":
            raise AnswerTruncated(
                f"{self._name} was cut off after {usage.completion_tokens} tokens", usage.pair
            )
        if choice.message.content is None or choice.finish_reason == "content_filter":
            raise AnswerInvalid(f"{self._name} declined to answer", usage.pair)
        return ModelAnswer(choice.message.content, self._name, usage)


class _Tokens(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Said


class _Completion(BaseModel):
    """The part of an endpoint's answer that is used here."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Tokens | None = None


class _Busy(ModelUnavailable):
    """A failure after which the same call may succeed, after at least ``retry_after`` seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class _Pause(wait_random_exponential):
    """Random pauses that grow with every try, and no shorter than the endpoint asks for."""

    def __init__(self, scale: float) -> None:
        super().__init__(multiplier=scale, max=20.0)

    def __call__(self, retry_state: RetryCallState) -> float:
        """Seconds until the next try."""
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, _Busy) else 0.0
        return max(super().__call__(retry_state), min(asked, _LONGEST_PAUSE))


def _retry_after(error: APIStatusError) -> float:
    try:
        return float(error.response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0  # the header may also hold a date


def _without_secrets(url: str) -> str:
    """The URL's scheme, host and port: what is left out may hold a password or a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def _portable(schema: Any) -> Any:
    """The schema without the limits that some endpoints bar; what comes back is validated anyway."""
    if isinstance(schema, Mapping):
        return {key: _portable(value) for key, value in schema.items() if key not in _SCHEMA_LIMITS}
    return [_portable(value) for value in schema] if isinstance(schema, list) else schema
