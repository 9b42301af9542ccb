"""What a cassette takes: calls a second that are recorded durably and replayed, and its size.

The upstream answers at once and in this process, so that the time is the recorder's own. All requests are different, a
conversation of about 2 kB each, and answers as long as a short paragraph. A hundred calls are under way at a time, as
in a fleet, and then one; each call returns when it survives power loss. The replay is of the same calls.
"""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.llm.cassette.manifest import Manifest
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.upstreams.base import Call, Reply, usage_of
from bench.gateway.load import load, told
from bench.gateway.stub import MODEL, completion

CALLS = {100: 10_000, 1: 1_000}
"""By how many are under way at a time."""
PROMPT = "Which colour is named in: 'The lamp by the door is blue, as all lamps in this street are'? " * 20


class Instant:
    """An upstream that answers at once."""

    models: Sequence[str] = (MODEL,)

    def __init__(self) -> None:
        self._body = json.loads(completion())
        usage = usage_of(self._body)
        assert usage is not None
        self._reply = Reply(self._body, usage)

    async def complete(self, _call: Call) -> Reply:
        """The one answer."""
        return self._reply


def run(calls: Mapping[int, int] = CALLS) -> dict[str, Any]:
    """The figures by mode and by how many calls are under way at a time."""
    return {str(at_once): asyncio.run(_measured(count, at_once)) for at_once, count in calls.items()}


async def _measured(calls: int, at_once: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
        path = Path(folder) / "cassette.db"
        tape = Cassette.write(path, Manifest(models=(MODEL,)))
        recorder = Recorder(Instant(), tape, "record")
        recorded = (await load(lambda number: recorder.complete(_call(number)), calls, at_once)).row()
        tape.close()
        recorded["bytes a call"] = round(path.stat().st_size / calls)
        tape = Cassette.read(path)
        player = Recorder(None, tape, "replay")
        replayed = (await load(lambda number: player.complete(_call(number)), calls, at_once)).row()
        tape.close()
    told(f"recorded, {at_once} at a time", recorded)
    told(f"replayed, {at_once} at a time", replayed)
    return {"recorded": recorded, "replayed": replayed}


def _call(number: int) -> Call:
    body = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You are a worker in a market."},
            {"role": "user", "content": f"{number}. {PROMPT}"},
        ],
        "max_tokens": 64,
        "temperature": 0,
    }
    return Call("chat", MODEL, body, 1 + number % 100, f"agent {number % 100}", "work", number)
