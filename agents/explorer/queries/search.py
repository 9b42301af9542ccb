"""Search over everything: ids, addresses and hashes, whole or their beginnings, and words."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, func, select

from agents.chain.words import checksummed
from agents.explorer import schema
from agents.explorer.api.models import SearchHit, SearchResult
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.queries.words import texts_with, words_of
from agents.explorer.sentences import account_words, credits_words

MOST_EACH = 5
"""Hits of one kind by a beginning."""
MOST_TEXTS = 100
"""Texts whose rows are looked for."""
SNIPPET = 160
"""Characters."""

_NUMBER = re.compile(r"(?:(task|agent|block|message|thread|proposal)[ :#]*)?#?([0-9]{1,78})", re.IGNORECASE)
_HEX = re.compile(r"0x([0-9a-fA-F]{3,64})")

_tasks, _agents, _accounts = schema.tasks.c, schema.agents.c, schema.accounts.c
_sent, _blocks, _texts = schema.transactions.c, schema.blocks.c, schema.texts.c
_messages, _proposals = schema.messages.c, schema.proposals.c


def search(index: Index, text: str, limit: int) -> SearchResult:
    """The best hits: what has this very id first, then beginnings, then words, each the newest first."""
    text = text.strip()
    found: dict[tuple[str, str], SearchHit] = {}
    for source in (_by_number, _by_hex, _by_skill, _by_words):
        for hit in source(index, text):
            if len(found) == limit:
                break
            found.setdefault((hit.kind, hit.id), hit)
    return SearchResult(query=text, items=list(found.values()), words_indexed=_is_caught_up(index))


def _hit(kind: str, key: object, title: str, snippet: str, path: str) -> SearchHit:
    return SearchHit.model_validate(
        {"kind": kind, "id": str(key), "title": title, "snippet": snippet[:SNIPPET], "path": path}
    )


# By number


def _by_number(index: Index, text: str) -> Iterator[SearchHit]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return
    kind, digits = (match[1] or "").lower(), match[2]
    number = int(digits)
    if number <= MOST_ID:
        for name, find in _NUMBERED.items():
            if kind in ("", name):
                yield from find(index, number)
    if kind in ("", "proposal"):
        yield from _proposal_hits(index, [str(number)])


def _task_hits(index: Index, condition: ColumnElement[bool]) -> Iterator[SearchHit]:
    document = (_texts.kind == "document") & (_texts.key == _tasks.specification)
    query = (
        select(_tasks.id, _tasks.skill, _tasks.state, _tasks.reserve, _texts.title, _texts.excerpt)
        .select_from(schema.tasks.outerjoin(schema.texts, document))
        .where(condition)
        .order_by(_tasks.id.desc())
        .limit(MOST_EACH)
    )
    for row in index.all(query):
        about = f"{row['skill']}, {row['state']}, reserve {credits_words(row['reserve'])}"
        title = row["title"] or f"Task {row['id']}"
        yield _hit("task", row["id"], title, row["excerpt"] or about, f"/tasks/{row['id']}")


def _agent_hits(index: Index, condition: ColumnElement[bool]) -> Iterator[SearchHit]:
    query = select(_agents.id, _agents.name, _agents.settled, _agents.earned).where(condition)
    for row in index.all(query.order_by(_agents.id.desc()).limit(MOST_EACH)):
        about = f"agent {row['id']}: {row['settled']} tasks settled, {credits_words(row['earned'])} earned"
        yield _hit("agent", row["id"], row["name"] or f"Agent {row['id']}", about, f"/agents/{row['id']}")


def _block_hits(index: Index, condition: ColumnElement[bool]) -> Iterator[SearchHit]:
    query = select(_blocks.number, _blocks.hash, _blocks.transactions, _blocks.events).where(condition)
    for row in index.all(query.order_by(_blocks.number).limit(MOST_EACH)):
        about = f"{row['transactions']} transactions of the market, {row['events']} events"
        yield _hit("block", row["number"], f"Block {row['number']}", about, f"/blocks/{row['number']}")


def _message_hits(index: Index, condition: ColumnElement[bool]) -> Iterator[SearchHit]:
    wanted = (_messages.id, _messages.thread, _messages.sender, _messages.recipient, _messages.topic)
    query = select(*wanted).where(condition).order_by(_messages.id.desc()).limit(MOST_EACH)
    for row in index.all(query):
        to = account_words(row["recipient"]) if row["recipient"] else f"topic {row['topic']}"
        path = f"/messages/{row['thread']}" if row["thread"] is not None else "/messages"
        about = f"from {account_words(row['sender'])} to {to}"
        yield _hit("message", row["id"], f"Message {row['id']}", about, path)


def _proposal_hits(index: Index, ids: list[str]) -> Iterator[SearchHit]:
    query = select(_proposals.id, _proposals.description, _proposals.status).where(_proposals.id.in_(ids))
    for row in index.all(query.limit(MOST_EACH)):
        title = (row["description"].strip().splitlines() or [""])[0][:SNIPPET]
        yield _hit("proposal", row["id"], title or "Proposal", row["status"], f"/governance/{row['id']}")


_NUMBERED: Mapping[str, Callable[[Index, int], Iterator[SearchHit]]] = {
    "task": lambda index, number: _task_hits(index, _tasks.id == number),
    "agent": lambda index, number: _agent_hits(index, _agents.id == number),
    "block": lambda index, number: _block_hits(index, _blocks.number == number),
    "message": lambda index, number: _message_hits(index, _messages.id == number),
    "thread": lambda index, number: _message_hits(index, _messages.thread == number),
}


# By hash, address, or their beginning


def _by_hex(index: Index, text: str) -> Iterator[SearchHit]:
    if _HEX.fullmatch(text) is None:
        return
    low = text.lower()
    if len(low) <= 42:
        yield from _addresses(index, low)
    yield from _transactions(index, low)
    yield from _block_hits(index, _begins(_blocks.hash, low))
    yield from _documents(index, low)


def _begins(column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """Text in lower-case hex that begins so: a span of the column's index."""
    after = {"9": "a", "f": "g"}.get(beginning[-1], chr(ord(beginning[-1]) + 1))
    return (column >= beginning) & (column < beginning[:-1] + after)


