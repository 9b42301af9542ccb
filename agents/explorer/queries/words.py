"""Words: how texts are taken apart, and which texts hold all words of a question."""

import re
import unicodedata
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, bindparam, select

from agents.explorer import schema
from agents.explorer.queries.index import Index

LONGEST = 32
"""Characters of a word that count."""
MOST_WORDS = 200
"""Different words of a text by which it is found: the first ones."""
MOST_ASKED = 8
"""Words of a question that count."""
NEWEST = 2_000
"""Texts with a word that are looked at, the newest first."""
_WORD = re.compile(r"\w+")
_LAST = "\U0010ffff"

_words, _texts = schema.text_words.c, schema.texts.c
_HOLDING = (
    select(_words.text).where(_words.word == bindparam("word")).order_by(_words.text.desc()).limit(NEWEST)
)
_LONGER = (
    select(_words.text).where(_words.word > bindparam("word"), _words.word < bindparam("end")).limit(NEWEST)
)
_KEYS = select(_texts.id, _texts.kind, _texts.key).where(_texts.id.in_(bindparam("ids", expanding=True)))


def words_of(text: str, most: int = MOST_WORDS) -> list[str]:
    """The first different words of a text, folded so that case and accents' forms do not matter."""
    found: dict[str, None] = {}
    for word in _split(text):
        found[word] = None
        if len(found) == most:
            break
    return list(found)


def _split(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return (match[0][:LONGEST] for match in _WORD.finditer(folded))


def texts_with(index: Index, text: str) -> list[int]:
    """Texts that hold all words of ``text``, of the last one at least the beginning; the newest first.

    Of a word that is common, the newest NEWEST texts are looked at.
    """
    words = words_of(text, MOST_ASKED)
    if not words:
        return []
    last = words[-1]
    found = {*index.values(_HOLDING, word=last), *index.values(_LONGER, word=last, end=last + _LAST)}
    for word in words[:-1]:
        found &= set(index.values(_HOLDING, word=word))
    return sorted(found, reverse=True)


def its_document(digest: ColumnElement[str]) -> ColumnElement[bool]:
    """Joins ``texts`` to rows that name a document by its digest."""
    return and_(_texts.kind == "document", _texts.key == digest)


def keys_with(index: Index, text: str, kind: str) -> list[str]:
    """Keys of the texts of this kind that hold all these words, the newest first, at most NEWEST."""
    ids = texts_with(index, text)[:NEWEST]
    # The kind is looked at here, lest the database take the index of kinds for the shorter way.
    rows = index.all(_KEYS, ids=ids)
    return [row["key"] for row in sorted(rows, key=lambda row: -row["id"]) if row["kind"] == kind]
