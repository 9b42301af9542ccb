"""Where a call is paid: what is reserved before it, what is settled after it, and what is told of it."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from agents.errors import CallFailed, PaymentRequired
from agents.llm.gateway.admission import Reservation
from agents.llm.gateway.exchange import Exchange, Headers, encoded
from agents.llm.gateway.keys import Holder, Keys
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.problems import error_event, malformed, problem_of
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.schemas import VoucherRequest, check, parse
from agents.llm.gateway.vouchers import SignedVoucher
from agents.llm.prices import PriceTable, cost
from agents.llm.protocol import Usage
from agents.llm.upstreams.base import Call, Kind, Upstream, no_model, usage_of

HUNG_UP = 499
"""The status in the receipt of an answer that nobody waited for."""
BYTES_A_TOKEN = 4
"""Of a call that ended before its usage was told: about what tokenizers make of plain text."""

_REMEDIES = {
    "no_channel": "open(uint256 agentId,address signer,address provider,uint256 amount)",
    "unpaid_rest": "topUp(uint256 agentId,address signer,address provider,uint256 amount)",
    "insufficient_credits": "topUp(uint256 agentId,address signer,address provider,uint256 amount)",
}

Render = Callable[[Mapping[str, Any]], Mapping[str, Any]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call, and what for."""

    agent_id: int
    signer: str
    """Whose vouchers pay for it."""
    name: str
    task: int
    purpose: str
    voucher: SignedVoucher | None

    def call(self, kind: Kind, model: str, body: Mapping[str, Any]) -> Call:
        """The caller's call, as upstreams take it."""
        return Call(
            kind,
            model,
            body,
            agent=self.agent_id,
            name=self.name,
            purpose=self.purpose,
            task=self.task,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, and what stands in its receipt."""

    caller: Caller
    call: Call
    raw: bytes
    """The request's body."""
    worst: Usage
    """The most that it can burn."""


class Rendering(Protocol):
    """How the chunks of an answer are shown to a client."""

    def chunk(self, chunk: Mapping[str, Any]) -> bytes:
        """The events that tell of one chunk; empty if none does."""
        ...

    def end(self, usage: Usage) -> bytes:
        """The events that tell that the answer is whole; they are sent after it was settled."""
        ...


class Till:
    """Makes calls of the upstream, each of which is paid for."""

    def __init__(self, upstream: Upstream, prices: PriceTable, meter: Meter, keys: Keys) -> None:
        self.upstream, self.prices, self.meter, self.keys = upstream, prices, meter, keys

    def holder(self, exchange: Exchange) -> Holder:
        """Whom the request's key speaks for; raises RequestRefused with 401."""
        return self.keys.holder_of(exchange.header(b"authorization"))

    def caller(self, exchange: Exchange) -> Caller:
        """Who makes the call, as key and headers say; raises RequestRefused."""
        holder = self.holder(exchange)
        purpose = exchange.header(b"agora-purpose")
        if len(purpose) > 32 or not (purpose.isascii() and purpose.isprintable()):
            raise malformed("Agora-Purpose", "must be a word of at most 32 letters")
        task = exchange.header(b"agora-task") or "0"
        if not (task.isascii() and task.isdigit() and len(task) <= 18):
            raise malformed("Agora-Task", "must be the number of a task")
        voucher = exchange.header(b"agora-voucher")
        return Caller(
            holder.agent_id,
            holder.signer,
            self.name(holder),
            int(task),
            purpose,
            check(VoucherRequest, parse(voucher.encode())).signed() if voucher else None,
        )

    async def take(self, exchange: Exchange) -> tuple[Caller, bytes, dict[str, Any]]:
        """Who makes the call, and the body, as it came and as an object; raises RequestRefused. The key is looked at
        before anything is read."""
        caller = self.caller(exchange)
        raw = await exchange.body()
        return caller, raw, parse(raw)

    def name(self, holder: Holder) -> str:
        """What the agent is called here."""
        return self.meter.name_of(holder.agent_id, holder.signer)

    def enlist(self, holder: Holder) -> None:
        """The holder may think, on its channel with the signer that its key was given for. Who thinks on that channel
        already, as a party of this process may, keeps its name and its way to sign."""
        if self.meter.name_of(holder.agent_id, holder.signer):
            return
        kept = self.keys.session_signer(holder.agent_id, holder.epoch)
        signer = kept if kept.address == holder.signer else holder.signer
        self.meter.enlist(holder.agent_id, f"agent {holder.agent_id}", signer)

    def channel_of(self, holder: Holder) -> dict[str, Any]:
        """The channel that pays for the holder's calls, and what opens it."""
        parties = [holder.agent_id, holder.signer, self.meter.provider]
        return self._transaction(_REMEDIES["no_channel"], [*parties, None])

    def price_of(self, model: str) -> dict[str, int]:
        """Units for a million tokens of each kind."""
        price = self.prices.price_for(model)
        return {
            "input_per_million": price.input_per_million,
            "cached_per_million": price.cached_per_million,
            "output_per_million": price.output_per_million,
        }

    def check_model(self, model: str) -> None:
        """Raises CallFailed with 404 and the list if there is no such model."""
        models = self.upstream.models
        if model not in models:
            raise no_model(model, models)

    async def complete(self, exchange: Exchange, asked: Asked, render: Render) -> None:
        """Make the call and answer with what ``render`` makes of the reply, once it is settled durably.

        Raises CallFailed after what the failed call used was settled, and PaymentRequired, BudgetSpent or
        VoucherRefused before it is made.
        """
        reservation, used = self._admit(asked), Usage()
        try:
            reply = await self.upstream.complete(asked.call)
            used = reply.usage
            content = encoded(render(reply.body))
        except CallFailed as error:
            # An answer that is not what was asked for was made all the same.
            exchange.extra = await self._fail(
                reservation, asked, error, used if used != Usage() else error.usage
            )
            raise
        except BaseException:
            # Only this process's own agents can give up here, and they have got nothing.
            self.meter.release(reservation)
            raise
        receipt = await self._settle(reservation, asked, reply.usage, _sha256(content), 200)
        await exchange.reply(content, self._told(reservation, receipt))

    async def stream(self, exchange: Exchange, asked: Asked, rendering: Rendering) -> None:
        """Make the call and hand its chunks on as they come; the last word comes after it is settled durably.

        A client that hangs up stops the upstream, and pays for what had come, and for the prompt even if nothing had:
        the upstream is reading it, and may charge for that. Errors as in ``complete``; one that comes after the first
        chunk is an event.
        """
        flow = _Flow(exchange, asked, rendering)
        reservation = self._admit(asked)
        try:
            whole = await _unless_hung_up(flow.run(self.upstream), exchange)
        except CallFailed as error:
            headers = await self._fail(reservation, asked, error, flow.used(error.usage))
            if not exchange.started:
                exchange.extra = headers
                raise
            await exchange.event(error_event(error) + _comment(headers))
            await exchange.end_events()
            return
        except BaseException:
            await self._settle(reservation, asked, flow.used(), flow.digest(), HUNG_UP)
            raise
        if not whole:
            await self._settle(reservation, asked, flow.used(hung_up=True), flow.digest(), HUNG_UP)
            return
        usage = flow.used()
        last = flow.last(usage)
        receipt = await self._settle(reservation, asked, usage, flow.digest(), 200)
        await exchange.event(_comment(self._told(reservation, receipt)) + last)
        await exchange.end_events()

    def _admit(self, asked: Asked) -> Reservation:
        caller, model = asked.caller, asked.call.model
        try:
            return self.meter.admit(
                caller.agent_id,
                signer=caller.signer,
                model=model,
                worst=cost(asked.worst, self.prices.price_for(model)),
                task=caller.task,
                purpose=caller.purpose,
                voucher=caller.voucher,
            )
        except PaymentRequired as error:
            error.detail = {**error.detail, **self._remedy(error)}
            raise

    def _remedy(self, error: PaymentRequired) -> dict[str, Any]:
        """The transaction that would help: any of those who act for the agent may send it."""
        function = _REMEDIES.get(error.code)
        if function is None:
            return {}
        who = error.detail
        parties = [who["agent_id"], who["signer"], who["provider"]]
        return {"remedy": self._transaction(function, [*parties, error.shortfall])}

    def _transaction(self, function: str, arguments: Sequence[Any]) -> dict[str, Any]:
        """What to send to the usage meter; an argument that is the sender's choice is None."""
        domain = self.meter.domain
        return {
            "chain_id": domain.chain_id,
            "contract": domain.meter,
            "function": function,
            "arguments": arguments,
        }

    async def _fail(self, reservation: Reservation, asked: Asked, error: CallFailed, used: Usage) -> Headers:
        """Settle what a failed call burned; nothing is charged for one that burned nothing."""
        if used == Usage():
            self.meter.release(reservation)
            return ()
        problem = problem_of(error)
        assert problem is not None
        receipt = await self._settle(reservation, asked, used, _sha256(problem.content), error.status)
        return self._told(reservation, receipt)

    async def _settle(
        self, reservation: Reservation, asked: Asked, usage: Usage, response: bytes, status: int
    ) -> Receipt | None:
        return await self.meter.settle(
            reservation, usage, request=_sha256(asked.raw), response=response, status=status
        )

    def _told(self, reservation: Reservation, receipt: Receipt | None) -> Headers:
        """The headers that tell what a call has come to; none for one that came to nothing."""
        if receipt is None:
            return ()
        left, due = self.meter.standing(reservation.book)
        headers = [
            (b"agora-call", receipt.call.encode()),
            (b"agora-cost", b"%d" % receipt.cost),
            (b"agora-balance", b"%d" % left),
        ]
        if due is not None:
            headers.append((b"agora-voucher-due", json.dumps(due.as_json()).encode()))
        return headers


class _Flow:
    """An answer that comes in chunks: what has come of it."""

    def __init__(self, exchange: Exchange, asked: Asked, rendering: Rendering) -> None:
        self._exchange, self._asked, self._rendering = exchange, asked, rendering
        self._sent = hashlib.sha256()
        self._usage: Usage | None = None
        self._pieces = self._said = 0
        """Parts of the answer that have come, and their bytes."""

    async def run(self, upstream: Upstream) -> None:
        """Hand all chunks on. The answer begins with the first, so that a call which fails before it has a status."""
        async with aclosing(upstream.stream(self._asked.call)) as chunks:
            async for chunk in chunks:
                self._usage = usage_of(chunk) or self._usage
                said = sum(map(_said, chunk.get("choices") or ()))
                self._pieces, self._said = self._pieces + (said > 0), self._said + said
                events = self._rendering.chunk(chunk)
                if not self._exchange.started:
                    await self._exchange.begin_events()
                if events:
                    self._sent.update(events)
                    await self._exchange.event(events)

    def used(self, told: Usage = Usage(), *, hung_up: bool = False) -> Usage:  # noqa: B008 - frozen
        """What the call has burned: as it is told, else by what has come; a prompt at least where anything has, or
        where nobody waited for it."""
        usage = told if told != Usage() else self._usage or told
        if usage.prompt_tokens or not (self._exchange.started or hung_up):
            return usage
        prompt, worst = -(-len(self._asked.raw) // BYTES_A_TOKEN), self._asked.worst
        answer = max(usage.completion_tokens, self._pieces, -(-self._said // BYTES_A_TOKEN))
        return Usage(min(prompt, worst.prompt_tokens), min(answer, worst.completion_tokens))

    def last(self, usage: Usage) -> bytes:
        """The events that end the answer."""
        events = self._rendering.end(usage)
        self._sent.update(events)
        return events

    def digest(self) -> bytes:
        """SHA-256 of all events, but for comments."""
        return self._sent.digest()


async def _unless_hung_up(work: Coroutine[Any, Any, None], exchange: Exchange) -> bool:
    """Do the work to its end, or stop it when the client has gone; whether it came to its end."""
    working = asyncio.ensure_future(work)
    tasks = working, asyncio.ensure_future(exchange.hung_up())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if working.cancelled():
        return False
    working.result()
    return True


def _said(choice: Mapping[str, Any]) -> int:
    """Bytes of what a choice says, in whatever way."""
    delta = choice.get("delta") or {}
    texts = [delta.get(name) or "" for name in ("content", "refusal", "reasoning_content", "reasoning")]
    for call in delta.get("tool_calls") or ():
        function = call.get("function") or {}
        texts += function.get("name") or "", function.get("arguments") or ""
    return sum(len(text.encode(errors="replace")) for text in texts if isinstance(text, str))


def _comment(headers: Headers) -> bytes:
    """What headers would say, in a line of the stream that its readers skip."""
    lines = (b": " + name + b": " + value + b"\n" for name, value in headers)
    told = b"".join(lines)
    return told + b"\n" if told else b""


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
