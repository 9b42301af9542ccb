"""The bucket: a burst at first, then the rate, and never more than both together allow."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from agents.llm.pacing import Bucket


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)


async def taken(bucket, time, number):
    """When each of so many calls got through."""
    times = []
    for _ in range(number):
        await bucket.take()
        times.append(round(time.now, 6))
    return times


async def test_a_burst_goes_through_at_once_and_the_rest_at_the_rate():
    time = Time()
    bucket = Bucket(2.0, 3, clock=lambda: time.now, sleep=time.sleep)
    assert await taken(bucket, time, 6) == [0, 0, 0, 0.5, 1, 1.5]
    time.now = 100.0
    assert await taken(bucket, time, 4) == [100, 100, 100, 100.5], "a pause saves no more than a burst"


async def test_those_who_wait_are_let_through_in_order_and_who_is_cancelled_takes_nothing():
    time = Time()
    bucket, done = Bucket(1.0, 1, clock=lambda: time.now, sleep=time.sleep), []

    async def caller(name):
        await bucket.take()
        done.append((name, round(time.now, 6)))

    callers = [asyncio.create_task(caller(name)) for name in "abcd"]
    await asyncio.sleep(0)
    callers[2].cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    assert done == [("a", 0), ("b", 1), ("d", 2)]


@given(st.floats(0.1, 100), st.integers(1, 10), st.lists(st.floats(0, 5), min_size=1, max_size=30))
def test_never_more_than_the_burst_and_the_rate(rate, burst, pauses):
    time = Time()
    bucket, times = Bucket(rate, burst, clock=lambda: time.now, sleep=time.sleep), []

    async def calls():
        for pause in pauses:
            time.now += pause
            await bucket.take()
            times.append(time.now)

    asyncio.run(calls())
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - times[first]) + 1e-6


async def test_many_tokens_at_once_and_what_was_not_needed_is_given_back():
    time = Time()
    bucket = Bucket(2.0, 10, clock=lambda: time.now, sleep=time.sleep)
    await bucket.take(10)
    assert bucket.wait(4) == 2
    bucket.give(6)
    assert bucket.wait(4) == 0
    bucket.give(-8)
    await bucket.take(4)
    assert time.now == 3, "two more than there were, and four"
    await bucket.take(1000)
    assert time.now == 8, "a full bucket is enough for all"
    assert bucket.wait() == 495.5
    bucket.give(5000)
    assert bucket.wait(10) == 0
    assert bucket.wait(11) == 0
