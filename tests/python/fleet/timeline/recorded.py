"""What the tests of recorded runs share: a script in place of a model, and tasks that it can do."""

import json
from contextlib import asynccontextmanager

from agents.fleet.caps import Limits
from agents.fleet.timeline.recording import Plan
from agents.fleet.timeline.run import record
from agents.llm.embeddings import Embedder
from agents.llm.upstreams.embeddings import EmbeddingUpstream
from agents.llm.upstreams.router import Router
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.market.examples import EXAMPLES
from agents.requester import Windows
from agents.settings import Settings

WINDOWS = Windows(bidding=12, reveal=6, delivery=60, review=12)


def said(request):
    """An answer that fits whatever form is asked for; of numbers, some are right and some are wrong."""
    return json.dumps({name: _value(name, form) for name, form in request.schema["properties"].items()})


def _value(name, form):
    if "enum" in form:
        return form["enum"][0]
    if form.get("type") == "boolean":
        return True
    return {"answer": "42", "steps": "by hand"}.get(name, "It is short and kind.")


def scripted(script=said):
    """The script, and the embedded sentence embeddings, as a run opens them."""

    @asynccontextmanager
    async def opened(_settings=None):
        yield Router([ScriptedUpstream(script), EmbeddingUpstream(Embedder())])

    return opened


def write_tasks(path, count):
    """The examples over and over, each time under another title."""
    lines = [json.loads(line) for line in EXAMPLES.read_text().splitlines() if line.strip()]
    tasks = (lines[at % len(lines)] | {"title": f"Task {at}"} for at in range(count))
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks))
    return path


def record_few(folder, script=said, seed=3):
    """A small run, recorded in the folder."""
    plan = Plan(3, "closed-form", "few", WINDOWS, Limits())
    tasks = write_tasks(folder.parent / "few.jsonl", 6)
    return record(Settings(), plan, seed, tasks, folder, scripted(script)())
