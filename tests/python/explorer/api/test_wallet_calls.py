"""Calls of the page's wallet to a real node: what is let through, and for whom."""

import pytest
from standing_in import context_in, inside, serving

from agents.chain.rpc import Rpc
from agents.chain.transaction import Transaction
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.explorer.api.rpc import node_at
from agents.explorer.serving import Options, serve
from agents.settings import Settings

CHAIN = 31337


@pytest.fixture
async def context(rpc, node, tmp_path):
    found = node_at(node.url, CHAIN)
    async with found.upstream:
        yield context_in(tmp_path, node=found)


def call(method, *params, number=1):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}


async def test_reads_and_signed_transactions_pass(context, rpc):
    wallet = Seed(TEST_PHRASE).wallet(9)
    async with inside(context) as client:
        own = {"origin": "http://127.0.0.1"}
        answer = await client.post("/rpc", json=call("eth_chainId"), headers=own)
        assert answer.json() == {"jsonrpc": "2.0", "id": 1, "result": hex(CHAIN)}
        batch = await client.post("/rpc", json=[call("eth_blockNumber"), call("net_version", number=2)])
        assert [one["id"] for one in batch.json()] == [1, 2]
        nonce = int(await rpc.call("eth_getTransactionCount", wallet.address, "latest"), 16)
        signed = wallet.sign_transaction(Transaction(CHAIN, nonce, 10, 10**9, 21_000, wallet.address, 1, b""))
        raw = f"0x{signed.hex()}"
        sent = (await client.post("/rpc", json=call("eth_sendRawTransaction", raw))).json()
    assert (await rpc.call("eth_getTransactionReceipt", sent["result"]))["status"] == "0x1"


@pytest.mark.parametrize(
    "method",
    [
        "eth_sendTransaction",
        "eth_accounts",
        "eth_sign",
        "personal_unlockAccount",
        "hardhat_setBalance",
        "hardhat_impersonateAccount",
        "evm_mine",
        "evm_snapshot",
        "anvil_reset",
        "debug_traceCall",
        "eth_newFilter",
        "agora_mine",
    ],
)
async def test_what_is_for_the_node_itself_does_not_pass(context, method):
    async with inside(context) as client:
        answer = (await client.post("/rpc", json=call(method))).json()
    assert answer["error"]["code"] in (-32601, -32014)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"host": "evil.example"}, 421),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_other_pages_may_not_call(context, headers, status):
    async with inside(context) as client:
        body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
        answer = await client.post(
            "/rpc", content=body, headers={"content-type": "application/json", **headers}
        )
    assert answer.status_code == status
    assert hex(CHAIN) not in answer.text
    assert "access-control-allow-origin" not in answer.headers


async def test_junk_is_refused_and_large_bodies_too(context):
    async with serving(context) as client:
        json = {"content-type": "application/json"}
        assert (await client.post("/rpc", content=b"{", headers=json)).status_code == 400
        assert (await client.post("/rpc", content=b"[" * 50_000, headers=json)).status_code == 400
        assert (await client.post("/rpc", content=b" " * (2 << 20), headers=json)).status_code == 413
        many = [call("eth_chainId", number=at) for at in range(101)]
        assert (await client.post("/rpc", json=many)).status_code == 413


async def test_node_that_is_down_is_told(tmp_path):
    nowhere = node_at("http://127.0.0.1:9", CHAIN)
    async with inside(context_in(tmp_path, node=nowhere)) as client:
        answer = await client.post("/rpc", json=call("eth_chainId"))
    assert answer.status_code == 503
    assert "error" in answer.json()


async def test_there_is_none_without_a_node(tmp_path):
    async with inside(context_in(tmp_path)) as client:
        answer = await client.post("/rpc", json=call("eth_chainId"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_rpc")


async def test_only_nodes_of_this_machine_are_asked(rpc, node, tmp_path):
    settings = Settings(_env_file=None, provider=node.url, addresses=node.addresses, home=tmp_path)
    async with serve(settings, Options(page=tmp_path)) as serving_here:
        assert serving_here.context.node is not None
        assert serving_here.context.dev_key
    port = node.url.rpartition(":")[2]
    elsewhere = settings.model_copy(update={"provider": f"http://0.0.0.0:{port}"})
    async with Rpc(elsewhere.provider) as reached:
        await reached.connect()
    async with serve(elsewhere, Options(page=tmp_path)) as serving_elsewhere:
        assert serving_elsewhere.context.node is None
        assert not serving_elsewhere.context.dev_key
