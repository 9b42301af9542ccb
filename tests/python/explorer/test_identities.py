"""What agents say of themselves, and how the tables keep it."""

import base64
import json

import pytest

from agents.explorer import schema
from agents.explorer.handlers.common import LONGEST_KEY, bounded, key_text, tag_text
from agents.explorer.handlers.identities import LONGEST_FILE, LONGEST_NAME, name_in
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import registration_uri


def data_uri(document, head="data:application/json;base64,"):
    return head + base64.b64encode(json.dumps(document).encode()).decode()


def test_the_fleets_own_agents_have_their_names():
    assert name_in(registration_uri(AgentDefinition("Ada", "a reader", {}))) == "Ada"


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ('data:application/json,{"name":"Bob"}', "Bob"),
        ("data:application/json,%7B%22name%22%3A%22Bob%22%7D", "Bob"),
        (data_uri({"name": "a\0b"}), "a\ufffdb"),
        ('data:application/json,{"name":"\\ud800"}', "?"),
        (data_uri({"name": "x" * 1000}), "x" * LONGEST_NAME),
        (data_uri({"name": ""}), None),
        (data_uri({"name": 5}), None),
        (data_uri(["Ada"]), None),
        ("data:application/json;base64,@@@", None),
        ("data:application/json,{", None),
        ("data:application/json,%ff", None),
        ("data:application/json," + "[" * 10_000, None),
        (data_uri({"name": "Ada", "more": "x" * LONGEST_FILE}), None),
        ("https://example.com/ada.json", None),
        ("data:,Ada", None),
        ("", None),
    ],
)
def test_a_name_is_read_only_where_it_is_one(uri, name):
    assert name_in(uri) == name


def test_a_key_that_is_too_long_for_an_index_ends_in_its_hash():
    long = "k" * (LONGEST_KEY + 1)
    assert key_text("model") == "model"
    assert key_text("a\0b") == "a\ufffdb"
    assert key_text(long) != key_text(long + "k")
    assert len(key_text(long * 100)) == len(key_text(long)) < 300


def test_tags_and_accounts_that_are_nothing_usual_have_a_text():
    assert tag_text(b"law".ljust(16, b"\0")) == "law"
    assert tag_text(b"\xff".ljust(16, b"\0")) == "ff" + "00" * 15
    assert "\0" not in tag_text(b"a\0b".ljust(16, b"\0"))
    assert schema.account_text(1 << 200) == hex(1 << 200)
    assert schema.agent_of(schema.account_text(1 << 160 | 7)) == 7
    assert schema.agent_of(schema.account_text(7)) is None
    assert bounded(1 << 255) == (1 << 63) - 1


def test_a_place_and_its_number_tell_each_other():
    assert schema.place_of(schema.seq_of(123_456, 789)) == (123_456, 789)
    assert schema.seq_of(2, 0) > schema.seq_of(1, (1 << 20) - 1)