def _addresses(index: Index, low: str) -> Iterator[SearchHit]:
    """Accounts, contracts, and the agents whose owner or wallet it is."""
    known = {address.lower(): name for address, name in index.contracts.items()}
    for address, name in known.items():
        if address.startswith(low):
            yield _account_hit(checksummed(address), f"the market's {name}")
    query = select(_accounts.account, _accounts.total).where(_begins(func.lower(_accounts.account), low))
    for row in index.all(query.limit(MOST_EACH)):
        yield _account_hit(row["account"], f"{credits_words(row['total'])} in the Ledger")
    if len(low) == 42:
        address = checksummed(low)
        yield from _agent_hits(index, (_agents.owner == address) | (_agents.wallet == address))
        posted = list(_task_hits(index, _tasks.requester == address))
        if posted or index.has(schema.transactions, sender=address):
            yield _account_hit(address, "an address that was on the market")
        yield from posted


def _account_hit(account: str, about: str) -> SearchHit:
    return _hit("account", account, account_words(account), about, f"/ledger/{account}")


def _transactions(index: Index, low: str) -> Iterator[SearchHit]:
    query = select(_sent.hash, _sent.contract, _sent.function, _sent.block).where(_begins(_sent.hash, low))
    for row in index.all(query.limit(MOST_EACH)):
        called = f"{row['contract']}.{row['function']}" if row["function"] else "a transaction"
        yield _hit("transaction", row["hash"], called, f"in block {row['block']}", f"/tx/{row['hash']}")


