"""Who spent what on thinking."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType

from agents.errors import ModelError
from agents.llm.prices import Price, cost, list_prices
from agents.llm.protocol import Model, ModelAnswer, ModelRequest, Usage, billed

OnUsage = Callable[[str, str, Usage, int], None]


class MeteredModel:
    """Another model, with every answer and every failed but burned try counted and reported.

    ``on_usage(agent, purpose, usage, units)`` is called once a try, before the answer is handed on.
    """

    def __init__(self, model: Model, *, price: Price | None = None, on_usage: OnUsage | None = None) -> None:
        self._model = model
        self.price = price or list_prices().price_for(model.name)
        self._on_usage = on_usage
        self._usage: defaultdict[str, Usage] = defaultdict(Usage)

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    @property
    def usage(self) -> Mapping[str, Usage]:
        """What each agent has burned so far."""
        return MappingProxyType(self._usage)

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The inner model's answer; its tokens, or its failure's, are counted for ``request.agent``."""
        try:
            answer = await self._model.complete(request)
        except ModelError as error:
            self._count(request, billed(error))
            raise
        self._count(request, answer.usage)
        return answer

    def _count(self, request: ModelRequest, usage: Usage) -> None:
        if usage == Usage():
            return
        self._usage[request.agent] += usage
        if self._on_usage is not None:
            self._on_usage(request.agent, request.purpose, usage, cost(usage, self.price))
