"""Which model the settings ask for."""

from collections.abc import Sequence
from pathlib import Path

from agents.errors import BadSetting
from agents.llm.upstreams.config import Endpoint, endpoints
from agents.llm.weights import SMOLLM2_NAME
from agents.settings import Settings


def is_hosted(settings: Settings) -> bool:
    """Whether any setting of a hosted model is there."""
    return bool(settings.openai_api_key or settings.openai_base_url or settings.model)


def model_name(settings: Settings) -> str:
    """The name of the model that agents use by these settings. Raises BadSetting where they contradict each other."""
    named = endpoints(settings.models)
    if named:
        return _of_file(settings, named)
    if is_hosted(settings):
        return _hosted_name(settings)
    return embedded_name(settings.gguf)


def embedded_name(gguf: Path | None) -> str:
    """The name of the model in a file, or of the one that is shipped."""
    return f"{gguf.stem} (embedded)" if gguf else SMOLLM2_NAME


def names(endpoint: Endpoint) -> Sequence[str]:
    """The models of an endpoint, as agents name them."""
    return (embedded_name(endpoint.gguf),) if endpoint.embedded else tuple(endpoint.models)


def _of_file(settings: Settings, named: Sequence[Endpoint]) -> str:
    if settings.openai_base_url or settings.gguf:
        raise BadSetting(
            "AGORA_MODELS",
            "names upstreams, but OPENAI_BASE_URL or AGORA_GGUF is set as well: put what they say into the file",
        )
    known = list(dict.fromkeys(name for endpoint in named for name in names(endpoint)))
    if settings.model is not None and settings.model not in known:
        raise BadSetting("AGORA_MODEL", f"is no model of AGORA_MODELS: that has {', '.join(known)}")
    return settings.model or known[0]


def _hosted_name(settings: Settings) -> str:
    if settings.gguf:
        raise BadSetting(
            "AGORA_GGUF", "is set together with OPENAI_API_KEY, OPENAI_BASE_URL or AGORA_MODEL: unset one"
        )
    if not settings.model:
        raise BadSetting(
            "AGORA_MODEL",
            "is not set, but OPENAI_API_KEY or OPENAI_BASE_URL is: name the model to use, or unset these to "
            "use the embedded model",
        )
    if not settings.openai_api_key and not settings.openai_base_url:
        raise BadSetting(
            "OPENAI_API_KEY",
            "is not set, but AGORA_MODEL is: set the key, or OPENAI_BASE_URL for an endpoint without one, or "
            "unset AGORA_MODEL to use the embedded model",
        )
    return settings.model
