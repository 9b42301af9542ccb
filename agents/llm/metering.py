"""What thinking costs, and who spent it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agents.errors import ModelError
from agents.llm.protocol import Model, ModelAnswer, ModelRequest, Usage, billed
from agents.money import CREDIT

_MILLION = 10**6


@dataclass(frozen=True, slots=True)
class Price:
    """Units per million tokens."""

    input_per_million: int
    output_per_million: int


# Agora's own list prices, in credits: what a model costs inside the market, not what any vendor charges.
_DEFAULT = Price(5_000 * CREDIT, 20_000 * CREDIT)
PRICES: Mapping[str, Price] = MappingProxyType({"SmolLM2-": Price(1_000 * CREDIT, 4_000 * CREDIT)})

OnUsage = Callable[[str, str, Usage, int], None]


def price_for(model: str, prices: Mapping[str, Price] = PRICES) -> Price:
    """The list price of a model by the longest prefix of its name, or the default for all others."""
    prefixes = [prefix for prefix in prices if model.startswith(prefix)]
    return prices[max(prefixes, key=len)] if prefixes else _DEFAULT


def cost(usage: Usage, price: Price) -> int:
    """Units owed for ``usage``, rounded up once, so that a call is never free while its price is not."""
    total = usage.prompt_tokens * price.input_per_million + usage.completion_tokens * price.output_per_million
    return -(-total // _MILLION)


class MeteredModel:
    """Another model, with every answer and every failed but burned try counted and reported.

    ``on_usage(agent, purpose, usage, units)`` is called once a try, before the answer is handed on.
    """

    def __init__(self, model: Model, *, price: Price | None = None, on_usage: OnUsage | None = None) -> None:
        self._model = model
        self.price = price or price_for(model.name)
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
