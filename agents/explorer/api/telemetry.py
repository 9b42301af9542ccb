"""Traces and figures of requests for OpenTelemetry: only where a collector is named and the libraries are there."""

import os
from importlib.util import find_spec

import structlog
from fastapi.telemetry import TelemetryConfig
from starlette.types import Scope

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SERVICE = "OTEL_SERVICE_NAME"
_LIBRARY = "opentelemetry.exporter.otlp"
_OFF = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False)

log = structlog.get_logger(__name__)


def telemetry() -> TelemetryConfig:
    """What the framework tells a collector: nothing, unless the environment names one by OTEL_EXPORTER_OTLP_ENDPOINT.

    Logs stay here, and so do streams, whose spans would last as long as a page is open.
    """
    if not os.environ.get(ENDPOINT):
        return _OFF
    if not _installed():
        log.warning("explorer.telemetry_missing", remedy="pip install 'agora-market[telemetry]'")
        return _OFF
    os.environ.setdefault(SERVICE, "agora-explorer")
    return TelemetryConfig(logs=False, operation_spans=False, auto_configure=True, exclude=_is_stream)


def _installed() -> bool:
    try:
        return find_spec(_LIBRARY) is not None and find_spec("opentelemetry.sdk") is not None
    except ModuleNotFoundError:
        return False


def _is_stream(scope: Scope) -> bool:
    return scope.get("path") == "/events"
