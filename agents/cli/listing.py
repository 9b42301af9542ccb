"""What commands that list things have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from rich.console import RenderableType

from agents.cli.show import document, page, tell
from agents.errors import FilterRefused

Asked = TypeVar("Asked", bound=BaseModel)
Item = TypeVar("Item", covariant=True)


class Listed(Protocol[Item]):
    """One page of a list, as the index answers it."""

    @property
    def items(self) -> Sequence[Item]:
        """What is on it."""
        ...

    @property
    def next(self) -> str | None:
        """The cursor of the following page; None on the last."""
        ...

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """The page as JSON has it."""
        ...


def asking(form: type[Asked], option: str = "--", /, **filters: Any) -> Asked:
    """The question with these filters, None for those that were not given.

    Raises FilterRefused, which names one as a person gave it: by ``option`` and its name.
    """
    try:
        return form(**{name: value for name, value in filters.items() if value is not None})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        problem = fault["msg"].removeprefix("Value error, ").replace("Input should", "should", 1)
        raise FilterRefused(f"{option}{'-'.join(map(str, fault['loc'][:1]))}", problem) from None


def shown_page(
    found: Listed[Item], draw: Callable[[Sequence[Item]], RenderableType], nothing: str, *, as_json: bool
) -> Iterable[str]:
    """One page of a list: as JSON, or drawn, with how to get the next one."""
    if as_json:
        return document(found.model_dump(mode="json"))
    if not found.items:
        return [nothing]
    if found.next is not None:
        tell(f"there are more: --cursor {found.next}, or a greater --limit")
    return page(draw(found.items))
