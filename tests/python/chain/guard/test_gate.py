"""Either requests pass, or a block is built."""

import asyncio

import pytest

from agents.chain.guard.gate import Gate


async def turn():
    """Let everything that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


class Log(list):
    def note(self, name, context, until):
        async def run():
            async with context:
                self.append(f"{name} in")
                await until.wait()
            self.append(f"{name} out")

        return asyncio.create_task(run())


async def test_requests_pass_together():
    gate, log, done = Gate(), Log(), asyncio.Event()
    tasks = [log.note(name, gate.passing(), done) for name in "ab"]
    await turn()
    assert log == ["a in", "b in"]
    done.set()
    await asyncio.gather(*tasks)


async def test_the_builder_waits_for_requests_under_way_and_holds_new_ones_back():
    gate, log = Gate(), Log()
    leave, built = asyncio.Event(), asyncio.Event()
    first = log.note("first", gate.passing(), leave)
    await turn()
    builder = log.note("builder", gate.closed(), built)
    await turn()
    second = log.note("second", gate.passing(), leave)
    await turn()
    assert log == ["first in"]
    leave.set()
    await turn()
    assert log == ["first in", "first out", "builder in"]
    built.set()
    await asyncio.gather(first, builder, second)
    assert log[3:] == ["builder out", "second in", "second out"]


async def test_two_builders_take_turns():
    gate, log = Gate(), Log()
    built = [asyncio.Event(), asyncio.Event()]
    tasks = [log.note(name, gate.closed(), event) for name, event in zip("ab", built, strict=True)]
    await turn()
    assert log == ["a in"]
    built[0].set()
    await turn()
    assert log == ["a in", "a out", "b in"]
    built[1].set()
    await asyncio.gather(*tasks)
    async with gate.passing():
        pass


async def test_a_request_waits_no_longer_than_its_patience():
    gate = Gate()
    async with gate.closed():
        with pytest.raises(TimeoutError):
            async with gate.passing(patience=0.01):
                pytest.fail("the gate is closed")
    async with gate.passing(patience=0.01):
        pass


async def test_a_builder_that_gives_up_leaves_the_gate_open():
    gate, log, leave = Gate(), Log(), asyncio.Event()
    request = log.note("request", gate.passing(), leave)
    await turn()
    builder = log.note("builder", gate.closed(), leave)
    await turn()
    builder.cancel()
    await asyncio.gather(builder, return_exceptions=True)
    async with asyncio.timeout(10), gate.passing():
        log.append("passed")
    leave.set()
    await request
    async with asyncio.timeout(10), gate.closed():
        assert log == ["request in", "passed", "request out"]


async def test_a_request_that_fails_inside_has_left():
    gate = Gate()
    with pytest.raises(ZeroDivisionError):
        async with gate.passing():
            _ = 1 / 0
    async with asyncio.timeout(10), gate.closed():
        pass
