import asyncio

import pytest

from agents.chain.together import MOST, Together


class Oracle:
    """Doubles numbers, cannot answer 13, and falls over at 99."""

    def __init__(self):
        self.requests = []

    async def __call__(self, questions):
        self.requests.append(list(questions))
        await asyncio.sleep(0)
        if 99 in questions:
            raise OSError("down")
        return [ValueError("13") if one == 13 else 2 * one for one in questions]


async def test_what_is_asked_in_one_turn_is_one_request():
    oracle = Oracle()
    together = Together(oracle)
    assert await asyncio.gather(*(together.ask(one) for one in range(10))) == [2 * one for one in range(10)]
    assert await together.ask(7) == 14
    assert [len(one) for one in oracle.requests] == [10, 1]


async def test_large_crowds_are_split_and_each_gets_its_own_answer():
    oracle = Oracle()
    together = Together(oracle)
    count = 2 * MOST + 1
    found = await asyncio.gather(*(together.ask(one + 1000) for one in range(count)))
    assert found == [2 * (one + 1000) for one in range(count)]
    assert [len(one) for one in oracle.requests] == [MOST, MOST, 1]


async def test_error_of_one_question_is_the_asker_s_only_and_that_of_a_request_is_everybodys():
    together = Together(Oracle())
    found = await asyncio.gather(*(together.ask(one) for one in (1, 13, 2)), return_exceptions=True)
    assert (found[0], found[2]) == (2, 4)
    assert isinstance(found[1], ValueError)
    found = await asyncio.gather(*(together.ask(one) for one in (1, 99)), return_exceptions=True)
    assert [type(one) for one in found] == [OSError, OSError]


async def test_asker_that_leaves_takes_nobody_with_it():
    together = Together(Oracle())
    leaving, staying = (asyncio.create_task(together.ask(one)) for one in (1, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 4
    with pytest.raises(asyncio.CancelledError):
        await leaving
