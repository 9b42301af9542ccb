"""What the gateway takes: the bodies of its requests, checked field by field.

What a field means is the OpenAI API's affair. A field that is not known here is refused: with some, an endpoint makes
more tokens, or dearer ones, than it was asked for, calls another model, or goes to another address.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from agents.llm.gateway.problems import malformed
from agents.llm.gateway.vouchers import Claim, SignedVoucher
from agents.llm.upstreams.base import Kind

MOST_CHOICES = 8
MOST_INPUTS = 2048
"""Texts in one request for embeddings."""
MOST_TOKENS = 10**7
"""More than any model's context."""
MOST_LEVELS = 100
"""Of objects and lists in each other."""

PASSED: Mapping[str, frozenset[str]] = {
    "chat": frozenset(
        {
            *("user", "metadata", "store", "verbosity", "safety_identifier", "prompt_cache_key"),
            *("reasoning_effort", "reasoning", "include_reasoning", "thinking"),
            *("top_k", "top_a", "min_p", "typical_p", "tfs_z", "repetition_penalty", "repeat_penalty"),
            *("repeat_last_n", "min_tokens", "stop_token_ids", "ignore_eos", "cache_prompt"),
        }
    ),
    "embeddings": frozenset({"user", "input_type", "truncate"}),
}
"""Fields that are passed on as they come, by kind: none lets a call escape its price."""
_OF_TURNS = frozenset(
    {
        *("role", "content", "name", "tool_calls", "tool_call_id", "refusal", "annotations"),
        *("reasoning", "reasoning_content", "reasoning_details", "thinking_blocks"),
    }
)
MOST_NAME = 64
"""Letters in a function's name, which some models read again with each result."""

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_TEXT_PARTS = frozenset({"text", "refusal"})

T = TypeVar("T", bound=BaseModel)


class Open(BaseModel):
    """An object that may have fields which are not known here."""

    model_config = ConfigDict(strict=True, extra="allow", use_attribute_docstrings=True)


class Closed(BaseModel):
    """An object that has these fields only."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)


_TURN = {
    "type": "object",
    "required": ["role"],
    "properties": {
        "role": {"enum": sorted(ROLES)},
        "content": {"type": ["string", "array", "null"], "items": {"type": "object"}},
        "tool_calls": {"type": "array", "items": {"type": "object"}},
        "tool_call_id": {"type": "string"},
    },
}
Turn = Annotated[dict[str, Any], WithJsonSchema(_TURN)]
"""One turn of a conversation, which ``check_messages`` looks at: conversations are long, and this is quicker."""
ModelName = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(pattern="^[a-zA-Z0-9_.-]{1,64}$")]
Tokens = Annotated[int, Field(ge=1, le=MOST_TOKENS)]


class Function(Closed):
    """A function that the model may call."""

    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Closed):
    """A tool, of which there is one kind."""

    type: Literal["function"]
    function: Function


class Named(Open):
    """A function by its name."""

    name: Name


class Choice(Open):
    """The one tool that the model has to call."""

    type: Literal["function"]
    function: Named


class JsonSchema(Open):
    """The JSON schema of an answer."""

    name: Name
    schema_: dict[str, Any] | None = Field(None, alias="schema")
    description: str | None = None
    strict: bool | None = None


class ResponseFormat(Open):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StreamOptions(Open):
    """What a stream tells beside the answer."""

    include_usage: bool | None = None
    """Whether the last chunk tells the usage."""


class ChatRequest(Open):
    """The body of ``/v1/chat/completions``."""

    model: ModelName
    messages: list[Turn] = Field(min_length=1)
    max_tokens: Tokens | None = None
    """The most tokens that an answer may have."""
    max_completion_tokens: Tokens | None = None
    """The same, by its newer name."""
    n: Annotated[int, Field(ge=1, le=MOST_CHOICES)] | None = None
    """How many answers to make; each is paid for."""
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    logit_bias: dict[str, float] | None = None
    tools: Annotated[list[Tool], Field(max_length=128)] | None = None
    tool_choice: Literal["auto", "none", "required"] | Choice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    modalities: list[Literal["text"]] | None = None


class EmbeddingsRequest(Open):
    """The body of ``/v1/embeddings``."""

    model: ModelName
    input: (
        str
        | Annotated[list[str], Field(min_length=1, max_length=MOST_INPUTS)]
        | Annotated[list[int], Field(min_length=1)]
        | Annotated[list[list[int]], Field(min_length=1, max_length=MOST_INPUTS)]
    )
    """A text or several, or their tokens where the endpoint takes these."""
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Field(ge=1, le=65_536)] | None = None
    """How long the vectors are, where the endpoint can choose."""


class ChallengeRequest(Closed):
    """The body of ``/v1/agora/challenge``."""

    agent_id: Annotated[int, Field(ge=0, lt=2**63)]
    address: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    """Who will sign: an address that may act for the agent."""
    signer: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")] | None = None
    """Whose vouchers pay; without it, the gateway keeps a signer for the agent."""


class KeyRequest(Closed):
    """The body of ``/v1/agora/keys``."""

    message: Annotated[str, Field(min_length=1, max_length=4096)]
    """The challenge, as it was given."""
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2}){64,2048}$")]
    """By EIP-191, or whatever a contract takes by ERC-1271."""


class VoucherRequest(Closed):
    """The body of ``/v1/agora/vouchers``, and the header ``Agora-Voucher``: a claim that was due, signed."""

    chain_id: Annotated[int, Field(ge=0, lt=2**256)]
    meter: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$")]
    channel_id: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{64}$")]
    cumulative: Annotated[int, Field(ge=0, lt=2**256)]
    """What the channel has cost in all, in units."""
    receipts_root: Annotated[str, Field(pattern="^0x[0-9a-fA-F]{64}$")]
    signature: Annotated[str, Field(pattern="^0x([0-9a-fA-F]{128}|[0-9a-fA-F]{130})$")]

    def signed(self) -> SignedVoucher:
        """As the meter takes it."""
        claim = Claim(
            self.chain_id,
            self.meter,
            bytes.fromhex(self.channel_id[2:]),
            self.cumulative,
            bytes.fromhex(self.receipts_root[2:]),
        )
        return SignedVoucher(claim, bytes.fromhex(self.signature[2:]))


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object in ``raw``; raises RequestRefused."""
    try:
        # Bytes would be taken in other encodings too, and with halves of surrogate pairs.
        body = json.loads(raw.decode(), parse_constant=_no_constant, parse_float=_number)
        if b"\\ud" in raw or b"\\uD" in raw:
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
        _check_depth(raw, body)
    except RecursionError:
        raise malformed("body", "is nested too deeply") from None
    except ValueError as error:
        where = f" (character {error.pos})" if isinstance(error, json.JSONDecodeError) else ""
        raise malformed("body", f"is not JSON in UTF-8{where}") from None
    if not isinstance(body, dict):
        raise malformed("body", "must be a JSON object")
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)  # it could not be written again
    return number


