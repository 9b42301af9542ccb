"""A compiled ABI seen through Python's names and types; the code generator prints what is here."""

import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from eth_utils.crypto import keccak

_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RESERVED = {"self", "cls"}


def snake(name: str) -> str:
    """``setAgentURI`` as ``set_agent_uri``; keywords get a trailing underscore."""
    lowered = _WORD_BREAK.sub("_", name.strip("_")).lower()
    return f"{lowered}_" if keyword.iskeyword(lowered) or lowered in _RESERVED else lowered


@dataclass(frozen=True, slots=True)
class Param:
    """An argument, a result or a member of a struct."""

    name: str
    """Snake case; unnamed ones are numbered: ``arg0``."""
    given: str
    """The contract's own name, which may be empty."""
    type: str
    """Canonical ABI type, structs spelled out: ``(uint256,address)[]``."""
    shown: str
    """As the contract's source writes it."""
    struct: str | None
    """The Python name of the struct at the heart of the type."""
    members: tuple["Param", ...]
    indexed: bool

    @classmethod
    def read(cls, raw: dict[str, Any], position: int) -> Self:
        """The parameter in one entry of the ABI."""
        members = tuple(Param.read(one, at) for at, one in enumerate(raw.get("components", [])))
        shown = raw.get("internalType", raw["type"])
        struct = None
        kind = raw["type"]
        if kind.startswith("tuple"):
            struct = re.sub(r"(\[\d*\])+$", "", shown).removeprefix("struct ").split(".")[-1]
            kind = f"({','.join(one.type for one in members)}){kind.removeprefix('tuple')}"
        name = snake(raw["name"]) or f"arg{position}"
        indexed = raw.get("indexed", False)
        return cls(name, raw["name"], kind, shown.split(" ")[-1], struct, members, indexed)

    @property
    def array(self) -> bool:
        """Whether this is a list of some kind."""
        return self.type.endswith("]")

    @property
    def element(self) -> str:
        """The Python type of the innermost element."""
        if self.struct:
            return f"structs.{self.struct}"
        base = self.type.split("[")[0]
        known = {"address": "str", "string": "str", "bool": "bool"}
        return known.get(base, "bytes" if base.startswith("bytes") else "int")

    @property
    def depth(self) -> int:
        """How many arrays are nested around the element."""
        return len(re.findall(r"\[\d*\]", self.type.rpartition(")")[2]))

    @property
    def result_type(self) -> str:
        """The Python type when it comes from the chain."""
        return "tuple[" * self.depth + self.element + ", ...]" * self.depth

    @property
    def argument_type(self) -> str:
        """The Python type when it is given by a caller."""
        return "Sequence[" * self.depth + self.element + "]" * self.depth

    def from_abi(self, value: str) -> str:
        """The expression that makes the Python value of a decoded one."""
        return self._mapped(value, "{element}.from_abi({value})", "tuple({items})", self.depth)

    def to_abi(self, value: str) -> str:
        """The expression that makes the value to encode of a Python one."""
        return self._mapped(value, "{value}.to_abi()", "[{items}]", self.depth)

    def _mapped(self, value: str, one: str, many: str, depth: int) -> str:
        if not self.struct:
            return value
        if depth == 0:
            return one.format(element=self.element, value=value)
        item = f"item{depth}"
        return many.format(items=f"{self._mapped(item, one, many, depth - 1)} for {item} in {value}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A function, an event or an error of a contract."""

    kind: str
    name: str
    python: str
    """Functions: the method's name, distinct among overloads."""
    inputs: tuple[Param, ...]
    outputs: tuple[Param, ...]
    payable: bool

    @property
    def signature(self) -> str:
        """What the chain hashes: ``transfer(address,uint256)``."""
        return f"{self.name}({','.join(one.type for one in self.inputs)})"

    @property
    def hash(self) -> str:
        """The signature's hash in hexadecimal: an event's topic; its first four bytes are a selector."""
        return keccak(text=self.signature).hex()

    @property
    def source(self) -> str:
        """The declaration as the contract writes it."""
        shown = (
            f"{one.shown} indexed {one.given}" if one.indexed else f"{one.shown} {one.given}"
            for one in self.inputs
        )
        return f"{self.kind} {self.name}({', '.join(one.strip() for one in shown)})"


def read_abi(abi: Iterable[dict[str, Any]]) -> list[Entry]:
    """The functions, events and errors of an ABI in a fixed order."""
    raws = [raw for raw in abi if raw["type"] in ("function", "event", "error")]
    names = _method_names([raw for raw in raws if raw["type"] == "function"])
    entries = [
        Entry(
            kind=raw["type"],
            name=raw["name"],
            python=names.get(id(raw), raw["name"]),
            inputs=tuple(Param.read(one, at) for at, one in enumerate(raw["inputs"])),
            outputs=tuple(Param.read(one, at) for at, one in enumerate(raw.get("outputs", []))),
            payable=raw.get("stateMutability") == "payable",
        )
        for raw in raws
    ]
    return sorted(entries, key=lambda entry: (entry.kind, entry.python, entry.signature))


def _method_names(functions: list[dict[str, Any]]) -> dict[int, str]:
    """A method name for each function, by the identity of its entry.

    Of several overloads the one with the fewest arguments keeps the plain name; the others add the
    names of the arguments it lacks: ``register``, ``register_with_agent_uri``. Should that not tell
    them apart, the types of all arguments are added.
    """
    names: dict[int, str] = {}
    for name in sorted({raw["name"] for raw in functions}):
        overloads = sorted(
            (raw for raw in functions if raw["name"] == name),
            key=lambda raw: (len(raw["inputs"]), [one["type"] for one in raw["inputs"]]),
        )
        base = {one["name"] for one in overloads[0]["inputs"]}
        for raw in overloads:
            extra = [snake(one["name"]) for one in raw["inputs"] if one["name"] not in base]
            python = "_with_".join([snake(name).rstrip("_"), "_".join(extra)]) if extra else snake(name)
            if python in names.values():
                python += "_of_" + "_".join(re.sub(r"\W+", "", one["type"]) for one in raw["inputs"])
            names[id(raw)] = python
    return names


def structs_of(params: Iterable[Param]) -> Iterator[Param]:
    """Every struct in the parameters, the inner ones before those that hold them."""
    for param in params:
        yield from structs_of(param.members)
        if param.struct:
            yield param
