import json
import random
import re

import pytest

from agents.chain import abi
from agents.chain.abi_model import read_abi, snake
from agents.chain.abi_printer import NameClashError, generate
from agents.chain.codegen import ARTIFACTS, BINDINGS, CONTRACTS, main, read_artifacts, stale, write
from agents.errors import ToolchainMissing


def param(kind, name="", **more):
    return {"type": kind, "name": name, "internalType": kind} | more


POINT = {"internalType": "struct Lib.Point", "components": [param("uint8", "x"), param("uint8", "y")]}
LINE = {
    "internalType": "struct Lib.Line[]",
    "components": [
        param("address", "owner"),
        param("tuple[2]", "endPoints", **(POINT | {"internalType": "struct Lib.Point[2]"})),
        param("bytes32[]", "tags"),
    ],
}
ABI = [
    {"type": "constructor", "inputs": [param("uint256", "x")]},
    {
        "type": "function",
        "name": "drawLines",
        "inputs": [param("tuple[]", "from", **LINE)],
        "outputs": [param("tuple[]", "", **LINE)],
        "stateMutability": "payable",
    },
    {
        "type": "function",
        "name": "draw",
        "inputs": [param("uint8")],
        "outputs": [],
        "stateMutability": "view",
    },
    {"type": "function", "name": "draw", "inputs": [param("bool")], "outputs": [], "stateMutability": "view"},
    {
        "type": "function",
        "name": "sizeOf",
        "inputs": [],
        "outputs": [param("uint256", "maxWidth"), param("tuple", "corner", **POINT)],
        "stateMutability": "view",
    },
    {"type": "event", "name": "Drawn", "inputs": [param("tuple", "at", **POINT) | {"indexed": False}]},
    {"type": "error", "name": "TooFar", "inputs": [param("uint256", "distance")]},
]


def bindings(raw):
    """The generated modules' names, run for real."""
    files = generate({"Canvas": read_abi(raw)})
    found = {}
    for name in ("structs.py", "canvas.py"):
        text = files[name].replace("from agents.chain.bindings import structs\n", "")
        text = text.replace("structs.", "") if name == "canvas.py" else text
        exec(compile(text, name, "exec"), found)
    return found


@pytest.mark.parametrize(
    ("solidity", "python"),
    [
        ("setAgentURI", "set_agent_uri"),
        ("DOMAIN_SEPARATOR", "domain_separator"),
        ("eip712Domain", "eip712_domain"),
        ("URIUpdated", "uri_updated"),
        ("from", "from_"),
        ("self", "self_"),
        ("_value", "value"),
        ("", ""),
    ],
)
def test_names_become_snake_case(solidity, python):
    assert snake(solidity) == python


def test_nested_structs_go_to_the_chain_and_back():
    names = bindings(ABI)
    point = names["Point"]
    line = names["Line"]("0x" + "00" * 20, (point(1, 2), point(3, 4)), (b"\1" * 32,))
    call = names["Canvas"]("0x1").draw_lines([line, line], value=5)
    assert call.value == 5
    assert call.decode(call.data[4:]) == (line, line)
    size = names["Canvas"]("0x1").size_of().decode(abi.encode(["uint256", "(uint8,uint8)"], [9, (1, 2)]))
    assert (size.max_width, size.corner) == (9, point(1, 2))
    drawn = names["Drawn"]
    assert drawn.decode([drawn.TOPIC], abi.encode(["(uint8,uint8)"], [(1, 2)])) == drawn(point(1, 2))


def test_overloads_of_equal_length_are_told_apart_by_type():
    methods = re.findall(r"def (draw\w*)\(", generate({"Canvas": read_abi(ABI)})["canvas.py"])
    assert methods == ["draw", "draw_lines", "draw_of_uint8"]


def test_output_does_not_depend_on_the_order_of_the_abi():
    expected = generate({"Canvas": read_abi(ABI)})
    for seed in range(5):
        shuffled = random.Random(seed).sample(ABI, len(ABI))
        assert generate({"Canvas": read_abi(shuffled)}) == expected


