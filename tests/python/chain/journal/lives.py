"""Signed transactions of every kind that a journal may hold, and the life of a chain that had them."""

import asyncio

from eth_account import Account
from eth_utils import keccak

from agents.chain.faucet import TEST_PHRASE
from agents.chain.journal.blocks import Block

PATH = "m/44'/60'/0'/0/{}"
KEEPS_ENTROPY = "0x600143034060005544600155600080f3"
"""Creates an empty contract that keeps the last block's hash and the block's random number."""

Account.enable_unaudited_hdwallet_features()
ACCOUNTS = [Account.from_mnemonic(TEST_PHRASE, account_path=PATH.format(one)) for one in range(6)]
SINK = "0x" + "55" * 20


def signed(account, nonce, **fields):
    """A raw transaction as hex; of type 2 unless a gas price is given."""
    fees = {} if "gasPrice" in fields else {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 5}
    known = {"chainId": 31337, "nonce": nonce, "gas": 21_000, "to": SINK, "value": 1}
    return "0x" + account.sign_transaction(known | fees | fields).raw_transaction.hex()


def all_kinds(nonce):
    """One of each kind, each from another account."""
    listed = [{"address": SINK, "storageKeys": ["0x" + "01" * 32]}]
    creation = {"to": "", "value": 0, "data": KEEPS_ENTROPY, "gas": 200_000}
    return [
        signed(ACCOUNTS[0], nonce, gasPrice=10**9),
        signed(ACCOUNTS[1], nonce, gasPrice=10**9, accessList=listed, type=1, gas=60_000),
        signed(ACCOUNTS[2], nonce, accessList=listed, gas=60_000),
        signed(ACCOUNTS[3], nonce, value=0, data="0x00ff", gas=30_000),
        signed(ACCOUNTS[4], nonce, **creation),
    ]


def hash_of(raw):
    return "0x" + keccak(hexstr=raw).hex()


async def mined(rpc, hashes, seconds=20):
    """The receipts, when all are there."""
    async with asyncio.timeout(seconds):
        while True:
            receipts = await rpc.batch([("eth_getTransactionReceipt", (one,)) for one in hashes])
            if all(receipts):
                return receipts
            await asyncio.sleep(0.05)


async def lived(node, rpc, rounds=3):
    """The hashes of ``rounds`` times all kinds, mined on a guarded node by its operator."""
    hashes = []
    for nonce in range(rounds):
        sent = [await rpc.call("eth_sendRawTransaction", raw) for raw in all_kinds(nonce)]
        await mined(rpc, sent)
        hashes += sent
    return hashes


async def grown(rpc, journal, blocks):
    """A fresh node and a fresh journal have these blocks: pairs of a timestamp and raw transactions."""
    for timestamp, raws in blocks:
        (told,) = await rpc.call("agora_replayBlocks", [[hex(timestamp), raws]])
        head = await rpc.call("eth_getBlockByNumber", "latest", False)
        assert told["transactions"] == [hash_of(raw) for raw in raws]
        journal.append(
            Block(
                int(head["number"], 16),
                timestamp,
                int(head["baseFeePerGas"], 16),
                *(bytes.fromhex(head[name][2:]) for name in ("mixHash", "stateRoot", "hash")),
                tuple(bytes.fromhex(raw[2:]) for raw in raws),
                bytes(8 * len(raws)),
            )
        )


async def blocks_of(rpc, last):
    """All that the chain says of its blocks 0 to ``last``."""
    return await rpc.batch([("eth_getBlockByNumber", (hex(one), True)) for one in range(last + 1)])
