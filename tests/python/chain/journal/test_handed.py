"""What a node has taken and not mined is remembered, and nothing else."""

import asyncio
import json

from agents.chain.journal.handed import Handed, NotingUpstream

ANSWERS = {
    "0x01": {"result": "0xa1"},
    "0x02": {"error": {"code": -32000, "message": "no"}},
    "0x03": {"result": "0xa3"},
}


class Node:
    """Answers each transaction as the table says; what it says last is no JSON."""

    def __init__(self):
        self.garbled = False

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        asked = json.loads(await reader.readexactly(length))
        answers = [ANSWERS.get(one["params"][0], {"result": None}) | {"id": one["id"]} for one in asked]
        body = b"oops" if self.garbled else json.dumps(answers).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        writer.close()


def sent(*raws, method="eth_sendRawTransaction"):
    calls = [{"jsonrpc": "2.0", "id": at, "method": method, "params": [raw]} for at, raw in enumerate(raws)]
    return json.dumps(calls).encode()


async def test_what_the_node_takes_is_noted():
    node, handed = Node(), Handed()
    server = await asyncio.start_server(node.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, NotingUpstream(f"http://{host}:{port}", handed) as upstream:
        await upstream.post(sent("0x01", "0x02", "0x03"))
        assert handed.waiting() == [b"\1", b"\3"], "not what it refused"
        assert handed.get("0xa3") == b"\3"
        await upstream.post(sent("0x01", method="eth_getTransactionByHash"))
        node.garbled = True
        assert await upstream.post(sent("0x02")) == b"oops"
        assert len(handed) == 2


def test_what_is_mined_or_replaced_is_forgotten():
    handed = Handed()
    for number in range(4):
        handed.add(f"0x{number}", bytes([number]))
    handed.forget(["0x1", "0x9"])
    handed.keep_only(["0x3", "0x0"])
    assert handed.waiting() == [b"\0", b"\3"]
    assert handed.get("0x2") is None
