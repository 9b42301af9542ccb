"""The way of a request's calls to the node, and of the answers back."""

import json
import re
from collections.abc import Sequence
from typing import Any

from agents.chain.guard.calls import Ask, Denied, check_range
from agents.chain.guard.gate import Gate
from agents.chain.guard.pending import Pending
from agents.chain.guard.refusals import Code, refused, reply
from agents.chain.guard.rules import Rules
from agents.chain.guard.upstream import Upstream, by_id
from agents.errors import Refused, RpcError, UpstreamAbsent, UpstreamLost

_HAS_IT = re.compile(r"known transaction|already known|already imported", re.IGNORECASE)


class Relay:
    """Passes calls through the gate, all of one request together or none."""

    def __init__(self, upstream: Upstream, rules: Rules, gate: Gate) -> None:
        self.pending = Pending(upstream, rules)
        self._upstream, self._rules, self._gate = upstream, rules, gate

    async def answer(self, calls: Sequence[Ask | Denied], *, batch: bool) -> bytes:
        """The reply to each call, in their order, as JSON.

        Raises Refused with HTTP 503 when nothing was done, and with 502 when nobody knows what was.
        """
        if not any(isinstance(one, Ask) for one in calls):
            return _merged(calls, [], batch=batch)
        try:
            async with self._gate.passing(self._rules.patience):
                return await self._forward(calls, batch=batch)
        except TimeoutError:
            raise refused(Code.AWAY, "the node is at work on blocks: nothing was done", 503) from None

    async def _forward(self, calls: Sequence[Ask | Denied], *, batch: bool) -> bytes:
        checked = await self._admitted(calls)
        asked = [one for one in checked if isinstance(one, Ask)]
        if not asked:
            return _merged(checked, [], batch=batch)
        ids = [one.id for one in asked if isinstance(one.id, int)]
        verbatim = len(ids) == len(calls) and not any(one.signed for one in asked)
        if len(ids) < len(asked):
            ids = list(range(len(asked)))
        taken = [True] * len(asked)  # Whatever goes wrong from here on, the node may have them.
        try:
            content = await self._upstream.post(_body(asked, ids, batch=batch))
            if verbatim and content.startswith(_beginning(ids[0], batch=batch)):
                return content
            answers = by_id(content, ids)
            taken = [_taken(one) for one in answers]
        except UpstreamAbsent as error:
            taken = [False] * len(asked)
            raise refused(Code.AWAY, f"{error}: nothing was done", 503) from error
        except UpstreamLost as error:
            raise refused(Code.LOST, f"{error}: nobody knows what was done", 502) from error
        finally:
            for one, has in zip(asked, taken, strict=True):
                if one.signed:
                    self.pending.settle(one.signed, taken=has)
        return _merged(checked, answers, batch=batch)

    async def _admitted(self, calls: Sequence[Ask | Denied]) -> list[Ask | Denied]:
        """The calls after the checks that only the chain can answer; what passes is reserved."""
        checked = list(calls)
        signed = [
            (at, one, one.signed) for at, one in enumerate(calls) if isinstance(one, Ask) and one.signed
        ]
        try:
            if any(isinstance(one, Ask) and one.since is not None for one in calls):
                (head,) = await self._upstream.call([("eth_blockNumber", ())])
                checked = [_ranged(one, int(head, 16), self._rules) for one in checked]
            verdicts = await self.pending.admit([transaction for _, _, transaction in signed])
        except (UpstreamAbsent, UpstreamLost, RpcError) as error:
            raise refused(Code.AWAY, f"{error}: nothing was done", 503) from error
        for (at, one, _), verdict in zip(signed, verdicts, strict=True):
            if verdict:
                checked[at] = Denied(one.id, verdict)
        return checked


def _ranged(one: Ask | Denied, head: int, rules: Rules) -> Ask | Denied:
    if isinstance(one, Ask) and one.since is not None:
        try:
            check_range(one.since, head, rules)
        except Refused as error:
            return Denied(one.id, error)
    return one


def _body(asked: Sequence[Ask], ids: Sequence[int], *, batch: bool) -> bytes:
    """Written anew: what a client wrote is read once, and never by two programs that could disagree."""
    calls = [
        {"jsonrpc": "2.0", "id": at, "method": one.method, "params": one.params}
        for at, one in zip(ids, asked, strict=True)
    ]
    return json.dumps(calls if batch else calls[0]).encode()


def _beginning(identifier: int, *, batch: bool) -> bytes:
    """How the node's answer begins when it is what the client shall get: then it need not be read, however long."""
    return b'%s{"jsonrpc":"2.0","id":%d,' % (b"[" if batch else b"", identifier)


def _taken(answer: dict[str, Any]) -> bool:
    """Whether the node has the transaction that this answers."""
    return "error" not in answer or bool(_HAS_IT.search(str(answer["error"].get("message"))))


def _merged(calls: Sequence[Ask | Denied], answers: Sequence[dict[str, Any]], *, batch: bool) -> bytes:
    rest = iter(answers)
    replies = [
        reply(one.id, one.error) if isinstance(one, Denied) else next(rest) | {"id": one.id} for one in calls
    ]
    return json.dumps(replies if batch else replies[0]).encode()
