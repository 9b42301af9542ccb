"""The engine alone: each fault does to a request what it says, and the seed decides."""

import asyncio
import json

import httpx
import pytest

from agents.chain.rpc import Rpc
from agents.errors import TransportError
from faults.engine import ERRORS, LIES, Engine, Fault, Lost, Refused, Silent, rates
from faults.transport import FaultyTransport

HEAD = 20
LOGS = [
    {"blockNumber": hex(number), "blockHash": f"0x{number:064x}", "logIndex": hex(index)}
    for number in (18, 19, 20)
    for index in (0, 1)
]


class Node:
    """Remembers what it was asked, in order."""

    def __init__(self):
        self.heard = []

    async def forward(self, content):
        asked = json.loads(content)
        replies = [self.reply(one) for one in (asked if isinstance(asked, list) else [asked])]
        return 200, json.dumps(replies if isinstance(asked, list) else replies[0]).encode()

    def reply(self, call):
        method, params = call["method"], call["params"]
        if call["id"]:
            self.heard.append((method, *params))
        results = {
            "eth_blockNumber": hex(HEAD),
            "eth_getLogs": [dict(log) for log in LOGS],
            "eth_getBlockByNumber": (params and params[0] != "0xff" and {"number": params[0]}) or None,
            "eth_getTransactionReceipt": params and {"blockNumber": params[0]},
        }
        return {"jsonrpc": "2.0", "id": call["id"], "result": results.get(method, "done")}


def request(method, *params, number=1):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


@pytest.fixture
def node():
    return Node()


def always(node, fault, seed="1"):
    return Engine(seed, node.forward, {fault: 1.0})


async def result(engine, method, *params):
    status, body = await engine.answer(request(method, *params))
    assert status == 200
    return json.loads(body).get("result")


@pytest.mark.parametrize(
    ("fault", "error", "heard"),
    [(Fault.REFUSE, Refused, 0), (Fault.DROP, Lost, 1)],
)
async def test_a_lost_request_is_heard_or_not(node, fault, error, heard):
    with pytest.raises(error):
        await always(node, fault).answer(request("eth_send"))
    assert len(node.heard) == heard


@pytest.mark.parametrize(("fault", "status", "heard"), [(Fault.LIMIT, 429, {0}), (Fault.BROKEN, 500, {0, 1})])
async def test_an_error_is_heard_or_not(node, fault, status, heard):
    engine, seen = always(node, fault), set()
    for number in range(20):
        node.heard.clear()
        assert (await engine.answer(request("eth_send", number)))[0] == status
        seen.add(len(node.heard))
    assert seen == heard


async def test_a_dead_socket_says_nothing(node):
    engine = always(node, Fault.DEAD)
    for number in range(20):
        with pytest.raises(Silent):
            await engine.answer(request("eth_send", number))
    assert 0 < len(node.heard) < 20, "it was heard or not"


async def test_a_duplicate_is_heard_twice_and_garbage_is_cut(node):
    assert await result(always(node, Fault.DUPLICATE), "eth_send") == "done"
    assert node.heard == [("eth_send",)] * 2
    with pytest.raises(ValueError, match="column"):
        json.loads((await always(node, Fault.GARBAGE).answer(request("eth_send")))[1])


async def test_a_reordered_request_is_overtaken_by_the_next(node):
    engine = always(node, Fault.REORDER)
    first = asyncio.create_task(engine.answer(request("eth_first")))
    await asyncio.sleep(0)
    engine.heal()
    await engine.answer(request("eth_second"))
    await first
    assert node.heard == [("eth_second",), ("eth_first",)]


