"""Models beside a timeline: an answer takes as long as its tokens say, whatever time it took."""

import asyncio

import pytest

from agents.errors import CallFailed, CassetteMiss
from agents.fleet.timeline.loop import TimelineLoop
from agents.fleet.timeline.lots import Lots
from agents.fleet.timeline.outside import NothingCame, Outside
from agents.fleet.timeline.thinking import OutsideUpstream, Pace
from agents.fleet.timeline.vectors import CalledEmbedder
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Reply

PACE = Pace(reads=100, writes=10, least=2)
CHAT = Call("chat", "m", {"model": "m", "messages": []})


class Endpoint:
    """Answers each call, after as many real seconds as it is told, with what it is told."""

    models = ("m",)

    def __init__(self, *answers, seconds=0.0):
        self.answers, self.seconds, self.asked = list(answers), seconds, []

    async def complete(self, call):
        self.asked.append(call)
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def stream(self, call):
        yield {"choices": [{"delta": {"content": "a"}}]}
        await asyncio.sleep(self.seconds)
        yield {"choices": [{"delta": {"content": "b"}}]}
        if self.answers:
            raise self.answers.pop(0)
        yield {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 90}}


def reply(prompt, completion):
    return Reply({"z": 1, "a": 2}, Usage(prompt, completion))


@pytest.fixture
def think():
    """What becomes of calls to an endpoint, when, and what a person must see."""

    def run(endpoint, ask, patience=None):
        failed = []

        async def main(outside):
            upstream = OutsideUpstream(endpoint, outside, PACE, failed.append)
            try:
                came = await ask(upstream)
            except Exception as error:  # noqa: BLE001 - looked at by the tests
                came = error
            return came, asyncio.get_running_loop().time()

        with Outside(patience) as outside, asyncio.Runner(loop_factory=TimelineLoop) as runner:
            return *runner.run(main(outside)), failed

    return run


@pytest.mark.parametrize(
    ("usage", "seconds"), [((100, 50), 6.0), ((0, 0), 2.0), ((10, 1), 2.0), ((400, 0), 4.0)]
)
def test_tokens_take_time(think, usage, seconds):
    came, when, failed = think(Endpoint(reply(*usage)), lambda upstream: upstream.complete(CHAT))
    assert (came.usage, when, failed) == (Usage(*usage), seconds, [])


def test_real_time_takes_none(think):
    _, when, _ = think(Endpoint(reply(10, 10), seconds=0.05), lambda upstream: upstream.complete(CHAT))
    assert when == 2.0


def test_an_answer_comes_in_the_form_in_which_it_is_kept(think):
    came, *_ = think(Endpoint(reply(1, 1)), lambda upstream: upstream.complete(CHAT))
    assert list(came.body) == ["a", "z"]


def test_a_failure_takes_the_time_of_what_it_burned(think):
    failure = CallFailed(503, "away", "the model is away", usage=Usage(100, 50))
    came, when, failed = think(Endpoint(failure), lambda upstream: upstream.complete(CHAT))
    assert (came, when, failed) == (failure, 6.0, [])


def test_a_call_that_was_never_recorded_ends_the_run(think):
    miss = CassetteMiss("nobody asked this")
    came, _, failed = think(Endpoint(miss), lambda upstream: upstream.complete(CHAT))
    assert came is miss
    assert failed == [miss]


def test_an_answer_that_does_not_come_ends_the_run(think):
    came, _, failed = think(Endpoint(seconds=60), lambda upstream: upstream.complete(CHAT), patience=0.05)
    assert isinstance(came, NothingCame)
    assert failed == [came]


def test_chunks_come_together(think):
    async def ask(upstream):
        loop = asyncio.get_running_loop()
        return [(loop.time(), chunk) async for chunk in upstream.stream(CHAT)]

    came, when, _ = think(Endpoint(seconds=0.02), ask)
    assert when == 10.0
    assert {moment for moment, _ in came} == {10.0}
    assert [bool(chunk["choices"]) for _, chunk in came] == [True, True, False]


def test_chunks_before_a_failure_come_too(think):
    heard = []

    async def ask(upstream):
        async for chunk in upstream.stream(CHAT):
            heard.append(chunk)  # noqa: PERF401 - those before a failure are kept

    failure = CallFailed(502, "broken", "it broke off")
    came, when, _ = think(Endpoint(failure), ask)
    assert (came, when, len(heard)) == (failure, 2.0, 2)


def test_a_text_is_embedded_once_and_takes_no_time(think):
    def vectors(*firsts):
        data = [{"embedding": [first] + [0.0] * 383} for first in firsts]
        return Reply({"data": data}, Usage(5, 0))

    endpoint = Endpoint(vectors(0.25, 0.5), vectors(1.0))

    async def ask(upstream):
        embedder = CalledEmbedder(upstream)
        first = asyncio.create_task(embedder.embed(["one", "two", "one"]))
        second = asyncio.create_task(embedder.embed(["two", "three"]))
        return [rows[:, 0].tolist() for rows in (await first, await second)]

    came, when, _ = think(endpoint, ask)
    assert came == [[0.25, 0.5, 0.25], [0.5, 1.0]]
    assert when == 0.0
    assert [call.body["input"] for call in endpoint.asked] == [["one", "two"], ["three"]]


def test_what_is_drawn_follows_from_seed_and_purpose():
    def draws(seed, purpose):
        lots = Lots(seed, purpose)
        return [lots.draw(8), lots.draw(8), lots.uniform(3, 4)]

    assert draws(1, "a") == draws(1, "a")
    assert len({str(draws(seed, purpose)) for seed in (1, 2) for purpose in ("a", "b")}) == 4
    first, second, between = draws(1, "a")
    assert first != second
    assert 3 <= between < 4
