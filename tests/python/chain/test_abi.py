import pytest
from eth_utils import keccak, to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from agents.chain import abi
from agents.chain.bindings import agent_registry, credit_token, task_manager
from agents.chain.bindings import errors as contract_errors
from agents.chain.bindings.structs import MetadataEntry, TaskParams
from agents.errors import ContractError

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
addresses = st.binary(min_size=20, max_size=20).map(to_checksum_address)
words = st.binary(min_size=32, max_size=32)


def uints(bits):
    return st.integers(0, 2**bits - 1)


def test_call_is_encoded_as_the_contract_expects():
    call = credit_token.CreditToken(ADDRESS).transfer(ADDRESS, 7)
    assert call.data.hex() == "a9059cbb" + ADDRESS[2:].lower().rjust(64, "0") + "7".rjust(64, "0")
    assert (call.to, call.name, call.value) == (ADDRESS, "transfer", 0)
    assert call == credit_token.CreditToken(ADDRESS).transfer(ADDRESS, 7), "calls compare by what they ask"
    assert call.decode(b"\0" * 31 + b"\1") is True


def test_result_that_is_not_there_names_the_function():
    with pytest.raises(abi.AbiError, match="balanceOf"):
        credit_token.CreditToken(ADDRESS).balance_of(ADDRESS).decode(b"")


params = st.builds(
    TaskParams,
    specification=words,
    seal=words,
    skill=st.binary(min_size=16, max_size=16),
    mode=st.integers(0, 4),
    reserve=uints(256),
    evaluator=addresses,
    passing_score=uints(8),
    bidding_window=uints(32),
    reveal_window=uints(32),
    delivery_window=uints(32),
    review_window=uints(32),
    parent_id=uints(256),
)


@given(uints(256), addresses, params, st.tuples(*[uints(256)] * 4))
def test_event_with_a_struct_survives_the_chain(task_id, requester, task, terms):
    event = task_manager.TaskCreated
    indexed = [kind for kind, flag in event.FIELDS if flag]
    plain = [kind for kind, flag in event.FIELDS if not flag]
    topics = [event.TOPIC]
    for kind, value in zip(indexed, [task_id, requester, task.skill], strict=True):
        topics.append(abi.encode([kind], [value]))
    decoded = event.decode(topics, abi.encode(plain, [task.to_abi(), *terms]))
    assert decoded == event(task_id, requester, task.skill, task, *terms)


def test_indexed_text_is_known_by_its_hash():
    event = agent_registry.MetadataSet
    topics = [event.TOPIC, abi.encode(["uint256"], [3]), keccak(text="name")]
    decoded = event.decode(topics, abi.encode(["string", "bytes"], ["name", b"Ada"]))
    assert decoded == event(3, keccak(text="name"), "name", b"Ada")


@given(st.binary(max_size=80))
def test_text_that_is_no_utf8_is_read_all_the_same(raw):
    """Contracts do not look into strings: anybody's URI could stop all who read events."""
    data = abi.encode(["bytes"], [raw])
    event = agent_registry.Registered.decode(
        [agent_registry.Registered.TOPIC, bytes(31) + b"\1", bytes(12) + bytes.fromhex(ADDRESS[2:])], data
    )
    assert event.agent_uri == raw.decode("utf-8", "replace")


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_event_refuses_a_log_of_another_shape(cut):
    event = credit_token.Transfer
    topics = [event.TOPIC, *[abi.encode(["address"], [ADDRESS])] * 2]
    data = abi.encode(["uint256"], [5])
    assert event.decode(topics, data) == event(ADDRESS, ADDRESS, 5)
    with pytest.raises(abi.AbiError, match="Transfer"):
        event.decode(topics[:cut], data if cut < 3 else b"")
    with pytest.raises(abi.AbiError):
        event.decode([keccak(text="Other()"), *topics[1:]], data)


def test_overloads_have_names_of_their_own():
    registry = agent_registry.AgentRegistry(ADDRESS)
    entries = [MetadataEntry("name", b"Ada")]
    calls = [
        registry.register(),
        registry.register_with_agent_uri("ipfs://x"),
        registry.register_with_agent_uri_metadata("ipfs://x", entries),
    ]
    assert [call.data[:4].hex() for call in calls] == [
        keccak(text=signature)[:4].hex()
        for signature in ("register()", "register(string)", "register(string,(string,bytes)[])")
    ]
    decoded = abi.decode(["string", "(string,bytes)[]"], calls[2].data[4:], "test")
    assert decoded == ("ipfs://x", (("name", b"Ada"),))


@given(uints(256), uints(256), uints(256))
def test_error_is_decoded_with_its_arguments(account, available, needed):
    error = contract_errors.InsufficientFree(account, available, needed)
    data = error.SELECTOR + abi.encode(["uint256"] * 3, [account, available, needed])
    decoded = contract_errors.decode_error(data)
    assert isinstance(decoded, contract_errors.InsufficientFree)
    assert isinstance(decoded, ContractError)
    assert (decoded.account, decoded.available, decoded.needed) == (account, available, needed)
    assert str(decoded) == f"InsufficientFree(account={account}, available={available}, needed={needed})"


def test_error_text_shows_bytes_in_hexadecimal():
    assert abi.error_text("Odd", role=b"\x01\xff", who=ADDRESS) == f"Odd(role=0x01ff, who={ADDRESS})"


@given(st.binary(max_size=80))
def test_unknown_revert_data_is_no_error_of_ours(data):
    selectors = {kind.SELECTOR for kind in ContractError.__subclasses__()}
    if data[:4] not in selectors:
        assert contract_errors.decode_error(data) is None
    cut = contract_errors.InsufficientFree.SELECTOR + data[:95]
    assert contract_errors.decode_error(cut) is None, "too short for its arguments"
