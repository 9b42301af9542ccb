"""Fills in what the chain only names: titles and words of documents, of agents' cards, messages and proposals.

The Librarian walks behind the index: of each kind of event that names a text it takes those that it has not seen,
reads the text from the content store or from the index, and keeps its title, its beginning and its words (see
``schema.text_tables``). A document that is not there yet is tried again, ever more rarely; whoever stores one, or
finds one while a page is shown, says so with ``learn``. Nothing here decides what is true: answers join these texts to
rows of the chain, so that what a reorg took away is not found by its words either.
"""

import asyncio
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from agents.errors import ContentError
from agents.explorer import schema
from agents.explorer.queries.agent_page import card_of
from agents.explorer.queries.documents import digest_of, specification_of
from agents.explorer.queries.words import words_of
from agents.explorer.schema import plain_text, seq_of
from agents.explorer.waiting import within
from agents.market.content import ContentStore

PIECE = 200
"""Events that are looked at in one turn."""
PAUSE, TROUBLED = 0.5, 5.0
"""Seconds between two turns when there is nothing to do, and after the database failed."""
EXCERPT = 1_000
"""Characters that are kept of a text."""
READ = 64 << 10
"""Bytes of a text that are read for its words."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 3_600.0
"""Seconds until a missing document is tried again: doubled each time."""
RETRIES = 50
"""Missing documents that are tried again in one turn."""

EVENTS = (
    ("TaskManager", "TaskCreated"),
    ("TaskManager", "ResultSubmitted"),
    ("RaceBoard", "EntryShown"),
    ("AgentRegistry", "Registered"),
    ("AgentRegistry", "URIUpdated"),
    ("AgentRegistry", "MetadataSet"),
    ("MessageHub", "MessageSent"),
    ("MessageHub", "MessagePublished"),
    ("MarketGovernor", "ProposalCreated"),
)
"""Events that name a text."""

log = structlog.get_logger(__name__)

Key = tuple[str, str]
"""A kind of text, and its key."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read."""

    title: str | None
    body: str
    size: int


