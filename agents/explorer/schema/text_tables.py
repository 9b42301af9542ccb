"""Text that the chain only names: what is known of documents, and the words by which things are found.

No fold of events: ``agents.explorer.library`` fills these from the content store, and everything in them can be found
again. A reorg leaves them alone, since a document does not change with the chain; what no row of the chain names any
more is not shown.
"""

from sqlalchemy import Boolean, Column, Index, Table, Text

from agents.explorer.schema.columns import (
    Big,
    maybe_number,
    maybe_words,
    metadata,
    number,
    words,
)

texts = Table(
    "texts",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    words("kind"),
    words("key"),
    Column("found", Boolean, nullable=False),
    maybe_number("size"),
    maybe_words("title"),
    maybe_words("excerpt"),
    number("attempts", 1),
    number("tried_at"),
    Index("ix_texts_key", "kind", "key", unique=True),
    Index("ix_texts_missing", "found", "tried_at"),
    sqlite_autoincrement=True,
)
"""Kinds are document (``key`` is its digest), agent, message and proposal (their ids). ``tried_at`` is wall clock;
``title`` is a specification's; ``excerpt`` is the beginning. Who writes a text anew gives it a new id."""

text_words = Table(
    "text_words",
    metadata,
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True),
    Column("text", Big, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which texts hold a word, folded to lower case, in the order of code points. Those of texts that are no more may be
left over."""

shelves = Table("shelves", metadata, Column("name", Text, primary_key=True), number("seq"), number("epoch"))
"""How far each kind of event was looked at for texts."""
