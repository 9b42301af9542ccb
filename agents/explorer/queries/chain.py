"""Blocks, transactions and events."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, literal_column, select

from agents.chain.bindings import abis
from agents.errors import FilterRefused, NotInIndex
from agents.explorer import schema
from agents.explorer.api.models import (
    BlockDetail,
    BlockRow,
    EventRow,
    Page,
    TransactionDetail,
    TransactionRow,
)
from agents.explorer.queries.asked import BlocksAsked, EventsAsked, TransactionsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Cut, Listing, equal
from agents.explorer.queries.span import bounds, first_block, first_seq, within
from agents.explorer.schema import agent_of, seq_of
from agents.explorer.sentences import sentence

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import KeyedColumnElement

MOST_EVENTS, MOST_TRANSACTIONS = 1_000, 1_000

_blocks, _sent = schema.blocks.c, schema.transactions.c
_events, _links = schema.events.c, schema.links.c


def _but(table: Table, *names: str) -> Select[Any]:
    """The table without columns that may be long."""
    return select(*(column for column in table.c if column.name not in names))


EVENTS = _but(schema.events, "topics", "data")
"""Events as they were decoded."""
_BLOCKS = select(schema.blocks, _blocks.timestamp.label("time"))
_BLOCK_BY = {
    int: _BLOCKS.where(_blocks.number == bindparam("block")),
    str: _BLOCKS.where(_blocks.hash == bindparam("block")),
}
_TRANSACTIONS = _but(schema.transactions, "arguments", "input")
_IN_BLOCK = (
    _TRANSACTIONS.where(_sent.block == bindparam("block")).order_by(_sent.position).limit(MOST_TRANSACTIONS)
)
_TRANSACTION = select(schema.transactions).where(_sent.hash == bindparam("tx"))
_IN_TRANSACTION = EVENTS.where(_events.tx == bindparam("tx")).order_by(_events.seq).limit(MOST_EVENTS)
_TOUCHED = (
    select(_links.seq, _links.kind, _links.key)
    .where(_links.seq.in_(bindparam("seqs", expanding=True)), _links.kind.in_(("task", "agent")))
    .order_by(_links.seq)
)

_BLOCK_LIST = Listing(
    _BLOCKS, [_blocks.number], {**within(_blocks.number), "with_events": _blocks.events > 0}
)
_TRANSACTION_LIST = Listing(
    _TRANSACTIONS,
    [_sent.block, _sent.position],
    {
        **equal(schema.transactions, "block", "sender", "contract", "function"),
        **within(_sent.block),
        # Written out, as the index of failures is for this very condition.
        "failed": _sent.status == literal_column("0"),
        "succeeded": _sent.status == literal_column("1"),
    },
)


def list_blocks(index: Index, asked: BlocksAsked) -> Page[BlockRow]:
    """Blocks that pass the filters."""
    wanted = bounds(index, asked, first_block)
    if asked.with_events:
        wanted["with_events"] = True
    rows, following = _BLOCK_LIST.page(index.connection, asked.cut, wanted)
    return Page(items=[BlockRow.model_validate(row) for row in rows], next=following)


def block_page(index: Index, block: int | str) -> BlockDetail:
    """The block with this number or hash; raises NotInIndex."""
    row = index.one(_BLOCK_BY[type(block)], block=block)
    if row is None:
        raise NotInIndex("block", block)
    listed = [_transaction(one) for one in index.all(_IN_BLOCK, block=row["number"])]
    return BlockDetail.model_validate({**row, "market_transactions": listed})


def _transaction(row: Mapping[str, Any]) -> TransactionRow:
    return TransactionRow.model_validate(_transaction_values(row))


def _transaction_values(row: Mapping[str, Any]) -> dict[str, Any]:
    error = row["error"]
    name = None if error is None else error["error"]
    return {**row, "time": row["timestamp"], "succeeded": row["status"] == 1, "error": name}


def list_transactions(index: Index, asked: TransactionsAsked) -> Page[TransactionRow]:
    """Transactions that pass the filters."""
    wanted = asked.filters("block", "sender", "contract", "function") | bounds(index, asked, first_block)
    if asked.failed is not None:
        wanted["failed" if asked.failed else "succeeded"] = True
    rows, following = _TRANSACTION_LIST.page(index.connection, asked.cut, wanted)
    return Page(items=[_transaction(row) for row in rows], next=following)


def transaction_page(index: Index, tx: str) -> TransactionDetail:
    """One transaction, its call and its events; raises NotInIndex."""
    row = index.one(_TRANSACTION, tx=tx)
    if row is None:
        raise NotInIndex("transaction", tx)
    call = {"contract": row["contract"], "function": row["function"], "arguments": row["arguments"]}
    return TransactionDetail.model_validate(
        {
            **_transaction_values(row),
            "call": call,
            "custom_error": row["error"],
            "events": event_rows(index, index.all(_IN_TRANSACTION, tx=tx)),
        }
    )


def list_events(index: Index, asked: EventsAsked) -> Page[EventRow]:
    """Events that pass the filters."""
    wanted = _linked(asked) | asked.filters("contract", "name", "tx") | bounds(index, asked, first_seq)
    if asked.block is not None:
        if asked.block >> 42:
            raise FilterRefused("block", "must be a block's number: there is none so large")
        wanted |= {"first": seq_of(asked.block, 0), "end": seq_of(asked.block + 1, 0)}
    rows, following = page_of_events(index.connection, wanted, asked.cut)
    return Page(items=event_rows(index, rows), next=following)


def _linked(asked: EventsAsked) -> dict[str, Any]:
    """What the events are to be linked to: the key by its kind. An agent's account is linked as its agent."""
    linked = {name: str(value) for name, value in asked.filters("task", "agent", "account").items()}
    agent = None if asked.account is None else agent_of(asked.account)
    if agent is not None:
        del linked["account"]
        linked["agent"] = str(agent)
    return linked


