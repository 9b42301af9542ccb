"""A conversation that repeats itself is stopped before another call is paid for."""

import pytest
from house import CHAT, RESPONSES, call, chat, says

from agents.errors import RequestRefused
from agents.llm.gateway.loops import SAME_CALLS, check_loop

USER = {"role": "user", "content": "look"}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "nothing"}


def asking(*calls):
    return {"role": "assistant", "content": None, "tool_calls": list(calls)}


def rounds(*arguments, name="look"):
    """A turn of the assistant with one call, and its result, for each of these."""
    return [turn for one in arguments for turn in (asking(call(name, one)), RESULT)]


@pytest.mark.parametrize(
    "messages",
    [
        [USER, *rounds('{"a":1}', '{"a":1}', '{"a":1}')],
        [USER, *rounds('{"a":1,"b":2}', '{"b":2,"a":1}', ' { "a": 1, "b": 2 } ')],
        [USER, *rounds("{}", '{"a":1}', '{"a":1}', '{"a":1}')],
        [USER, asking(*[call("look", "{}")] * 3)],
        [USER, *rounds("not json", "not json", " not json")],
    ],
    ids=["equal", "equal as JSON", "the last of them", "in one turn", "no JSON"],
)
def test_same_calls_in_a_row_are_a_loop(messages):
    with pytest.raises(RequestRefused, match="'look'") as caught:
        check_loop(messages)
    assert caught.value.code == "loop_detected"


@pytest.mark.parametrize(
    "messages",
    [
        [USER],
        [USER, *rounds("{}", "{}")],
        [USER, *rounds("{}", "{}", '{"a":1}')],
        [USER, *rounds("{}", '{"a":1}', "{}", '{"a":1}', "{}")],
        [USER, *rounds("{}", "{}"), *rounds("{}", name="see")],
        [USER, *rounds("{}", "{}", "{}"), USER],
        [USER, *rounds("{}", "{}"), USER, *rounds("{}")],
        [USER, *rounds("{}", "{}"), {"role": "assistant", "content": "hm"}, *rounds("{}")],
        [USER, *rounds("[" * 5000, "[" * 5000, "{}")],
    ],
    ids=["none", "two", "others", "by turns", "tools", "a word", "begun anew", "an answer", "deep"],
)
def test_other_conversations_go_on(messages):
    check_loop(messages)


async def test_loop_costs_nothing(house):
    key = house.member()
    before = house.state()
    async with house.client(key) as client:
        response = await client.post(CHAT, json=chat(messages=[USER, *rounds("{}", "{}", "{}")]))
        assert says(response, 400, "loop_detected", "messages")["repeated"] == SAME_CALLS
        items = [
            {"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "nothing"},
        ]
        body = {"model": "scripted", "input": items * 3}
        says(await client.post(RESPONSES, json=body), 400, "loop_detected", "messages")
    assert house.state() == before
