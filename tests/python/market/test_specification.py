"""A specification has one form and one digest, and commits to an answer that it does not show."""

import hashlib
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.errors import ContentMalformed, SettingOutOfRange
from agents.market.domain import skill_name
from agents.market.specification import (
    SALT_BYTES,
    AnswerKey,
    ExactChecker,
    JudgeChecker,
    NumberChecker,
    TaskSpecification,
    answer_commitment,
    canonical_json,
    skill_bytes,
)

SALT = bytes(range(SALT_BYTES))
KEY = AnswerKey("42", SALT)


def specification(**changes: Any) -> TaskSpecification:
    fields: dict[str, Any] = {
        "title": "Sum",
        "description": "What is 40 + 2?",
        "skill": "mathematics",
        "checker": NumberChecker(commitment=KEY.commitment()),
    }
    return TaskSpecification(**{**fields, **changes})


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(str.strip)
checkers = st.one_of(
    st.builds(NumberChecker, commitment=st.just(KEY.commitment())),
    st.builds(ExactChecker, commitment=st.just(KEY.commitment())),
    st.builds(JudgeChecker, rubric=st.lists(texts, min_size=1, max_size=12).map(tuple)),
)
tags = st.from_regex(r"[a-z][a-z0-9-]{0,14}", fullmatch=True)


def test_canonical_bytes_are_sorted_without_spaces_and_in_utf8() -> None:
    spec = specification(title="Größe", checker=JudgeChecker(rubric=("Is it über 1?",)))
    assert spec.canonical_bytes().decode() == (
        '{"checker":{"kind":"judge","rubric":["Is it über 1?"]},"description":"What is 40 + 2?",'
        '"skill":"mathematics","title":"Größe","version":1}'
    )
    assert spec.digest() == hashlib.sha256(spec.canonical_bytes()).digest()


@given(texts, texts, tags, checkers)
def test_what_is_written_is_read_back_the_same(title: str, text: str, skill: str, checker: Any) -> None:
    spec = specification(title=title, description=text, skill=skill, checker=checker)
    again = TaskSpecification.from_bytes(spec.canonical_bytes())
    assert again == spec
    assert again.digest() == spec.digest()


@given(texts)
def test_two_spellings_of_the_same_text_have_one_digest(text: str) -> None:
    composed = specification(description=unicodedata.normalize("NFC", text))
    decomposed = specification(description=unicodedata.normalize("NFD", text))
    assert composed.digest() == decomposed.digest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " "),
        ("title", "a" * 121),
        ("title", "\u0958" * 61),  # 61 characters that NFC writes as 122
        ("title", "two\nlines"),
        ("title", "\x1b[31mred"),
        ("title", "\ud800"),
        ("title", 7),
        ("description", "a" * 8001),
        ("description", "bell\a"),
        ("skill", "Mathematics"),
        ("skill", "maths\n"),
        ("skill", "a" * 16),
        ("version", 2),
        ("version", True),
        ("checker", {"kind": "number", "commitment": "0x" + "0" * 62}),
        ("checker", {"kind": "number", "commitment": "0" * 64, "answer": "42"}),
        ("checker", {"kind": "judge", "rubric": ()}),
        ("checker", {"kind": "judge", "rubric": ("x",) * 13}),
        ("checker", {"kind": "code", "tests": "assert True"}),
        ("reward", 5),
    ],
)
def test_a_field_out_of_form_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        specification(**{field: value})
    assert caught.value.errors()[0]["loc"][0] == field


def test_a_specification_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        specification().title = "Other"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[]", "object"),
        (b"[" * 100_000, "JSON"),
        (b'{"version":1}', "title: Field required"),
        (specification().canonical_bytes().replace(b'"version":1', b'"version":true'), "version: "),
        (specification().canonical_bytes() + b"\n", "canonical"),
        (json.dumps(specification().model_dump(mode="json")).encode(), "canonical"),
        (specification().canonical_bytes().replace(b'"title":', b'"title":"x","title":'), "canonical"),
        (
            specification(title="e\u0301").canonical_bytes().replace("é".encode(), "e\u0301".encode()),
            "canonical",
        ),
    ],
)
def test_only_the_canonical_form_is_read(data: bytes, says: str) -> None:
    with pytest.raises(ContentMalformed, match=says):
        TaskSpecification.from_bytes(data)


@given(st.binary(max_size=200))
def test_no_document_breaks_the_reader(data: bytes) -> None:
    with pytest.raises(ContentMalformed):
        TaskSpecification.from_bytes(data)


def test_a_key_opens_only_the_specification_that_committed_to_it() -> None:
    assert KEY.opens(specification())
    assert KEY.opens(specification(checker=ExactChecker(commitment=KEY.commitment())))
    assert not AnswerKey("43", SALT).opens(specification())
    assert not AnswerKey("42", bytes(SALT_BYTES)).opens(specification())
    assert not KEY.opens(specification(checker=JudgeChecker(rubric=("Is it right?",))))


def test_the_commitment_binds_domain_salt_and_answer() -> None:
    expected = hashlib.sha256(b"agora:answer:v1\0" + SALT + b"42").hexdigest()
    assert answer_commitment(" 42\n", SALT) == expected
    assert answer_commitment("e\u0301", SALT) == answer_commitment("é", SALT)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_published_key_is_read_back(answer: str) -> None:
    key = AnswerKey.create(answer)
    assert AnswerKey.from_bytes(key.publish()) == key
    assert key.commitment() != AnswerKey.create(answer).commitment(), "each key has a salt of its own"


def test_neither_repr_nor_error_shows_the_answer() -> None:
    assert repr(AnswerKey("the-secret", SALT)) == "AnswerKey()"
    with pytest.raises(ContentMalformed) as caught:
        AnswerKey.from_bytes(b'{"answer":"the-secret","salt":"the-salt"}')
    assert "the-s" not in str(caught.value)
    with pytest.raises(SettingOutOfRange, match=r"16.*32 bytes") as wrong:
        AnswerKey("the-secret", b"s" * 16)
    assert "secret" not in str(wrong.value)


@given(tags)
def test_a_skill_goes_to_the_chain_and_back(tag: str) -> None:
    raw = skill_bytes(tag)
    assert len(raw) == 16
    assert raw.startswith(tag.encode())
    assert skill_name(raw) == tag


@pytest.mark.parametrize("tag", ["", "a" * 16, "Maths", "1st", "a b", "é", "a\n", "-a"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(SettingOutOfRange, match="skill"):
        skill_bytes(tag)


def test_json_has_no_place_for_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"score": float("nan")})