def page_of_events(
    connection: Connection, wanted: Mapping[str, Any], cut: Cut
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of a page of events, and the cursor for what follows.

    They pass the filters ``wanted``: ``task``, ``agent`` and ``account``, as links have them, ``contract``, ``name``
    and ``tx``, and numbers from ``since`` or ``first`` to before ``until`` or ``end``.
    """
    linked = tuple(kind for kind in ("task", "agent", "account") if kind in wanted)
    ways = [wanted]
    if "contract" in wanted and not wanted.keys() - {"contract", "since", "until"}:
        # Nothing but a span narrows them down: one question for each kind of event, as their index has the kind before
        # the number, and in it each kind is in order. The last is for what is no known event.
        names = {name for name, _ in abis.EVENTS.get(wanted["contract"], {}).values()}
        ways = [{**wanted, "name": name} for name in [*sorted(names), ""]]
    return _event_list(linked).page(connection, cut, *ways)


@cache
def _event_list(kinds: tuple[str, ...]) -> Listing:
    """The list of the events that are linked to something of each of these kinds."""
    query, seq = EVENTS, cast("KeyedColumnElement[int]", _events.seq)
    filters: dict[str, ColumnElement[bool]] = {}
    for kind in kinds:
        links = schema.links.alias(f"{kind}_links")
        query = query.join(links, links.c.seq == _events.seq).where(links.c.kind == kind)
        filters[kind] = links.c.key == bindparam(kind)
        # Links of one key are in order; the events' own number would have to be sorted.
        seq = links.c.seq
    filters |= equal(schema.events, "contract", "name", "tx") | within(seq)
    filters |= {"first": seq >= bindparam("first"), "end": seq < bindparam("end")}
    return Listing(query, [seq], filters)


def event_rows(index: Index, rows: Sequence[Mapping[str, Any]]) -> list[EventRow]:
    """Rows of ``events`` in the API's words, with the tasks and agents that they touch: one question for all."""
    touched = touched_by(index.connection, [row["seq"] for row in rows])
    return [
        EventRow.model_validate(
            {
                **row,
                "time": row["timestamp"],
                "tasks": touched.get((row["seq"], "task"), []),
                "agents": touched.get((row["seq"], "agent"), []),
                "text": sentence(row["contract"], row["name"], row["arguments"]),
            }
        )
        for row in rows
    ]


def touched_by(connection: Connection, seqs: Sequence[int]) -> dict[tuple[int, str], list[int]]:
    """The tasks and agents that events touch, by event and kind."""
    if not seqs:
        return {}
    found: dict[tuple[int, str], list[int]] = {}
    for seq, kind, key in connection.execute(_TOUCHED, {"seqs": seqs}).all():
        found.setdefault((seq, kind), []).append(int(key))
    return {place: sorted(keys) for place, keys in found.items()}
