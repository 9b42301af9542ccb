import asyncio

import pytest
from tailing import drain

from agents.chain.abi import transfer
from agents.chain.bindings.credit_token import RoleGranted, Transfer
from agents.chain.consumers import Place
from agents.chain.reader import read
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.tailer import RANGE, Reorg, Tailer
from agents.errors import NodeBehind, TransportError

ZERO = "0x" + "00" * 20


@pytest.fixture
async def tailer(rpc, store, deployment):
    """A tailer that has read all there was before the test."""
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    return tailer


def amounts(items):
    """The amounts minted in the blocks, in order."""
    events = [logged for item in items if not isinstance(item, Reorg) for logged in item.events]
    return [one.event.value for one in events if isinstance(one.event, Transfer)]


async def test_poll_gives_each_block_once_with_typed_events(rpc, tailer, deployment, wallets, mint):
    await mint(1, 2)
    items = await drain(tailer)
    head = int(await rpc.call("eth_blockNumber"), 16)
    assert [item.number for item in items] == [head - 1, head], "blocks in order, none twice"
    (logged,) = items[1].events
    assert logged.event == Transfer(ZERO, wallets[1].address, 2)
    assert (logged.block, logged.address, logged.index) == (head, deployment.token.address, 0)
    header = await rpc.call("eth_getBlockByNumber", hex(head), False)
    assert (items[1].hash, logged.timestamp) == (header["hash"], int(header["timestamp"], 16))
    assert logged.tx_hash == header["transactions"][0]
    assert await drain(tailer) == []


async def test_poll_reads_long_stretches_in_ranges(rpc, tailer, mint):
    await mint(1)
    await rpc.call("hardhat_mine", hex(2 * RANGE))
    await mint(2)
    first = await tailer.poll()
    assert len(first) == RANGE
    items = first + await drain(tailer)
    numbers = [item.number for item in items]
    assert numbers == list(range(numbers[0], numbers[0] + 2 * RANGE + 2)), "no block is left out"
    assert amounts(items) == [1, 2]


async def test_restart_goes_on_from_the_cursor_and_replays_without_a_node(
    rpc, store, tailer, deployment, mint
):
    await mint(1, 2)
    seen = await drain(tailer)
    await mint(3)
    path = store.path
    store.close()
    again = Store.open(path)
    async with Rpc("http://127.0.0.1:1") as nowhere:
        offline = Tailer(nowhere, again, deployment.decoders, deployment.deploy_block)
        replayed = list(offline.replay())
        assert replayed[-2:] == seen, "what comes from the disk is what came from the node"
        assert replayed[0].number == deployment.deploy_block
        assert list(offline.replay(above=seen[0].number)) == seen[1:]
    resumed = Tailer(rpc, again, deployment.decoders, deployment.deploy_block)
    assert amounts(await drain(resumed)) == [3], "only what is new"
    again.close()


async def test_reorg_comes_first_and_then_the_new_blocks(rpc, tailer, mint):
    await mint(1)
    await drain(tailer)
    ancestor = tailer.cursor
    snapshot = await rpc.call("evm_snapshot")
    await mint(2, 3)
    old = await drain(tailer)
    await rpc.call("evm_revert", snapshot)
    await rpc.call("evm_increaseTime", "0x10")
    await mint.sender.reopen(ancestor.number)
    await mint(4)
    items = await drain(tailer)
    assert items[0] == Reorg(ancestor.number)
    assert amounts(items) == [2, 3, 4], "what was sent is sent again, into other blocks"
    assert items[1].number == old[0].number
    assert items[1].hash != old[0].hash
    assert amounts(tailer.replay())[-4:] == [1, 2, 3, 4], "the store forgot the blocks that left the chain"


async def test_chain_that_stays_shorter_is_a_reorg(rpc, store, deployment, mint):
    tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block, patience=0.05)
    await mint(1)
    await drain(tailer)
    ancestor = tailer.cursor
    snapshot = await rpc.call("evm_snapshot")
    await mint(2, 3)
    await drain(tailer)
    await rpc.call("evm_revert", snapshot)
    with pytest.raises(NodeBehind, match=f"behind block {ancestor.number + 2}"):
        await tailer.poll()
    await asyncio.sleep(0.06)
    assert await drain(tailer) == [Reorg(ancestor.number)]
    assert tailer.cursor == ancestor


async def test_node_that_is_behind_is_waited_for(rpc, faulty, faults, store, deployment, mint):
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await mint(1)
    await drain(tailer)
    old, cursor = await rpc.call("eth_blockNumber"), None
    await mint(2)
    await drain(tailer)
    cursor = tailer.cursor

    def lag(method, reply):
        """Another node answers, which has not heard of the newest block."""
        if method == "eth_blockNumber":
            reply["result"] = old
        if method == "eth_getBlockByNumber" and not isinstance(reply, list):
            reply["result"] = None if reply["result"]["number"] == hex(cursor.number) else reply["result"]
        return reply

    faults.change = lag
    for _ in range(3):
        with pytest.raises(NodeBehind) as caught:
            await tailer.poll()
        assert (caught.value.known, caught.value.head) == (cursor.number, int(old, 16))
        assert tailer.cursor == cursor, "nothing is forgotten"
    faults.change = None
    await mint(3)
    items = await drain(tailer)
    assert amounts(items) == [3], "and nothing comes twice"


async def test_shorter_chain_of_other_blocks_is_a_reorg_at_once(rpc, tailer, mint):
    await mint(1)
    await drain(tailer)
    ancestor = tailer.cursor
    snapshot = await rpc.call("evm_snapshot")
    await mint(2, 3)
    await drain(tailer)
    await rpc.call("evm_revert", snapshot)
    await rpc.call("evm_increaseTime", "0x10")
    await rpc.call("evm_mine")
    assert await tailer.poll() == [Reorg(ancestor.number)]


