"""How Agora's own agents think: a client of the gateway, whether it is in this process or far away."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from agents.chain.wallet import Wallet
from agents.errors import (
    AnswerInvalid,
    AnswerTruncated,
    CassetteMiss,
    ModelMissing,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
    ThinkingUnpaid,
)
from agents.llm.gateway.signin import digest_of
from agents.llm.gateway.worst import worst_usage
from agents.llm.prices import Price, cost
from agents.llm.protocol import ModelAnswer, ModelRequest, Usage
from agents.llm.upstreams.base import usage_of
from agents.llm.upstreams.wire import transport

OnCharge = Callable[[ModelRequest, Usage, int], None]
"""Told of each charged call, before its answer is used: the request, its tokens, and its cost in units."""

LOCAL_URL = "http://gateway.invalid"
"""The base of requests that never leave the process."""
REMOTE_TIMEOUT = httpx.Timeout(600.0, connect=10.0)

_FOR_A_PERSON = ("upstream_refuses_key", "upstream_unfit", "usage_missing", "model_server_died")
"""Failures of the gateway's own endpoints that no second try mends."""


class Key(Protocol):
    """What proves to the gateway who asks."""

    async def get(self, refused: SecretStr | None = None) -> SecretStr:
        """A key that holds; another than ``refused``, where there can be one."""
        ...


class FixedKey:
    """A key that was issued once and for all."""

    def __init__(self, secret: SecretStr) -> None:
        self._secret = secret

    async def get(self, refused: SecretStr | None = None) -> SecretStr:  # noqa: ARG002 - there is no other
        """The key."""
        return self._secret


class SignedKey:
    """A key that the gateway gives for a wallet's signature, asked for again when it has expired.

    The gateway keeps the signer of the vouchers: ``signer`` is its address, once there is a key.
    """

    def __init__(self, client: httpx.AsyncClient, agent_id: int, wallet: Wallet) -> None:
        self._client, self._agent_id, self._wallet = client, agent_id, wallet
        self._secret: SecretStr | None = None
        self._turn = asyncio.Lock()
        self.signer = ""

    async def get(self, refused: SecretStr | None = None) -> SecretStr:
        """The key; raises ModelUnavailable when there is none to be had now, and ModelUnfit when there never is."""
        async with self._turn:
            if self._secret is None or self._secret == refused:
                self._secret = await self._ask()
            return self._secret

    async def _ask(self) -> SecretStr:
        asked = {"agent_id": self._agent_id, "address": self._wallet.address}
        message = str((await self._post("/v1/agora/challenge", asked))["message"])
        signature = self._wallet.sign_digest(digest_of(message)).hex()
        issued = await self._post("/v1/agora/keys", {"message": message, "signature": f"0x{signature}"})
        self.signer = str(issued["signer"])
        return SecretStr(str(issued["key"]))

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            response = await self._client.post(path, json=body)
        except httpx.TransportError as error:
            raise ModelUnavailable(f"the gateway cannot be reached ({type(error).__name__})") from None
        if response.is_error:
            said = _json(response).get("detail")
            failure = ModelUnavailable if response.status_code in (429, 503) else ModelUnfit
            raise failure(f"the gateway gives agent {self._agent_id} no key: {said}")
        return _json(response)


