"""How a route answers: it asks the index in a thread, and what it finds is written as JSON once.

A route that is no coroutine runs in a thread of its own, so that a slow question holds nobody else up. It returns a
finished response: the framework would check the answer, and write it, a second time.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from starlette.responses import Response

from agents.errors import FilterRefused, NotInIndex
from agents.explorer.api.context import Context
from agents.explorer.api.models.common import Model
from agents.explorer.api.problems import bad_filter, not_found
from agents.explorer.queries.index import Index

P = ParamSpec("P")
T = TypeVar("T")

Question = Callable[Concatenate[Index, P], T]
"""A function of ``agents.explorer.queries``."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"description": "A filter cannot be used; the body names it and says what is allowed."},
    429: {"description": "Too many requests."},
    503: {"description": "The database does not answer now."},
}
"""What any route under /api may answer, for its description."""
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such thing; the body says what was looked for."}
}


def ask(here: Context, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the index says, as of one moment. Call it in a thread.

    Raises the problem that tells of a filter that cannot be used, or of something that is not there.
    """
    try:
        with here.reading() as connection:
            return question(Index(connection, here.deployment), *args, **kwargs)
    except FilterRefused as error:
        raise bad_filter(error.name, error.problem) from None
    except NotInIndex as error:
        raise not_found(error.kind, error.looked_for) from None


def answer(model: Model) -> Response:
    """The model as a response."""
    return Response(model.__pydantic_serializer__.to_json(model), media_type="application/json")


def reply(here: Context, question: Question[P, Model], *args: P.args, **kwargs: P.kwargs) -> Response:
    """What the index says, as a response. Call it in a thread."""
    return answer(ask(here, question, *args, **kwargs))


def remembered(
    here: Context, name: str, patience: float, question: Question[P, Model], *args: P.args, **kwargs: P.kwargs
) -> Response:
    """As ``reply``, from memory where it has the answer to the question of this name: of the newest block, or no
    older than ``patience`` seconds."""
    body = here.memory.recall(
        name, stamp_of(here), patience, lambda: reply(here, question, *args, **kwargs).body
    )
    return Response(body, media_type="application/json")


def stamp_of(here: Context) -> tuple[int | None, int]:
    """What the index is at: answers of the same stamp are the same."""
    standing = here.standing()
    return standing.block, standing.epoch
