"""One text for each request, whatever the order of its fields, and what tells two recorded calls apart."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.llm.upstreams.base import Call


def canonical(value: Any) -> str:
    """JSON with its keys in order, no blanks, and in ASCII, so that nothing in it is invisible."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def request_of(call: Call, stream: bool) -> Mapping[str, Any]:
    """What is asked, without who asks, or of which model."""
    body = {name: value for name, value in call.body.items() if name != "model"}
    return {"kind": call.kind, "stream": stream, "body": body}


@dataclass(frozen=True, slots=True)
class Key:
    """A call among all that were recorded: the same agent may ask the same model the same again."""

    agent: int
    model: str
    digest: bytes
    """SHA-256 of the canonical request."""
    occurrence: int
    """How often the agent had asked this before."""


def digest(text: str) -> bytes:
    """SHA-256."""
    return hashlib.sha256(text.encode()).digest()