class Librarian:
    """Keeps the texts of one index. Only one may be at work on a database: it does nothing unless ``is_writer``."""

    def __init__(
        self,
        engine: Engine,
        content: ContentStore,
        is_writer: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._content, self._is_writer, self._clock = engine, content, is_writer, clock
        self._learning = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Walk behind the index until ``stop`` is set."""
        while not stop.is_set():
            pause = PAUSE
            try:
                if self._is_writer() and await self.step():
                    continue
            except (DBAPIError, PoolExhausted) as error:
                # The indexer says more of it; what is behind here is made up for later.
                log.info("explorer.texts_wait", error=type(error).__name__)
                pause = TROUBLED
            await within(pause, stop)

    async def step(self) -> bool:
        """Look at the next events of each kind and at what was missing; whether there may be more."""
        named, shelves = await asyncio.to_thread(self._next)
        missing = await asyncio.to_thread(self._due)
        found = {key: await self._read(key) for key in dict.fromkeys([*named, *missing])}
        async with self._learning:
            await asyncio.to_thread(self._keep, found, shelves)
        return bool(named)

    async def learn(self, data: bytes) -> None:
        """Keep what there is to know of a document that has just been stored or read, if the chain names it and it was
        missing until now."""
        if not self._is_writer():
            return
        key = ("document", digest_of(data))
        async with self._learning:
            try:
                if await asyncio.to_thread(self._is_missing, key):
                    await asyncio.to_thread(self._keep, {key: text_of(data)}, {})
            except (DBAPIError, PoolExhausted) as error:
                # It is tried again as long as it is missing.
                log.info("explorer.texts_wait", error=type(error).__name__)

    # Reading

    def _next(self) -> tuple[list[Key], dict[str, dict[str, int]]]:
        """The texts that the next events name, and how far each shelf is then."""
        with self._engine.connect() as connection:
            epoch = connection.execute(select(schema.cursor.c.epoch)).scalar() or 0
            shelves = {
                row["name"]: dict(row) for row in connection.execute(select(schema.shelves)).mappings()
            }
            named: dict[Key, None] = {}
            moved = {}
            for contract, name in EVENTS:
                shelf = f"{contract}.{name}"
                at = _seen(connection, shelves.get(shelf), epoch)
                events = _events(connection, contract, name, at)
                for row in events:
                    named |= dict.fromkeys(_named(contract, name, row["arguments"]))
                    at = row["seq"]
                if events or shelf not in shelves or shelves[shelf]["epoch"] != epoch:
                    moved[shelf] = {"seq": at, "epoch": epoch}
            known = _known(connection, [key for key in named if key[0] in ("document", "message")])
            return [key for key in named if key not in known], moved

    def _due(self) -> list[Key]:
        """Missing documents that it is time to try again."""
        texts = schema.texts.c
        now = int(self._clock())
        with self._engine.connect() as connection:
            query = select(texts.kind, texts.key).where(~texts.found, texts.tried_at <= now)
            return [
                (row.kind, row.key)
                for row in connection.execute(query.order_by(texts.tried_at).limit(RETRIES))
            ]

    def _is_missing(self, key: Key) -> bool:
        texts = schema.texts.c
        here = (texts.kind == key[0]) & (texts.key == key[1]) & ~texts.found
        with self._engine.connect() as connection:
            return connection.execute(select(texts.id).where(here)).first() is not None

    async def _read(self, key: Key) -> Text | None:
        kind, name = key
        if kind != "document":
            return await asyncio.to_thread(self._written, kind, name)
        try:
            return text_of(await self._content.get(bytes.fromhex(name[2:])))
        except ContentError:
            # Not there, or not to be had now: tried again.
            return None

    def _written(self, kind: str, name: str) -> Text | None:
        """A text that is on the chain itself."""
        with self._engine.connect() as connection:
            return _WRITTEN[kind](connection, name)

    # Writing

    def _keep(self, found: Mapping[Key, Text | None], shelves: Mapping[str, Mapping[str, int]]) -> None:
        if not found and not shelves:
            return
        now, table = int(self._clock()), schema.shelves
        with self._engine.begin() as connection:
            # A write comes first: SQLite refuses to write after a read if another has written in between.
            connection.execute(delete(table).where(table.c.name.in_(list(shelves))))
            for key, text in found.items():
                _put(connection, key, text, now)
            if shelves:
                connection.execute(insert(table), [{"name": name, **at} for name, at in shelves.items()])


def text_of(data: bytes) -> Text:
    """What there is to know of a document."""
    specification = specification_of(data)
    if specification is not None:
        return Text(specification.title, specification.description, len(data))
    try:
        body = data[:READ].decode("utf-8", "strict" if len(data) <= READ else "ignore")
    except UnicodeDecodeError:
        body = ""
    return Text(None, body, len(data))


def _put(connection: Connection, key: Key, text: Text | None, now: int) -> None:
    """Write a text anew, or that it is missing."""
    texts, (kind, name) = schema.texts, key
    here = (texts.c.kind == kind) & (texts.c.key == name)
    before = connection.execute(select(texts).where(here)).mappings().first()
    if text is None and before is not None and before["found"]:
        return
    connection.execute(delete(texts).where(here))
    if text is None:
        attempts = 1 if before is None else before["attempts"] + 1
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 20))
        missing = {"found": False, "attempts": attempts, "tried_at": int(now + wait)}
        connection.execute(insert(texts).values(kind=kind, key=name, **missing))
        return
    values = {
        "found": True,
        "size": text.size,
        "title": None if text.title is None else plain_text(text.title),
        "excerpt": plain_text(text.body[:EXCERPT]),
        "tried_at": now,
    }
    made = connection.execute(insert(texts).values(kind=kind, key=name, **values).returning(texts.c.id))
    number = made.scalar_one()
    rows = [{"word": word, "text": number} for word in words_of(f"{text.title or ''} {text.body}")]
    if rows:
        connection.execute(insert(schema.text_words), rows)


def _seen(connection: Connection, shelf: Mapping[str, Any] | None, epoch: int) -> int:
    """The newest event of the shelf that was looked at and is still on the chain."""
    if shelf is None:
        return -1
    if shelf["epoch"] == epoch:
        return int(shelf["seq"])
    reorgs = schema.reorgs.c
    since = select(reorgs.ancestor).where(reorgs.epoch > shelf["epoch"]).order_by(reorgs.ancestor).limit(1)
    ancestor = connection.execute(since).scalar()
    kept = -1 if ancestor is None else seq_of(ancestor + 1, 0) - 1
    return min(int(shelf["seq"]), kept)


def _events(connection: Connection, contract: str, name: str, after: int) -> Sequence[Mapping[str, Any]]:
    events = schema.events.c
    query = select(events.seq, events.arguments).where(
        events.contract == contract, events.name == name, events.seq > after
    )
    return [dict(row) for row in connection.execute(query.order_by(events.seq).limit(PIECE)).mappings()]


def _named(contract: str, name: str, arguments: Mapping[str, Any]) -> Iterator[Key]:
    """The texts that an event names."""
    if name == "TaskCreated":
        yield "document", arguments["params"]["specification"]
    elif name in ("ResultSubmitted", "EntryShown"):
        yield "document", arguments["result"]
    elif contract == "AgentRegistry":
        yield "agent", str(arguments["agentId"])
    elif contract == "MessageHub":
        if arguments["digest"].strip("0x"):
            yield "document", arguments["digest"]
        else:
            yield "message", str(arguments["messageId"])
    else:
        yield "proposal", str(arguments["proposalId"])


def _known(connection: Connection, keys: Sequence[Key]) -> set[Key]:
    texts = schema.texts.c
    query = select(texts.kind, texts.key).where(texts.key.in_([key for _, key in keys]), texts.found)
    return {(row.kind, row.key) for row in connection.execute(query)}


def _agent(connection: Connection, name: str) -> Text | None:
    agents, entries = schema.agents.c, schema.agent_metadata.c
    row = connection.execute(select(agents.name, agents.uri).where(agents.id == int(name))).first()
    if row is None:
        return None
    card = card_of(row.uri)
    listed = connection.execute(
        select(entries.key, entries.value).where(entries.agent == int(name)).limit(100)
    )
    values = [f"{entry.key} {_readable(entry.value)}" for entry in listed]
    about = card.value.get("description") if isinstance(card.value, dict) else None
    body = " ".join([about if isinstance(about, str) else "", *values]).strip()
    return Text(row.name, body, len(body))


def _readable(value: str) -> str:
    """The beginning of a metadata value, given in hex: as text if it is one, else, as an address is, in hex."""
    try:
        text = bytes.fromhex(value[2:]).decode()
    except UnicodeDecodeError:
        return value[:EXCERPT]
    controls = any(unicodedata.category(one) == "Cc" and not one.isspace() for one in text[:EXCERPT])
    return value[:EXCERPT] if controls else text[:EXCERPT]


def _message(connection: Connection, name: str) -> Text | None:
    messages = schema.messages.c
    payload = connection.execute(select(messages.payload).where(messages.id == int(name))).scalar()
    return None if payload is None else text_of(bytes.fromhex(payload[2:]))


def _proposal(connection: Connection, name: str) -> Text | None:
    proposals = schema.proposals.c
    text = connection.execute(select(proposals.description).where(proposals.id == name)).scalar()
    return None if text is None else Text(None, text, len(text))


_WRITTEN: Mapping[str, Callable[[Connection, str], Text | None]] = {
    "agent": _agent,
    "message": _message,
    "proposal": _proposal,
}
