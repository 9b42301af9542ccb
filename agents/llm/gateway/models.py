"""``GET /v1/models``: what can be called, and for how much."""

from typing import Any

from agents.llm.gateway.exchange import Exchange
from agents.llm.gateway.till import Till


class Models:
    """Lists models to anybody: prices are to be known before there is a key."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def list(self, exchange: Exchange) -> None:
        """All of them."""
        self._check_key(exchange)
        data = [self._about(model) for model in self._till.upstream.models]
        await exchange.reply_json({"object": "list", "data": data})

    async def get(self, exchange: Exchange) -> None:
        """One of them, or 404 with the list."""
        self._check_key(exchange)
        model = exchange.parameter("model")
        self._till.check_model(model)
        await exchange.reply_json(self._about(model))

    def _check_key(self, exchange: Exchange) -> None:
        """A key may be left out, but must not be wrong: clients try theirs here."""
        if exchange.header(b"authorization"):
            self._till.holder(exchange)

    def _about(self, model: str) -> dict[str, Any]:
        """The model with its price, in units for a million tokens, and its context, null where it is not known."""
        return {
            "id": model,
            "object": "model",
            "created": 0,
            "owned_by": "agora",
            "price": self._till.price_of(model),
            "context": self._till.prices.context_of(model),
        }