def cut(logs):
    del logs[-1]


def lose_the_first(logs):
    del logs[0]


def lose_all(logs):
    logs.clear()


def repeat(logs):
    logs.append(dict(logs[0]))


@pytest.mark.parametrize("lie", [cut, lose_the_first, lose_all, repeat])
async def test_logs_that_are_lost_or_doubled_on_the_way_are_read_from_receipts(
    rpc, faulty, faults, store, deployment, wallets, mint, lie
):
    """Also where all logs of a block are alike, so that its bloom tells nothing."""
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    await mint(1, 2)
    await rpc.call("evm_setAutomine", False)
    sends = [
        asyncio.create_task(
            mint.sender.send(wallets[0], deployment.token.mint(wallets[1].address, 7), intent=f"{n}")
        )
        for n in range(3)
    ]
    while len(await rpc.call("eth_pendingTransactions")) < 3:
        await asyncio.sleep(0.01)
    await rpc.call("evm_mine")
    await asyncio.gather(*sends)

    def change(method, reply):
        if method == "eth_getLogs":
            lie(reply["result"])
        return reply

    faults.change = change
    items = await drain(tailer)
    assert amounts(items) == [1, 2, 7, 7, 7]
    assert amounts(tailer.replay())[-5:] == [1, 2, 7, 7, 7]


async def test_log_before_a_silent_transaction_is_missed(
    rpc, faulty, faults, store, deployment, wallets, mint
):
    """The block's last receipt has no log and so does not tell how many there are."""
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    await rpc.call("evm_setAutomine", False)
    minting = asyncio.create_task(mint(1))
    while len(await rpc.call("eth_pendingTransactions")) < 1:
        await asyncio.sleep(0.01)
    paying = asyncio.create_task(
        mint.sender.send(wallets[3], transfer(wallets[2].address, 1), intent="silent")
    )
    while len(await rpc.call("eth_pendingTransactions")) < 2:
        await asyncio.sleep(0.01)
    await rpc.call("evm_mine")
    await asyncio.gather(minting, paying)
    faults.change = lambda method, reply: reply | {"result": []} if method == "eth_getLogs" else reply
    assert amounts(await drain(tailer)) == [1]


async def test_receipts_with_a_gap_are_refused(rpc, faulty, faults, store, deployment, mint):
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    await mint(1)

    def change(method, reply):
        if method == "eth_getLogs":
            reply["result"].clear()
        if method == "eth_getTransactionReceipt":
            reply["result"]["logs"][-1]["logIndex"] = "0x5"
        return reply

    faults.change = change
    with pytest.raises(TransportError):
        await tailer.poll()
    faults.change = None
    assert amounts(await drain(tailer)) == [1]


async def test_idle_blocks_cost_no_receipts(rpc, faulty, faults, store, deployment):
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    await rpc.call("hardhat_mine", hex(RANGE))
    faults.seen.clear()
    await drain(tailer)
    assert "eth_getTransactionReceipt" not in faults.seen


async def test_events_since_a_place_by_kind(tailer, deployment, mint):
    await mint(1, 2, 3)
    await drain(tailer)
    second = [one for one in tailer.since(Place(0), [Transfer]) if one.event.value == 2][-1]
    found = list(tailer.since(Place(second.block, second.index), [Transfer]))
    assert [one.event.value for one in found] == [2, 3], "from the place on"
    assert found[0] == second
    after = list(tailer.since(Place(second.block, second.index + 1)))
    assert [one.event.value for one in after if isinstance(one.event, Transfer)] == [3]
    assert list(tailer.since(Place(tailer.cursor.number + 1))) == []
    assert list(tailer.since(Place(0), [RoleGranted])) != list(tailer.since(Place(0)))


@pytest.mark.parametrize("lie", ["hash", "foreign", "parent", "number", "shape"])
async def test_logs_that_are_not_of_the_blocks_are_refused(rpc, faulty, faults, store, deployment, mint, lie):
    await mint(1)
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await drain(tailer)
    before = tailer.cursor
    await mint(2, 3)

    def change(method, reply):
        if method == "eth_getLogs" and lie in ("hash", "foreign", "shape"):
            log = reply["result"][-1]
            changes = {"hash": {"blockHash": "0x" + "ee" * 32}, "foreign": {"blockNumber": "0xffffff"}}
            log |= changes.get(lie, {"data": None})
        if method == "eth_getBlockByNumber" and isinstance(reply, list):
            if lie == "parent":
                reply[-1]["result"]["parentHash"] = "0x" + "ee" * 32
            if lie == "number":
                reply[-1]["result"] = reply[0]["result"]
        return reply

    faults.change = change
    with pytest.raises(TransportError):
        await tailer.poll()
    assert tailer.cursor == before, "nothing of it is kept"
    faults.change = None
    assert amounts(await drain(tailer)) == [2, 3], "and nothing is lost"


async def test_outage_loses_nothing(rpc, faulty, faults, store, deployment, mint):
    tailer = Tailer(faulty, store, deployment.decoders, deployment.deploy_block)
    await mint(1, 2, 3)
    for method in ("eth_blockNumber", "eth_getLogs", "eth_getBlockByNumber"):
        faults.lose(method, "reply", times=2)
    assert amounts(await drain(tailer))[-3:] == [1, 2, 3]


async def test_logs_of_other_contracts_are_not_read(rpc, store, deployment, mint):
    only_ledger = {deployment.ledger.address: deployment.decoders[deployment.ledger.address]}
    tailer = Tailer(rpc, store, only_ledger, deployment.deploy_block)
    await mint(1)
    assert amounts(await drain(tailer)) == []
    assert await read(rpc, deployment.token.total_supply()) >= 1
