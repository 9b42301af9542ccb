"""Decides by a seed which request meets which fault, and lets it happen."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from faults.lies import Stale, cut, foreign, repeat

Answer = tuple[int, bytes]
"""HTTP status and body."""
Forward = Callable[[bytes], Awaitable[Answer]]

HELD_SECONDS = 1.0
"""How long a request waits to be overtaken by another."""
LONGEST_DELAY = 3.0
MOST_BEHIND = 3
"""Blocks that a stale node lacks, at most."""


class Fault(StrEnum):
    """What can happen to a request."""

    REFUSE = "refuse"
    """The connection is refused: the node hears nothing."""
    DROP = "drop"
    """The node does what it is asked, and the reply is lost."""
    DEAD = "dead"
    """The socket stays open and says nothing; the node has heard it, or not."""
    DUPLICATE = "duplicate"
    """The node is asked twice, and what it says the second time is the reply."""
    DELAY = "delay"
    """The request is late, or the reply."""
    REORDER = "reorder"
    """A later request overtakes this one."""
    LIMIT = "limit"
    """HTTP 429: the node hears nothing."""
    BROKEN = "broken"
    """HTTP 500; the node has heard it, or not."""
    GARBAGE = "garbage"
    """HTTP 200, and half of the reply."""
    STALE = "stale"
    """Another node answers, which lags behind by a few blocks."""
    CUT = "cut"
    """Some logs are missing."""
    TWICE = "twice"
    """Some logs come twice."""
    FOREIGN = "foreign"
    """Some logs are those of another block."""


ERRORS = (
    *(Fault.REFUSE, Fault.DROP, Fault.DEAD, Fault.DUPLICATE, Fault.DELAY),
    *(Fault.REORDER, Fault.LIMIT, Fault.BROKEN, Fault.GARBAGE),
)
LIES = (Fault.STALE, Fault.CUT, Fault.TWICE, Fault.FOREIGN)
_ABOUT_LOGS = {Fault.CUT: cut, Fault.TWICE: repeat, Fault.FOREIGN: foreign}


def rates(errors: float = 0.0, lies: float = 0.0) -> dict[Fault, float]:
    """Shares of all requests, spread evenly over each group."""
    even = {fault: errors / len(ERRORS) for fault in ERRORS}
    return even | {fault: lies / len(LIES) for fault in LIES}


class Lost(Exception):
    """There will be no reply."""


class Refused(Lost):
    """The node never heard the request."""


class Silent(Lost):
    """The socket is open, and nothing comes."""


_UNHEARD = (Fault.REFUSE, Fault.LIMIT)
_PERHAPS_HEARD = (Fault.DEAD, Fault.BROKEN)
_STATUS = {Fault.LIMIT: 429, Fault.BROKEN: 500}
_LOSSES = {Fault.REFUSE: Refused, Fault.DROP: Lost, Fault.DEAD: Silent}


@dataclass(frozen=True, slots=True)
class Happened:
    """One fault, as the record of a run has it."""

    fault: Fault
    methods: tuple[str, ...]
    times: int
    """How often they had been asked before."""

    def __str__(self) -> str:
        return f"{self.fault} at {','.join(self.methods)} #{self.times}"


@dataclass
class Engine:
    """One client's way to its node. ``rates`` are probabilities of faults by request."""

    seed: str
    forward: Forward
    rates: Mapping[Fault, float]
    happened: list[Happened] = field(default_factory=list)
    _asked: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _passed: list[asyncio.Future[None]] = field(default_factory=list)

    def heal(self) -> None:
        """No more faults."""
        self.rates = {}

    async def answer(self, content: bytes) -> Answer:
        """What the client gets. Raises Lost when it gets nothing."""
        asked = json.loads(content)
        calls = asked if isinstance(asked, list) else [asked]
        fault, dice = self._draw(calls)
        if fault is None:
            return await self._pass(content)
        if fault in _ABOUT_LOGS:
            return _changed(await self._pass(content), calls, dice, _ABOUT_LOGS[fault])
        if fault is Fault.STALE:
            return await self._stale(dice, content, calls)
        if fault is Fault.DELAY:
            return await self._late(dice, content)
        if fault is Fault.REORDER:
            return await self._overtaken(content)
        return await self._fail(fault, dice, content)

    def _draw(self, calls: list[dict]) -> tuple[Fault | None, Random]:
        methods = tuple(sorted({one["method"] for one in calls}))
        times = self._asked[methods]
        self._asked[methods] += 1
        dice = Random(f"{self.seed}|{','.join(methods)}|{times}")
        left = dice.random()
        for fault, rate in self.rates.items():
            left -= rate
            if left < 0:
                if fault in _ABOUT_LOGS and "eth_getLogs" not in methods:
                    return None, dice
                self.happened.append(Happened(fault, methods, times))
                return fault, dice
        return None, dice

    async def _pass(self, content: bytes) -> Answer:
        answer = await self.forward(content)
        waiting, self._passed = self._passed, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
        return answer

    async def _fail(self, fault: Fault, dice: Random, content: bytes) -> Answer:
        answer = (200, b"")
        # As likely as not, the node never hears what a broken or dead one was asked.
        if fault not in _UNHEARD and not (fault in _PERHAPS_HEARD and dice.random() < 0.5):
            answer = await self._pass(content)
        if fault is Fault.DUPLICATE:
            return await self._pass(content)
        if fault is Fault.GARBAGE:
            return answer[0], answer[1][: len(answer[1]) // 2]
        if fault in _STATUS:
            return _STATUS[fault], b""
        raise _LOSSES[fault]

    async def _late(self, dice: Random, content: bytes) -> Answer:
        before, seconds = dice.random() < 0.5, dice.uniform(0.05, LONGEST_DELAY)
        if before:
            await asyncio.sleep(seconds)
        answer = await self._pass(content)
        if not before:
            await asyncio.sleep(seconds)
        return answer

    async def _overtaken(self, content: bytes) -> Answer:
        passed = asyncio.get_running_loop().create_future()
        self._passed.append(passed)
        await asyncio.wait([passed], timeout=HELD_SECONDS)
        return await self._pass(content)

    async def _stale(self, dice: Random, content: bytes, calls: list[dict]) -> Answer:
        status, told = await self.forward(b'{"jsonrpc":"2.0","id":0,"method":"eth_blockNumber","params":[]}')
        assert status == 200, "the node itself has failed"
        stale = Stale(max(0, int(json.loads(told)["result"], 16) - dice.randint(1, MOST_BEHIND)))
        asked = [stale.ask(one) for one in calls]
        batch = content.lstrip()[:1] == b"["
        answer = await self._pass(json.dumps(asked if batch else asked[0]).encode())
        return _changed(answer, calls, dice, stale.tell)


def _changed(answer: Answer, calls: list[dict], dice: Random, change: Callable) -> Answer:
    """The answer with each reply changed that has a result."""
    status, body = answer
    replies = json.loads(body)
    by_id = {one["id"]: one for one in calls}
    for reply in replies if isinstance(replies, list) else [replies]:
        call = by_id.get(reply.get("id"))
        if call is not None and "result" in reply:
            change(call, reply, dice)
    return status, json.dumps(replies).encode()
