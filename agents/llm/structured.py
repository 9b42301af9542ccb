"""Answers that are values: the schema goes to the model, what comes back is validated here."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.errors import AnswerInvalid, AnswerTruncated, ModelError
from agents.llm.protocol import Message, Model, ModelAnswer, ModelRequest, Usage, billed

T = TypeVar("T", bound=BaseModel)

_SHOWN = 600  # characters of a bad answer that are shown back to the model


async def ask(model: Model, request: ModelRequest, answer_type: type[T]) -> tuple[T, Usage]:
    """A valid ``answer_type`` and what all tries together burned.

    A cut-off answer gets one more try with twice the tokens; an invalid one gets one try that shows the
    model its answer and what is wrong with it. After that AnswerTruncated or AnswerInvalid is raised, whose
    ``usage`` counts every try. ``request.schema`` is replaced by the schema of ``answer_type``.
    """
    asking = _Asking(model)
    request = replace(request, schema=_schema(answer_type))
    answer = await asking.complete(request)
    try:
        return answer_type.model_validate_json(answer.text), asking.usage
    except ValidationError as error:
        problem = _problem(error)
    repaired = await asking.complete(_repair(request, answer.text, problem))
    try:
        return answer_type.model_validate_json(repaired.text), asking.usage
    except ValidationError as error:
        raise AnswerInvalid(
            f"{model.name} answered twice without fitting the schema ({_problem(error)})", asking.usage.pair
        ) from None


@lru_cache(maxsize=64)
def _schema(answer_type: type[BaseModel]) -> Mapping[str, Any]:
    """Made once: it takes longer than many a model's answer."""
    return answer_type.model_json_schema()


class _Asking:
    """The tries behind one question: adds up what they burn, and spends the one try with more room."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._more_room = True
        self.usage = Usage()

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        try:
            answer = await self._model.complete(request)
        except AnswerTruncated as error:
            self._count(error)
            if not self._more_room:
                raise
            self._more_room = False
            return await self.complete(replace(request, max_tokens=2 * request.max_tokens))
        except ModelError as error:
            self._count(error)
            raise
        self.usage += answer.usage
        return answer

    def _count(self, error: ModelError) -> None:
        self.usage += billed(error)
        error.usage = self.usage.pair


def _repair(request: ModelRequest, text: str, problem: str) -> ModelRequest:
    """The same question, followed by the bad answer and what was wrong with it."""
    correction = (
        f"That answer is not valid: {problem}. Answer again, with one JSON object that fits the schema."
    )
    turns = (Message("assistant", text[:_SHOWN]), Message("user", correction))
    return replace(request, messages=request.messages + turns)


def _problem(error: ValidationError) -> str:
    """What is wrong, in one line: the first three faults by place, without the offending values."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}" for fault in faults)
