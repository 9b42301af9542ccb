"""ask: validation, the one repair, the one try with more room, and the tokens of all of them."""

from typing import Annotated

import pytest
from model_endpoint import request
from pydantic import BaseModel, ConfigDict, Field

from agents.errors import AnswerInvalid, AnswerTruncated, PromptRefused
from agents.llm.protocol import ModelRequest, Usage, billed
from agents.llm.scripted import ScriptedModel
from agents.llm.structured import ask


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: Annotated[str, Field(max_length=9)]


class Script:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.asked = list(answers), list[ModelRequest]()

    def __call__(self, asked: ModelRequest) -> str:
        self.asked.append(asked)
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_valid_answer_at_once() -> None:
    script = Script('{"colour": "red"}')
    value, usage = await ask(ScriptedModel(script), request("one two"), Colour)
    assert value == Colour(colour="red")
    assert usage == Usage(2, 2)
    assert script.asked[0].schema == Colour.model_json_schema()


@pytest.mark.parametrize(
    "bad", ["no json", '{"colour": "far too long a word"}', '{"colour": "a", "b": 1}', "[]"]
)
async def test_invalid_answer_is_shown_and_repaired(bad: str) -> None:
    script = Script(bad, '{"colour": "red"}')
    value, usage = await ask(ScriptedModel(script), request("one two"), Colour)
    assert value.colour == "red"
    repair = script.asked[1].messages
    assert [turn.role for turn in repair] == ["user", "assistant", "user"]
    assert repair[1].content == bad
    assert "not valid" in repair[2].content
    assert usage.completion_tokens == len(bad.split()) + 2
    assert usage.prompt_tokens == 2 + sum(len(turn.content.split()) for turn in repair)


async def test_two_invalid_answers_are_an_error_with_usage_of_both() -> None:
    script = Script("one", "one two three")
    with pytest.raises(AnswerInvalid, match="twice") as caught:
        await ask(ScriptedModel(script), request("x"), Colour)
    assert len(script.asked) == 2
    assert billed(caught.value).completion_tokens == 4


async def test_truncated_answer_gets_twice_the_tokens_once() -> None:
    script = Script("a b c", '{"colour": "red"}')
    value, usage = await ask(ScriptedModel(script), request("x", max_tokens=2), Colour)
    assert value.colour == "red"
    assert [asked.max_tokens for asked in script.asked] == [2, 4]
    assert usage == Usage(2, 2 + 2)


async def test_truncated_twice_is_an_error_with_usage_of_both() -> None:
    script = Script("a b c d e", "a b c d e")
    with pytest.raises(AnswerTruncated) as caught:
        await ask(ScriptedModel(script), request("x", max_tokens=2), Colour)
    assert billed(caught.value) == Usage(2, 2 + 4)


async def test_room_is_given_once_in_all() -> None:
    script = Script("a b c", "bad", "a b c d e")
    with pytest.raises(AnswerTruncated) as caught:
        await ask(ScriptedModel(script), request("x", max_tokens=2), Colour)
    assert len(script.asked) == 3
    assert billed(caught.value).completion_tokens == 2 + 1 + 2


async def test_refused_repair_keeps_the_usage_of_the_first_try() -> None:
    script = Script("bad answer", PromptRefused("too long"))
    with pytest.raises(PromptRefused) as caught:
        await ask(ScriptedModel(script), request("x"), Colour)
    assert billed(caught.value) == Usage(1, 2)


async def test_long_bad_answer_is_cut_for_the_repair() -> None:
    script = Script("y" * 5000, '{"colour": "red"}')
    await ask(ScriptedModel(script), request("x"), Colour)
    assert len(script.asked[1].messages[1].content) == 600