def _documents(index: Index, low: str) -> Iterator[SearchHit]:
    """Tasks and messages that name a document with such a digest, and channels."""
    yield from _task_hits(index, _begins(_tasks.specification, low))
    yield from _task_hits(index, _begins(_tasks.result, low))
    yield from _message_hits(index, _begins(_messages.digest, low))
    if len(low) != 66:
        return
    channels = schema.channels.c
    agent = index.value(select(channels.agent).where(channels.id == low))
    if agent is not None:
        yield from _agent_hits(index, _agents.id == agent)
    named = select(_texts.title, _texts.excerpt).where(_texts.kind == "document", _texts.key == low)
    row = index.one(named.where(_texts.found))
    if row is not None:
        yield _hit("content", low, row["title"] or "Document", row["excerpt"] or "", f"/content/{low}")


# By words


def _by_skill(index: Index, text: str) -> Iterator[SearchHit]:
    totals = schema.skill_totals.c
    query = select(schema.skill_totals).where(totals.skill >= text, totals.skill <= text + "\U0010ffff")
    for row in index.all(query.order_by(totals.skill).limit(MOST_EACH)):
        if row["skill"].startswith(text):
            about = f"{row['open']} open tasks, {row['agents']} agents claim it"
            yield _hit("skill", row["skill"], row["skill"], about, f"/tasks?skill={quote(row['skill'])}")


def _by_words(index: Index, text: str) -> Iterator[SearchHit]:
    """Texts with all the words, and whose texts they are. What a text says is looked at again: words of an older
    text may be left over."""
    ids = texts_with(index, text)[:MOST_TEXTS]
    query = select(schema.texts).where(_texts.id.in_(ids)).order_by(_texts.id.desc())
    rows = index.all(query)
    by_kind = {
        kind: [row for row in rows if row["kind"] == kind] for kind in ("agent", "document", "message")
    }
    wanted = words_of(text)
    for row in by_kind["agent"]:
        for hit in _agent_hits(index, _agents.id == int(row["key"])):
            yield hit.model_copy(update={"snippet": _snippet(row, wanted) or hit.snippet})
    digests = {row["key"]: row for row in by_kind["document"]}
    for hit, digest in _of_documents(index, list(digests)):
        yield hit.model_copy(update={"snippet": _snippet(digests[digest], wanted)})
    for row in by_kind["message"]:
        for hit in _message_hits(index, _messages.id == int(row["key"])):
            yield hit.model_copy(update={"snippet": _snippet(row, wanted)})
    yield from _proposal_hits(index, [row["key"] for row in rows if row["kind"] == "proposal"])


def _of_documents(index: Index, digests: list[str]) -> Iterator[tuple[SearchHit, str]]:
    """Tasks and messages that name one of these documents, the newest first, with the document."""
    for column, hits in (
        (_tasks.specification, _task_hits),
        (_tasks.result, _task_hits),
        (_messages.digest, _message_hits),
    ):
        owner = _tasks.id if hits is _task_hits else _messages.id
        query = select(owner, column.label("digest")).where(column.in_(digests))
        for row in index.all(query.order_by(owner.desc()).limit(MOST_TEXTS)):
            for hit in hits(index, owner == row["id"]):
                yield hit, row["digest"]


def _snippet(row: Mapping[str, Any], words: list[str]) -> str:
    """The place in the text's beginning where the first of the words is."""
    text = " ".join((row["excerpt"] or "").split())
    folded = text.casefold()
    at = min((place for word in words if (place := folded.find(word)) >= 0), default=0)
    start = max(0, at - SNIPPET // 3)
    return ("…" if start else "") + text[start : start + SNIPPET - 1]


def _is_caught_up(index: Index) -> bool:
    """Whether the newest task's specification was looked for."""
    newest = index.value(select(_tasks.specification).order_by(_tasks.id.desc()).limit(1))
    return newest is None or index.has(schema.texts, kind="document", key=newest)
