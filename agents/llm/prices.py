"""What thinking costs: the price of a million tokens by model, from ``models.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml

from agents.errors import InvalidAmount, PricesMalformed
from agents.llm.protocol import Usage
from agents.money import parse_credits

LIST = Path(__file__).with_name("models.yaml")
"""The list that is shipped."""
_MILLION = 10**6
_AS_INPUT = -1
_SECTIONS = ("default", "models", "upstreams")
"""Of a file; the last says where models are, and is read elsewhere."""
_FIELDS = ("input", "output", "cached", "context")


@dataclass(frozen=True, slots=True)
class Price:
    """Units per million tokens. Cached tokens of a prompt cost what others do unless it is said."""

    input_per_million: int
    output_per_million: int
    cached_per_million: int = _AS_INPUT

    def __post_init__(self) -> None:
        if self.cached_per_million == _AS_INPUT:
            object.__setattr__(self, "cached_per_million", self.input_per_million)


def cost(usage: Usage, price: Price) -> int:
    """Units owed for ``usage``, rounded up once, so that a call is never free while its price is not."""
    fresh = usage.prompt_tokens - usage.cached_tokens
    total = (
        fresh * price.input_per_million
        + usage.cached_tokens * price.cached_per_million
        + usage.completion_tokens * price.output_per_million
    )
    return -(-total // _MILLION)


Listed = tuple[Price, int | None]
"""A price and a context."""


class PriceTable:
    """Prices and contexts by the name of the model, or by how it begins."""

    def __init__(self, default: Price, entries: Mapping[str, Listed]) -> None:
        """``entries`` holds price and context by name; a name that ends with * stands for all that begin so."""
        self._default: Listed = (default, None)
        self._exact = {name: one for name, one in entries.items() if not name.endswith("*")}
        # The longest first.
        begins = sorted((name[:-1] for name in entries if name.endswith("*")), key=len, reverse=True)
        self._begins = [(begin, entries[f"{begin}*"]) for begin in begins]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The shipped list, and before it what the file at ``path`` says; raises PricesMalformed, which names the line
        or the field."""
        shipped = _read(LIST)
        own = _read(path) if path is not None else _Prices(None, {})
        default = own.default or shipped.default
        assert default is not None, "the shipped list has a default"
        return cls(default, shipped.entries | own.entries)

    def price_for(self, model: str) -> Price:
        """The price of a model: by its name, else by the longest beginning of it, else the default."""
        return self._of(model)[0]

    def context_of(self, model: str) -> int | None:
        """How many tokens of prompt and answer together the model takes, where it is known."""
        return self._of(model)[1]

    def _of(self, model: str) -> Listed:
        found = self._exact.get(model)
        if found is None:
            found = next((one for begin, one in self._begins if model.startswith(begin)), self._default)
        return found


@lru_cache(maxsize=1)
def list_prices() -> PriceTable:
    """The shipped list."""
    return PriceTable.load()


@dataclass(frozen=True, slots=True)
class _Prices:
    default: Price | None
    entries: dict[str, Listed]


def _read(path: Path) -> _Prices:
    try:
        # As text: a sum of credits is a decimal number, and must not pass through a float.
        document = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes texts only
    except OSError as error:
        raise PricesMalformed(path, f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise PricesMalformed(path, "is not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise PricesMalformed(path, f"{where}{getattr(error, 'problem', None) or 'is not YAML'}") from None
    if not isinstance(document, dict):
        raise PricesMalformed(path, "must hold `models:`, and may hold `default:`")
    unknown = sorted(set(document) - set(_SECTIONS))
    if unknown:
        raise PricesMalformed(path, f"has no section {unknown[0]!r}, only {', '.join(_SECTIONS)}")
    models = document.get("models") or {}
    if not isinstance(models, dict):
        raise PricesMalformed(path, "models: must be entries by the name of the model")
    default = document.get("default")
    return _Prices(
        None if default is None else _price(path, "default", default)[0],
        {name: _price(path, f"models: {name}", fields) for name, fields in models.items()},
    )


def _price(path: Path, where: str, fields: Any) -> Listed:
    if not isinstance(fields, dict):
        raise PricesMalformed(path, f"{where}: must have input and output")
    unknown = sorted(set(fields) - set(_FIELDS))
    if unknown:
        raise PricesMalformed(path, f"{where}: has no field {unknown[0]!r}, only {', '.join(_FIELDS)}")
    missing = [name for name in ("input", "output") if name not in fields]
    if missing:
        raise PricesMalformed(path, f"{where}: lacks {missing[0]}")

    def amount(name: str) -> int:
        try:
            return parse_credits(str(fields[name]))
        except InvalidAmount as error:
            raise PricesMalformed(path, f"{where}: {name}: {error}") from None

    price = Price(amount("input"), amount("output"), amount("cached") if "cached" in fields else _AS_INPUT)
    return price, _context(path, where, fields.get("context"))


def _context(path: Path, where: str, text: Any) -> int | None:
    if text is None:
        return None
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and int(text)):
        raise PricesMalformed(path, f"{where}: context must be a number of tokens")
    return int(text)
