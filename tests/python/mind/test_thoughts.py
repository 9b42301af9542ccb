"""Thoughts run beside the steps: never twice at a time, and nothing is left when they are stopped."""

import asyncio

import pytest

from agents.errors import BadApiKey
from agents.mind.thoughts import Thoughts

WORK = ("work", 1)


class Thinking:
    """A thought that waits until it is let go, then leaves a note."""

    def __init__(self):
        self.begun, self.notes, self.go = 0, [], asyncio.Event()

    async def __call__(self):
        self.begun += 1
        await self.go.wait()
        self.notes.append("done")


async def test_a_question_is_never_thought_about_twice_at_a_time():
    thoughts, think = Thoughts(), Thinking()
    for _ in range(3):
        thoughts.start(WORK, think)
        thoughts.harvest()
        await asyncio.sleep(0)
    assert (think.begun, len(thoughts)) == (1, 1)
    think.go.set()
    await thoughts.settle()
    assert (think.notes, len(thoughts)) == (["done"], 0)


async def test_a_question_can_be_asked_again_when_its_thought_is_done():
    thoughts, think = Thoughts(), Thinking()
    think.go.set()
    for _ in range(2):
        thoughts.start(WORK, think)
        await thoughts.settle()
    assert think.notes == ["done", "done"]


async def test_different_questions_are_thought_about_side_by_side():
    thoughts, think = Thoughts(), Thinking()
    for question in (WORK, ("work", 2), ("consider", 1)):
        thoughts.start(question, think)
    await asyncio.sleep(0)
    assert think.begun == len(thoughts) == 3
    await thoughts.stop()


async def test_stop_leaves_nothing():
    thoughts, think = Thoughts(), Thinking()
    thoughts.start(WORK, think)
    await asyncio.sleep(0)
    await thoughts.stop()
    assert (think.notes, len(thoughts)) == ([], 0)
    think.go.set()
    await asyncio.sleep(0)
    assert think.notes == []


async def fail():
    raise BadApiKey("http://model")


async def test_what_a_thought_raises_is_raised_by_the_harvest():
    thoughts = Thoughts()
    thoughts.start(WORK, fail)
    await asyncio.sleep(0)
    with pytest.raises(BadApiKey):
        thoughts.harvest()
    assert len(thoughts) == 0


async def test_what_a_thought_raises_is_raised_by_who_waits_for_it():
    thoughts = Thoughts()
    thoughts.start(WORK, fail)
    with pytest.raises(BadApiKey):
        await thoughts.settle()
    assert len(thoughts) == 0


async def test_whoever_wants_to_know_is_told_when_a_thought_is_done():
    told = []
    thoughts, think = Thoughts(lambda: told.append(len(think.notes))), Thinking()
    thoughts.start(WORK, think)
    await asyncio.sleep(0)
    assert told == []
    think.go.set()
    await thoughts.settle()
    await asyncio.sleep(0)
    assert told == [1]
    thoughts.start(WORK, fail)
    with pytest.raises(BadApiKey):
        await thoughts.settle()
    await asyncio.sleep(0)
    assert told == [1, 1], "also of one that failed"
