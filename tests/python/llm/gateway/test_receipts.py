"""Receipts: their digest is that of typed data, and covers every field; their names lead back to them."""

from dataclasses import fields, replace

import pytest
from eth_account.messages import encode_typed_data

from agents.errors import UnknownCall
from agents.errors.tokens import Usage
from agents.llm.gateway.receipts import TYPE, Receipt, parse_call

RECEIPT = Receipt(
    channel_id=b"\1" * 32,
    number=3,
    agent_id=7,
    task=5,
    model="SmolLM2-135M-Instruct.Q4_1",
    purpose="work",
    usage=Usage(100, 20, 30),
    cost=180,
    cumulative=500,
    request=b"\2" * 32,
    response=b"\3" * 32,
    status=200,
    time=1_700_000_000,
)
CHANGED = {
    "channel_id": b"\4" * 32,
    "model": "é",
    "purpose": "",
    "usage": [Usage(101, 20, 30), Usage(100, 21, 30), Usage(100, 20, 31)],
    "request": b"\5" * 32,
    "response": b"\5" * 32,
}


def test_the_digest_is_the_struct_hash_of_typed_data():
    names = [one.split(" ") for one in TYPE.removeprefix("Receipt(").removesuffix(")").split(",")]
    told = RECEIPT.as_json()
    spelt = {"channelId": "channel_id", "agentId": "agent_id", "promptTokens": "prompt_tokens"}
    spelt |= {"cachedTokens": "cached_tokens", "completionTokens": "completion_tokens"}
    typed = encode_typed_data(
        {"name": "any"},
        {"Receipt": [{"type": kind, "name": name} for kind, name in names]},
        {name: told[spelt.get(name, name)] for _, name in names},
    )
    assert RECEIPT.digest == typed.body
    assert told["digest"] == f"0x{typed.body.hex()}"


def test_every_field_is_in_the_digest():
    digests = {RECEIPT.digest}
    count = 1
    for field in fields(Receipt):
        value = CHANGED.get(field.name, getattr(RECEIPT, field.name))
        values = value if isinstance(value, list) else [value + 1 if isinstance(value, int) else value]
        for one in values:
            digests.add(replace(RECEIPT, **{field.name: one}).digest)
            count += 1
    assert len(digests) == count


def test_a_name_leads_back():
    assert RECEIPT.call == "0101010101010101-3"
    assert parse_call(RECEIPT.call) == (b"\1" * 8, 3)


@pytest.mark.parametrize(
    "call",
    [
        *(
            "",
            "-",
            "3",
            "0101010101010101",
            "0101010101010101-",
            "0101-3",
            "0101010101010101-x",
            "x" * 16 + "-3",
        ),
        *("0101010101010101--3", "0101010101010101-٣", "0101010101010101-" + "9" * 16, "AB01010101010101-3"),
    ],
)
def test_what_names_no_call_is_refused(call):
    with pytest.raises(UnknownCall, match="no receipt"):
        parse_call(call)


def test_no_digest_of_what_was_said_is_in_its_repr():
    assert repr(RECEIPT.request) not in repr(RECEIPT)
