"""Structured logs, one line an event, on standard error or in a file."""

import logging
import sys
from pathlib import Path
from typing import TextIO, cast

import structlog


class _StandardError:
    """Standard error as it is at each write: a progress bar that stands there prints lines above itself."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str, *, as_json: bool = False, file: Path | None = None) -> None:
    """Log what is at least as serious as ``level``; to ``file``, or to standard error."""
    stream = file.open("a", encoding="utf-8") if file else cast("TextIO", _StandardError())
    colours = not as_json and file is None and sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=colours)
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
