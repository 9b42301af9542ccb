"""From blocks to rows: what was read is kept as it is, and each event is handed to its handler."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from agents.chain.abi import Decoders, Event
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.explorer import schema
from agents.explorer.calls import arguments_of, decode_call, decode_revert
from agents.explorer.handlers import Deed, Logged, Place, take_in
from agents.explorer.reader import BlockData, Transaction
from agents.explorer.rows import Rows
from agents.explorer.schema import hex_text, seq_of

PIECE = 10_000
"""Events that are folded again at a time."""


class Fold:
    """The fold of one deployment's events.

    The rows after a block follow from the blocks up to it and from nothing else.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._decoders: dict[str, Decoders] = deployment.decoders
        self._names = names_of(deployment)

    def take(self, rows: Rows, block: BlockData, *, undoable: bool) -> None:
        """Take one block into account: all that is known of it, and what follows from it."""
        header = block.header
        rows.open_block(header.number, undoable=undoable)
        rows.add(
            schema.blocks,
            {
                "number": header.number,
                "hash": header.hash,
                "parent": header.parent,
                "timestamp": header.timestamp,
                "transactions_total": len(header.transactions),
                "transactions": len(block.transactions),
                "events": len(block.logs),
                "base_fee": header.base_fee,
            },
        )
        for transaction in block.transactions:
            rows.add(schema.transactions, self._transaction(transaction, block))
        senders = {one.hash: (one.sender, one.to) for one in block.transactions}
        for tx_hash, logs in groupby(block.logs, key=lambda log: log.tx_hash):
            events = []
            for log in logs:
                event = log.decode(self._decoders[log.address])
                self._keep(rows, log, event, header.timestamp)
                if event is not None:
                    events.append(Logged(log.index, self._names[log.address], log.address, event))
            _hand_over(rows, header.number, header.timestamp, Deed(tx_hash, *senders[tx_hash], events))
        rows.close_block()

    def again(self, rows: Rows, head: int, undo_from: int) -> None:
        """Fold all events up to block ``head`` anew, of which nothing but what was read is in the tables."""
        at = 0
        for number, timestamp, deeds in self._kept(rows, head):
            rows.open_block(number, undoable=number >= undo_from)
            for deed in deeds:
                _hand_over(rows, number, timestamp, deed)
                at += len(deed.events)
            rows.close_block()
            if at >= PIECE:
                rows.flush()
                at = 0
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

    def _kept(self, rows: Rows, head: int) -> Iterator[tuple[int, int, list[Deed]]]:
        """The blocks with events in the tables, in order: number, timestamp and transactions."""
        query = (
            schema.events.select()
            .join_from(schema.events, schema.transactions, schema.transactions.c.hash == schema.events.c.tx)
            .add_columns(schema.transactions.c.sender, schema.transactions.c.to)
            .where(schema.events.c.block <= head)
            .order_by(schema.events.c.seq)
        )
        found = rows.connection.execution_options(yield_per=PIECE).execute(query).mappings()
        for number, listed in groupby(found, key=lambda row: int(row["block"])):
            in_order = list(listed)
            deeds = [
                self._deed(tx_hash, list(group))
                for tx_hash, group in groupby(in_order, key=lambda row: str(row["tx"]))
            ]
            yield number, in_order[0]["timestamp"], deeds

    def _deed(self, tx_hash: str, listed: Sequence[Mapping[str, Any]]) -> Deed:
        events = []
        for row in listed:
            topics = tuple(bytes.fromhex(topic[2:]) for topic in row["topics"])
            log = Log(row["block"], "", row["log"], tx_hash, row["address"], topics, bytes.fromhex(row["data"][2:]))
            event = log.decode(self._decoders[log.address])
            if event is not None:
                events.append(Logged(log.index, self._names[log.address], log.address, event))
        return Deed(tx_hash, listed[0]["sender"], listed[0]["to"], events)


def names_of(deployment: Deployment) -> dict[str, str]:
    """The name of each contract by its address."""
    names = {}
    for field in deployment.__dataclass_fields__:
        contract = getattr(deployment, field)
        if hasattr(contract, "address"):
            names[contract.address] = type(contract).__name__
    return names


def _hand_over(rows: Rows, number: int, timestamp: int, deed: Deed) -> None:
    for at in range(len(deed.events)):
        take_in(Place(number, timestamp, deed, at), rows)
