"""What happened after a place in the stream, read from the index: the events, and each block as it ends."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection, Integer, bindparam, func, select

from agents.explorer import schema
from agents.explorer.queries.chain import page_of_events, touched_by
from agents.explorer.queries.index import rows_of
from agents.explorer.queries.pages import Cut
from agents.explorer.schema import place_of, seq_of
from agents.explorer.sentences import sentence

LINKS = ("task", "agent")
"""What an event touches, as far as streams can be asked for it."""
_NUMBER = 1 << 63


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the stream: all up to event ``seq`` of the chain as it was after ``epoch`` reorgs."""

    epoch: int
    seq: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place that ``str`` wrote, or None."""
        seq, _, epoch = text.partition("-")
        if not (seq.isascii() and seq.isdigit() and epoch.isascii() and epoch.isdigit() and len(text) < 41):
            return None
        place = cls(int(epoch), int(seq))
        return place if max(place.epoch, place.seq) < _NUMBER else None

    def __str__(self) -> str:
        return f"{self.seq}-{self.epoch}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants to be told of; None where it does not matter."""

    task: int | None = None
    agent: int | None = None
    contract: str | None = None
    name: str | None = None

    @property
    def filters(self) -> dict[str, str]:
        """Those filters of a list of events that are wished for."""
        named = {name: getattr(self, name) for name in ("task", "agent", "contract", "name")}
        return {name: str(value) for name, value in named.items() if value is not None}

    def takes(self, record: "Record") -> bool:
        """Whether it is told of the record. Ends of blocks are for everybody: they carry the place to resume at."""
        return record.is_block or (
            (self.task is None or self.task in record.tasks)
            and (self.agent is None or self.agent in record.agents)
            and (self.contract is None or self.contract == record.contract)
            and (self.name is None or self.name == record.name)
        )


EVERYTHING = Wish()


@dataclass(frozen=True, slots=True)
class Record:
    """An event, or the end of a block, as it is sent."""

    seq: int
    text: bytes
    is_block: bool = False
    contract: str = ""
    name: str = ""
    tasks: frozenset[int] = frozenset()
    agents: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Everything between two places; if ``ancestor`` is a number, what is above that block was another chain's."""

    start: Position
    end: Position
    ancestor: int | None
    records: Sequence[Record]
    _texts: dict[Wish, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(one.text) for one in self.records)

    def text(self, wish: Wish, after: Position) -> bytes:
        """What a client that stands at ``after``, and not after the end, is still to be told."""
        seq, reorged = after.seq, after.epoch != self.end.epoch
        if reorged and self.ancestor is not None:
            seq = min(seq, end_of(self.ancestor))
        if seq <= self.start.seq and reorged == (self.ancestor is not None):
            if wish not in self._texts:
                self._texts[wish] = self._told(wish, self.start.seq, reorged)
            return self._texts[wish]
        return self._told(wish, seq, reorged)

    def _told(self, wish: Wish, seq: int, reorged: bool) -> bytes:
        texts = [one.text for one in self.records if one.seq > seq and wish.takes(one)]
        if reorged:
            place = Position(self.end.epoch, seq)
            texts.insert(0, event("reorg", {"ancestor": self.ancestor, "epoch": self.end.epoch}, place))
        return b"".join(texts)


def event(kind: str, data: Mapping[str, Any], at: Position | None = None) -> bytes:
    """An event as it is sent. JSON has no line breaks, so nothing in it can end the event or begin another."""
    place = "" if at is None else f"id: {at}\n"
    return f"{place}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def end_of(block: int) -> int:
    """The number after all events of the block and before those of the next."""
    return seq_of(block + 1, 0) - 1


def newest(connection: Connection) -> Position:
    """The place where the index ends."""
    row = connection.execute(select(schema.cursor.c.block, schema.cursor.c.epoch)).first()
    return Position(0, 0) if row is None else Position(row.epoch, end_of(row.block))


def read(connection: Connection, at: Position, most: int, wish: Wish = EVERYTHING) -> Stretch:
    """What follows ``at`` of what is wished for, in about ``most`` records at the most; an empty stretch where that is
    the end.

    What nobody wished for is not read: with a filter, the ends of blocks are those that have something in them, the
    first and the newest. The reads must be of one moment. A place of an epoch that the index does not know is one of an
    index that was made anew since: everything is told again.
    """
    head, ancestor, seq = newest(connection), None, at.seq
    if head.epoch != at.epoch:
        reorgs = schema.reorgs.c
        ancestor = connection.scalar(select(func.min(reorgs.ancestor)).where(reorgs.epoch > at.epoch))
        ancestor = 0 if ancestor is None or head.epoch < at.epoch else ancestor
        seq = min(seq, end_of(ancestor))
    span = {"since": min(seq, head.seq) + 1, "until": head.seq + 1}
    events, more = page_of_events(connection, wish.filters | span, Cut(limit=most, order="asc"))
    first, _ = place_of(seq + 1)
    if wish == EVERYTHING:
        blocks = rows_of(connection, _BLOCKS_FROM, first=first, most=most)
    else:
        numbers = {first, place_of(head.seq)[0], *(row["block"] for row in events)}
        blocks = rows_of(connection, _BLOCKS_AMONG, numbers=list(numbers))
    end = max(head.seq, seq)
    if more:
        end = events[-1]["seq"]
    if len(blocks) == most and wish == EVERYTHING:
        end = min(end, end_of(blocks[-1]["number"]))
    records = [*_events(connection, [row for row in events if row["seq"] <= end], head.epoch)]
    records += [one for row in blocks if (one := _block(row, head.epoch)).seq <= end]
    records.sort(key=lambda one: one.seq)
    return Stretch(Position(head.epoch, seq), Position(head.epoch, end), ancestor, records)


_blocks = schema.blocks.c
_BLOCKS = select(_blocks.number, _blocks.hash, _blocks.timestamp, _blocks.transactions, _blocks.events)
_BLOCKS_FROM = (
    _BLOCKS.where(_blocks.number >= bindparam("first"))
    .order_by(_blocks.number)
    .limit(bindparam("most", type_=Integer()))
)
_BLOCKS_AMONG = _BLOCKS.where(_blocks.number.in_(bindparam("numbers", expanding=True)))


def _block(row: Mapping[str, Any], epoch: int) -> Record:
    data = {
        "number": row["number"],
        "hash": row["hash"],
        "time": row["timestamp"],
        "transactions": row["transactions"],
        "events": row["events"],
    }
    seq = end_of(row["number"])
    return Record(seq, event("block", data, Position(epoch, seq)), is_block=True)


def _events(connection: Connection, rows: Sequence[Mapping[str, Any]], epoch: int) -> Iterator[Record]:
    touched = touched_by(connection, [row["seq"] for row in rows])
    for row in rows:
        seq = row["seq"]
        tasks, agents = (touched.get((seq, kind), ()) for kind in LINKS)
        data = {
            "seq": seq,
            "block": row["block"],
            "time": row["timestamp"],
            "tx": row["tx"],
            "contract": row["contract"],
            "name": row["name"],
            "arguments": row["arguments"],
            "tasks": tasks,
            "agents": agents,
            "text": sentence(row["contract"], row["name"], row["arguments"]),
        }
        yield Record(
            seq,
            event("market", data, Position(epoch, seq)),
            contract=row["contract"],
            name=row["name"],
            tasks=frozenset(tasks),
            agents=frozenset(agents),
        )
