"""What becomes of requests when the node, the way to it, or the gate fails: nobody is left to guess."""

import asyncio
import contextlib
import json

import pytest
from guarded import AGENT, GWEI, OPERATOR, RULES, Recorder, Stranger, guarding
from starlette.responses import JSONResponse, Response

from agents.chain.guard.refusals import Code
from agents.chain.guard.rules import Rules
from agents.chain.guard.server import GuardServer
from agents.chain.rpc import Rpc
from agents.errors import RpcError, TransportError

ADA = Stranger(1)
COST = 21_000 * 4 * GWEI


def call(method="eth_gasPrice", *params, id=1):  # noqa: A002 - as JSON-RPC names it
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": list(params)}


def send(nonce=0, id=1, **fields):  # noqa: A002
    return call("eth_sendRawTransaction", ADA.signed(nonce, **fields), id=id)


def answering(content, status=200):
    async def answer(asked):
        if any(one["method"] == "eth_getBalance" for one in asked):
            return JSONResponse(
                [{"jsonrpc": "2.0", "id": at, "result": hex(at * COST * 3)} for at in range(len(asked))]
            )
        return Response(content, status)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        answering(b"", 500),
        answering(b"[]", 503),
        answering(b"junk"),
        answering(b"[]"),
        answering(b"{}"),
        answering(b'[{"jsonrpc":"2.0","id":9,"result":"0x1"}]'),
        answering(b'[{"jsonrpc":"2.0","id":1}]'),
        answering(b'[{"jsonrpc":"2.0","id":1,"error":"no"}]'),
        answering(b'[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":2,"result":1}]'),
    ],
)
async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open_and_says_so(recorder, watched, answer):
    recorder.answer = answer
    response = await watched.post([send()])
    assert response.status_code == 502
    assert response.json()["error"]["code"] == Code.LOST
    assert recorder.methods[-1] == "eth_sendRawTransaction"


@contextlib.asynccontextmanager
async def cutting(reply):
    """A node that reads each request, says ``reply`` and hangs up; or says nothing and holds on, without one."""

    async def serve(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            if reply is not None:
                writer.write(reply)
                writer.close()
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n[1",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n[]",
        None,
    ],
    ids=lambda reply: str(reply)[:60],
)
async def test_a_connection_that_breaks_leaves_the_outcome_open_and_says_so(reply):
    async with cutting(reply) as url, guarding(url, timeout=0.2) as guard:
        response = await guard.post(call("eth_sendTransaction", {}), path=f"/k/{OPERATOR}")
        assert response.status_code == 502
        assert response.json()["error"]["code"] == Code.LOST


async def test_answers_in_chunks_are_put_together():
    reply = json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x7"}).encode()
    chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (1, reply[at : at + 1]) for at in range(len(reply)))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with cutting(head + chunks + b"0\r\n\r\n") as url, guarding(url) as guard:
        for _ in range(3):  # The node hangs up after each, and that is no failure.
            assert (await guard.post(call())).json()["result"] == "0x7"


async def test_without_a_node_nothing_is_done_and_the_guard_says_so():
    async with cutting(b"") as url:
        pass
    async with guarding(url) as guard:
        for asked in (call(), send(), [send(), call(id=2)]):
            response = await guard.post(asked)
            assert response.status_code == 503
            assert response.json()["error"]["code"] == Code.AWAY
        assert (await guard.http.get(guard.url + "/healthz")).status_code == 503


async def test_a_client_takes_both_for_an_open_outcome_that_sending_again_settles(recorder, watched):
    recorder.answer = answering(b"junk")
    async with Rpc(watched.url) as rpc:
        with pytest.raises(TransportError):
            await rpc.call("eth_sendRawTransaction", ADA.signed())
        recorder.answer = None
        assert await rpc.call("eth_sendRawTransaction", ADA.signed()) == "0x1"


