"""Calls, events and refusals by the contracts' own names."""

import importlib
import json

import pytest

from agents.chain.abi import encode
from agents.chain.abi_model import snake
from agents.chain.bindings import abis, agent_registry, errors, ledger, structs, task_manager
from agents.explorer.calls import MOST_INPUT, arguments_of, decode_call, decode_revert
from agents.market.domain import account_of, account_of_agent

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
PARAMS = structs.TaskParams(
    b"s" * 32, b"e" * 32, b"code".ljust(16, b"\0"), 1, 5_000_000, ADDRESS, 60, 1, 2, 3, 4, 0
)


def test_a_call_is_told_by_its_names():
    call = task_manager.TaskManager(ADDRESS).create_task(PARAMS)
    told = decode_call("TaskManager", call.data)
    assert (told["contract"], told["function"]) == ("TaskManager", "createTask")
    (argument,) = told["arguments"]
    assert (argument["name"], argument["type"]) == ("params", "ITaskManager.TaskParams")
    assert argument["value"]["passingScore"] == 60
    assert argument["value"]["specification"] == "0x" + "73" * 32
    assert argument["value"]["evaluator"] == ADDRESS


def test_accounts_are_told_as_agents_and_addresses_and_large_numbers_as_text():
    vault = ledger.Ledger(ADDRESS)
    call = vault.transfer(account_of_agent(5), account_of(ADDRESS), 2**53)
    assert [one["value"] for one in decode_call("Ledger", call.data)["arguments"]] == [
        "agent:5",
        ADDRESS,
        str(2**53),
    ]
    call = vault.transfer(account_of_agent(5), account_of(ADDRESS), 2**53 - 1)
    assert decode_call("Ledger", call.data)["arguments"][2]["value"] == 2**53 - 1


def test_what_is_no_call_of_the_contract_is_told_as_none():
    assert decode_call("TaskManager", b"") is None
    assert decode_call("TaskManager", b"\1\2\3\4rest") is None
    assert decode_call("Nobody", bytes.fromhex("38a53517")) is None


@pytest.mark.parametrize("damage", [lambda data: data[:20], lambda data: data[:4] + b"\xff" * 400])
def test_arguments_that_cannot_be_read_are_none(damage):
    call = task_manager.TaskManager(ADDRESS).create_task(PARAMS)
    told = decode_call("TaskManager", damage(call.data))
    assert told == {"contract": "TaskManager", "function": "createTask", "arguments": None}


def test_a_call_that_unfolds_without_end_is_not_taken_apart():
    """Many arguments may point to the same bytes."""
    (selector, signature) = next(
        (selector, signature)
        for selector, signature in abis.FUNCTIONS["AgentRegistry"].items()
        if any(kind == "(string,bytes)[]" for _, kind, _, _ in signature[1])
    )
    entry = ("key", b"x" * 4_000)
    data = bytes.fromhex(selector) + encode(["string", "(string,bytes)[]"], ["uri", [entry] * 3])
    assert decode_call("AgentRegistry", data)["function"] == signature[0]
    assert decode_call("AgentRegistry", data)["arguments"] is not None
    long = bytes.fromhex(selector) + encode(["string", "(string,bytes)[]"], ["uri", [entry] * 50])
    assert len(long) > MOST_INPUT
    assert decode_call("AgentRegistry", long)["arguments"] is None


def test_text_of_strangers_stays_text():
    data = encode(["string"], ["a\0<script>"])
    functions = abis.FUNCTIONS["AgentRegistry"]
    selector = next(key for key, one in functions.items() if [kind for _, kind, _, _ in one[1]] == ["string"])
    told = decode_call("AgentRegistry", bytes.fromhex(selector) + data)
    assert told["arguments"][0]["value"] == "a\ufffd<script>"


def test_a_refusal_is_told_by_its_name():
    words = encode(("uint256", "uint256"), (7, 3))
    told = decode_revert(errors.AgentInDebt.SELECTOR + words)
    assert told == {
        "error": "AgentInDebt",
        "arguments": [
            {"name": "agentId", "type": "uint256", "value": 7},
            {"name": "debt", "type": "uint256", "value": 3},
        ],
    }
    told = decode_revert(bytes.fromhex("08c379a0") + encode(["string"], ["no"]))
    assert (told["error"], told["arguments"][0]["value"]) == ("Error", "no")
    assert decode_revert(b"\1\2\3\4")["data"] == "0x01020304"
    assert decode_revert(b"") == {"error": None, "arguments": None, "data": "0x"}
    assert decode_revert(None) == {"error": None, "arguments": None, "data": None}


@pytest.mark.parametrize("contract", sorted(abis.EVENTS))
def test_every_event_has_names_for_its_arguments(contract):
    module = importlib.import_module(f"agents.chain.bindings.{snake(contract)}")
    assert {topic.hex() for topic in module.EVENTS} == abis.EVENTS[contract].keys()
    for topic, kind in module.EVENTS.items():
        name, params = abis.EVENTS[contract][topic.hex()]
        assert (name, len(params)) == (kind.__name__, len(kind.FIELDS))


def test_an_event_is_told_by_its_names():
    event = task_manager.TaskCreated(3, ADDRESS, PARAMS.skill, PARAMS, 250, 10, 5, 25)
    told = arguments_of("TaskManager", event)
    assert told["taskId"] == 3
    assert told["skill"] == "0x" + PARAMS.skill.hex()
    assert told["params"]["reserve"] == 5_000_000
    json.dumps(told)
    # Of an indexed text the hash is known, and the text stands beside it.
    event = agent_registry.MetadataSet(1, b"\1" * 32, "key", b"\xff")
    told = arguments_of("AgentRegistry", event)
    assert told == {
        "agentId": 1,
        "indexedMetadataKey": "0x" + "01" * 32,
        "metadataKey": "key",
        "metadataValue": "0xff",
    }
