"""From blocks to rows: what was read is kept as it is, and each event is handed to its handler."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from agents.chain.abi import Decoders, Event
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.explorer import schema
from agents.explorer.calls import arguments_of, decode_call, decode_revert
from agents.explorer.handlers import Deed, Logged, Place, end_block, take_in
from agents.explorer.reader import BlockData, Transaction
from agents.explorer.rows import Rows
from agents.explorer.schema import hex_text, seq_of

EDITION = 2
"""Of what the handlers make of the same events: whoever changes that counts it up. An index of another edition is
folded again."""
PIECE = 1_000
"""Blocks that are folded again at a time."""


class Fold:
    """The fold of one deployment's events.

    The rows after a block follow from the blocks up to it and from nothing else.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._decoders: dict[str, Decoders] = deployment.decoders
        self._names = deployment.names
        self._addresses = {name: address for address, name in self._names.items()}

    def take(self, rows: Rows, block: BlockData, *, undoable: bool) -> None:
        """Take one block into account: all that is known of it, and what follows from it."""
        header = block.header
        rows.open_block(header.number, undoable=undoable)
        row = {
            "number": header.number,
            "hash": header.hash,
            "parent": header.parent,
            "timestamp": header.timestamp,
            "transactions_total": len(header.transactions),
            "transactions": len(block.transactions),
            "events": len(block.logs),
            "base_fee": header.base_fee,
        }
        rows.add(schema.blocks, row)
        for transaction in block.transactions:
            rows.add(schema.transactions, self._transaction(transaction, block))
        deeds = []
        for tx_hash, logs in groupby(block.logs, key=lambda log: log.tx_hash):
            events = []
            for log in logs:
                event = log.decode(self._decoders[log.address])
                self._keep(rows, log, event, header.timestamp)
                if event is not None:
                    events.append(Logged(log.index, self._names[log.address], log.address, event))
            deeds.append(Deed(tx_hash, events, self._addresses))
        _hand_over(rows, row, deeds)

    def again(self, rows: Rows, head: int, undo_from: int) -> None:
        """Fold all events up to block ``head`` anew, of which nothing but what was read is in the tables."""
        done = -1
        while piece := _piece(rows, done, head):
            done = piece[-1]["number"]
            events = _events(rows, piece[0]["number"], done)
            for block in piece:
                rows.open_block(block["number"], undoable=block["number"] >= undo_from)
                listed = events.get(block["number"], [])
                deeds = [
                    self._deed(tx_hash, list(group))
                    for tx_hash, group in groupby(listed, key=lambda row: str(row["tx"]))
                ]
                _hand_over(rows, block, deeds)
            rows.flush()

    def _transaction(self, one: Transaction, block: BlockData) -> dict[str, Any]:
        contract = self._names.get(one.to) if one.to else None
        call = decode_call(contract, one.input) if contract else None
        return {
            "hash": one.hash,
            "block": block.header.number,
            "position": one.position,
            "timestamp": block.header.timestamp,
            "sender": one.sender,
            "to": one.to,
            "contract": contract,
            "function": call and call["function"],
            "arguments": call and call["arguments"],
            "value": str(one.value),
            "input": hex_text(one.input),
            "nonce": one.nonce,
            "gas": one.gas,
            "gas_used": one.gas_used,
            "fee": str(one.gas_used * one.gas_price),
            "status": 0 if one.failed else 1,
            "error": decode_revert(one.revert) if one.failed else None,
        }

    def _keep(self, rows: Rows, log: Log, event: Event | None, timestamp: int) -> None:
        contract = self._names[log.address]
        rows.add(
            schema.events,
            {
                "seq": seq_of(log.block, log.index),
                "block": log.block,
                "log": log.index,
                "tx": log.tx_hash,
                "timestamp": timestamp,
                "address": log.address,
                "contract": contract,
                "name": type(event).__name__ if event else "",
                "arguments": arguments_of(contract, event) if event else {},
                "topics": [hex_text(topic) for topic in log.topics],
                "data": hex_text(log.data),
            },
        )

    def _deed(self, tx_hash: str, listed: Sequence[Mapping[str, Any]]) -> Deed:
        events = []
        for row in listed:
            topics = tuple(bytes.fromhex(topic[2:]) for topic in row["topics"])
            log = Log(
                row["block"], "", row["log"], tx_hash, row["address"], topics, bytes.fromhex(row["data"][2:])
            )
            event = log.decode(self._decoders[log.address])
            if event is not None:
                events.append(Logged(log.index, self._names[log.address], log.address, event))
        return Deed(tx_hash, events, self._addresses)


def _hand_over(rows: Rows, block: Mapping[str, Any], deeds: Sequence[Deed]) -> None:
    """Let the handlers take in the events of a block, which is as the table ``blocks`` has it."""
    for deed in deeds:
        for at in range(len(deed.events)):
            take_in(Place(block["number"], block["timestamp"], deed, at), rows)
    if block["transactions"]:
        end_block(
            rows,
            block=block["number"],
            timestamp=block["timestamp"],
            transactions=block["transactions"],
            events=block["events"],
        )
    rows.close_block()


def _piece(rows: Rows, done: int, head: int) -> list[dict[str, Any]]:
    """The next blocks that touched the market, in order."""
    blocks = schema.blocks.c
    query = (
        schema.blocks.select()
        .where(blocks.number > done, blocks.number <= head, blocks.transactions > 0)
        .order_by(blocks.number)
        .limit(PIECE)
    )
    return [dict(row) for row in rows.connection.execute(query).mappings()]


def _events(rows: Rows, first: int, last: int) -> dict[int, list[dict[str, Any]]]:
    """The events of these blocks in order, by block."""
    seq = schema.events.c.seq
    spanned = schema.events.select().where(seq >= seq_of(first, 0), seq < seq_of(last + 1, 0))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.connection.execute(spanned.order_by(seq)).mappings():
        found.setdefault(row["block"], []).append(dict(row))
    return found
