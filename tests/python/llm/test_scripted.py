"""ScriptedModel: exact counts, and the limits of a real model."""

import pytest
from model_endpoint import request

from agents.errors import AnswerTruncated
from agents.llm.protocol import Usage, billed
from agents.llm.scripted import ScriptedModel


async def test_complete_counts_words() -> None:
    model = ScriptedModel(lambda asked: f"{asked.agent} says hi", name="puppet")
    answer = await model.complete(request("one two three four"))
    assert (answer.text, answer.model, answer.usage) == ("ada says hi", "puppet", Usage(4, 3))


async def test_complete_over_the_limit_is_truncated() -> None:
    model = ScriptedModel(lambda _asked: "a b c")
    with pytest.raises(AnswerTruncated) as caught:
        await model.complete(request("x y", max_tokens=2))
    assert billed(caught.value) == Usage(2, 2)