async def test_a_lost_answer_keeps_the_cost_reserved_until_the_chain_tells(recorder, watched):
    """The wallet holds three times the cost of one: after one lost and two taken there is no room."""
    recorder.results["eth_getBalance"] = hex(3 * COST)
    recorder.answer = answering(b"junk")
    assert (await watched.post(send(0))).status_code == 502
    recorder.answer = None
    assert "result" in (await watched.post(send(0))).json()  # The same bytes again: counted once.
    assert "result" in (await watched.post(send(1))).json()
    assert "result" in (await watched.post(send(2))).json()
    assert (await watched.post(send(3))).json()["error"]["code"] == Code.PENDING
    recorder.results["eth_getTransactionCount"] = "0x1"
    recorder.results["eth_getBalance"] = hex(3 * COST - 1)
    assert (await watched.post(send(3))).json()["error"]["code"] == Code.PENDING
    recorder.results["eth_getBalance"] = hex(3 * COST)
    assert "result" in (await watched.post(send(3))).json()


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Known transaction: 0xabc", True),
        ("already known", True),
        ("Transaction nonce too low. Expected nonce to be at least 6 but got 0.", False),
    ],
)
async def test_what_the_node_refuses_is_no_longer_counted_unless_it_has_it_already(
    recorder, watched, message, kept
):
    recorder.results["eth_getBalance"] = hex(COST)

    async def refuse(asked):
        if asked[0]["method"] != "eth_sendRawTransaction":
            return JSONResponse([recorder.reply(one) for one in asked])
        error = {"code": -32000, "message": message}
        return JSONResponse({"jsonrpc": "2.0", "id": asked[0]["id"], "error": error})

    recorder.answer = refuse
    assert (await watched.post(send(0))).json()["error"]["message"] == message
    recorder.answer = None
    assert ("error" in (await watched.post(send(1))).json()) == kept


async def test_replies_have_the_ids_and_the_order_of_the_calls(recorder, watched):
    async def backwards(asked):
        return JSONResponse(
            [{"jsonrpc": "2.0", "id": one["id"], "result": one["method"]} for one in asked[::-1]]
        )

    recorder.answer = backwards
    asked = [call(id="a"), call("eth_chainId", id=-4), call("evm_mine", id="b"), call("net_version", id=0)]
    replies = (await watched.post(asked)).json()
    assert [(one["id"], one.get("result")) for one in replies] == [
        ("a", "eth_gasPrice"),
        (-4, "eth_chainId"),
        ("b", None),
        (0, "net_version"),
    ]


async def test_while_blocks_are_built_requests_wait_and_then_pass(recorder, watched):
    async with watched.gate.closed():
        waiting = [asyncio.create_task(watched.post(call(id=at))) for at in range(3)]
        await asyncio.sleep(0.2)
        assert recorder.seen == []
        # What need not reach the node is refused at once.
        assert (await watched.post(call("evm_mine"))).json()["error"]["code"] == Code.METHOD
    assert [one.json()["result"] for one in await asyncio.gather(*waiting)] == ["0x1"] * 3


