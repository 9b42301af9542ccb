"""What the sender costs: transactions a second through it, and of a bare loop that sends the same bytes.

Both run on a fresh Hardhat node of their own with one block a second. Many wallets send plain payments, eight
each at the same time; then ten times as many, and ten times more. The clock runs from the first call until the
last transaction is known to be in a block. The sender signs, stores, asks the node for each receipt and keeps it
in that time; the loop finds its transactions signed, and counts those in the blocks.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from agents.chain.abi import transfer
from agents.chain.devnet import CHAIN_ID, Devnet
from agents.chain.faucet import Faucet
from agents.chain.rpc import Rpc, pieces, quantity
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.transaction import Transaction
from agents.chain.wallet import Seed, Wallet

WALLETS, EACH = (10, 100, 1000), 8
GAS, FEE, TIP = 21_000, 100_000, 10_000
MONEY = 10**15
BATCH, WORKERS = 100, 3


def run(sizes: Sequence[int] = WALLETS, each: int = EACH) -> dict[str, dict[str, float]]:
    """For each number of wallets: transactions a second, and the CPU that the sender takes for one."""
    print(f"  {'wallets':>8} {'bare tx/s':>10} {'sender tx/s':>12} {'share':>6} {'CPU us/tx':>10}")
    figures = {}
    for wallets in sizes:
        found = figures[str(wallets)] = asyncio.run(_run(wallets, each))
        print("  {:>8} {:>10} {:>12} {:>6} {:>10}".format(wallets, *list(found.values())[1:]))
    return figures


async def _run(wallets: int, each: int) -> dict[str, float]:
    seed = Seed.create()
    senders = [seed.wallet(index) for index in range(wallets)]
    bare, _ = await _on_a_node(senders, each, _bare)
    through, cpu = await _on_a_node(senders, each, _through_sender)
    count = wallets * each
    return {
        "transactions": count,
        "bare_tx_s": round(count / bare, 1),
        "sender_tx_s": round(count / through, 1),
        "share_of_bare": round(bare / through, 3),
        "sender_cpu_us_per_tx": round(1e6 * cpu / count, 1),
    }


async def _on_a_node(wallets, each, work):
    """The wall time and our own CPU time of the work, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        async with Devnet(block_ms=1000) as net, Rpc(net.url) as rpc:
            store = Store.open(Path(folder) / "store.db")
            faucet = Faucet(rpc, store, CHAIN_ID)
            for few in pieces(wallets, BATCH):
                await faucet.fund([wallet.address for wallet in few], MONEY)
            await faucet.close()
            job = await work(rpc, store, wallets, each)
            wall, cpu = time.perf_counter(), time.process_time()
            await job()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            store.close()
    return wall, cpu


async def _through_sender(rpc, store, wallets, each):
    async def job():
        sender = Sender(rpc, store, CHAIN_ID)
        pays = (
            sender.send(wallet, transfer(wallet.address, 1), intent=f"{wallet.address}:{n}", gas=GAS)
            for wallet in wallets
            for n in range(each)
        )
        await asyncio.gather(*pays)
        await sender.close()

    return job


async def _bare(rpc, _store, wallets, each):
    raws = [_signed(wallet, nonce) for nonce in range(each) for wallet in wallets]
    batches = pieces(raws, BATCH)

    async def hand_over():
        for batch in batches:
            await rpc.batch([("eth_sendRawTransaction", (raw,)) for raw in batch])

    async def job():
        head = int(await rpc.call("eth_blockNumber"), 16)
        await asyncio.gather(*(hand_over() for _ in range(WORKERS)))
        mined = 0
        while mined < len(raws):
            newest = int(await rpc.call("eth_blockNumber"), 16)
            for number in range(head + 1, newest + 1):
                count = await rpc.call("eth_getBlockTransactionCountByNumber", quantity(number))
                mined += int(count, 16)
            head = newest
            await asyncio.sleep(0.05)

    return job


def _signed(wallet: Wallet, nonce: int) -> str:
    transaction = Transaction(CHAIN_ID, nonce, TIP, FEE, GAS, wallet.address, 1, b"")
    return "0x" + wallet.sign_transaction(transaction).hex()


if __name__ == "__main__":
    run()
