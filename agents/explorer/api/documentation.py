"""The API's description as a page for people: written here, so that it needs no script and nothing from elsewhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h2 { margin: 2.5rem 0 0; text-transform: capitalize; }
section { border-top: 1px solid #8884; padding: 1rem 0; }
h3 { margin: 0; font: 600 1rem ui-monospace, monospace; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 3.5rem; color: #2a78d6; }
p { margin: .4rem 0; white-space: pre-line; }
table { border-collapse: collapse; font-size: .9rem; }
td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
td:first-child, td:nth-child(2) { font-family: ui-monospace, monospace; white-space: nowrap; }
"""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every path, what it takes and what it answers."""
    return HTMLResponse(page_of(request.app.openapi()))


@router.get("/docs.css")
async def style() -> Response:
    """How it looks."""
    return Response(STYLE, media_type="text/css")


def page_of(document: Mapping[str, Any]) -> str:
    """The OpenAPI document as HTML; whatever is in it is text."""
    info = document["info"]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Agora explorer: API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs.css"></head><body>'
    )
    intro = (
        f"<h1>{escape(info['title'])}</h1><p>{escape(info.get('summary', ''))} Money is in units, 1,000,000 to a "
        'credit; times are unix seconds of chain time. The same for programs: <a href="/openapi.json">'
        'openapi.json</a>. <a href="/">The page</a>.</p>'
    )
    return f"{head}<main>{intro}{''.join(_sections(document))}</main></body></html>"


def _sections(document: Mapping[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(path, method, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    shown = escape(path)
    if method == "get" and "{" not in path:
        shown = f'<a href="{escape(path)}">{shown}</a>'
    rows = "".join(_parameter(one) for one in operation.get("parameters", ()))
    answers = ", ".join(
        f"{escape(status)} {escape(answer.get('description', ''))}"
        for status, answer in operation.get("responses", {}).items()
    )
    return (
        f"<section><h3><b>{escape(method.upper())}</b> {shown}</h3>"
        f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
        f"{f'<table>{rows}</table>' if rows else ''}<p><small>{answers}</small></p></section>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter.get("schema", {})
    needed = " (needed)" if parameter.get("required") else ""
    described = parameter.get("description") or schema.get("description") or ""
    return (
        f"<tr><td>{escape(parameter['name'])}</td><td>{escape(_kind(schema))}{needed}</td>"
        f"<td>{escape(described)}</td></tr>"
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """The values of a parameter, in a few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))} …"
    return str(schema.get("const", schema.get("type", "text")))
