"""Words: what they write and read is what the general codec does, and they leave to it what they cannot."""

import pytest
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from agents.chain import words

KINDS = {
    "uint8": st.integers(0, 2**8 - 1),
    "uint40": st.integers(0, 2**40 - 1),
    "uint200": st.integers(0, 2**200 - 1),
    "uint256": st.integers(0, 2**256 - 1),
    "bytes1": st.binary(min_size=1, max_size=1),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20).map(lambda raw: to_checksum_address(raw)),
}
PAIRS = st.lists(st.sampled_from(sorted(KINDS)), max_size=8).flatmap(
    lambda kinds: st.tuples(st.just(kinds), st.tuples(*(KINDS[kind] for kind in kinds)))
)


@given(PAIRS)
def test_words_are_those_of_the_general_codec(pair):
    kinds, values = pair
    data = words.write(kinds, values)
    assert data == encode(kinds, values)
    assert words.read(kinds, data) == values
    assert words.read(kinds, data + b"more") == values


@given(PAIRS.filter(lambda pair: pair[0]), PAIRS)
def test_structs_of_words_are_tuples_of_them(inner, rest):
    kinds, values = [f"({','.join(inner[0])})", *rest[0]], (inner[1], *rest[1])
    assert words.read(kinds, encode(kinds, values)) == values
    damaged = encode(kinds, values)[:-1]
    assert words.read(kinds, damaged) is None


@pytest.mark.parametrize(
    "kind", ["(uint8,(bool,bool))", "(uint8,string)", "(uint8,uint8)[2]", "(uint8[2])", "()"]
)
def test_other_structs_are_left_to_the_general_codec(kind):
    assert words.read([kind], bytes(320)) is None


@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3), st.binary(max_size=100))
def test_what_the_general_codec_refuses_is_left_to_it(kinds, data):
    read = words.read(kinds, data)
    if read is not None:
        general = decode(kinds, data)
        assert read == tuple(
            to_checksum_address(value) if kind == "address" else value
            for kind, value in zip(kinds, general, strict=True)
        )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint256", -1),
        ("uint256", True),
        ("uint256", "1"),
        ("bytes32", b"short"),
        ("bytes4", "0x00000000"),
        ("bool", 1),
        ("address", "0x" + "ab" * 20),
        ("address", b"\1" * 20),
        ("int8", 1),
        ("string", "x"),
        ("bytes", b"x"),
        ("uint256[]", [1]),
        ("(uint256,bool)", (1, True)),
    ],
)
def test_what_is_no_plain_word_is_left_to_the_general_codec(kind, value):
    assert words.write([kind], [value]) is None


def test_the_numbers_of_types_and_values_must_agree():
    assert words.write(["uint8", "uint8"], [1]) is None
    assert words.read(["uint8", "uint8"], bytes(63)) is None
