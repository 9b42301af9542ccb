"""Endpoints that do not speak the OpenAI API, by way of LiteLLM: Anthropic, Bedrock, Gemini and others."""

import importlib
import os
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from openai import OpenAIError
from pydantic import SecretStr

from agents.errors import CallFailed, LibraryMissing
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, are_vectors, no_model, usage_body, usage_of
from agents.llm.upstreams.refusals import Refusal


class LiteLLMUpstream:
    """The models of any provider that LiteLLM knows, each call one try.

    ``models`` holds LiteLLM's name (such as ``anthropic/claude-sonnet-4-5``) by the name that agents use. Without
    ``api_key`` LiteLLM looks for the provider's own environment variable. Parameters that a provider does not know
    are left out. Raises LibraryMissing if LiteLLM is not installed.
    """

    def __init__(
        self,
        models: Mapping[str, str],
        *,
        api_key: SecretStr | None = None,
        timeout: float = 300.0,
        **options: Any,
    ) -> None:
        self._litellm = _library()
        self._models = dict(models)
        self._key = api_key.get_secret_value() if api_key else ""
        # Whoever calls decides about a second try.
        self._options = {
            "timeout": timeout,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            **options,
        }
        if self._key:
            self._options["api_key"] = self._key

    def __repr__(self) -> str:
        return f"LiteLLMUpstream({list(self._models)!r})"

    @property
    def models(self) -> Sequence[str]:
        """The names that agents use."""
        return tuple(self._models)

    async def complete(self, call: Call) -> Reply:
        """The provider's answer in the form of the OpenAI API."""
        ask = self._litellm.aembedding if call.kind == "embeddings" else self._litellm.acompletion
        answer = await self._asked(ask, call)
        body = {**answer.model_dump(mode="json"), "model": call.model}
        usage = usage_of(body)
        if usage is None or usage == Usage():
            raise self._uncounted(call)
        if call.kind == "embeddings" and not are_vectors(body):
            message = f"the provider of {call.model!r} does not answer with vectors of numbers"
            raise CallFailed(502, "upstream_unfit", message, usage=usage)
        return Reply({**body, "usage": usage_body(usage)}, usage)

    async def stream(self, call: Call) -> Chunks:
        """The provider's chunks, of which the last alone has the usage."""
        asked = {"stream": True, "stream_options": {"include_usage": True}}
        answer = await self._asked(self._litellm.acompletion, call, **asked)
        usage, said, head = None, 0, dict[str, Any]()
        async with aclosing(self._heard(answer, call)) as chunks:
            async for chunk in chunks:
                usage = usage_of(chunk) or usage
                head = {name: chunk[name] for name in ("id", "object", "created") if name in chunk}
                head["model"] = call.model
                if any(choice.get("delta") or choice.get("finish_reason") for choice in chunk["choices"]):
                    said += 1
                    yield {**head, "choices": chunk["choices"]}
        if usage is None:
            raise self._uncounted(call, said)
        yield {**head, "choices": [], "usage": usage_body(usage)}

    async def _asked(self, ask: Any, call: Call, **more: Any) -> Any:
        if call.model not in self._models:
            raise no_model(call.model, self.models)
        body = {name: value for name, value in call.body.items() if name != "model"}
        try:
            return await ask(model=self._models[call.model], **{**body, **more, **self._options})
        except OpenAIError as error:
            raise self._failure(error, call) from None

    async def _heard(self, answer: Any, call: Call) -> Chunks:
        said = 0
        try:
            async for chunk in answer:
                yield chunk.model_dump(mode="json", exclude_none=True)
                said += 1
        except OpenAIError as error:
            failure = self._failure(error, call)
            failure.usage = Usage(0, said)
            raise failure from None
        finally:
            close = getattr(answer, "aclose", None)
            if close is not None:
                await close()

    def _failure(self, error: OpenAIError, call: Call) -> CallFailed:
        """A failure of LiteLLM, which gives each the status that the OpenAI API has for it."""
        shown, status = f"the provider of {call.model!r}", getattr(error, "status_code", None)
        if isinstance(error, self._litellm.exceptions.Timeout):
            return CallFailed(504, "upstream_timeout", f"{shown} did not answer in time")
        if isinstance(error, self._litellm.exceptions.APIConnectionError) or not isinstance(status, int):
            return CallFailed(
                502, "upstream_unreachable", f"{shown} cannot be reached ({type(error).__name__})"
            )
        too_long = isinstance(error, self._litellm.exceptions.ContextWindowExceededError)
        told = {"message": str(error), "code": "context_length_exceeded" if too_long else None}
        response = getattr(error, "response", None)
        headers = getattr(response, "headers", None) or {}
        return Refusal.of(status, headers, told, self._key).failure(shown, call.model)

    def _uncounted(self, call: Call, said: int = 0) -> CallFailed:
        message = f"the provider of {call.model!r} does not report token usage, so the call cannot be charged"
        return CallFailed(502, "usage_missing", message, usage=Usage(0, said))


def _library() -> Any:
    """LiteLLM, which without this setting asks GitHub for a list of prices when it is imported."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        library: Any = importlib.import_module("litellm")
    except ImportError:
        raise LibraryMissing("litellm", "litellm") from None
    library.suppress_debug_info = True
    library.telemetry = False
    return library
