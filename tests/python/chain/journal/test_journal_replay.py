"""Replay: the same blocks to the last byte, or an error that names what differs."""

import asyncio
from dataclasses import replace

import pytest
from lives import ACCOUNTS, all_kinds, blocks_of, grown, hash_of, lived, signed
from nodes import running_node

from agents.chain.devnet import Devnet
from agents.chain.journal.blocks import Genesis
from agents.chain.journal.book import Journal
from agents.chain.journal.replay import first_block, replay, replayed
from agents.chain.node import GuardedNode
from agents.chain.rpc import Rpc
from agents.errors import BlockNotInJournal, JournalOfAnotherChain, ReplayMismatch


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A journal with some life in it, and what the node said of its blocks."""
    path = tmp_path_factory.mktemp("run") / "run.db"

    async def live():
        async with GuardedNode(path, block_ms=100) as node, Rpc(node.operator_url) as rpc:
            await lived(node, rpc)
            last = node.block
            return await blocks_of(rpc, last)

    return path, asyncio.run(live())


@pytest.fixture(scope="module")
def idle(run):
    """A node whose chain begins as the journal's, and has no more."""
    journal = Journal.open(run[0], write=False)
    genesis = journal.origin.genesis.setting
    journal.close()
    with running_node(genesis=genesis) as node:
        yield node


@pytest.fixture
async def fresh(idle):
    async with Rpc(idle.url) as rpc:
        snapshot = await rpc.call("evm_snapshot")
        yield rpc
        await rpc.call("evm_revert", snapshot)


@pytest.fixture
def journal(run):
    journal = Journal.open(run[0], write=False)
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def busy(run):
    """The number of a block with several transactions."""
    return next(int(one["number"], 16) for one in run[1] if len(one["transactions"]) > 1)


async def test_replay_gives_the_same_blocks_to_the_last_byte(run, journal):
    _, blocks = run
    told = []
    async with replayed(journal, progress=lambda done, total: told.append((done, total))) as (rpc, done):
        assert await blocks_of(rpc, len(blocks) - 1) == blocks
        entropy = await rpc.call("eth_getStorageAt", await made(rpc, blocks), "0x0", "latest")
        assert entropy != "0x" + "00" * 32, "blocks have contracts that keep block hashes"
    assert (done.blocks, done.transactions) == (journal.last, 15)
    assert done.rate > 0
    assert told[-1] == (journal.last, journal.last)


async def made(rpc, blocks):
    """The newest contract."""
    creations = [one for block in blocks for one in block["transactions"] if one["to"] is None]
    receipt = await rpc.call("eth_getTransactionReceipt", creations[-1]["hash"])
    return receipt["contractAddress"]


async def test_replay_stops_where_it_is_told(fresh, run, journal):
    done = await replay(fresh, journal, 3)
    assert int(await fresh.call("eth_blockNumber"), 16) == done.blocks == 3
    assert await blocks_of(fresh, 3) == run[1][:4]


async def test_a_block_that_is_not_there_is_refused(fresh, journal):
    with pytest.raises(BlockNotInJournal):
        await replay(fresh, journal, journal.last + 1)


async def test_two_chains_never_begin_with_the_same_block(journal):
    other = Genesis(journal.origin.genesis.time, journal.origin.genesis.mark + 1)
    async with Devnet(genesis=other.setting) as net, Rpc(net.url) as rpc:
        found = await first_block(rpc, other)
    assert found.hash != journal.origin.hash
    assert found.state_root != journal.origin.state_root


def rewritten(journal, target, change, origin=None):
    """A journal at ``target`` whose checksums are right and whose blocks are what ``change`` makes of them."""
    other = Journal.open(target)
    other.begin(origin or journal.origin)
    for block in journal.blocks():
        other.append(change(block))
    return other


async def refused(rpc, journal, error):
    with pytest.raises(error) as raised:
        await replay(rpc, journal)
    journal.close()
    return raised.value


async def test_a_journal_of_another_chain_is_refused(fresh, journal, tmp_path):
    origin = replace(journal.origin, hash=b"\1" * 32)
    other = rewritten(journal, tmp_path / "other.db", lambda block: block, origin)
    assert "began with block 0x01010101" in str(await refused(fresh, other, JournalOfAnotherChain))


