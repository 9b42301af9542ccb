"""The loop of a timeline: whose turn it is follows from what was begun, never from how long it took."""

import asyncio
import threading
import time

import pytest

from agents.fleet.timeline.loop import Standstill, TimelineLoop
from agents.fleet.timeline.outside import Outside


@pytest.fixture
def play():
    """Runs a coroutine function on a loop of its own."""

    def run(main):
        with asyncio.Runner(loop_factory=TimelineLoop) as runner:
            return runner.run(main())

    return run


@pytest.fixture
def outside():
    with Outside() as outside:
        yield outside


class Gate:
    """Work outside that ends when it is let through."""

    def __init__(self):
        self.open = threading.Event()

    async def passed(self, value):
        await asyncio.to_thread(self.open.wait)
        return value


def test_hours_pass_in_no_time_and_in_order(play):
    async def main():
        seen = []

        async def sleeper(seconds):
            await asyncio.sleep(seconds)
            seen.append((seconds, asyncio.get_running_loop().time()))

        began = time.monotonic()
        await asyncio.gather(sleeper(7200), sleeper(60), sleeper(0.25))
        assert time.monotonic() - began < 3600
        return seen

    assert play(main) == [(0.25, 0.25), (60, 60.0), (7200, 7200.0)]


def test_what_is_begun_first_arrives_first_whatever_ends_first(play, outside):
    first, second = Gate(), Gate()
    second.open.set()

    async def main():
        order = []

        async def ask(gate, name):
            order.append(await outside.ask(gate.passed(name)))

        async def release():
            outside.run(asyncio.sleep(0.02))  # The second has long ended.
            first.open.set()

        await asyncio.gather(ask(first, "first"), ask(second, "second"), release())
        return order, asyncio.get_running_loop().time()

    assert play(main) == (["first", "second"], 0.0)


def test_no_time_passes_while_something_is_awaited_that_may_arrive_at_once(play, outside):
    async def main():
        ticks = []

        async def tick():
            while True:
                await asyncio.sleep(1)
                ticks.append(asyncio.get_running_loop().time())

        ticking = asyncio.create_task(tick())
        await outside.ask(asyncio.sleep(0.05))
        now = len(ticks)
        await outside.ask(asyncio.sleep(0.05), least=2.5)
        ticking.cancel()
        return now, ticks, asyncio.get_running_loop().time()

    assert play(main) == (0, [1.0, 2.0], 2.5)


def test_what_may_arrive_sooner_arrives_sooner(play, outside):
    async def main():
        order = []

        async def ask(name, least):
            order.append(await outside.ask(asyncio.sleep(0, name), least))

        await asyncio.gather(ask("late", 3.0), ask("soon", 1.0), ask("at once", 0.0), ask("late too", 3.0))
        return order

    assert play(main) == ["at once", "soon", "late", "late too"]


def test_an_error_outside_is_the_askers(play, outside):
    async def fail():
        raise ValueError("no")

    async def main():
        with pytest.raises(ValueError, match="no"):
            await outside.ask(fail())

    play(main)


def test_what_nobody_awaits_any_more_is_cancelled_and_not_waited_for(play, outside):
    ended = threading.Event()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await outside.ask(work(), least=5.0)
        await asyncio.sleep(10)
        return asyncio.get_running_loop().time()

    assert play(main) == 11.0
    assert ended.wait(10)


def test_threads_are_none(play):
    async def main():
        return await asyncio.to_thread(threading.get_ident)

    assert play(main) == threading.get_ident()


def test_an_error_in_place_of_a_thread_is_the_askers(play):
    async def main():
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)

    play(main)


def test_another_thread_cannot_decide_when_something_happens(play):
    async def main():
        loop, refused = asyncio.get_running_loop(), []

        def meddle():
            try:
                loop.call_soon_threadsafe(print)
            except RuntimeError as error:
                refused.append(str(error))

        meddler = threading.Thread(target=meddle)
        meddler.start()
        meddler.join()
        return refused

    (refusal,) = play(main)
    assert "another thread" in refusal


def test_sockets_have_no_place(play):
    async def main():
        with pytest.raises(RuntimeError, match="no sockets"):
            await asyncio.open_connection("127.0.0.1", 1)

    play(main)


def test_a_standstill_is_named(play):
    async def main():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Standstill, match="nothing will ever happen"):
        play(main)
