"""Whatever is sent to the guard gets a JSON-RPC error that says why, and nothing of it reaches the node."""

import asyncio
import contextlib
import json

import httpx
from guarded import AGENT, OPERATOR, RULES, Stranger, guarding
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.guard.calls import Ask, Denied, parse
from agents.chain.guard.refusals import Code
from agents.chain.guard.rules import Rules
from agents.errors import Refused

ADA = Stranger(1)


def call(method="eth_blockNumber", *params, id=1):  # noqa: A002 - as JSON-RPC names it
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": list(params)}


def sent(nonce=0, id=1, **fields):  # noqa: A002
    return call("eth_sendRawTransaction", ADA.signed(nonce, **fields), id=id)


JUNK = [
    (b"", Code.JUNK),
    (b"hello", Code.JUNK),
    (b"\xff\xfe\x00", Code.JUNK),
    (b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId"', Code.JUNK),
    (b'{"jsonrpc":"2.0","id":NaN,"method":"eth_chainId"}', Code.JUNK),
    (b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b"}", Code.JUNK),
    (json.dumps(call()).encode("utf-16"), Code.JUNK),
    (b"[" * 200_000, Code.JUNK),
    (b'{"a":' * 200_000, Code.JUNK),
    (b"[" + b"[]," * 9000 + b"[]]", Code.JUNK),
    (b"[]", Code.REQUEST),
    (json.dumps([call(id=1), call(id=2), call("eth_chainId", id=1)]).encode(), Code.REQUEST),
    (json.dumps([sent(0, id="x"), sent(1, id="x")]).encode(), Code.REQUEST),
]


async def test_junk_is_refused_as_a_whole(watched, recorder):
    for body, code in JUNK:
        response = await watched.post(body)
        reply = response.json()
        found = response.status_code, reply["error"]["code"], reply["id"], recorder.seen
        assert found == (400, code, None, []), body[:80]


BAD_CALLS = [
    (7, Code.REQUEST),
    (None, Code.REQUEST),
    ("eth_chainId", Code.REQUEST),
    ({}, Code.REQUEST),
    ({"jsonrpc": "2.0", "method": "eth_sendRawTransaction", "params": [ADA.signed()]}, Code.REQUEST),
    (call(id=None), Code.REQUEST),
    (call(id=True), Code.REQUEST),
    (call(id=1.5), Code.REQUEST),
    (call(id=2**53), Code.REQUEST),
    (call(id="x" * 257), Code.REQUEST),
    (call(id=[1]), Code.REQUEST),
    (call(id={}), Code.REQUEST),
    (call() | {"jsonrpc": "1.0"}, Code.REQUEST),
    (call() | {"jsonrpc": 2.0}, Code.REQUEST),
    (call() | {"more": 1}, Code.REQUEST),
    (call() | {"method": 7}, Code.REQUEST),
    (call() | {"method": None}, Code.REQUEST),
    (call() | {"params": {"a": 1}}, Code.PARAMS),
    (call() | {"params": "0x"}, Code.PARAMS),
    (call() | {"params": None}, Code.PARAMS),
    (call(""), Code.METHOD),
    (call("eth_blocknumber"), Code.METHOD),
    (call("eth_subscribe", "newHeads"), Code.METHOD),
    (call("eth_newFilter", {}), Code.METHOD),
    (call("eth_pendingTransactions"), Code.METHOD),
    (call("eth_sign", ADA.address, "0x00"), Code.METHOD),
    (call("hardhat_setBalance", ADA.address, "0x1"), Code.METHOD),
    (call("hardhat_impersonateAccount", ADA.address), Code.METHOD),
    (call("hardhat_dropTransaction", "0x" + "00" * 32), Code.METHOD),
    (call("evm_mine"), Code.METHOD),
    (call("evm_revert", "0x1"), Code.METHOD),
    (call("anvil_setBalance", ADA.address, "0x1"), Code.METHOD),
    (call("debug_traceCall", {}), Code.METHOD),
    (call("eth_accounts"), Code.FORBIDDEN),
    (call("eth_sendTransaction", {"from": ADA.address}), Code.FORBIDDEN),
    (call("debug_traceTransaction", "0x" + "00" * 32), Code.PARAMS),
    (call("debug_traceTransaction", "0x" + "00" * 32, {}), Code.PARAMS),
    (call("debug_traceTransaction", "0x" + "00" * 32, {"tracer": "prestateTracer"}), Code.PARAMS),
    (call("eth_call"), Code.PARAMS),
    (call("eth_call", []), Code.PARAMS),
    (call("eth_call", {}, "latest", {ADA.address: {"balance": "0x1"}}), Code.PARAMS),
    (call("eth_call", {}, "pending"), Code.PARAMS),
    (call("eth_call", {"data": "0x5b600056"}), Code.CREATION),
    (call("eth_call", {"to": None, "data": "0x5b600056"}), Code.CREATION),
    (call("eth_call", {"to": "", "data": "0x5b600056"}), Code.CREATION),
    (call("eth_estimateGas", {"data": "0x5b600056"}), Code.CREATION),
    (call("eth_call", {"to": ADA.address, "gas": 7}), Code.PARAMS),
    (call("eth_call", {"to": ADA.address, "gas": "lots"}), Code.PARAMS),
    (call("eth_call", {"to": ADA.address, "gas": "0x1000001"}), Code.GAS),
    (call("eth_estimateGas", {}, "pending"), Code.PARAMS),
    (call("eth_getBlockByNumber", "pending", False), Code.PARAMS),
    (call("eth_getLogs"), Code.PARAMS),
    (call("eth_getLogs", []), Code.PARAMS),
    (call("eth_getLogs", {"fromBlock": 1, "toBlock": 2}), Code.PARAMS),
    (call("eth_getLogs", {"fromBlock": "pending"}), Code.PARAMS),
    (call("eth_getLogs", {"fromBlock": ["0x1"]}), Code.PARAMS),
    (call("eth_getLogs", {"fromBlock": "0x0", "toBlock": "0x64"}), Code.RANGE),
    (call("eth_getLogs", {"fromBlock": "earliest", "toBlock": "0xffffffffffff"}), Code.RANGE),
    (call("eth_sendRawTransaction"), Code.PARAMS),
    (call("eth_sendRawTransaction", 7), Code.PARAMS),
    (call("eth_sendRawTransaction", "0x"), Code.PARAMS),
    (call("eth_sendRawTransaction", ADA.signed()[2:]), Code.PARAMS),
    (call("eth_sendRawTransaction", ADA.signed() + " "), Code.PARAMS),
    (call("eth_sendRawTransaction", ADA.signed() + "0"), Code.PARAMS),
    (call("eth_sendRawTransaction", "0x02zz"), Code.PARAMS),
    (call("eth_sendRawTransaction", "0x\u0664\u0664"), Code.PARAMS),
    (call("eth_sendRawTransaction", ADA.signed(), "twice"), Code.PARAMS),
    (call("eth_sendRawTransaction", ADA.signed()[:-8]), Code.TRANSACTION),
    (call("eth_sendRawTransaction", "0x" + "00" * 100), Code.TRANSACTION),
    (call("eth_sendRawTransaction", "0x03" + "00" * 100), Code.TYPE),
    (call("eth_sendRawTransaction", "0x04" + "00" * 100), Code.TYPE),
    (sent(to=None, data=b"\xfe", gas=100_000), Code.CREATION),
    (sent(chainId=1), Code.CHAIN),
    (sent(type=0, chainId=None), Code.CHAIN),
    (sent(gas=16_777_217), Code.GAS),
]


async def test_a_bad_call_is_refused_alone_and_beside_good_ones(watched, recorder):
    for said, code in BAD_CALLS:
        recorder.seen.clear()
        alone = await watched.post(said)
        assert (alone.status_code, alone.json()["error"]["code"]) == (200, code), said
        assert recorder.seen == [], said
        beside = (await watched.post([call(id="before"), said, call(id="after")])).json()
        assert [one.get("error", {}).get("code") for one in beside] == [None, code, None], said
        assert [one["id"] for one in beside] == ["before", alone.json()["id"], "after"]
        assert recorder.methods == ["eth_blockNumber"] * 2


WRONG_WAYS = [
    ({"content-type": "text/plain"}, 415, Code.DOOR),
    ({"content-type": ""}, 415, Code.DOOR),
    ({"content-type": "application/x-www-form-urlencoded"}, 415, Code.DOOR),
    ({"content-encoding": "gzip"}, 415, Code.DOOR),
    ({"origin": "https://evil.example"}, 403, Code.DOOR),
    ({"origin": "null"}, 403, Code.DOOR),
    ({"origin": "http://127.0.0.1:8000"}, 403, Code.DOOR),
    ({"host": "evil.example"}, 403, Code.DOOR),
    ({"host": "127.0.0.1.evil.example:8545"}, 403, Code.DOOR),
    ({"host": "evil.example", "authorization": "Bearer nobody"}, 401, Code.KEY),
    ({"authorization": "Bearer nobody"}, 401, Code.KEY),
    ({"authorization": "Bearer"}, 401, Code.KEY),
]


async def test_who_asks_in_a_wrong_way_is_refused(watched, recorder):
    for headers, status, code in WRONG_WAYS:
        response = await watched.post(call(), **headers)
        assert (response.status_code, response.json()["error"]["code"]) == (status, code), headers
        assert "access-control-allow-origin" not in response.headers
    assert recorder.seen == []


async def test_json_is_taken_under_its_names(watched):
    for name in ("application/json", "Application/JSON; charset=utf-8"):
        response = await watched.post(call(), **{"content-type": name})
        assert response.json() == {"jsonrpc": "2.0", "id": 1, "result": "0x64"}
        assert response.headers["content-type"] == "application/json"


WALLS = [
    ("GET", "/", 405),
    ("OPTIONS", "/", 405),
    ("PUT", "/k/x", 405),
    ("POST", "/admin", 404),
    ("POST", "/k/", 404),
]


async def test_what_is_no_http_is_hung_up_on_and_harms_nobody(watched, recorder, caplog):
    junk = (b"hello\r\n\r\n", bytes(range(256)) * 300, b"POST / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000)
    for sent_bytes in junk:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(watched.url).port)
        writer.write(sent_bytes)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert caplog.records == []
    assert recorder.seen == []
    assert "result" in (await watched.post(call())).json()


async def test_other_doors_are_walls(watched, recorder):
    for method, path, status in WALLS:
        response = await watched.http.request(method, watched.url + path, json=call())
        assert (response.status_code, response.json()["error"]["code"]) == (status, Code.DOOR), (method, path)
    assert recorder.seen == []


async def dripped(url, *pieces):
    """Status and error code for a body without a length, in these pieces; an empty one is its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    head = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    writer.write(head + b"transfer-encoding: chunked\r\n\r\n")
    for piece in pieces:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    try:
        answer = await asyncio.wait_for(reader.read(), 20)  # The guard closes the connection.
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


async def test_oversized_bodies_are_refused_said_or_unsaid(watched, recorder):
    said = await watched.post(json.dumps(call("eth_call", {"data": "0" * RULES.most_bytes})).encode())
    assert (said.status_code, said.json()["error"]["code"]) == (413, Code.SIZE)
    assert await dripped(watched.url, b"[" + b" " * RULES.most_bytes, b"") == (413, Code.SIZE)
    assert recorder.seen == []


async def test_a_body_without_end_is_cut_off(watched, recorder):
    """Who still writes then may find the connection gone before it reads why."""
    try:
        answer = await dripped(watched.url, *[b" " * RULES.most_bytes] * 10)
    except ConnectionError:
        answer = 413, Code.SIZE
    assert answer == (413, Code.SIZE)
    assert recorder.seen == []


async def test_a_slow_body_is_given_up(recorder):
    async with guarding(recorder.url, Rules(chain_id=31337, patience=0.1)) as guard:
        assert await dripped(guard.url, b"[") == (408, Code.DOOR)
    assert recorder.seen == []


async def test_huge_batches_are_refused_before_they_are_read(watched, recorder):
    response = await watched.post([call(id=at) for at in range(RULES.most_calls + 1)])
    assert response.status_code == 413
    assert response.json()["error"]["code"] == Code.SIZE
    assert recorder.seen == []
    response = await watched.post([call(id=at) for at in range(RULES.most_calls)])
    assert [one["id"] for one in response.json()] == list(range(RULES.most_calls))


async def test_a_batch_of_heavy_calls_is_refused(watched, recorder):
    heavy = [call("eth_getLogs", {"blockHash": "0x" + "00" * 32}, id=at) for at in range(41)]
    response = await watched.post(heavy)
    assert response.status_code == 413
    assert recorder.seen == []
    assert len((await watched.post(heavy[:40])).json()) == 40


async def test_log_ranges_up_to_the_head_are_measured_by_it(watched, recorder):
    """The head is block 100: from block 1 on these are 100 blocks, from block 0 on one too many."""
    replies = (
        await watched.post(
            [
                call("eth_getLogs", {"fromBlock": "0x1"}, id=1),
                call("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"}, id=2),
                call("eth_getLogs", {}, id=3),
            ]
        )
    ).json()
    assert replies[1]["error"]["code"] == Code.RANGE
    assert ["result" in one for one in replies] == [True, False, True]
    assert recorder.methods == ["eth_blockNumber", "eth_getLogs", "eth_getLogs"]


async def test_calls_reach_the_node_with_a_limit_on_gas_and_a_block_that_exists(watched, recorder):
    await watched.post(
        [
            call("eth_call", {"to": ADA.address}),
            call("eth_estimateGas", {"to": ADA.address, "gas": "0x5208"}, id=2),
        ]
    )
    assert [one["params"] for one in recorder.seen] == [
        [{"to": ADA.address, "gas": "0x1000000"}, "latest"],
        [{"to": ADA.address, "gas": "0x5208"}, "latest"],
    ]


async def test_operators_deploy_and_use_the_nodes_accounts_and_nothing_more(watched, recorder):
    path = f"/k/{OPERATOR}"
    for asked in (
        call("eth_accounts"),
        call("eth_sendTransaction", {"from": ADA.address}),
        call("eth_estimateGas", {"data": "0xfe"}),
        sent(to=None, data=b"\xfe", gas=100_000),
    ):
        assert "result" in (await watched.post(asked, path)).json()
    # Scripts send one transaction after the other and ask what the next one takes once those are mined.
    recorder.seen.clear()
    await watched.post(call("eth_estimateGas", {"data": "0xfe"}, "pending"), path)
    assert [one["params"] for one in recorder.seen] == [[{"data": "0xfe"}, "pending"]]
    assert (await watched.post(call("hardhat_setBalance"), path)).json()["error"]["code"] == Code.METHOD
    assert (await watched.post(call("evm_mine"), path)).json()["error"]["code"] == Code.METHOD
    for path in ("/", f"/k/{AGENT}"):
        assert (await watched.post(call("eth_accounts"), path)).json()["error"]["code"] == Code.FORBIDDEN


async def test_a_key_opens_the_door_from_everywhere_but_a_web_page(watched):
    everywhere = {"authorization": f"Bearer {AGENT}", "host": "market.example"}
    assert "result" in (await watched.post(call(), **everywhere)).json()
    assert (await watched.post(call(), **everywhere, origin="https://evil.example")).status_code == 403


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_becomes_calls_or_refusals(said):
    try:
        calls, batch = parse(json.dumps(said).encode(), RULES, operator=False)
    except Refused:
        return
    assert batch == isinstance(said, list)
    assert all(isinstance(one, Denied) for one in calls)


methods = st.sampled_from(sorted(RULES.methods))
params = st.recursive(
    st.sampled_from(
        ["latest", "pending", "0x1", ADA.address, "", None, 7, True, -1, 10**30, "fromBlock", 1.5]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["to", "data", "gas", "fromBlock", "toBlock", "tracer"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(methods, st.lists(params, max_size=4))
def test_any_params_become_a_call_or_a_refusal(method, params):
    calls, _ = parse(json.dumps(call(method, *params)).encode(), RULES, operator=False)
    assert isinstance(calls[0], Ask | Denied)
    assert calls[0].id == 1


ODD = [
    [],
    [None],
    [7, -1, 1.5],
    [10**400],
    [True, False],
    [{}],
    [{}, {}, {}],
    [[]],
    [""],
    ["0x"],
    ["0x" + "00" * 32],
    ["0x" + "00" * 32, {"tracer": "callTracer", "tracerConfig": 7}],
    [ADA.address, "latest"],
    [ADA.address, "0xffffffffffffffffffff"],
    ["0x" + "f" * 100_000, "latest"],
    ["\ud800", "latest"],
    [{"to": ADA.address, "data": "0x" + "5b600056" * 10}, "latest"],
    [{"from": 7, "to": [], "data": {}}, "latest"],
    [{"fromBlock": "0x1", "toBlock": "0x0"}],
    [{"address": "x" * 1000, "topics": [[[[]]]]}],
    ["0xffffffffffff", "latest", [50, "x"]],
]


async def test_a_real_node_answers_whatever_the_guard_lets_through(raw, guard):
    """Each method with odd params: an answer each time, and the node is as well as before."""
    for method in sorted(RULES.methods):
        calls = [call(method, *params, id=at) for at, params in enumerate(ODD)]
        response = await guard.post(calls)
        assert response.status_code == 200, method
        replies = response.json()
        assert [one["id"] for one in replies] == list(range(len(ODD)))
        assert all(("result" in one) != ("error" in one) for one in replies), method
        assert all(isinstance(one["error"]["code"], int) for one in replies if "error" in one), method
    await raw.call("evm_mine")
