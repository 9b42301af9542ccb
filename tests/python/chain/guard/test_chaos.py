"""One poor agent halts a chain that has no guard: the same transactions, without it and with it."""

import pytest

from agents.chain.guard.watchdog import drop_blockers
from agents.errors import RpcError


async def height(rpc):
    return int(await rpc.call("eth_blockNumber"), 16)


async def test_without_the_guard_a_poor_wallet_halts_the_chain_and_the_watchdog_frees_it(raw, poor, honest):
    sent = [await raw.call("eth_sendRawTransaction", poor.signed(nonce)) for nonce in range(5)]
    others = [await raw.call("eth_sendRawTransaction", honest.signed(nonce)) for nonce in range(3)]
    before = await height(raw)
    for _ in range(3):
        with pytest.raises(RpcError, match="enough funds"):
            await raw.call("evm_mine")
    assert await height(raw) == before
    assert all(await raw.batch([("eth_getTransactionByHash", (one,)) for one in others]))

    dropped = await drop_blockers(raw)

    assert [(one.hash, one.sender, one.nonce) for one in dropped] == [
        (sent[nonce], poor.address.lower(), nonce) for nonce in range(1, 5)
    ]
    assert all("enough funds" in one.reason for one in dropped)
    await raw.call("evm_mine")
    block = await raw.call("eth_getBlockByNumber", "latest", False)
    assert int(block["number"], 16) == before + 1
    assert set(block["transactions"]) == {sent[0], *others}
    assert await raw.call("eth_pendingTransactions") == []


async def test_through_the_guard_the_same_transactions_halt_nothing(raw, guard, poor, honest):
    first = await guard.ask("eth_sendRawTransaction", poor.signed(0))
    refused = [await guard.ask("eth_sendRawTransaction", poor.signed(nonce)) for nonce in range(1, 5)]
    other = await guard.ask("eth_sendRawTransaction", honest.signed(0))

    assert [one["error"]["code"] for one in refused] == [-32025] * 4
    assert "insufficient funds" in refused[0]["error"]["message"]
    await raw.call("evm_mine")
    block = await raw.call("eth_getBlockByNumber", "latest", False)
    assert set(block["transactions"]) == {first["result"], other["result"]}

    # What was refused only for what came before it passes once that is paid for.
    refused_still = await guard.ask("eth_sendRawTransaction", poor.signed(1))
    assert refused_still["error"]["code"] == -32025
    cheaper = await guard.ask("eth_sendRawTransaction", poor.signed(1, maxFeePerGas=2 * 10**9))
    await raw.call("evm_mine")
    assert (await raw.call("eth_getTransactionReceipt", cheaper["result"]))["status"] == "0x1"


async def test_a_batch_of_them_is_added_up_too(raw, guard, poor):
    calls = [
        {"jsonrpc": "2.0", "id": nonce, "method": "eth_sendRawTransaction", "params": [poor.signed(nonce)]}
        for nonce in range(5)
    ]
    replies = (await guard.post(calls)).json()
    assert [one["id"] for one in replies] == [0, 1, 2, 3, 4]
    assert ["result" in one for one in replies] == [True, False, False, False, False]
    await raw.call("evm_mine")
    assert await raw.call("eth_pendingTransactions") == []


async def test_two_transfers_of_most_of_a_wallet_are_not_both_taken(raw, guard, honest):
    sent = [
        await guard.ask("eth_sendRawTransaction", honest.signed(nonce, value=9 * 10**17))
        for nonce in range(2)
    ]
    assert "result" in sent[0]
    assert sent[1]["error"]["code"] == -32025
    await raw.call("evm_mine")
