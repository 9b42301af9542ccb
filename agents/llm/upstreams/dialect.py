"""What an endpoint takes for one model, learnt from what it refuses."""

from collections.abc import Mapping
from typing import Any

import structlog

from agents.llm.upstreams.base import limit_of
from agents.llm.upstreams.refusals import Refusal

_REFUSABLE = ("max_tokens", "max_completion_tokens", "temperature", "seed")
_CODES = ("unsupported_parameter", "unsupported_value")
_SCHEMA_LIMITS = frozenset(
    {"minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"}
)


class Dialect:
    """The parameters of one model's calls.

    Newer hosted models want max_completion_tokens, fix the temperature, or bar limits in schemas; older
    servers know max_tokens only, and that is what is sent until it is refused.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._refused: set[str] = set()

    def spoken(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``body`` without what was refused before."""
        spoken = {key: value for key, value in body.items() if key not in self._refused}
        limit = limit_of(body)
        if limit is not None:
            spoken.pop("max_completion_tokens", None)
            spoken.pop("max_tokens", None)
            spoken["max_completion_tokens" if "max_tokens" in self._refused else "max_tokens"] = limit
        if "response_format" in self._refused and "response_format" in body:
            spoken["response_format"] = _portable(body["response_format"])
        return spoken

    def learns(self, refusal: Refusal, body: Mapping[str, Any]) -> bool:
        """Whether ``body`` is spoken otherwise after this refusal, so that it is worth saying again."""
        named = refusal.code in _CODES and refusal.param in _REFUSABLE
        schema = refusal.status == 400 and refusal.param == "response_format"
        if not (named or schema) or refusal.param in self._refused:
            return False
        before = self.spoken(body)
        self._refused.add(str(refusal.param))
        structlog.get_logger().warning("model_refuses_parameter", model=self._model, parameter=refusal.param)
        return self.spoken(body) != before


def _portable(schema: Any) -> Any:
    """The schema without the limits that some endpoints bar; what comes back is validated anyway."""
    if isinstance(schema, Mapping):
        return {key: _portable(value) for key, value in schema.items() if key not in _SCHEMA_LIMITS}
    return [_portable(value) for value in schema] if isinstance(schema, list) else schema
