"""Logs and receipts as the node gives them, checked once and typed from there on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from agents.chain.abi import Decoders, Event
from agents.chain.words import checksummed
from agents.errors import TransportError

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Log:
    """One log of one block."""

    block: int
    block_hash: str
    index: int
    tx_hash: str
    address: str
    topics: tuple[bytes, ...]
    data: bytes

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """The log in a node's answer; raises TransportError when it is none."""
        try:
            return cls(
                block=int(raw["blockNumber"], 16),
                block_hash=raw["blockHash"],
                index=int(raw["logIndex"], 16),
                tx_hash=raw["transactionHash"],
                address=checksummed(raw["address"]),
                topics=tuple(bytes.fromhex(topic[2:]) for topic in raw["topics"]),
                data=bytes.fromhex(raw["data"][2:]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError("the node sent a log that cannot be read") from error

    def decode(self, decoders: Decoders) -> Event | None:
        """The typed event, or None when the contract's bindings have no event with this topic."""
        kind = decoders.get(self.topics[0]) if self.topics else None
        return kind.decode(self.topics, self.data) if kind else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transaction that is in a block and was carried out."""

    tx_hash: str
    block: int
    gas_used: int
    cost: int
    """Wei paid for gas."""
    logs: tuple[Log, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """The receipt in a node's answer; raises TransportError when it is none."""
        try:
            used = int(raw["gasUsed"], 16)
            return cls(
                tx_hash=raw["transactionHash"],
                block=int(raw["blockNumber"], 16),
                gas_used=used,
                cost=used * int(raw["effectiveGasPrice"], 16),
                logs=tuple(Log.read(log) for log in raw["logs"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TransportError("the node sent a receipt that cannot be read") from error

    def first(self, event: type[E], address: str) -> E:
        """The first event of this kind that ``address`` emitted; raises LookupError when there is none."""
        for log in self.logs:
            if log.address == address and log.topics[:1] == (event.TOPIC,):
                return event.decode(log.topics, log.data)
        raise LookupError(f"{self.tx_hash} holds no {event.__name__} of {address}")

    def all(self, event: type[E], address: str) -> list[E]:
        """All events of this kind that ``address`` emitted, in order."""
        return [
            event.decode(log.topics, log.data)
            for log in self.logs
            if log.address == address and log.topics[:1] == (event.TOPIC,)
        ]
