"""What search can find: each kind of thing by any of its keys, and what a hit says of it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select

from agents.explorer import schema
from agents.explorer.api.models import SearchHit
from agents.explorer.queries.index import Index
from agents.explorer.queries.words import its_document
from agents.explorer.sentences import account_words, credits_words

MOST_EACH = 5
"""Hits of one kind by one key."""
SNIPPET = 160
"""Characters."""
LAST = "\U0010ffff"
"""Behind every character that is written."""

Row = Mapping[str, Any]

_tasks, _agents, _accounts = schema.tasks.c, schema.agents.c, schema.accounts.c
_sent, _blocks, _texts = schema.transactions.c, schema.blocks.c, schema.texts.c
_messages, _proposals = schema.messages.c, schema.proposals.c
_channels, _skills = schema.channels.c, schema.skill_totals.c


class Kind:
    """A kind of thing: its rows by any of some keys, and each row as a hit."""

    def __init__(
        self, query: Select[Any], hit: Callable[[Row], SearchHit], **keys: ColumnElement[bool]
    ) -> None:
        """``keys`` are conditions by name, made by ``_is``, ``_among`` or ``_begins``."""
        self.hit = hit
        most = query.limit(bindparam("most", type_=Integer()))
        self._statements = {name: most.where(condition) for name, condition in keys.items()}

    def rows(self, index: Index, by: str, most: int, **values: Any) -> list[dict[str, Any]]:
        """The first rows that have the key."""
        return index.all(self._statements[by], most=most, **values)

    def hits(self, index: Index, by: str, **values: Any) -> list[SearchHit]:
        """The first MOST_EACH of them as hits."""
        return [self.hit(row) for row in self.rows(index, by, MOST_EACH, **values)]


def _is(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The very ``key``."""
    return column == bindparam("key")


def _among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Any of the ``keys``."""
    return column.in_(bindparam("keys", expanding=True))


def _begins(column: ColumnElement[str]) -> ColumnElement[bool]:
    """From ``low`` on, and before ``after``: a span of the column's index."""
    return (column >= bindparam("low")) & (column < bindparam("after"))


def span_of(beginning: str) -> dict[str, str]:
    """The span of what begins so, of text in lower-case hex."""
    after = {"9": "a", "f": "g"}.get(beginning[-1], chr(ord(beginning[-1]) + 1))
    return {"low": beginning, "after": beginning[:-1] + after}


def _hit(kind: str, key: object, title: str, snippet: str, path: str) -> SearchHit:
    return SearchHit.model_validate(
        {"kind": kind, "id": str(key), "title": title, "snippet": snippet[:SNIPPET], "path": path}
    )


def account_hit(account: str, about: str) -> SearchHit:
    """An account, of which there may be no row."""
    return _hit("account", account, account_words(account), about, f"/ledger/{account}")


def _account(row: Row) -> SearchHit:
    return account_hit(row["account"], f"{credits_words(row['total'])} in the Ledger")


def _task(row: Row) -> SearchHit:
    about = f"{row['skill']}, {row['state']}, reserve {credits_words(row['reserve'])}"
    title = row["title"] or f"Task {row['id']}"
    return _hit("task", row["id"], title, row["excerpt"] or about, f"/tasks/{row['id']}")


def _agent(row: Row) -> SearchHit:
    about = f"agent {row['id']}: {row['settled']} tasks settled, {credits_words(row['earned'])} earned"
    return _hit("agent", row["id"], row["name"] or f"Agent {row['id']}", about, f"/agents/{row['id']}")


def _block(row: Row) -> SearchHit:
    about = f"{row['transactions']} transactions of the market, {row['events']} events"
    return _hit("block", row["number"], f"Block {row['number']}", about, f"/blocks/{row['number']}")


def _message(row: Row) -> SearchHit:
    to = account_words(row["recipient"]) if row["recipient"] else f"topic {row['topic']}"
    path = f"/messages/{row['thread']}" if row["thread"] is not None else "/messages"
    about = f"from {account_words(row['sender'])} to {to}"
    return _hit("message", row["id"], f"Message {row['id']}", about, path)


def _proposal(row: Row) -> SearchHit:
    title = (row["description"].strip().splitlines() or [""])[0][:SNIPPET]
    return _hit("proposal", row["id"], title or "Proposal", row["status"], f"/governance/{row['id']}")


def _transaction(row: Row) -> SearchHit:
    called = f"{row['contract']}.{row['function']}" if row["function"] else "a transaction"
    return _hit("transaction", row["hash"], called, f"in block {row['block']}", f"/tx/{row['hash']}")


def _document(row: Row) -> SearchHit:
    title, about = row["title"] or "Document", row["excerpt"] or ""
    return _hit("content", row["key"], title, about, f"/content/{row['key']}")


def _skill(row: Row) -> SearchHit:
    about = f"{row['open']} open tasks, {row['agents']} agents claim it"
    return _hit("skill", row["skill"], row["skill"], about, f"/tasks?skill={quote(row['skill'])}")


TASKS = Kind(
    select(
        _tasks.id,
        _tasks.skill,
        _tasks.state,
        _tasks.reserve,
        _tasks.specification,
        _tasks.result,
        _texts.title,
        _texts.excerpt,
    )
    .select_from(schema.tasks.outerjoin(schema.texts, its_document(_tasks.specification)))
    .order_by(_tasks.id.desc()),
    _task,
    id=_is(_tasks.id),
    requester=_is(_tasks.requester),
    specification=_begins(_tasks.specification),
    result=_begins(_tasks.result),
    specifications=_among(_tasks.specification),
    results=_among(_tasks.result),
)
AGENTS = Kind(
    select(_agents.id, _agents.name, _agents.settled, _agents.earned).order_by(_agents.id.desc()),
    _agent,
    id=_is(_agents.id),
    ids=_among(_agents.id),
    address=or_(_is(_agents.owner), _is(_agents.wallet)),
    channel=_agents.id.in_(select(_channels.agent).where(_is(_channels.id))),
)
ACCOUNTS = Kind(
    select(_accounts.account, _accounts.total), _account, account=_begins(func.lower(_accounts.account))
)
BLOCKS = Kind(
    select(_blocks.number, _blocks.hash, _blocks.transactions, _blocks.events).order_by(_blocks.number),
    _block,
    number=_is(_blocks.number),
    hash=_begins(_blocks.hash),
)
TRANSACTIONS = Kind(
    select(_sent.hash, _sent.contract, _sent.function, _sent.block), _transaction, hash=_begins(_sent.hash)
)
MESSAGES = Kind(
    select(
        _messages.id,
        _messages.thread,
        _messages.sender,
        _messages.recipient,
        _messages.topic,
        _messages.digest,
    ).order_by(_messages.id.desc()),
    _message,
    id=_is(_messages.id),
    ids=_among(_messages.id),
    thread=_is(_messages.thread),
    digest=_begins(_messages.digest),
    digests=_among(_messages.digest),
)
PROPOSALS = Kind(
    select(_proposals.id, _proposals.description, _proposals.status), _proposal, ids=_among(_proposals.id)
)
DOCUMENTS = Kind(
    select(_texts.key, _texts.title, _texts.excerpt).where(_texts.kind == "document", _texts.found),
    _document,
    digest=_is(_texts.key),
)
SKILLS = Kind(
    select(_skills.skill, _skills.open, _skills.agents).order_by(_skills.skill),
    _skill,
    skill=_begins(_skills.skill),
)
