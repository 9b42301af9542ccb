"""Where models are, as the ``upstreams`` section of a user's own file of models says."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from agents.errors import BadSetting, UpstreamsMalformed
from agents.settings import names_a_host

_Count = Annotated[int, Field(ge=1)]


class Endpoint(BaseModel):
    """One item of the section: a URL, a model that LiteLLM calls, or the embedded server."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str | None = Field(None, repr=False)
    """The address of an OpenAI-compatible endpoint, with its ``/v1``."""
    litellm: bool = False
    embedded: bool = False
    gguf: Path | None = None
    """For the embedded server: another file than SmolLM2's."""
    key: str | None = None
    """The name of the environment variable that holds the key."""
    models: dict[str, str] = Field(default_factory=dict)
    """What the endpoint calls each model, by the name that agents use; a list where both are the same."""
    tools: Literal["native", "schema"] = "native"
    """``schema`` for models that obey JSON schemas, but have no tools of their own."""
    concurrency: _Count = 16
    calls_per_minute: _Count | None = None
    tokens_per_minute: _Count | None = None
    timeout: Annotated[float, Field(gt=0, le=3600)] = 300.0
    """Seconds for an answer, or in a stream for each next chunk."""

    @field_validator("models", mode="before")
    @classmethod
    def _by_name(cls, models: object) -> object:
        return {name: name for name in models} if isinstance(models, list) else models

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not names_a_host(url):
            raise ValueError("must begin with http:// or https://")
        return url

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.url is not None) + self.litellm + self.embedded != 1:
            raise ValueError("must have one of url, litellm: true and embedded: true")
        if not self.embedded and not self.models:
            raise ValueError("must name its models")
        if self.embedded and (self.models or self.key):
            raise ValueError("is embedded, so it has neither models nor a key to name")
        return self

    def secret(self) -> SecretStr | None:
        """The key, from the environment or ``.env``. Raises BadSetting if it is not there."""
        if self.key is None:
            return None
        value = os.environ.get(self.key) or dotenv_values(".env").get(self.key)
        if not value:
            raise BadSetting(
                self.key, "is not set, but the file of AGORA_MODELS names it as the key of an upstream"
            )
        return SecretStr(value)


class _File(BaseModel):
    """The part of the file that is read here."""

    upstreams: list[Endpoint] = Field(default_factory=list)


def endpoints(path: Path | None) -> tuple[Endpoint, ...]:
    """The endpoints that a file names, none if there is no file; raises UpstreamsMalformed, which names the field."""
    if path is None:
        return ()
    try:
        document: Any = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UpstreamsMalformed(path, f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UpstreamsMalformed(path, "is not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UpstreamsMalformed(path, f"is not YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    if not isinstance(document, Mapping):
        raise UpstreamsMalformed(path, "holds no sections")
    try:
        return tuple(_File.model_validate({"upstreams": document.get("upstreams") or []}).upstreams)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ": ".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
        raise UpstreamsMalformed(path, f"{place}: {fault['msg'].removeprefix('Value error, ')}") from None