@pytest.mark.parametrize("field", ["state_root", "hash"])
async def test_another_state_or_hash_names_the_block(fresh, journal, tmp_path, busy, field):
    def change(block):
        return replace(block, **{field: b"\1" * 32}) if block.number == busy else block

    error = await refused(fresh, rewritten(journal, tmp_path / "other.db", change), ReplayMismatch)
    assert (error.block, error.transaction) == (busy, None)
    assert f"cannot be replayed beyond block {busy - 1}" in str(error)
    assert f"block {busy} has another {field.split('_')[0]}" in str(error)


async def test_a_transaction_that_fares_otherwise_is_named(fresh, journal, tmp_path, busy):
    def change(block):
        if block.number != busy:
            return block
        return replace(
            block, state_root=b"\1" * 32, outcomes=block.outcomes[:8] + b"\1" * 8 + block.outcomes[16:]
        )

    second = next(block for block in journal.blocks() if block.number == busy).transactions[1]
    error = await refused(fresh, rewritten(journal, tmp_path / "other.db", change), ReplayMismatch)
    assert error.transaction == hash_of("0x" + second.hex())
    assert "has another outcome" in str(error)


async def test_a_transaction_that_the_node_refuses_is_named(fresh, journal, tmp_path, busy):
    again = bytes.fromhex(all_kinds(0)[0][2:])

    def change(block):
        late = block.number > busy and not block.transactions
        return replace(block, transactions=(again,)) if late else block

    error = await refused(fresh, rewritten(journal, tmp_path / "other.db", change), ReplayMismatch)
    assert error.block > busy
    assert error.transaction == hash_of("0x" + again.hex())
    assert "nonce too low" in str(error)


async def test_a_transaction_in_another_place_is_named(fresh, journal, tmp_path, busy):
    """The node keeps to the nonces of a sender: a journal that says otherwise was never mined."""
    one, two = (bytes.fromhex(signed(ACCOUNTS[5], nonce)[2:]) for nonce in (0, 1))

    def change(block):
        return replace(block, transactions=(two, one)) if block.number == 1 else block

    error = await refused(fresh, rewritten(journal, tmp_path / "other.db", change), ReplayMismatch)
    assert (error.block, error.transaction) == (1, hash_of("0x" + two.hex()))
    assert "in another place" in str(error)


async def test_a_journal_of_more_than_one_request(fresh, journal, tmp_path):
    """Hundreds of blocks, and one that alone is larger than requests should be."""
    began, long = journal.origin.genesis.time, Journal.open(tmp_path / "run.db")
    long.begin(journal.origin)
    data = "0x" + "11" * 100_000
    large = [signed(ACCOUNTS[0], nonce, data=data, gas=5_000_000) for nonce in range(11)]
    blocks = [*((began + one, []) for one in range(1, 211)), (began + 300, large), (began + 301, [])]
    before = await fresh.call("evm_snapshot")
    await grown(fresh, long, blocks)
    hashes = [one["hash"] for one in await blocks_of(fresh, 212)]
    await fresh.call("evm_revert", before)
    told = []
    done = await replay(fresh, long, progress=lambda *at: told.append(at))
    assert (done.blocks, done.transactions) == (212, 11)
    assert [one["hash"] for one in await blocks_of(fresh, 212)] == hashes
    assert told == [(200, 212), (210, 212), (211, 212), (212, 212)]
    long.close()


async def test_what_the_node_refuses_ends_a_request(fresh, journal):
    await replay(fresh, journal, 1)
    told = await fresh.call("agora_replayBlocks", [["0x1", []], ["0x1", []]])
    assert [set(one) for one in told] == [{"refused", "index"}]
    assert int(await fresh.call("eth_blockNumber"), 16) == 1


async def test_a_node_that_is_not_fresh_has_other_blocks(fresh, journal):
    await fresh.call("evm_mine")
    with pytest.raises(ReplayMismatch, match="block 1"):
        await replay(fresh, journal)
