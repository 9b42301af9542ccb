"""Stops a conversation that goes round in circles before another call is paid for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agents.errors import RequestRefused

SAME_CALLS = 3
"""So many identical tool calls in a row are a loop."""

_SHOWN = 80


def check_loop(messages: Sequence[Mapping[str, Any]], limit: int = SAME_CALLS) -> None:
    """Raises RequestRefused (``loop_detected``) if the newest ``limit`` tool calls are the same.

    The same is: one tool, with arguments that are equal as JSON values. A word of the user or an answer in
    words in between begins anew.
    """
    newest: tuple[str, str] | None = None
    for count, (name, arguments) in enumerate(_calls(messages), start=1):
        call = (name, _canonical(arguments))
        newest = newest or call
        if call != newest:
            return
        if count >= limit:
            raise RequestRefused(
                400,
                "loop_detected",
                f"the last {limit} tool calls are the same, {name[:_SHOWN]!r} with equal arguments: nothing new "
                "can come of another; give other arguments, answer without the tool, or ask for help",
                param="messages",
                detail={"tool": name[:_SHOWN], "repeated": limit},
            )


def _calls(messages: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The tool calls of the run that the conversation ends with, newest first."""
    for message in reversed(messages):
        role = message["role"]
        if role in ("tool", "function"):
            continue
        calls = message.get("tool_calls")
        if role != "assistant" or not calls:
            return
        for call in reversed(calls):
            function = call.get("function") or {}
            yield str(function.get("name", "")), str(function.get("arguments", ""))


def _canonical(arguments: str) -> str:
    """The arguments with their keys in order; as they are if they are no JSON."""
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments.strip()
