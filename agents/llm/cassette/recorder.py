"""An upstream that records another one, or answers in its place from what was recorded."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, Literal

from agents.errors import CallFailed, CassetteMiss, SettingOutOfRange
from agents.llm.cassette.canonical import Key, canonical, digest, request_of
from agents.llm.cassette.nearest import miss
from agents.llm.cassette.store import Cassette, Outcome
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Chunks, Reply, Upstream

Mode = Literal["live", "record", "replay", "cache"]


class Recorder:
    """``live`` only passes calls on. ``record`` keeps what came of each, failures too, before it is handed on.

    ``replay`` answers from the cassette alone, and raises CassetteMiss for what it does not hold. ``cache``
    answers from it where it can; what it cannot is passed on, and kept if it was answered.

    A call is found by its agent, its model, its request and how often the agent had made it before, so the
    order in which calls end does not count. A call that was given up is given up again: in its replay the
    chunks come that had come, and then nothing until it is cancelled.
    """

    def __init__(self, upstream: Upstream | None, cassette: Cassette | None, mode: Mode) -> None:
        if (upstream is None) != (mode == "replay"):
            raise SettingOutOfRange("upstream", upstream, "given in every mode but replay")
        if (cassette is None) != (mode == "live"):
            raise SettingOutOfRange("cassette", cassette, "given in every mode but live")
        self._upstream, self._cassette, self.mode = upstream, cassette, mode
        self._models = cassette.models() if upstream is None and cassette is not None else ()
        self._asked: dict[tuple[int, str, bytes], int] = {}
        self.miss: CassetteMiss | None = None
        """The first call that a replay did not find."""

    @property
    def models(self) -> Sequence[str]:
        """Those of the upstream; in a replay, those that were there."""
        return self._models if self._upstream is None else self._upstream.models

    async def complete(self, call: Call) -> Reply:
        """The answer, new or recorded. Raises CallFailed, as which a recorded failure comes back too."""
        if self.mode == "live":
            return await self._source.complete(call)
        key, request = self._key(call, stream=False)
        found = self._found(call, key, request)
        if found is not None:
            return await _reply(found)
        try:
            reply = await self._source.complete(call)
        except CallFailed as error:
            await self._keep(key, call, request, Outcome("failure", failure=error.to_json()))
            raise
        except asyncio.CancelledError:
            self._give_up(key, call, request, ())
            raise
        usage = (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.cached_tokens)
        await self._keep(key, call, request, Outcome("reply", reply=reply.body, usage=usage))
        return reply

    async def stream(self, call: Call) -> Chunks:
        """The chunks, new or recorded; the last is held back until all of them are kept."""
        async with aclosing(self._chunks(call)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _chunks(self, call: Call) -> Chunks:
        if self.mode == "live":
            return self._source.stream(call)
        key, request = self._key(call, stream=True)
        found = self._found(call, key, request)
        return self._recorded(call, key, request) if found is None else _replayed(found)

    async def _recorded(self, call: Call, key: Key, request: str) -> Chunks:
        heard: list[Mapping[str, Any]] = []
        try:
            async with aclosing(self._source.stream(call)) as chunks:
                async for chunk in chunks:
                    heard.append(chunk)
                    if chunk["choices"]:
                        yield chunk
        except CallFailed as error:
            await self._keep(key, call, request, Outcome("chunks", chunks=heard, failure=error.to_json()))
            raise
        except (asyncio.CancelledError, GeneratorExit):
            self._give_up(key, call, request, heard)
            raise
        await self._keep(key, call, request, Outcome("chunks", chunks=heard))
        yield heard[-1]

    def _key(self, call: Call, *, stream: bool) -> tuple[Key, str]:
        """The call's place in the cassette, which nobody else gets, and its canonical request."""
        request = canonical(request_of(call, stream))
        asked = (call.agent, call.model, digest(request))
        before = self._asked.get(asked)
        if before is None:
            # A recording that was broken off goes on behind what it holds.
            before = self._tape.kept(*asked) if self.mode == "record" else 0
        self._asked[asked] = before + 1
        return Key(*asked, before), request

    def _found(self, call: Call, key: Key, request: str) -> Outcome | None:
        """What was recorded; None if the call has to be made."""
        if self.mode == "record":
            return None
        outcome = self._tape.find(key)
        if outcome is None and self.mode == "replay":
            error = miss(self._tape, call, key, request)
            self.miss = self.miss or error
            raise error
        return outcome

    async def _keep(self, key: Key, call: Call, request: str, outcome: Outcome) -> None:
        """Returns when the outcome survives power loss. A cache keeps answers only."""
        if self.mode == "record" or (self.mode == "cache" and outcome.failure is None):
            await self._tape.keep(key, call, request, outcome)

    def _give_up(self, key: Key, call: Call, request: str, heard: Sequence[Mapping[str, Any]]) -> None:
        if self.mode == "record":
            self._tape.keep(key, call, request, Outcome("given_up", chunks=heard))

    @property
    def _source(self) -> Upstream:
        assert self._upstream is not None
        return self._upstream

    @property
    def _tape(self) -> Cassette:
        assert self._cassette is not None
        return self._cassette


async def _reply(outcome: Outcome) -> Reply:
    """What was recorded of a whole answer."""
    if outcome.failure is not None:
        raise CallFailed.of_json(outcome.failure)
    if outcome.reply is None:
        await asyncio.get_running_loop().create_future()
    assert outcome.reply is not None
    return Reply(outcome.reply, Usage(*outcome.usage))


async def _replayed(outcome: Outcome) -> Chunks:
    """What was recorded of a stream."""
    for chunk in outcome.chunks:
        yield chunk
    if outcome.failure is not None:
        raise CallFailed.of_json(outcome.failure)
    if outcome.ending == "given_up":
        await asyncio.get_running_loop().create_future()