async def test_the_gate_closes_only_when_the_node_has_answered(recorder, watched):
    answered = asyncio.Event()

    async def slowly(asked):
        await answered.wait()
        return JSONResponse({"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    recorder.answer = slowly
    waiting = asyncio.create_task(watched.post(call()))
    while not recorder.seen:
        await asyncio.sleep(0.01)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), watched.gate.closed():
            pytest.fail("a request is under way")
    answered.set()
    async with asyncio.timeout(20), watched.gate.closed():
        pass
    assert (await waiting).json()["result"] == "0x1"


async def test_a_request_that_waits_too_long_for_the_gate_was_not_done(recorder):
    async with guarding(recorder.url, Rules(chain_id=31337, patience=0.1)) as guard, guard.gate.closed():
        response = await guard.post(send())
        assert response.status_code == 503
        assert response.json()["error"]["code"] == Code.AWAY
        assert (await guard.http.get(guard.url + "/healthz")).status_code == 503
    assert recorder.seen == []


async def test_no_more_requests_than_allowed_are_held(recorder):
    async with guarding(recorder.url, Rules(chain_id=31337, most_open=2)) as guard:
        async with guard.gate.closed():
            held = [asyncio.create_task(guard.post(call())) for _ in range(2)]
            await asyncio.sleep(0.2)
            response = await guard.post(call())
            assert response.status_code == 503
            assert response.json()["error"]["code"] == Code.AWAY
        assert [one.status_code for one in await asyncio.gather(*held)] == [200, 200]
        assert (await guard.post(call())).status_code == 200


async def test_keys_have_rates_of_their_own_and_operators_none(recorder):
    rules = Rules(
        chain_id=31337,
        rate=0.001,
        burst=5,
        agent_keys=frozenset({AGENT, "another"}),
        operator_keys=frozenset({OPERATOR}),
    )
    async with guarding(recorder.url, rules) as guard:

        async def statuses(path, **headers):
            return [(await guard.post(call(), path, **headers)).status_code for _ in range(6)]

        assert await statuses("/") == [200] * 5 + [429]
        assert await statuses(f"/k/{AGENT}") == [200] * 5 + [429]
        assert await statuses("/", authorization="Bearer another") == [200] * 5 + [429]
        assert await statuses(f"/k/{OPERATOR}") == [200] * 6
        async with Rpc(guard.url) as rpc:
            with pytest.raises(TransportError):
                await rpc.call("eth_sendRawTransaction", ADA.signed())
        # A batch is let through whole or not at all.
    rules = Rules(chain_id=31337, rate=0.001, burst=5)
    recorder.seen.clear()
    async with guarding(recorder.url, rules) as guard:
        assert (await guard.post([call(id=at) for at in range(6)])).status_code == 429
        assert recorder.seen == []
        assert (await guard.post([call(id=at) for at in range(5)])).status_code == 200


async def test_keys_can_be_made_a_condition(recorder):
    rules = Rules(chain_id=31337, agent_keys=frozenset({AGENT}), anonymous=False)
    async with guarding(recorder.url, rules) as guard:
        assert (await guard.post(call())).status_code == 401
        assert (await guard.post(call(), f"/k/{AGENT}")).status_code == 200
    assert AGENT not in repr(rules)
    assert OPERATOR not in repr(RULES)


async def test_the_node_may_come_back_at_another_address(recorder):
    other = Recorder()
    other.results = {"eth_gasPrice": "0x2"}
    async with GuardServer(other.app) as server, guarding(recorder.url) as guard:
        assert (await guard.post(call())).json()["result"] == "0x1"
        guard.upstream.url = server.url
        assert (await guard.post(call())).json()["result"] == "0x2"


async def test_what_could_not_be_handed_over_is_no_longer_counted(recorder, watched):
    recorder.results["eth_getBalance"] = hex(2 * COST)
    assert "result" in (await watched.post(send(0))).json()
    async with cutting(b"") as url:
        pass
    watched.upstream.url = url
    assert (await watched.post(send(1))).status_code == 503
    watched.upstream.url = recorder.url
    assert "result" in (await watched.post(send(2))).json()


async def test_a_connection_that_the_node_will_close_is_not_used_again():
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        reply = json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x7"}).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(reply), reply)
        )
        held.append(writer)

    held = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with guarding(f"http://127.0.0.1:{port}", timeout=20) as guard:
            for _ in range(2):
                assert (await guard.post(call())).json().get("result") == "0x7"
        for writer in held:
            writer.close()


async def test_errors_of_the_node_reach_the_client_as_they_are(raw, guard):
    async with Rpc(guard.url) as guarded:
        for asked in (
            ("eth_getBalance", "0x12", "latest"),
            ("eth_getBlockByNumber", 7),
            ("eth_getTransactionByHash", "0x12"),
        ):
            with pytest.raises(RpcError) as direct:
                await raw.call(*asked)
            with pytest.raises(RpcError) as through:
                await guarded.call(*asked)
            assert through.value.code == direct.value.code
            # Where in the request it stumbled depends on the length of the ids.
            assert through.value.message.split(" at line")[0] == direct.value.message.split(" at line")[0]
