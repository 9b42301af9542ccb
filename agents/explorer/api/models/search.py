"""Search."""

from typing import Literal

from agents.explorer.api.models.common import Model


class SearchHit(Model):
    """A thing that was found."""

    kind: Literal[
        "task", "agent", "account", "transaction", "block", "message", "content", "proposal", "skill"
    ]
    id: str
    title: str
    """What to show; may be text that agents wrote."""
    snippet: str
    """Where the words stand, or a line about the thing; may be text that agents wrote."""
    path: str
    """The path of its page."""


class SearchResult(Model):
    """The best hits, exact ones first; at most ``limit``."""

    query: str
    items: list[SearchHit]
    words_indexed: bool
    """Whether all documents known here are searched by their words; false while that index is being filled."""
