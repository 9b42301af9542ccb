"""``POST /v1/embeddings``."""

import base64
import sys
from array import array
from collections.abc import Mapping
from typing import Any

from agents.errors import CallFailed
from agents.llm.gateway.exchange import Exchange
from agents.llm.gateway.schemas import EmbeddingsRequest, check, check_metered
from agents.llm.gateway.till import Asked, Till
from agents.llm.gateway.worst import worst_usage


class Embeddings:
    """Answers with vectors, as numbers or in base64, which OpenAI's own clients ask for."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def handle(self, exchange: Exchange) -> None:
        """One call."""
        till = self._till
        caller, raw, body = await till.take(exchange)
        request = check(EmbeddingsRequest, body)
        check_metered("embeddings", request)
        till.check_model(request.model)
        passed = {name: value for name, value in body.items() if value is not None}
        call = caller.call("embeddings", request.model, passed | {"encoding_format": "float"})
        # A text that is longer than the context is cut, each by itself: it bounds nothing here.
        worst = worst_usage(len(raw), 0, till.prices.price_for(request.model), None)

        def render(reply: Mapping[str, Any]) -> Mapping[str, Any]:
            vectors = [one["embedding"] for one in reply["data"]]
            if request.dimensions is not None and any(len(one) != request.dimensions for one in vectors):
                raise CallFailed(
                    502,
                    "wrong_dimensions",
                    "the model's endpoint does not keep to dimensions",
                    param="dimensions",
                )
            return _in_base64(reply) if request.encoding_format == "base64" else reply

        await till.complete(exchange, Asked(caller, call, raw, worst), render)


def _in_base64(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """The vectors as little-endian floats of 32 bits."""
    data = [{**one, "embedding": _packed(one["embedding"])} for one in reply["data"]]
    return {**reply, "data": data}


def _packed(vector: list[float]) -> str:
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