async def test_a_late_request_arrives_all_the_same(node, monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert await result(always(node, Fault.DELAY), "eth_send") == "done"
    assert len(waited) == 1
    assert 0 < waited[0] <= 3


async def test_a_stale_node_knows_nothing_of_the_newest_blocks(node):
    engine = always(node, Fault.STALE)
    seen = int(await result(engine, "eth_blockNumber"), 16)
    assert HEAD - 3 <= seen < HEAD
    assert await result(engine, "eth_getBlockByNumber", hex(HEAD), False) is None
    assert await result(engine, "eth_getTransactionReceipt", hex(HEAD)) is None
    unknown = json.loads((await engine.answer(request("eth_getBlockByNumber", "0xff", False)))[1])
    assert unknown["result"] is None, "a block that does not exist is no error"
    logs = await result(engine, "eth_getLogs", {})
    assert all(int(log["blockNumber"], 16) < HEAD for log in logs)
    assert await result(engine, "eth_call", {}, hex(HEAD)) is None, "it has no such state"
    node.heard.clear()
    await result(engine, "eth_getTransactionCount", "0x1", "pending")
    (method, address, tag), *_ = node.heard
    assert (method, address) == ("eth_getTransactionCount", "0x1")
    assert HEAD - 3 <= int(tag, 16) < HEAD, "what is newest is older there"


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.TWICE, Fault.FOREIGN])
async def test_logs_are_cut_repeated_or_of_another_block(node, fault):
    for seed in range(10):
        logs = await result(always(node, fault, str(seed)), "eth_getLogs", {})
        known = [log for log in logs if log in LOGS]
        if fault is Fault.CUT:
            assert len(known) == len(logs) < len(LOGS)
        elif fault is Fault.TWICE:
            assert len(known) == len(logs) > len(LOGS)
        else:
            assert len(known) < len(logs) == len(LOGS)
    assert await result(always(node, fault), "eth_call", {}, "latest") == "done", "nothing else is changed"


async def run(seed, requests):
    engine, outcomes = Engine(seed, Node().forward, rates(0.3, 0.3)), {}
    for number, one in enumerate(requests):
        try:
            outcomes[one, number // len(set(requests))] = await engine.answer(request(one))
        except Lost as error:
            outcomes[one, number // len(set(requests))] = type(error)
    return outcomes, {str(one) for one in engine.happened}


async def test_the_seed_decides_and_other_requests_do_not(monkeypatch):
    monkeypatch.setattr("faults.engine.LONGEST_DELAY", 0.051)
    monkeypatch.setattr("faults.engine.HELD_SECONDS", 0.001)
    asked = ["eth_a", "eth_b", "eth_c"] * 10
    first = await run("1", asked)
    assert await run("1", asked) == first
    assert await run("1", [*reversed(asked)]) == first, "the order does not matter"
    assert await run("2", asked) != first


async def test_faults_are_as_frequent_as_told(node):
    engine = Engine("1", node.forward, rates(0.05, 0.01) | {Fault.DELAY: 0, Fault.REORDER: 0})
    for number in range(4000):
        try:
            await engine.answer(request("eth_getLogs", number))
        except Lost:
            continue
    shares = {kind: sum(one.fault in kind for one in engine.happened) / 4000 for kind in (ERRORS, LIES)}
    assert shares[ERRORS] == pytest.approx(0.05 * 7 / 9, rel=0.25)
    assert shares[LIES] == pytest.approx(0.01, rel=0.4)
    assert {one.fault for one in engine.happened} == {*ERRORS, *LIES} - {Fault.DELAY, Fault.REORDER}


async def test_an_rpc_meets_faults_as_those_of_its_network(node, monkeypatch):
    monkeypatch.setattr("faults.transport.PATIENCE", 0.0)
    for fault in (Fault.REFUSE, Fault.DROP, Fault.DEAD, Fault.LIMIT, Fault.BROKEN, Fault.GARBAGE):
        transport = FaultyTransport(always(node, fault))
        async with Rpc("http://node", transport=transport, timeout=0.01) as rpc:
            with pytest.raises(TransportError):
                await rpc.call("eth_sendRawTransaction", "0x")
    async with httpx.AsyncClient(transport=FaultyTransport(Engine("1", node.forward, {}))) as client:
        assert (await client.post("http://node", content=request("eth_x"))).json()["result"] == "done"
