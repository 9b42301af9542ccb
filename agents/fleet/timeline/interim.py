"""A model over an upstream: goes when the fleet's models are the gateway's."""

from agents.errors import AnswerTruncated, CallFailed, ModelUnavailable
from agents.llm.protocol import ModelAnswer, ModelRequest
from agents.llm.upstreams.base import Call, Upstream


class UpstreamModel:
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    @property
    def name(self) -> str:
        return self._upstream.models[0]

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        body = {
            "model": self.name,
            "messages": [{"role": one.role, "content": one.content} for one in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
        }
        if request.schema:
            form = {"name": request.purpose, "schema": dict(request.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        try:
            reply = await self._upstream.complete(
                Call("chat", self.name, body, name=request.agent, purpose=request.purpose)
            )
        except CallFailed as error:
            raise ModelUnavailable(error.message) from error
        choice = reply.body["choices"][0]
        if choice["finish_reason"] == "length":
            raise AnswerTruncated("the answer was cut off", reply.usage.pair)
        return ModelAnswer(choice["message"]["content"], self.name, reply.usage)
