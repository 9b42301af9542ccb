"""A model straight from its upstream, without a gateway: for tests of what models answer."""

from agents.errors import AnswerTruncated, CallFailed, PromptRefused
from agents.llm.gateway.client import chat_body
from agents.llm.protocol import ModelAnswer, ModelRequest
from agents.llm.upstreams.base import Call, Upstream


class Direct:
    """One model of an upstream as agents see it."""

    def __init__(self, upstream: Upstream, name: str) -> None:
        self.upstream, self.name = upstream, name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        call = Call(
            "chat", self.name, chat_body(self.name, request), name=request.agent, purpose=request.purpose
        )
        try:
            reply = await self.upstream.complete(call)
        except CallFailed as error:
            if error.status == 400:
                raise PromptRefused(str(error), error.usage.pair) from None
            raise
        choice = reply.body["choices"][0]
        if choice["finish_reason"] == "length":
            raise AnswerTruncated("cut off", reply.usage.pair)
        return ModelAnswer(choice["message"]["content"], self.name, reply.usage)
