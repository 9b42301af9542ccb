"""/api/export: lists as files, with the filters of the lists."""

import itertools
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from agents.explorer.api.answers import PROBLEMS, ask
from agents.explorer.api.context import Context, Here
from agents.explorer.queries.asked import Asked
from agents.explorer.queries.export import EXPORTS, Export, as_csv, as_json, pieces

router = APIRouter(prefix="/api/export", tags=["export"], responses=PROBLEMS)

_KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def _file(here: Context, export: Export, name: str, kind: str, asked: Asked) -> Response:
    """The file, of which nothing is sent before its first piece was found: a filter can still be refused."""
    listed = pieces(lambda wanted: ask(here, export.list, wanted), asked)
    first = list(itertools.islice(listed, 1))
    whole: Iterator[list[Any]] = itertools.chain(first, listed)
    body = as_csv(export.item, whole) if kind == "csv" else as_json(whole)
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingResponse(body, media_type=_KINDS[kind], headers=headers)


def _route(name: str, export: Export, kind: str) -> Callable[..., Response]:
    asked_type = export.asked

    def file(here: Here, asked: Annotated[asked_type, Query()]) -> Response:  # type: ignore[valid-type]
        return _file(here, export, name, kind, asked)

    file.__name__ = f"export_{name}_{kind}"
    file.__doc__ = (
        f"All {name} that pass the filters as {kind.upper()}; as many as ``limit`` says, if it is given."
    )
    return file


for _name, _export in EXPORTS.items():
    for _kind, _media in _KINDS.items():
        router.add_api_route(
            f"/{_name}.{_kind}",
            _route(_name, _export, _kind),
            methods=["GET"],
            response_class=StreamingResponse,
            responses={200: {"content": {_media: {}}}},
        )
