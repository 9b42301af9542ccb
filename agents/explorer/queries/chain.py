"""Blocks, transactions and events."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, literal_column, select
from sqlalchemy.sql.elements import KeyedColumnElement

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
from agents.explorer.queries.pages import page_of, page_of_either
from agents.explorer.queries.span import by_block, by_seq
from agents.explorer.schema import agent_of, seq_of
from agents.explorer.sentences import sentence

MOST_EVENTS, MOST_TRANSACTIONS = 1_000, 1_000

_blocks, _sent = schema.blocks.c, schema.transactions.c
_events, _links = schema.events.c, schema.links.c


def _select_blocks() -> Select[Any]:
    return select(schema.blocks, _blocks.timestamp.label("time"))


def list_blocks(index: Index, asked: BlocksAsked) -> Page[BlockRow]:
    """Blocks that pass the filters."""
    query = by_block(index, _select_blocks(), _blocks.number, asked)
    if asked.with_events:
        query = query.where(_blocks.events > 0)
    rows, following = page_of(index.connection, query, [_blocks.number], asked.cut)
    return Page(items=[BlockRow.model_validate(row) for row in rows], next=following)


def block_page(index: Index, block: int | str) -> BlockDetail:
    """The block with this number or hash; raises NotInIndex."""
    key = _blocks.number if isinstance(block, int) else _blocks.hash
    row = index.one(_select_blocks().where(key == block))
    if row is None:
        raise NotInIndex("block", block)
    query = _select_transactions().where(_sent.block == row["number"]).order_by(_sent.position)
    listed = [_transaction(one) for one in index.all(query.limit(MOST_TRANSACTIONS))]
    return BlockDetail.model_validate({**row, "market_transactions": listed})


def _select_transactions() -> Select[Any]:
    """Without what may be long."""
    long = {"arguments", "input"}
    return select(*(column for column in _sent if column.name not in long))


def _transaction(row: Mapping[str, Any]) -> TransactionRow:
    return TransactionRow.model_validate(_transaction_values(row))


def _transaction_values(row: Mapping[str, Any]) -> dict[str, Any]:
    error = row["error"]
    name = None if error is None else error["error"]
    return {**row, "time": row["timestamp"], "succeeded": row["status"] == 1, "error": name}


def list_transactions(index: Index, asked: TransactionsAsked) -> Page[TransactionRow]:
    """Transactions that pass the filters."""
    query = by_block(index, _select_transactions(), _sent.block, asked)
    for name in ("block", "sender", "contract", "function"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_sent[name] == value)
    if asked.failed is not None:
        # Written out, as the index of failures is for this very condition.
        query = query.where(_sent.status == literal_column("0" if asked.failed else "1"))
    rows, following = page_of(index.connection, query, [_sent.block, _sent.position], asked.cut)
    return Page(items=[_transaction(row) for row in rows], next=following)


def transaction_page(index: Index, tx: str) -> TransactionDetail:
    """One transaction, its call and its events; raises NotInIndex."""
    row = index.one(select(schema.transactions).where(_sent.hash == tx))
    if row is None:
        raise NotInIndex("transaction", tx)
    query = select(schema.events).where(_events.tx == tx).order_by(_events.seq).limit(MOST_EVENTS)
    call = {"contract": row["contract"], "function": row["function"], "arguments": row["arguments"]}
    return TransactionDetail.model_validate(
        {
            **_transaction_values(row),
            "call": call,
            "custom_error": row["error"],
            "events": event_rows(index, index.all(query)),
        }
    )


def list_events(index: Index, asked: EventsAsked) -> Page[EventRow]:
    """Events that pass the filters."""
    query, seq = _events_of(asked)
    query = by_seq(index, query, seq, asked)
    for name in ("name", "tx"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_events[name] == value)
    if asked.block is not None:
        if asked.block >> 42:
            raise FilterRefused("block", "must be a block's number: there is none so large")
        query = query.where(seq >= seq_of(asked.block, 0), seq < seq_of(asked.block + 1, 0))
    queries = [query]
    if asked.contract is not None:
        queries = _by_contract(query, asked)
    rows, following = page_of_either(index.connection, queries, [seq], asked.cut)
    return Page(items=event_rows(index, rows), next=following)


def _by_contract(query: Select[Any], asked: EventsAsked) -> list[Select[Any]]:
    """One question for each kind of event where nothing else narrows them down: their index has the kind before the
    number, and in it each kind is in order."""
    contract = query.where(_events.contract == asked.contract)
    narrow = (asked.name, asked.tx, asked.block, asked.account, asked.agent, asked.task)
    if any(one is not None for one in narrow):
        return [contract]
    names = sorted({name for name, _ in abis.EVENTS.get(asked.contract or "", {}).values()})
    # The last is for what is no known event.
    return [contract.where(_events.name == name) for name in [*names, ""]]


def _events_of(asked: EventsAsked) -> tuple[Select[Any], KeyedColumnElement[int]]:
    """All events, or those that are linked to what is asked for, and the number by which they are in order."""
    account = asked.account
    agent = asked.agent if account is None or agent_of(account) is None else agent_of(account)
    wanted: list[tuple[str, int | str | None]] = [("task", asked.task), ("agent", agent)]
    if account is not None and agent_of(account) is None:
        wanted.append(("account", account))
    query, seq = select(schema.events), cast("KeyedColumnElement[int]", _events.seq)
    for kind, key in wanted:
        if key is not None:
            linked = schema.links.alias(f"{kind}_links")
            query = query.join(linked, linked.c.seq == _events.seq)
            query = query.where(linked.c.kind == kind, linked.c.key == str(key))
            # Links of one key are in order; the events' own number would have to be sorted.
            seq = linked.c.seq
    return query, seq


def event_rows(index: Index, rows: Sequence[Mapping[str, Any]]) -> list[EventRow]:
    """Rows of ``events`` in the API's words, with the tasks and agents that they touch: one question for all."""
    touched = touched_by(index, [row["seq"] for row in rows])
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


def touched_by(index: Index, seqs: Sequence[int]) -> dict[tuple[int, str], list[int]]:
    """The tasks and agents that events touch, by event and kind."""
    query = select(_links.seq, _links.kind, _links.key).where(_links.seq.in_(seqs))
    found: dict[tuple[int, str], list[int]] = {}
    for row in index.all(query.where(_links.kind.in_(("task", "agent"))).order_by(_links.seq)):
        found.setdefault((row["seq"], row["kind"]), []).append(int(row["key"]))
    return found
