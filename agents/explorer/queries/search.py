"""Search over everything: ids, addresses and hashes, whole or their beginnings, and words."""

import re
from collections.abc import Iterator, Mapping

from sqlalchemy import bindparam, select

from agents.chain.words import checksummed
from agents.explorer import schema
from agents.explorer.api.models import SearchHit, SearchResult
from agents.explorer.queries.hits import (
    ACCOUNTS,
    AGENTS,
    BLOCKS,
    DOCUMENTS,
    LAST,
    MESSAGES,
    PROPOSALS,
    SKILLS,
    SNIPPET,
    TASKS,
    TRANSACTIONS,
    Kind,
    account_hit,
    span_of,
)
from agents.explorer.queries.index import MOST_ID, Index
from agents.explorer.queries.words import texts_with, words_of

MOST_TEXTS = 100
"""Texts whose rows are looked for."""

_NUMBER = re.compile(r"(?:(task|agent|block|message|thread|proposal)[ :#]*)?#?([0-9]{1,78})", re.IGNORECASE)
_HEX = re.compile(r"0x([0-9a-fA-F]{3,64})")
_NUMBERED: Mapping[str, tuple[Kind, str]] = {
    "task": (TASKS, "id"),
    "agent": (AGENTS, "id"),
    "block": (BLOCKS, "number"),
    "message": (MESSAGES, "id"),
    "thread": (MESSAGES, "thread"),
}

_tasks, _texts = schema.tasks.c, schema.texts.c
_WITH_WORDS = (
    select(_texts.kind, _texts.key, _texts.excerpt)
    .where(_texts.id.in_(bindparam("ids", expanding=True)))
    .order_by(_texts.id.desc())
)
_NEWEST = select(_tasks.specification).order_by(_tasks.id.desc()).limit(1)


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


def _by_number(index: Index, text: str) -> Iterator[SearchHit]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return
    named, digits = (match[1] or "").lower(), match[2]
    number = int(digits)
    if number <= MOST_ID:
        for name, (kind, key) in _NUMBERED.items():
            if named in ("", name):
                yield from kind.hits(index, key, key=number)
    if named in ("", "proposal"):
        yield from PROPOSALS.hits(index, "ids", keys=[str(number)])


def _by_hex(index: Index, text: str) -> Iterator[SearchHit]:
    if _HEX.fullmatch(text) is None:
        return
    low = text.lower()
    span = span_of(low)
    if len(low) <= 42:
        yield from _addresses(index, low)
    yield from TRANSACTIONS.hits(index, "hash", **span)
    yield from BLOCKS.hits(index, "hash", **span)
    yield from TASKS.hits(index, "specification", **span)
    yield from TASKS.hits(index, "result", **span)
    yield from MESSAGES.hits(index, "digest", **span)
    if len(low) == 66:
        yield from AGENTS.hits(index, "channel", key=low)
        yield from DOCUMENTS.hits(index, "digest", key=low)


def _addresses(index: Index, low: str) -> Iterator[SearchHit]:
    """Accounts, contracts, and the agents whose owner or wallet it is."""
    known = {address.lower(): name for address, name in index.contracts.items()}
    for address, name in known.items():
        if address.startswith(low):
            yield account_hit(checksummed(address), f"the market's {name}")
    yield from ACCOUNTS.hits(index, "account", **span_of(low))
    if len(low) == 42:
        address = checksummed(low)
        yield from AGENTS.hits(index, "address", key=address)
        posted = TASKS.hits(index, "requester", key=address)
        if posted or index.has(schema.transactions, sender=address):
            yield account_hit(address, "an address that was on the market")
        yield from posted


def _by_skill(index: Index, text: str) -> Iterator[SearchHit]:
    for hit in SKILLS.hits(index, "skill", low=text, after=text + LAST):
        if hit.id.startswith(text):
            yield hit


def _by_words(index: Index, text: str) -> Iterator[SearchHit]:
    """Texts with all the words, and whose texts they are. What a text says is looked at again: words of an older
    text may be left over."""
    texts: dict[str, dict[str, str | None]] = {}
    for row in index.all(_WITH_WORDS, ids=texts_with(index, text)[:MOST_TEXTS]):
        texts.setdefault(row["kind"], {})[row["key"]] = row["excerpt"]
    wanted = words_of(text)
    for hit, excerpt in _with_ids(index, AGENTS, texts.get("agent", {})):
        yield hit.model_copy(update={"snippet": _snippet(excerpt, wanted) or hit.snippet})
    for hit, excerpt in _of_documents(index, texts.get("document", {})):
        yield hit.model_copy(update={"snippet": _snippet(excerpt, wanted)})
    for hit, excerpt in _with_ids(index, MESSAGES, texts.get("message", {})):
        yield hit.model_copy(update={"snippet": _snippet(excerpt, wanted)})
    if "proposal" in texts:
        yield from PROPOSALS.hits(index, "ids", keys=list(texts["proposal"]))


def _with_ids(
    index: Index, kind: Kind, texts: Mapping[str, str | None]
) -> Iterator[tuple[SearchHit, str | None]]:
    """Those that these texts are of, by id, each with its text, in the texts' order."""
    if texts:
        rows = {row["id"]: row for row in kind.rows(index, "ids", MOST_TEXTS, keys=list(map(int, texts)))}
        for key, text in texts.items():
            if int(key) in rows:
                yield kind.hit(rows[int(key)]), text


def _of_documents(index: Index, texts: Mapping[str, str | None]) -> Iterator[tuple[SearchHit, str | None]]:
    """Tasks and messages that name one of these documents, the newest first, each with the document's text."""
    if texts:
        for kind, column in ((TASKS, "specification"), (TASKS, "result"), (MESSAGES, "digest")):
            for row in kind.rows(index, f"{column}s", MOST_TEXTS, keys=list(texts)):
                yield kind.hit(row), texts[row[column]]


def _snippet(excerpt: str | None, words: list[str]) -> str:
    """The place in the text's beginning where the first of the words is."""
    text = " ".join((excerpt or "").split())
    folded = text.casefold()
    at = min((place for word in words if (place := folded.find(word)) >= 0), default=0)
    start = max(0, at - SNIPPET // 3)
    return ("…" if start else "") + text[start : start + SNIPPET - 1]


def _is_caught_up(index: Index) -> bool:
    """Whether the newest task's specification was looked for."""
    newest = index.value(_NEWEST)
    return newest is None or index.has(schema.texts, kind="document", key=newest)
