"""The gateway's OpenAPI document, made from what its handlers check."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agents.llm.gateway.account import MOST_LISTED
from agents.llm.gateway.exchange import Exchange, encoded
from agents.llm.gateway.problems import PROBLEM_TYPE
from agents.llm.gateway.responses import ResponsesRequest
from agents.llm.gateway.schemas import (
    ChallengeRequest,
    ChatRequest,
    EmbeddingsRequest,
    KeyRequest,
    VoucherRequest,
)

_REF = "#/components/schemas/{model}"
_BODIES: tuple[type[BaseModel], ...] = (
    *(ChatRequest, ResponsesRequest, EmbeddingsRequest),
    *(ChallengeRequest, KeyRequest, VoucherRequest),
)
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457, with the error object of the OpenAI API.",
    "required": ["type", "title", "status", "detail", "code", "error"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "shortfall": {"type": "integer", "description": "Units that are missing."},
        "remedy": {"type": "object", "description": "The transaction that would help."},
        "retry_after": {"type": "number"},
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": "string"},
            },
        },
    },
}
_CALL_HEADERS = [
    ("Agora-Task", "The task that the call is for.", {"type": "string", "pattern": "^[0-9]{1,18}$"}),
    ("Agora-Purpose", "What the call is for, in a word.", {"type": "string", "pattern": "^[a-z-]{1,32}$"}),
]


async def serve_openapi(exchange: Exchange) -> None:
    """Answer with the document."""
    await exchange.reply(_written())


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document."""
    _, schemas = models_json_schema([(model, "validation") for model in _BODIES], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Agora's gateway to models",
            "version": "1",
            "description": "The OpenAI API, with a price on every call. Amounts are units: 1 credit is 1,000,000.",
        },
        "paths": _paths(),
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Problem": _PROBLEM},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


@lru_cache(maxsize=1)
def _written() -> bytes:
    return encoded(document())


def _paths() -> dict[str, Any]:
    call, json_body = _parameters(_CALL_HEADERS), _body
    number = {"type": "string", "pattern": "^[0-9]{1,18}$"}
    page = [
        _parameter("query", "task", "Only for this task.", number),
        _parameter("query", "after", "Those behind this place.", number),
        _parameter("query", "limit", f"At most so many, up to {MOST_LISTED}.", number),
    ]
    return {
        "/v1/models": {"get": _operation("What can be called, and for how much.", key=False)},
        "/v1/models/{model}": {
            "get": _operation("One model.", parameters=[_in_path("model")], key=False),
        },
        "/v1/chat/completions": {
            "post": _operation(
                "A chat, whole or in chunks.", body=json_body(ChatRequest), parameters=call, streams=True
            )
        },
        "/v1/responses": {
            "post": _operation(
                "A response; nothing is stored.",
                body=json_body(ResponsesRequest),
                parameters=call,
                streams=True,
            )
        },
        "/v1/embeddings": {
            "post": _operation("Vectors of texts.", body=json_body(EmbeddingsRequest), parameters=call)
        },
        "/v1/agora/challenge": {
            "post": _operation("What to sign for a key.", body=json_body(ChallengeRequest), key=False)
        },
        "/v1/agora/keys": {
            "post": _operation(
                "A key for a signed challenge.", body=json_body(KeyRequest), key=False, success="201"
            ),
            "get": _operation("The agent's keys."),
        },
        "/v1/agora/keys/{id}": {"delete": _operation("Take a key back.", parameters=[_in_path("id")])},
        "/v1/agora/account": {"get": _operation("How the agent stands.")},
        "/v1/agora/costs": {"get": _operation("What its calls have cost, by model.")},
        "/v1/agora/usage": {"get": _operation("Its receipts.", parameters=page)},
        "/v1/agora/usage/{call}": {
            "get": _operation("A receipt and its proof.", parameters=[_in_path("call")]),
        },
        "/v1/agora/vouchers": {
            "post": _operation("A voucher that was due, signed.", body=json_body(VoucherRequest))
        },
        "/v1/agora/info": {"get": _operation("Chain, contract and provider.", key=False)},
        "/healthz": {"get": _operation("Whether the gateway answers.", key=False)},
    }


def _operation(
    summary: str,
    *,
    body: dict[str, Any] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    key: bool = True,
    success: str = "200",
    streams: bool = False,
) -> dict[str, Any]:
    problem = {"schema": {"$ref": _REF.format(model="Problem")}}
    content: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
    if streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {
            success: {"description": "Done.", "content": content},
            "default": {"description": "A problem.", "content": {PROBLEM_TYPE: problem}},
        },
        "security": [{"key": []}] if key else [],
    }
    if body is not None:
        operation["requestBody"] = body
    if parameters:
        operation["parameters"] = parameters
    return operation


def _body(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _parameters(headers: list[tuple[str, str, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [_parameter("header", *header) for header in headers]


def _parameter(place: str, name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": place, "name": name, "description": description, "required": False, "schema": schema}


def _in_path(name: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string", "minLength": 1}}
