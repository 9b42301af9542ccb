import json
import re
import subprocess
import sys

import httpx
import pytest

from agents.chain.rpc import ATTEMPTS, Rpc, masked
from agents.errors import ProviderUnreachable, RpcError, TransportError

SECRET = "https://user:hunter2@node.example:8443/v3/topsecretkey?token=more"


def answering(*replies):
    """A provider that gives these replies in turn, and the requests it saw."""
    seen, left = [], list(replies)

    def handle(request):
        seen.append(json.loads(request.content))
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply(seen[-1]) if callable(reply) else reply

    return Rpc("http://127.0.0.1:1", transport=httpx.MockTransport(handle)), seen


def result(value):
    return lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "id": request["id"], "result": value})


def error(**fields):
    return lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "id": request["id"], "error": fields})


async def test_call_gives_the_result():
    rpc, seen = answering(result("0x7a69"), result(None))
    assert await rpc.call("eth_chainId") == "0x7a69"
    assert await rpc.call("eth_getBlockByNumber", "0xff", False) is None
    assert [(one["method"], one["params"]) for one in seen] == [
        ("eth_chainId", []),
        ("eth_getBlockByNumber", ["0xff", False]),
    ]
    assert seen[0]["id"] != seen[1]["id"], "each request has an id of its own"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, json={"jsonrpc": "2.0", "id": 10**9, "result": "0x1"}),
        httpx.Response(200, json={"jsonrpc": "2.0", "id": ["odd"], "result": "0x1"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.Response(429, json={"jsonrpc": "2.0", "id": 1, "result": "0x1"}),
        httpx.Response(502),
        httpx.ReadTimeout("slow"),
        lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "id": request["id"]}),
    ],
)
async def test_call_tries_a_read_again_but_never_a_write(reply):
    rpc, seen = answering(reply, result("0x2"))
    assert await rpc.call("eth_blockNumber") == "0x2"
    assert len(seen) == 2, "the read was tried again"
    rpc, seen = answering(reply, result("0x2"))
    with pytest.raises(TransportError):
        await rpc.call("eth_sendRawTransaction", "0x")
    assert len(seen) == 1, "the write was not"


async def test_call_gives_up_after_the_last_try():
    rpc, seen = answering(*[httpx.Response(503)] * ATTEMPTS)
    with pytest.raises(TransportError, match="HTTP 503"):
        await rpc.call("eth_blockNumber")
    assert len(seen) == ATTEMPTS


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("0x01ff", b"\x01\xff"),
        ({"data": "0x01ff", "message": "reverted"}, b"\x01\xff"),
        ({"originalError": {"data": "0x01ff"}}, b"\x01\xff"),
        ("0x", b""),
        ("not hex", None),
        ("0xzz", None),
        ({"message": "no data"}, None),
        (None, None),
    ],
)
async def test_refusal_carries_the_revert_data(data, expected):
    rpc, seen = answering(error(code=3, message="reverted", data=data))
    with pytest.raises(RpcError, match="reverted") as caught:
        await rpc.call("eth_call", {})
    assert (caught.value.code, caught.value.data) == (3, expected)
    assert len(seen) == 1, "a refusal is an answer: nothing is tried again"


async def test_batch_puts_replies_in_the_order_of_requests():
    def shuffled(requests):
        replies = [{"jsonrpc": "2.0", "id": one["id"], "result": one["params"][0]} for one in requests]
        return httpx.Response(200, json=replies[::-1])

    rpc, _ = answering(shuffled)
    assert await rpc.batch([("eth_call", (number,)) for number in range(5)]) == [0, 1, 2, 3, 4]
    assert await rpc.batch([]) == [], "an empty batch needs no node"


async def test_batches_ask_for_no_more_at_a_time_than_said():
    def echo(requests):
        listed = requests if isinstance(requests, list) else [requests]
        replies = [{"jsonrpc": "2.0", "id": one["id"], "result": one["params"][0]} for one in listed]
        return httpx.Response(200, json=replies)

    rpc, seen = answering(echo, echo, echo)
    assert await rpc.batches((("eth_call", (number,)) for number in range(5)), 2) == [0, 1, 2, 3, 4]
    assert [len(one) for one in seen[:2]] == [2, 2]
    assert await rpc.batches([], 2) == []


async def test_batch_refuses_a_reply_that_is_missing_or_doubled():
    def doubled(requests):
        return httpx.Response(200, json=[{"jsonrpc": "2.0", "id": requests[0]["id"], "result": 1}] * 2)

    rpc, _ = answering(doubled)
    with pytest.raises(TransportError, match="other requests"):
        await rpc.batch([("evm_mine", ()), ("evm_mine", ())])


async def test_batch_that_is_refused_as_a_whole_says_why():
    refused = httpx.Response(200, json={"id": None, "error": {"code": -32600, "message": "no batches"}})
    rpc, _ = answering(refused)
    with pytest.raises(RpcError, match="no batches"):
        await rpc.batch([("eth_chainId", ()), ("eth_chainId", ())])


async def test_connect_gives_the_chain_id():
    rpc, _ = answering(result("0x7a69"))
    assert await rpc.connect() == 31337


@pytest.mark.parametrize(
    "reply",
    [httpx.ConnectError("refused"), httpx.Response(404), error(code=-32601, message="no"), result("x")],
)
async def test_connect_says_at_once_that_no_node_answers(reply):
    rpc, seen = answering(reply)
    with pytest.raises(ProviderUnreachable, match=re.escape("http://127.0.0.1:1")):
        await rpc.connect()
    assert len(seen) == 1


@pytest.mark.parametrize("url", ["not a url", "ftp://x", "", "http://"])
async def test_connect_refuses_what_is_no_http_url(url):
    async with Rpc(url) as rpc:
        with pytest.raises(ProviderUnreachable):
            await rpc.connect()


async def test_secrets_of_the_url_are_shown_nowhere():
    def fail(request):
        raise httpx.ConnectError(f"cannot reach {request.url}")

    async with Rpc(SECRET, transport=httpx.MockTransport(fail)) as rpc:
        with pytest.raises(ProviderUnreachable) as caught:
            await rpc.connect()
    shown = f"{rpc!r} {rpc.name} {caught.value} {masked(SECRET)}"
    assert "https://node.example:8443/…" in shown
    for secret in ("user", "hunter2", "topsecretkey", "token", "more"):
        assert secret not in shown, secret


def test_an_answer_of_brackets_does_not_end_the_process():
    """In a process of its own, as the stack of one that dies is gone with it."""
    script = """
import asyncio, httpx, json
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed
from agents.errors import TransportError

async def main():
    answer = httpx.MockTransport(lambda request: httpx.Response(200, text="[" * 10**6))
    async with Rpc("http://127.0.0.1:1", transport=answer) as rpc:
        try:
            await rpc.call("evm_mine")
        except TransportError as error:
            print(error)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "without JSON" in done.stdout
