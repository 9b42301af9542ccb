"""What the generated bindings are made of: calls, events and errors as typed values.

A ``Call`` says what to ask of whom and how to read the answer; ``read`` asks, the sender sends. Addresses
are checksummed text, ``bytesN`` is bytes and every integer or enum is int.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Generic, Self, TypeVar

from eth_abi.codec import ABICodec
from eth_abi.decoding import AddressDecoder, StringDecoder
from eth_abi.exceptions import DecodingError
from eth_abi.registry import ABIRegistry, registry

from agents.chain import words
from agents.chain.words import checksummed
from agents.errors import AgoraError

T = TypeVar("T")


class AbiError(AgoraError):
    """Bytes from the chain do not have the shape the bindings expect."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} does not fit the bindings: another contract is at this address, or another version: "
            "after compiling, run `python -m agents.chain.codegen`"
        )


def _codec() -> ABICodec:
    """The standard codec, but it reads addresses with their checksum, so that equal ones are equal text.

    Contracts do not ask whether a string is UTF-8: what is none is read with U+FFFD in its place, or anybody's URI
    could stop all who read events.
    """
    own: ABIRegistry = registry.copy()  # type: ignore[no-untyped-call]
    own.unregister_decoder("address")
    own.register_decoder("address", AddressDecoder(decoder_fn=checksummed))  # type: ignore[no-untyped-call]
    own.unregister_decoder("string")
    own.register_decoder("string", StringDecoder(handle_string_errors="replace"))  # type: ignore[no-untyped-call]
    return ABICodec(own)


_CODEC = _codec()


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """The ABI encoding of the values."""
    words_only = words.write(types, values)
    return _CODEC.encode(types, values) if words_only is None else words_only


def decode(types: Sequence[str], data: bytes, what: str) -> tuple[Any, ...]:
    """The values in ``data``; raises AbiError, which names ``what`` was being read."""
    words_only = words.read(types, data)
    if words_only is not None:
        return words_only
    try:
        return tuple(_CODEC.decode(types, data))
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise AbiError(what) from error


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One function call on one contract, not made yet. ``decode`` reads what the function returns."""

    to: str
    data: bytes
    name: str
    decode: Callable[[bytes], T] = field(compare=False, repr=False)
    value: int = 0
    """Wei sent along."""


def transfer(to: str, value: int) -> Call[None]:
    """A plain payment of ``value`` wei."""
    return Call(to, b"", "transfer", lambda _: None, value)


@dataclass(frozen=True, slots=True)
class Function:
    """How one function of a contract is called: its selector and its types."""

    name: str
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def call(
        self, to: str, values: Sequence[Any], convert: Callable[[tuple[Any, ...]], T], value: int = 0
    ) -> Call[T]:
        """The call with these arguments; ``convert`` makes the Python result of the decoded values."""

        def decoded(data: bytes) -> T:
            return convert(decode(self.outputs, data, f"the result of {self.name}"))

        return Call(to, self.selector + encode(self.inputs, values), self.name, decoded, value)


def nothing(_: tuple[Any, ...]) -> None:
    """The result of a function that returns nothing."""


def only(values: tuple[Any, ...]) -> Any:
    """The one value a function returns."""
    return values[0]


class Event:
    """An event of a contract; each subclass is a frozen dataclass of its arguments.

    ``FIELDS`` holds type and indexedness in the order of declaration. An indexed argument of dynamic type
    is known by its hash only, which is bytes.
    """

    __slots__ = ()
    TOPIC: ClassVar[bytes]
    FIELDS: ClassVar[tuple[tuple[str, bool], ...]]

    @classmethod
    def decode(cls, topics: Sequence[bytes], data: bytes) -> Self:
        """The event in a log; raises AbiError."""
        raise NotImplementedError

    @classmethod
    def arguments(cls, topics: Sequence[bytes], data: bytes) -> tuple[Any, ...]:
        """The arguments in the order of declaration."""
        indexed, plain = _kinds(cls.FIELDS)
        if not topics or topics[0] != cls.TOPIC or len(topics) != len(indexed) + 1:
            raise AbiError(f"a log read as {cls.__name__}")
        from_topics = iter(decode(indexed, b"".join(topics[1:]), cls.__name__))
        from_data = iter(decode(plain, data, cls.__name__))
        return tuple(next(from_topics) if flag else next(from_data) for _, flag in cls.FIELDS)


@lru_cache(maxsize=1024)
def _kinds(fields: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types of an event's topics, and those in its data."""
    indexed = tuple(kind if is_value(kind) else "bytes32" for kind, flag in fields if flag)
    return indexed, tuple(kind for kind, flag in fields if not flag)


def is_value(kind: str) -> bool:
    """Whether an indexed argument of this type stands in its topic itself, not as a hash."""
    return not kind.endswith(("]", ")")) and kind not in ("string", "bytes")


Decoders = dict[bytes, type[Event]]
"""The events of one contract by their topic."""


def error_text(name: str, **arguments: object) -> str:
    """A contract error as a person reads it: ``InsufficientCredits(account=0x…, needed=5)``."""
    shown = (
        f"{key}={'0x' + value.hex() if isinstance(value, bytes) else value}"
        for key, value in arguments.items()
    )
    return f"{name}({', '.join(shown)})"