def test_an_argument_called_value_is_not_what_is_sent():
    relay = {
        "type": "function",
        "name": "relay",
        "inputs": [param("uint256", "value")],
        "outputs": [],
        "stateMutability": "payable",
    }
    call = bindings([*ABI, relay])["Canvas"]("0x1").relay(3, sent_value=5)
    assert (int(call.data[4:].hex(), 16), call.value) == (3, 5)


def test_a_result_called_count_does_not_hide_what_tuples_have():
    tally = {
        "type": "function",
        "name": "tally",
        "inputs": [],
        "outputs": [param("uint256", "count"), param("uint256", "sum")],
        "stateMutability": "view",
    }
    result = bindings([*ABI, tally])["Canvas"]("0x1").tally().decode(abi.encode(["uint256"] * 2, [3, 5]))
    assert (result.count_, result.sum, result.count(5)) == (3, 5, 1)


def test_an_event_of_one_long_argument_is_python():
    wide = {
        "internalType": "struct Lib.Wide",
        "components": [param("uint256", f"x{at}") for at in range(9)],
    }
    moved = {"type": "event", "name": "Moved", "inputs": [param("tuple", "to", **wide) | {"indexed": False}]}
    event = bindings([*ABI, moved])["Moved"]
    fields = ((f"({','.join(['uint256'] * 9)})", False),)
    assert fields == event.FIELDS


def test_the_contracts_own_names_are_kept_by_selector_and_topic():
    found = {}
    exec(compile(generate({"Canvas": read_abi(ABI)})["abis.py"], "abis.py", "exec"), found)
    lines = next(one for one in read_abi(ABI) if one.name == "drawLines")
    name, (param,) = found["FUNCTIONS"]["Canvas"][lines.hash[:8]]
    assert (name, param[:3]) == (
        "drawLines",
        ("from", "(address,(uint8,uint8)[2],bytes32[])[]", "Lib.Line[]"),
    )
    owner, ends, tags = param[3]
    assert owner == ("owner", "address", "address", ())
    assert (ends[0], ends[1], [one[0] for one in ends[3]]) == ("endPoints", "(uint8,uint8)[2]", ["x", "y"])
    assert tags == ("tags", "bytes32[]", "bytes32[]", ())
    (event,) = found["EVENTS"]["Canvas"].values()
    assert (event[0], event[1][0][0]) == ("Drawn", "at")
    (error,) = found["ERRORS"].values()
    assert error == ("TooFar", (("distance", "uint256", "uint256", ()),))


@pytest.mark.parametrize(
    "other",
    [
        {"type": "error", "name": "TooFar", "inputs": [param("uint8", "other")]},
        {
            "type": "function",
            "name": "other",
            "inputs": [param("tuple", "p", internalType="struct Point", components=[param("bool", "x")])],
            "outputs": [],
        },
    ],
)
def test_two_things_of_one_name_are_refused(other):
    with pytest.raises(NameClashError):
        generate({"Canvas": read_abi([*ABI, other])})


def test_write_makes_the_folder_hold_just_the_files(tmp_path):
    write({"a.py": "1", "b.py": "2"}, tmp_path / "bindings")
    assert stale({"a.py": "1", "b.py": "2"}, tmp_path / "bindings") == []
    assert stale({"b.py": "3", "c.py": "4"}, tmp_path / "bindings") == ["a.py", "b.py", "c.py"]
    write({"b.py": "3"}, tmp_path / "bindings")
    assert [path.name for path in (tmp_path / "bindings").iterdir()] == ["b.py"]


def test_contracts_that_were_not_compiled_say_what_to_do(tmp_path):
    with pytest.raises(ToolchainMissing, match="hardhat build"):
        read_artifacts(tmp_path)
    names = {source: source.rpartition("/")[2] for source in CONTRACTS}
    for source, name in names.items():
        folder = tmp_path / f"{source}.sol"
        folder.mkdir(parents=True)
        (folder / f"{name}.json").write_text(json.dumps({"abi": []}))
    assert list(read_artifacts(tmp_path)) == list(names.values())


@pytest.mark.skipif(not ARTIFACTS.exists(), reason="the contracts are not compiled")
def test_committed_bindings_are_those_of_the_contracts(node):
    assert main(["--check"]) == 0, "run `python -m agents.chain.codegen`"
    assert BINDINGS.exists()
