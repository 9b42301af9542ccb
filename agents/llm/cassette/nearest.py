"""What is shown where a request was never recorded: the one that comes nearest, and where the two part."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agents.errors import CassetteMiss
from agents.llm.cassette.canonical import Key, canonical
from agents.llm.cassette.store import Cassette
from agents.llm.upstreams.base import Call

_AROUND = 24  # characters shown on either side of the first one that differs
_SHOWN = 60


def miss(cassette: Cassette, call: Call, key: Key, request: str) -> CassetteMiss:
    """The error for a call that is not in the cassette."""
    who = f"agent {call.agent}{f' ({_escaped(call.name)})' if call.name else ''}"
    about = f", purpose {_escaped(call.purpose) or 'none'}, task {call.task}, occurrence {key.occurrence}"
    times, place = cassette.kept(key.agent, key.model, key.digest), ""
    candidates = cassette.likely(call)
    if times:
        why = f"the same request was recorded {times} times only"
    elif candidates:
        text, asked = max(candidates, key=lambda candidate: _shared(request, candidate[0]))
        place = difference(json.loads(text), json.loads(request))
        why = f"the nearest that was recorded, by agent {asked['agent']}"
        why += f" for purpose {_escaped(asked['purpose']) or 'none'}, task {asked['task']}"
        why += f", of model {_escaped(asked['model'])}" if asked["model"] != call.model else ""
        why += f", differs at {place}" if place else ", is the same"
    else:
        why = "nothing was recorded of this agent, nor for this purpose"
    return CassetteMiss(
        f"the run has parted from the recorded one: {who}{about}, asks {_escaped(call.model)} what was not "
        f"recorded; {why}",
        detail={
            "agent": call.agent,
            "name": call.name,
            "purpose": call.purpose,
            "task": call.task,
            "model": call.model,
            "occurrence": key.occurrence,
            "difference": place,
        },
    )


def difference(recorded: Any, asked: Any) -> str:
    """The first place where two JSON values part, in one line without anything invisible; "" if they do not."""
    places = _places(recorded, asked, "")
    first = next(places, "")
    more = sum(1 for _ in places)
    return f"{first}{f' (and {more} more)' if more else ''}"


def _places(recorded: Any, asked: Any, path: str) -> Iterator[str]:
    """Each place where the two part, from the first on."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        yield from _fields(recorded, asked, path)
    elif isinstance(recorded, list) and isinstance(asked, list):
        for index, (one, other) in enumerate(zip(recorded, asked, strict=False)):
            yield from _places(one, other, f"{path}[{index}]")
        if len(recorded) != len(asked):
            yield f"{path}: recorded {len(recorded)} items, asked {len(asked)}"
    elif canonical(recorded) != canonical(asked):
        texts = isinstance(recorded, str) and isinstance(asked, str)
        yield (
            _texts(recorded, asked, path)
            if texts
            else f"{path}: recorded {_short(recorded)}, asked {_short(asked)}"
        )


def _fields(recorded: Mapping[str, Any], asked: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in sorted({*recorded, *asked}):
        below = f"{path}.{_escaped(name)}" if path else _escaped(name)
        if name not in asked:
            yield f"{below}: recorded {_short(recorded[name])}, asked without it"
        elif name not in recorded:
            yield f"{below}: recorded without it, asked {_short(asked[name])}"
        else:
            yield from _places(recorded[name], asked[name], below)


def _texts(recorded: str, asked: str, path: str) -> str:
    at = _alike(recorded, asked)
    return f"{path}, character {at + 1}: recorded {_around(recorded, at)}, asked {_around(asked, at)}"


def _around(text: str, at: int) -> str:
    """The text about one place, quoted."""
    start, end = max(0, at - _AROUND), at + _AROUND
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end]!a}{after}"


def _short(value: Any) -> str:
    text = canonical(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _escaped(name: str) -> str:
    return ascii(name)[1:-1][:_SHOWN]


def _shared(one: str, other: str) -> int:
    """Characters at the beginning and at the end that two texts share."""
    start = _alike(one, other)
    room = min(len(one), len(other)) - start
    return start + min(room, _alike(one[::-1], other[::-1]))


def _alike(one: str, other: str) -> int:
    """Characters at the beginning that two texts share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, yours) in pairs if mine != yours), min(len(one), len(other)))
