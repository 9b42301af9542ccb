"""Metering: every burned token is counted once."""

import pytest
from model_endpoint import request

from agents.errors import AnswerTruncated, ModelUnavailable
from agents.llm.metering import MeteredModel
from agents.llm.prices import Price
from agents.llm.protocol import ModelRequest, Usage
from agents.llm.scripted import ScriptedModel


async def test_answers_and_failures_are_counted_by_agent_and_reported() -> None:
    def script(asked: ModelRequest) -> str:
        return "a b c" if asked.max_tokens > 2 else "far too many words"

    seen: list[tuple[str, str, Usage, int]] = []
    price = Price(10**6, 2 * 10**6)
    model = MeteredModel(ScriptedModel(script), price=price, on_usage=lambda *event: seen.append(event))
    answer = await model.complete(request("one two"))
    with pytest.raises(AnswerTruncated):
        await model.complete(request("one two", max_tokens=2))
    assert answer.text == "a b c"
    assert model.name == "scripted"
    assert seen == [("ada", "work", Usage(2, 3), 8), ("ada", "work", Usage(2, 2), 6)]
    assert model.usage == {"ada": Usage(4, 5)}


async def test_failure_that_burned_nothing_is_not_reported() -> None:
    def script(_asked: ModelRequest) -> str:
        raise ModelUnavailable("away")

    seen: list[object] = []
    model = MeteredModel(ScriptedModel(script), on_usage=lambda *event: seen.append(event))
    with pytest.raises(ModelUnavailable):
        await model.complete(request())
    assert seen == []
    assert model.usage == {}
