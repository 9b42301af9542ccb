"""Calls to record, and an upstream that never says the same twice."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from agents.errors import CallFailed
from agents.llm.cassette.manifest import Manifest
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, usage_body

MANIFEST = Manifest("abc", {"Ledger": "0x12"}, {"agents": 3}, 7, ("m", "other"))


def ask(text: str = "hello", *, agent: int = 1, task: int = 4, model: str = "m", **body: Any) -> Call:
    """A chat call of one message."""
    asked = {"messages": [{"role": "user", "content": text}], "max_tokens": 9, **body}
    return Call("chat", model, asked, agent=agent, name=f"ada-{agent}", purpose="work", task=task)


class Moody:
    """Answers with the number of the call; a text with "fail" in it fails, one with "break" after a chunk."""

    models = ("m", "other")

    def __init__(self) -> None:
        self.calls = 0
        self.closed = 0

    async def complete(self, call: Call) -> Reply:
        self.calls += 1
        number = self.calls
        await asyncio.sleep(0)
        text = call.body["messages"][0]["content"]
        if "fail" in text or "break" in text:
            raise CallFailed(
                429,
                "rate_limited",
                f"no. {number}",
                usage=Usage(number, 2, 1),
                retry_after=1.5,
                detail={"x": [1]},
            )
        if "hang" in text:
            await asyncio.Event().wait()
        return Reply({"choices": [{"message": {"content": f"{text} {number}"}}]}, Usage(number, 3, 1))

    async def stream(self, call: Call) -> Chunks:
        self.calls += 1
        number, text = self.calls, call.body["messages"][0]["content"]
        try:
            if "fail" in text:
                raise CallFailed(502, "upstream_failed", f"no. {number}")
            for word in (text, str(number)):
                yield {"choices": [{"delta": {"content": word}}]}
                await asyncio.sleep(0)
                if "break" in text:
                    raise CallFailed(502, "upstream_hung_up", f"no. {number}", usage=Usage(0, 1))
                if "hang" in text:
                    await asyncio.Event().wait()
            yield {"choices": [], "usage": usage_body(Usage(number, 2))}
        finally:
            self.closed += 1


async def outcome(recorder: Recorder, call: Call, *, stream: bool = False) -> Any:
    """All that the caller of one call gets to see."""
    heard: list[Any] = []
    try:
        if not stream:
            reply = await recorder.complete(call)
            return reply.body, reply.usage
        async with aclosing(recorder.stream(call)) as chunks:
            async for chunk in chunks:
                heard.append(chunk)  # noqa: PERF401 - what came before a failure counts
    except CallFailed as error:
        return heard, type(error), error.to_json()
    return heard


async def recorded(path: Any, calls: Sequence[tuple[Call, bool]]) -> list[Any]:
    """What came of each call, made one after the other and put on a cassette at ``path``."""
    cassette = Cassette.write(path, MANIFEST)
    recorder = Recorder(Moody(), cassette, "record")
    outcomes = [await outcome(recorder, call, stream=stream) for call, stream in calls]
    cassette.close()
    return outcomes
