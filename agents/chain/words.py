"""ABI values that take one word each, written and read directly: nearly all calls and events consist of these.

What is not of this kind, or not as it should be, is left to the general codec, which then says what is wrong.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from eth_utils.address import to_checksum_address

WORD = 32

checksummed = lru_cache(maxsize=65_536)(to_checksum_address)
"""The address with its checksum; the same few thousand come again and again, and each costs a hash."""


def write(types: Sequence[str], values: Sequence[Any]) -> bytes | None:
    """The encoding, or None where the general codec has to do it."""
    writers = _writers(tuple(types))
    if writers is None or len(writers) != len(values):
        return None
    words = [writer(value) for writer, value in zip(writers, values, strict=True)]
    return None if None in words else b"".join(words)  # type: ignore[arg-type] # None was ruled out


def read(types: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    """The values, or None where the general codec has to do it. A struct of such values is a tuple of them."""
    plan = _plan(tuple(types))
    if plan is None or len(data) < WORD * len(plan[0]):
        return None
    readers, structs = plan
    values = tuple(reader(data[WORD * at : WORD * (at + 1)]) for at, reader in enumerate(readers))
    if None in values:
        return None
    return values if structs is None else tuple(values[at] for at in structs)


@lru_cache(maxsize=1024)
def _writers(types: tuple[str, ...]) -> tuple[Callable[[Any], bytes | None], ...] | None:
    writers = [_writer(kind) for kind in types]
    return None if None in writers else tuple(writers)  # type: ignore[arg-type] # None was ruled out


@lru_cache(maxsize=1024)
def _plan(
    types: tuple[str, ...],
) -> tuple[tuple[Callable[[bytes], Any], ...], tuple[int | slice, ...] | None] | None:
    """What reads each word; and, where there are structs, which words make up each value."""
    readers: list[Callable[[bytes], Any]] = []
    places: list[int | slice] = []
    for kind in types:
        flat = kind.startswith("(") and kind.endswith(")") and not set(kind[1:-1]) & set("()[]")
        found = [_reader(one) for one in (kind[1:-1].split(",") if flat else [kind])]
        if None in found:
            return None
        places.append(slice(len(readers), len(readers) + len(found)) if flat else len(readers))
        readers += found  # type: ignore[arg-type] # None was ruled out
    return tuple(readers), tuple(places) if any(isinstance(one, slice) for one in places) else None


def _size(kind: str, name: str) -> int:
    """The number behind a type's name, such as 256; 0 for another type."""
    rest = kind.removeprefix(name)
    return int(rest) if rest != kind and rest.isdecimal() else 0


def _writer(kind: str) -> Callable[[Any], bytes | None] | None:
    if bits := _size(kind, "uint"):
        most = 1 << bits

        def number(value: Any) -> bytes | None:
            fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < most
            return value.to_bytes(WORD, "big") if fits else None

        return number
    if size := _size(kind, "bytes"):

        def raw(value: Any) -> bytes | None:
            return value.ljust(WORD, b"\0") if isinstance(value, bytes) and len(value) == size else None

        return raw
    return {"address": _address, "bool": _truth}.get(kind)


def _address(value: Any) -> bytes | None:
    if not isinstance(value, str) or len(value) != 42 or checksummed(value) != value:
        return None
    return bytes(12) + bytes.fromhex(value[2:])


def _truth(value: Any) -> bytes | None:
    return int(value).to_bytes(WORD, "big") if isinstance(value, bool) else None


def _reader(kind: str) -> Callable[[bytes], Any] | None:
    if bits := _size(kind, "uint"):
        most = 1 << bits

        def number(word: bytes) -> int | None:
            value = int.from_bytes(word, "big")
            return value if value < most else None

        return number
    if size := _size(kind, "bytes"):
        rest = bytes(WORD - size)
        return lambda word: word[:size] if word[size:] == rest else None
    if kind == "address":
        return lambda word: checksummed("0x" + word[12:].hex()) if not any(word[:12]) else None
    if kind == "bool":
        return {bytes(WORD): False, bytes(WORD - 1) + b"\1": True}.get
    return None