def local_client(app: Any) -> httpx.AsyncClient:
    """A client of a gateway in this process: the same requests, without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=LOCAL_URL, trust_env=False)


def remote_client(url: str) -> httpx.AsyncClient:
    """A client of the gateway at this address."""
    return httpx.AsyncClient(base_url=url, timeout=REMOTE_TIMEOUT, transport=transport(url))


class GatewayModel:
    """A model behind the gateway, as one party calls it. Its key appears in no error and no repr."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        key: Key,
        model: str,
        on_charge: OnCharge | None = None,
        price: Price | None = None,
    ) -> None:
        """With a ``price``, no call is believed to have cost more than its worst case at that."""
        self._client, self._key, self._model = client, key, model
        self._on_charge, self._price = on_charge, price

    def __repr__(self) -> str:
        return f"GatewayModel({self._model!r})"

    @property
    def name(self) -> str:
        """The model's name, by which the gateway knows it too."""
        return self._model

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The model's whole answer, and what it cost; see ``Model.complete``, and ThinkingUnpaid."""
        headers = {"agora-purpose": request.purpose}
        if request.task:
            headers["agora-task"] = str(request.task)
        content = _content(self._model, request)
        response = await self._ask("POST", "/v1/chat/completions", content, headers)
        charged = _units(response.headers.get("agora-cost", ""))
        if self._price is not None:
            worst = _worst(len(content), request.max_tokens, self._price)
            charged = min(charged, cost(worst, self._price))
        body = _json(response)
        usage = _possible(usage_of(body) or Usage(), len(content), request.max_tokens)
        if self._on_charge is not None and (charged or usage != Usage()):
            self._on_charge(request, usage, charged)
        if response.is_error:
            _refuse(response.status_code, body, usage)
        return self._answer(body, usage, charged, response.headers.get("agora-call", ""))

    async def list_available_models(self) -> Sequence[Mapping[str, Any]]:
        """The models that can be asked for, each with its price in units for a million tokens."""
        return list((await self._get("/v1/models"))["data"])

    async def get_my_model_costs(self) -> Mapping[str, Any]:
        """What this party's calls have cost, by model, in units."""
        return await self._get("/v1/agora/costs")

    async def _get(self, path: str) -> Mapping[str, Any]:
        response = await self._ask("GET", path)
        body = _json(response)
        if response.is_error:
            _refuse(response.status_code, body, Usage())
        return body

    async def _ask(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The gateway's answer; where the key has expired, to a second try with another."""
        key = await self._key.get()
        response = await self._send(method, path, content, headers, key)
        if response.status_code == 401:
            other = await self._key.get(key)
            if other != key:
                response = await self._send(method, path, content, headers, other)
        return response

    async def _send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        key: SecretStr,
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {key.get_secret_value()}", **(headers or {})}
        if content is not None:
            sent["content-type"] = "application/json"
        try:
            return await self._client.request(method, path, content=content, headers=sent)
        except httpx.TransportError as error:
            raise ModelUnavailable(f"the gateway cannot be reached ({type(error).__name__})") from None

    def _answer(self, body: Mapping[str, Any], usage: Usage, cost: int, call: str) -> ModelAnswer:
        try:
            choice = _Completion.model_validate(body).choices[0]
        except ValidationError:
            raise ModelUnfit(
                "the gateway does not answer with chat completions: check AGORA_GATEWAY"
            ) from None
        if choice.finish_reason == "length":
            raise AnswerTruncated(
                f"{self._model} was cut off after {usage.completion_tokens} tokens", usage.pair
            )
        if choice.message.content is None or choice.finish_reason == "content_filter":
            raise AnswerInvalid(f"{self._model} declined to answer", usage.pair)
        return ModelAnswer(choice.message.content, self._model, usage, cost, call)


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Said


class _Completion(BaseModel):
    """The part of an answer that is used here."""

    choices: list[_Choice] = Field(min_length=1)


def chat_body(model: str, request: ModelRequest) -> dict[str, Any]:
    """The request as the OpenAI API takes it."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    if request.schema is not None:
        form = {"name": "answer", "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    return body


def worst_cost(model: str, request: ModelRequest, price: Price) -> int:
    """The most units that an honest gateway can charge for the request, as it reckons them itself."""
    return cost(_worst(len(_content(model, request)), request.max_tokens, price), price)


def _content(model: str, request: ModelRequest) -> bytes:
    return json.dumps(chat_body(model, request)).encode()


def _worst(size: int, max_tokens: int, price: Price) -> Usage:
    """Whatever the model's context is."""
    return worst_usage(size, max_tokens, price, None)


def _possible(told: Usage, size: int, max_tokens: int) -> Usage:
    """What a gateway tells that a call has used, as far as it can be true."""
    most = _worst(size, max_tokens, Price(0, 0))
    prompt = min(told.prompt_tokens, most.prompt_tokens)
    return Usage(prompt, min(told.completion_tokens, most.completion_tokens), min(told.cached_tokens, prompt))


def _json(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, Mapping) else {}


def _units(header: str) -> int:
    """The sum in a header; 0 for one that holds none."""
    return int(header) if header.isascii() and header.isdigit() and len(header) < 20 else 0


def _refuse(status: int, body: Mapping[str, Any], usage: Usage) -> NoReturn:
    """Raise what a problem of the gateway means to an agent."""
    code = str(body.get("code", ""))
    message = str(body.get("detail") or f"the gateway answers {status}")
    if status == 402:
        shortfall = body.get("shortfall")
        raise ThinkingUnpaid(message, code, shortfall if isinstance(shortfall, int) else 0)
    if status == 401:
        raise ModelUnfit(f"the gateway refuses the agent's key: {message}")
    if code == CassetteMiss.CODE:
        raise CassetteMiss(message)
    if status == 404:
        raise ModelMissing(f"{message}: mend AGORA_MODEL")
    if code in _FOR_A_PERSON:
        raise ModelUnfit(message)
    if code == "answer_invalid":
        raise AnswerInvalid(message, usage.pair)
    if status in (408, 409, 429) or status >= 500:
        raise ModelUnavailable(message)
    raise PromptRefused(message, usage.pair)
