"""Settings from the environment and from ``.env`` in the current folder."""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_dir
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from agents.errors import BadSetting

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Everything that is configured outside the program; an empty value counts as unset.

    Raises BadSetting, which names the variable, for a value that cannot be used.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    """The key of a hosted model endpoint."""
    openai_base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL", repr=False)
    """The address of an OpenAI-compatible endpoint, with its ``/v1``."""
    model: str | None = Field(None, validation_alias="AGORA_MODEL")
    """The name of the hosted model."""
    model_concurrency: int = Field(16, ge=1, validation_alias="AGORA_MODEL_CONCURRENCY")
    """How many calls of the hosted model run at the same time."""
    model_calls_per_minute: int | None = Field(None, ge=1, validation_alias="AGORA_MODEL_CALLS_PER_MINUTE")
    """How often the hosted model is called; without it, as often as there is something to ask."""
    models: Path | None = Field(None, validation_alias="AGORA_MODELS")
    """A file of models, with their prices and the endpoints that have them, beside the shipped list."""
    gateway: str | None = Field(None, validation_alias="AGORA_GATEWAY", repr=False)
    """The address of a gateway that somebody else runs; without it, each process has its own."""
    gguf: Path | None = Field(None, validation_alias="AGORA_GGUF")
    """A GGUF file that the embedded server loads in place of the default model."""
    home: Path = Field(default_factory=lambda: Path(user_data_dir("agora")), validation_alias="AGORA_HOME")
    """The folder of the wallet seed, the store and the content."""
    content: str = Field(
        default_factory=lambda known: str(known["home"] / "content"),
        validation_alias="AGORA_CONTENT",
        repr=False,
    )
    """Where documents are kept: a folder or an fsspec URL; ``content`` in the home folder unless set."""
    database: SecretStr | None = Field(None, validation_alias="AGORA_DATABASE")
    """Where the explorer keeps its index: ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``; a file in the
    home folder unless set."""
    password: SecretStr | None = Field(None, validation_alias="AGORA_PASSWORD")
    """The password of the encrypted wallet seed."""
    provider: str = Field("http://127.0.0.1:8545", validation_alias="AGORA_PROVIDER", repr=False)
    """The chain's JSON-RPC address."""
    addresses: Path = Field(
        default_factory=lambda: Path(__file__).resolve().parents[1] / "contract_addresses.json",
        validation_alias="AGORA_ADDRESSES",
    )
    """The file that the deployment writes the contracts' addresses to."""
    log_level: LogLevel = Field("INFO", validation_alias="AGORA_LOG_LEVEL")
    """The least serious messages that are logged."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _bad_setting(error) from None
        except UnicodeDecodeError:
            raise BadSetting(".env", "is not UTF-8 text: save it again as UTF-8") from None

    @field_validator("openai_base_url", "provider", "gateway")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not names_a_host(url):
            raise ValueError("must be an address that begins with http:// or https://")
        return url

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("home", "gguf", "addresses", "models")
    @classmethod
    def _without_tilde(cls, path: Path | None) -> Path | None:
        try:
            return path and path.expanduser()
        except RuntimeError:
            raise ValueError("begins with ~ for a user whose home folder is not known") from None


def names_a_host(url: str) -> bool:
    """Whether a text is the address of something on the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _bad_setting(error: ValidationError) -> BadSetting:
    """The first fault as a sentence that names its variable and leaves the value out."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    problem = fault["msg"].removeprefix("Value error, ").replace("Input should", "should", 1)
    return BadSetting(".".join(map(str, fault["loc"])), problem)
