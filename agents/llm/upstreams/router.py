"""The way to the endpoints of every model."""

from collections.abc import Sequence
from contextlib import aclosing

from agents.llm.upstreams.base import Call, Chunks, Reply, Upstream, no_model


class Router:
    """Several upstreams as one: each call goes to one that has its model."""

    def __init__(self, upstreams: Sequence[Upstream]) -> None:
        self._by_model = {model: upstream for upstream in upstreams for model in upstream.models}

    @property
    def models(self) -> Sequence[str]:
        """All models of all upstreams."""
        return tuple(self._by_model)

    async def complete(self, call: Call) -> Reply:
        """The whole answer."""
        return await self._upstream(call).complete(call)

    async def stream(self, call: Call) -> Chunks:
        """The answer as it is made."""
        async with aclosing(self._upstream(call).stream(call)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _upstream(self, call: Call) -> Upstream:
        upstream = self._by_model.get(call.model)
        if upstream is None:
            raise no_model(call.model, self.models)
        return upstream
