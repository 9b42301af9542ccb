"""A chat's chunks as the events of the Responses API."""

from collections.abc import Mapping
from typing import Any

from agents.llm.gateway.exchange import encoded
from agents.llm.gateway.response_body import Item, called, frame, said, suffix_of, text_part
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import usage_body


class ResponseEvents:
    """Follows one answer. Its items come one after another: each is done before the next begins."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._chat: Mapping[str, Any] = {}
        """The first chunk, which names the answer."""
        self._output: list[Item] = []
        self._open: Item | None = None
        """The item that is being said: the last of the output."""
        self._call: int | None = None
        """The number of the tool call that it is."""
        self._finish: str | None = None
        self._number = 0
        self._events: list[bytes] = []

    def chunk(self, chunk: Mapping[str, Any]) -> bytes:
        """The events that one chunk makes."""
        if not self._chat:
            self._begin(chunk)
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            if delta.get("content"):
                self._say(delta["content"])
            for call in delta.get("tool_calls") or ():
                self._add_to_call(call)
            self._finish = choice.get("finish_reason") or self._finish
        return self._take()

    def end(self, usage: Usage) -> bytes:
        """The last item is done, and with it the response."""
        self._close()
        told = {"usage": usage_body(usage)}
        response = frame(self._request, self._chat, self._output, self._finish, usage=told)
        self._tell(f"response.{response['status']}", response=response)
        return self._take()

    def _begin(self, chunk: Mapping[str, Any]) -> None:
        self._chat = chunk
        response = frame(self._request, chunk, (), None, status="in_progress")
        self._tell("response.created", response=response)
        self._tell("response.in_progress", response=response)

    def _say(self, delta: str) -> None:
        if self._open is None or self._open["type"] != "message":
            self._add(said(f"msg_{self._suffix}", (), "in_progress"))
            assert self._open is not None
            self._open["content"] = [text_part("")]
            self._tell("response.content_part.added", **self._place, part=text_part(""))
        self._open["content"][0]["text"] += delta
        self._tell("response.output_text.delta", **self._place, delta=delta, logprobs=[])

    def _add_to_call(self, call: Mapping[str, Any]) -> None:
        function, number = call.get("function") or {}, call.get("index", 0)
        if self._call != number:
            item_id = f"fc_{self._suffix}_{number}"
            name = function.get("name") or ""
            self._add(called(item_id, call.get("id") or item_id, name, "", "in_progress"))
            self._call = number
        delta = function.get("arguments")
        if delta and self._open is not None:
            self._open["arguments"] += delta
            self._tell("response.function_call_arguments.delta", **self._item, delta=delta)

    def _add(self, item: Item) -> None:
        """Begin another item."""
        self._close()
        self._open = item
        self._output.append(item)
        self._tell("response.output_item.added", output_index=len(self._output) - 1, item=item)

    def _close(self) -> None:
        item = self._open
        if item is None:
            return
        if item["type"] == "message":
            part = item["content"][0]
            self._tell("response.output_text.done", **self._place, text=part["text"], logprobs=[])
            self._tell("response.content_part.done", **self._place, part=part)
        else:
            fields = {"name": item["name"], "arguments": item["arguments"]}
            self._tell("response.function_call_arguments.done", **self._item, **fields)
        item["status"] = "completed"
        self._tell("response.output_item.done", output_index=len(self._output) - 1, item=item)
        self._open = self._call = None

    @property
    def _suffix(self) -> str:
        """Of the ids; one answer may say several things in words."""
        return f"{suffix_of(self._chat)}_{len(self._output)}"

    @property
    def _item(self) -> dict[str, Any]:
        return {"item_id": self._output[-1]["id"], "output_index": len(self._output) - 1}

    @property
    def _place(self) -> dict[str, Any]:
        return {**self._item, "content_index": 0}

    def _tell(self, kind: str, **fields: Any) -> None:
        event = encoded({"type": kind, "sequence_number": self._number, **fields})
        self._events.append(b"event: " + kind.encode() + b"\ndata: " + event + b"\n\n")
        self._number += 1

    def _take(self) -> bytes:
        events, self._events = b"".join(self._events), []
        return events