def _check_depth(raw: bytes, body: Any) -> None:
    """Raises RecursionError for what is deeper than whoever takes it further can follow."""
    if raw.count(b"[") + raw.count(b"{") <= MOST_LEVELS:
        return
    level = [body]
    for _ in range(MOST_LEVELS):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise RecursionError


def check(kind: type[T], body: Mapping[str, Any]) -> T:
    """The body as this kind; raises RequestRefused, which names the first bad field and not its value."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise malformed(_place(fault["loc"]), fault["msg"].replace("Input should", "should", 1)) from None


def check_metered(kind: Kind, request: BaseModel) -> None:
    """Raises RequestRefused for a field with which the call could escape its price."""
    for name, value in (request.model_extra or {}).items():
        if value is not None and name not in PASSED[kind]:
            raise malformed(name, "is not taken here, as it could make the call dearer than its price")


def check_forms(request: ChatRequest) -> None:
    """Raises RequestRefused for a form of the answer, or a tool's schema, that says nothing to go by."""
    form = request.response_format
    for number, tool in enumerate(request.tools or ()):
        _check_schema(f"tools[{number}].function.parameters", tool.function.parameters)
    if form is not None and form.type == "json_schema":
        if form.json_schema is None:
            raise malformed("response_format.json_schema", "is required")
        _check_schema("response_format.json_schema.schema", form.json_schema.schema_)


def _check_schema(where: str, schema: Mapping[str, Any] | None) -> None:
    for name in ("$defs", "definitions"):
        if not isinstance((schema or {}).get(name, {}), dict):
            raise malformed(f"{where}.{name}", "must be an object")


def check_messages(messages: list[dict[str, Any]]) -> None:
    """Raises RequestRefused for a turn that is none, or that holds what cannot be priced by its bytes."""
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        _check_names(where, message, _OF_TURNS)
        _check_content(where, message)
        if message["role"] == "tool" and not isinstance(message.get("tool_call_id"), str):
            raise malformed(f"{where}.tool_call_id", "is required")
        if message.get("tool_calls") is not None:
            _check_calls(f"{where}.tool_calls", message["tool_calls"])


def _check_content(where: str, message: Mapping[str, Any]) -> None:
    role, content = message.get("role"), message.get("content")
    if not isinstance(role, str) or role not in ROLES:
        raise malformed(f"{where}.role", f"must be one of {', '.join(sorted(ROLES))}")
    if isinstance(content, list):
        _check_parts(f"{where}.content", content)
    elif content is None:
        if role != "assistant":
            raise malformed(f"{where}.content", "is required")
    elif not isinstance(content, str):
        raise malformed(f"{where}.content", "must be a string or a list of parts")


def _check_names(where: str, holder: Mapping[str, Any], names: frozenset[str]) -> None:
    for name in holder.keys() - names:
        if holder[name] is not None:
            raise malformed(f"{where}.{name}", "is not taken here: it has no price by the token")


def _check_parts(where: str, parts: list[Any]) -> None:
    for number, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in _TEXT_PARTS:
            raise malformed(f"{where}[{number}].type", "must be text: nothing else has a price by the token")
        if not isinstance(part.get(kind), str):
            raise malformed(f"{where}[{number}].{kind}", "must be a string")
        _check_names(f"{where}[{number}]", part, _TEXT_PARTS | {"type"})


def _check_calls(where: str, calls: Any) -> None:
    if not isinstance(calls, list):
        raise malformed(where, "must be a list")
    for number, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            raise malformed(f"{where}[{number}].function", "is required")
        if not isinstance(call.get("id"), str):
            raise malformed(f"{where}[{number}].id", "must be a string")
        for name in ("name", "arguments"):
            if not isinstance(function.get(name), str):
                raise malformed(f"{where}[{number}].function.{name}", "must be a string")
        if len(function["name"]) > MOST_NAME:
            raise malformed(f"{where}[{number}].function.name", f"has more than {MOST_NAME} letters")


def _place(location: tuple[int | str, ...]) -> str:
    """``tools[0].function.name``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".") or "body"
