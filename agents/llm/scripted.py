"""A model that answers from a function: for tests, dry runs and simulations."""

from collections.abc import Callable

from agents.errors import AnswerTruncated
from agents.llm.protocol import ModelAnswer, ModelRequest, Usage


class ScriptedModel:
    """Answers with ``script(request)``; a token is a word, so that counts are exact and repeatable.

    The script may raise any error of ``agents.errors`` in place of an answer. An answer longer than the
    request's limit is AnswerTruncated, as with a real model.
    """

    def __init__(self, script: Callable[[ModelRequest], str], *, name: str = "scripted") -> None:
        self._script, self._name = script, name

    @property
    def name(self) -> str:
        """The name given at construction."""
        return self._name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The script's answer to ``request``."""
        text = self._script(request)
        prompt = sum(len(message.content.split()) for message in request.messages)
        words = len(text.split())
        if words > request.max_tokens:
            burned = Usage(prompt, request.max_tokens)
            raise AnswerTruncated(f"the answer was cut off after {request.max_tokens} tokens", burned.pair)
        return ModelAnswer(text, self._name, Usage(prompt, words))
