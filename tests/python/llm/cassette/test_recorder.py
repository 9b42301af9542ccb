"""Recorder: what was recorded comes back, each thing to whom it belongs, in whatever order; the rest is a miss."""

import asyncio
import json
import tempfile
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_endpoint import request
from pydantic import SecretStr
from tapes import MANIFEST, Moody, ask, outcome, recorded

from agents.errors import CallFailed, CassetteMiss, SettingOutOfRange
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.gateway.client import FixedKey, GatewayModel
from agents.llm.gateway.problems import problem_of
from agents.llm.upstreams.scripted import ScriptedUpstream

CALLS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from(["a", "b", "fail", "break"]),
        st.sampled_from(["m", "other"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(CALLS, st.randoms(use_true_random=False))
def test_a_replay_gives_what_was_recorded_in_this_order_and_in_any_other(drawn, random):
    calls = [(ask(text, agent=agent, model=model), stream) for agent, text, model, stream in drawn]
    shuffled = list(range(len(calls)))
    random.shuffle(shuffled)
    by_key = [drawn[index] for index in shuffled]  # the n-th of a key stays its n-th, in another place
    turns = [
        [i for i, one in enumerate(drawn) if one == key][by_key[:at].count(key)]
        for at, key in enumerate(by_key)
    ]

    async def run():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.cassette"
            told = await recorded(path, calls)
            for order in (range(len(calls)), turns):
                cassette = Cassette.read(path)
                replay = Recorder(None, cassette, "replay")
                for turn in order:
                    call, stream = calls[turn]
                    assert await outcome(replay, call, stream=stream) == told[turn]
                with pytest.raises(CassetteMiss):
                    await replay.complete(calls[0][0]) if not calls[0][1] else await anext(
                        replay.stream(calls[0][0])
                    )
                cassette.close()

    asyncio.run(run())


async def test_calls_that_run_together_are_told_apart_by_who_began_first(tmp_path):
    cassette = Cassette.write(tmp_path / "c", MANIFEST)
    recorder = Recorder(Moody(), cassette, "record")
    told = await asyncio.gather(*(outcome(recorder, ask("same")) for _ in range(5)))
    cassette.close()
    assert len({str(one) for one in told}) == 5
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    assert await asyncio.gather(*(outcome(replay, ask("same")) for _ in range(5))) == told


async def test_a_whole_answer_and_a_stream_are_two_requests(tmp_path):
    await recorded(tmp_path / "c", [(ask(), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    with pytest.raises(CassetteMiss, match="stream: recorded false, asked true"):
        await anext(replay.stream(ask()))


async def test_the_order_of_fields_does_not_count(tmp_path):
    told = await recorded(tmp_path / "c", [(ask(seed=1, temperature=0.5), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    assert [await outcome(replay, ask(temperature=0.5, seed=1))] == told


async def test_the_order_of_an_answers_fields_stays(tmp_path):
    """A receipt holds a digest of the answer's bytes."""
    answer = {"z": 1, "a": {"y": [1.5, float("inf")], "b": "\ud800 \u202e"}}
    script = ScriptedUpstream(lambda _request: json.dumps(answer), name="m")
    cassette = Cassette.write(tmp_path / "c", MANIFEST)
    told = await Recorder(script, cassette, "record").complete(ask())
    cassette.close()
    again = await Recorder(None, Cassette.read(tmp_path / "c"), "replay").complete(ask())
    assert json.dumps(again.body) == json.dumps(told.body)


async def test_a_character_that_changed_is_named(tmp_path):
    prompt = "You are a careful worker. " * 20 + "Count the cats in the yard, and say how many there are."
    await recorded(tmp_path / "c", [(ask(prompt), False), (ask("something else"), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    with pytest.raises(CassetteMiss) as caught:
        await replay.complete(ask(prompt.replace("cats", "bats")))
    assert str(caught.value) == (
        "the run has parted from the recorded one: agent 1 (ada-1), purpose work, task 4, occurrence 0, asks m what "
        "was not recorded; the nearest that was recorded, by agent 1 for purpose work, task 4, differs at "
        "body.messages[0].content, character 531: recorded …'reful worker. Count the cats in the yard, and sa'…, "
        "asked …'reful worker. Count the bats in the yard, and sa'…"
    )
    assert caught.value.detail["difference"].startswith("body.messages[0].content, character 531")
    assert replay.miss is caught.value
    with pytest.raises(CassetteMiss):
        await replay.complete(ask("yet another"))
    assert replay.miss is caught.value, "the first is where the runs part"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (ask("hello", agent=2), "by agent 1 for purpose work, task 4, is the same"),
        (ask("hello", model="other"), "of model m, is the same"),
        (
            ask("hello"),
            "occurrence 1, asks m what was not recorded; the same request was recorded 1 times only",
        ),
        (ask("hello", seed=3), "body.seed: recorded without it, asked 3"),
        (ask("hello", max_tokens=10), "body.max_tokens: recorded 9, asked 10"),
        (ask("hello\u202egnp"), r"asked 'hello\\u202egnp'"),
    ],
)
async def test_a_miss_says_what_comes_nearest(tmp_path, call, says):
    await recorded(tmp_path / "c", [(ask("hello"), False), (ask("quite another text"), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    await replay.complete(ask("hello"))
    with pytest.raises(CassetteMiss, match=says) as caught:
        await replay.complete(call)
    assert str(caught.value).replace("…", "").isascii()
    assert isinstance(CallFailed.of_json(caught.value.to_json()), CassetteMiss)


async def test_an_agent_behind_a_gateway_hears_of_a_miss(tmp_path):
    await recorded(tmp_path / "c", [(ask("hello"), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    with pytest.raises(CassetteMiss) as caught:
        await replay.complete(ask("hallo"))
    told = problem_of(caught.value)
    transport = httpx.MockTransport(lambda _asked: httpx.Response(told.status, content=told.content))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        model = GatewayModel(client, FixedKey(SecretStr("k")), "m")
        with pytest.raises(CassetteMiss, match="character 2: recorded 'hello', asked 'hallo'"):
            await model.complete(request("hallo"))


async def test_a_call_that_was_given_up_is_given_up_again(tmp_path):
    cassette = Cassette.write(tmp_path / "c", MANIFEST)
    moody = Moody()
    recorder = Recorder(moody, cassette, "record")
    waiting = asyncio.create_task(recorder.complete(ask("hang")))
    async with aclosing(recorder.stream(ask("hang"))) as chunks:
        first = await anext(chunks)
        await asyncio.sleep(0)
    assert moody.closed == 1, "hanging up is heard upstream"
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    cassette.close()
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    again = asyncio.create_task(replay.complete(ask("hang")))
    async with aclosing(replay.stream(ask("hang"))) as chunks:
        assert await anext(chunks) == first
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(chunks), 0.01)
    assert not again.done()
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)


async def test_a_recording_that_was_broken_off_goes_on(tmp_path):
    first = await recorded(tmp_path / "c", [(ask(), False)])
    second = await recorded(tmp_path / "c", [(ask("x"), False), (ask(), False)])
    replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
    assert [await outcome(replay, ask()), await outcome(replay, ask())] == [first[0], second[1]]


async def test_a_cache_asks_once_and_keeps_no_failure(tmp_path):
    for calls in (3, 1):  # the failure is asked for again
        cassette, moody = Cassette.write(tmp_path / "c", MANIFEST), Moody()
        cache = Recorder(moody, cassette, "cache")
        assert cache.models == moody.models
        told = [await outcome(cache, ask("a")), await outcome(cache, ask("a", agent=2), stream=True)]
        assert "1" in str(told[0])
        assert (await outcome(cache, ask("fail")))[1] is CallFailed
        assert moody.calls == calls
        cassette.close()


async def test_live_passes_on_and_replay_knows_the_models(tmp_path):
    live = Recorder(Moody(), None, "live")
    assert await outcome(live, ask("a")) != await outcome(live, ask("a"))
    assert len(await outcome(live, ask("a"), stream=True)) == 3
    await recorded(tmp_path / "c", [(ask(), False)])
    assert Recorder(None, Cassette.read(tmp_path / "c"), "replay").models == ("m", "other")


def test_a_mode_needs_what_it_needs():
    with pytest.raises(SettingOutOfRange, match="cassette"):
        Recorder(Moody(), None, "record")
    with pytest.raises(SettingOutOfRange, match="upstream"):
        Recorder(None, None, "live")
