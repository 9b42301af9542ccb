"""Sends transactions so that each intent happens once: not twice, and not lost, whatever crashes in between.

The signed bytes are stored before they are sent, and for an intent only bytes of one nonce are ever sent. A
node takes one transaction for a nonce; so sending again is harmless, and every doubt is settled by sending
again and looking for the receipt.

    send      signs and stores, together with all that is sent in the same turn of the loop
    Delivery  hands over what is stored, in batches
    Poller    finds the receipts, once for each new block; they are stored together
    Mender    looks after what does not move: higher fees, gaps, nodes that forgot
"""

import asyncio
import sqlite3
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import structlog

from agents.chain.abi import Call
from agents.chain.blocks import Header
from agents.chain.delivery import Delivery
from agents.chain.lanes import Lane, Lanes
from agents.chain.logs import Receipt
from agents.chain.mender import Fees, Mender
from agents.chain.outbox import Entry, Outbox
from agents.chain.reader import refusal, request
from agents.chain.receipts import ReceiptPoller, revert_reason
from agents.chain.rpc import Rpc, number, quantity
from agents.chain.store import Store
from agents.chain.together import Together
from agents.chain.transaction import Transaction
from agents.chain.wallet import Wallet
from agents.errors import AgoraError, RpcError, TransportError, WalletTooPoor

GAS_CAP = 16_777_216
"""The most gas one transaction may have (EIP-7825)."""
IN_FLIGHT = 8
"""Transactions of one wallet that wait for a block at the same time, unless said otherwise."""
DEPTH = 100
"""Blocks with something of ours that are looked at again after a reorganisation of the chain."""
PATIENCE = 10.0
"""Seconds without a movement in a wallet after which its transactions go out again, or at a higher fee: a node that
restarted has forgotten them, and blocks may have become dearer."""

T = TypeVar("T")
Extra = Callable[[sqlite3.Connection], None]
log = structlog.get_logger(__name__)


class _Short(Exception):
    """The wallet may not be able to pay, or what it can pay is in doubt."""


class Sender:
    """The only writer for the wallets of one store."""

    def __init__(
        self,
        rpc: Rpc,
        store: Store,
        chain_id: int,
        *,
        tip: int = 10_000,
        interval: float = 0.1,
        deadline: float = 120.0,
        in_flight: int = IN_FLIGHT,
        patience: float = PATIENCE,
        shared: bool = False,
    ) -> None:
        """``tip`` is in wei for each gas.

        ``interval`` is the seconds between two looks at the chain, ``patience`` those without a movement before
        something is done about it, ``deadline`` those until a TransportError says that an outcome is still
        unknown. ``shared`` says that others sign for the same wallets.
        """
        self._rpc, self._store, self._chain_id, self._tip = rpc, store, chain_id, tip
        self._deadline, self._shared = deadline, shared
        self._outbox = Outbox(store)
        self._lanes = Lanes(rpc, self._outbox, in_flight, shared)
        self._delivery = Delivery(rpc, interval, self._on_dead, self._on_failure)
        self._poller = ReceiptPoller(rpc, interval, self._on_receipts, self._on_fork, self._on_failure)
        self._mender = Mender(
            rpc,
            store,
            self._outbox,
            self._lanes,
            self._delivery,
            self._poller,
            self._watch,
            self._on_failure,
            chain_id=chain_id,
            tip=tip,
            patience=patience,
        )
        self._estimates: Together[tuple[str, Call[Any]], int] = Together(self._estimate_all)
        self._waiting: dict[str, asyncio.Future[Entry]] = {}
        """Who waits for the outcome of an intent."""
        self._resuming: set[asyncio.Task[Any]] = set()
        self._open: dict[str, Entry] = {}
        """The latest attempts of intents whose receipts are looked for."""
        self._watched: dict[str, str] = {}
        """Their intents by the hashes of all attempts."""
        self._intents: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def close(self) -> None:
        """Send nothing and look for nothing. What is pending stays so, and ``recover`` settles it next time."""
        for part in (self._mender, self._delivery, self._poller):
            await part.close()
        for one in (*self._resuming, *self._waiting.values()):
            one.cancel()
        await asyncio.gather(*self._resuming, return_exceptions=True)

    async def send(
        self,
        wallet: Wallet,
        call: Call[Any],
        *,
        intent: str,
        gas: int | None = None,
        extra: Extra | None = None,
    ) -> Receipt:
        """The receipt of the one transaction of ``intent``, which is sent now if it never was.

        ``extra`` writes to the store in the transaction that stores the signed bytes. Without ``gas`` the
        call is tried against the latest block first: what would be refused there is neither stored nor sent.
        Raises ContractError or RpcError when it was refused; WalletTooPoor; WalletsInUse when others sign for
        the wallet; TransportError when the outcome is not known yet, and then the same intent may be sent again
        at any time.
        """
        async with self._intent(intent):
            entry = self._outbox.get(intent)
            if entry is not None:
                return await self._settle(entry)
            limit = gas or await self._estimates.ask((wallet.address, call))
            if not self._shared:
                self._store.claim(wallet.address)
            lane = self._lanes.of(wallet.address)
            lane.signer = wallet
            async with lane.slots:
                return await self._settle(await self._sign(lane, call, intent, limit, extra), unsent=True)

    async def send_many(self, orders: Iterable[tuple[Wallet, Call[Any], str]]) -> list[Receipt | AgoraError]:
        """All of (wallet, call, intent) at the same time; for each, its receipt or why it has none."""
        return await _outcomes(self.send(wallet, call, intent=intent) for wallet, call, intent in orders)

    async def recover(self, wallets: Iterable[Wallet] = ()) -> dict[str, Receipt | AgoraError]:
        """Settle what an earlier process left pending; the outcome of each intent. Call it at the start.

        ``wallets`` are the keys at hand: a transaction whose fee no longer pays can only be replaced with its
        key, which any later ``send`` brings too. What was settled in blocks that have left the chain since then
        is pending again. Raises TransportError when the node does not answer, WalletsInUse when others sign
        for one of the wallets.
        """
        await self._retract()
        waiting = {entry.wallet for entry in self._outbox.pending()}
        for wallet in wallets:
            if wallet.address in waiting:
                self._lanes.of(wallet.address).signer = wallet
        return await self._resume_all()

    async def _resume_all(self) -> dict[str, Receipt | AgoraError]:
        entries = self._outbox.pending()
        for wallet in {entry.wallet for entry in entries}:
            self._store.claim(wallet)
        pending = [entry.intent for entry in entries]
        outcomes = await _outcomes(self._resume(intent) for intent in pending)
        return dict(zip(pending, outcomes, strict=True))

    async def reopen(self, ancestor: int) -> dict[str, Receipt | AgoraError]:
        """After blocks above ``ancestor`` left the chain: send again what they held; the outcomes."""
        self._outbox.reopen(ancestor)
        self._delivery.forget()
        self._lanes.doubt()
        return await self._resume_all()

    async def _resume(self, intent: str) -> Receipt:
        async with self._intent(intent):
            entry = self._outbox.get(intent)
            assert entry is not None, "entries are never deleted"
            return await self._settle(entry)

    async def _sign(self, lane: Lane, call: Call[Any], intent: str, gas: int, extra: Extra | None) -> Entry:
        """The intent's entry, stored, with the wallet's next nonce. Raises WalletTooPoor.

        A node may accept more than a wallet can pay for in sum, and Hardhat's then builds no block at all.
        """
        looked = False
        while True:
            fees = Fees.over(await self._poller.base_fee(), self._tip)
            await self._lanes.ready(lane)
            try:
                return await self._store.soon(partial(self._write, lane, call, intent, gas, fees, extra))
            except _Short:
                cost = gas * fees.max_fee + call.value
                if looked and lane.next is not None and cost > lane.free:
                    self._lanes.doubt(lane)
                    raise WalletTooPoor(lane.wallet, lane.held, lane.held - lane.free + cost) from None
                await self._lanes.read(lane)
                looked = True
            except BaseException:
                self._lanes.doubt(lane)  # Whether it was kept is the file's word now.
                raise

    def _write(
        self,
        lane: Lane,
        call: Call[Any],
        intent: str,
        gas: int,
        fees: Fees,
        extra: Extra | None,
        db: sqlite3.Connection,
    ) -> Entry:
        """Sign and keep. Signed in the transaction that keeps it, those of one wallet in one turn of the loop
        follow each other without a gap, also when one of them fails."""
        if lane.next is None:
            raise _Short
        transaction = Transaction(
            self._chain_id, lane.next, fees.tip, fees.max_fee, gas, call.to, call.value, call.data
        )
        if transaction.cost > lane.free:
            raise _Short
        entry = lane.sign(intent, transaction)
        self._outbox.add(db, entry)
        if extra:
            extra(db)
        lane.took(entry)
        return entry

    async def _settle(self, entry: Entry, *, unsent: bool = False) -> Receipt:
        """Wait until the entry is in a block or dead; its receipt, or the error."""
        if entry.state == "pending":
            entry = await self._outcome(entry, unsent)
        if entry.state == "mined" and entry.receipt is not None:
            return Receipt.read(entry.receipt)
        assert entry.error is not None, "what failed says why"
        raise refusal(entry.error)

    async def _outcome(self, entry: Entry, unsent: bool) -> Entry:
        loop, lane = asyncio.get_running_loop(), self._lanes.of(entry.wallet)
        latest = lane.pending.get(entry.nonce, entry)
        entry = latest if latest.intent == entry.intent else entry
        future: asyncio.Future[Entry] = loop.create_future()
        self._waiting[entry.intent] = future
        if not lane.waiting:
            lane.moved = loop.time()
        lane.waiting += 1
        self._watch(entry, unsent=unsent)
        self._delivery.flush(lane)
        self._mender.attend()
        try:
            done, _ = await asyncio.wait([future], timeout=self._deadline)
            if done:
                return future.result()
            latest = self._open[entry.intent]
            raise TransportError(_unknown(latest, self._delivery.taken(latest)))
        finally:
            lane.waiting -= 1
            del self._waiting[entry.intent]
            self._unwatch(entry.intent)

    def _watch(self, entry: Entry, *, unsent: bool = False) -> None:
        self._open[entry.intent] = entry
        self._watched.update(dict.fromkeys(entry.hashes, entry.intent))
        self._poller.watch(entry.hashes, unsent=unsent)

    def _unwatch(self, intent: str) -> None:
        entry = self._open.pop(intent, None)
        if entry is not None:
            self._delivery.forget(entry)
            for one in entry.hashes:
                self._watched.pop(one, None)
            self._poller.unwatch(entry.hashes)

    async def _on_receipts(self, receipts: Sequence[Mapping[str, Any]]) -> None:
        """Keep what the blocks say, all in one transaction, and tell those who wait."""
        reverted = [one for one in receipts if int(one["status"], 16) != 1]
        reasons = await _outcomes(revert_reason(self._rpc, one) for one in reverted)
        errors = {one["transactionHash"]: why for one, why in zip(reverted, reasons, strict=True)}
        settled = []
        for receipt in receipts:
            tx_hash = receipt["transactionHash"]
            entry, why = self._open.get(self._watched.get(tx_hash, "")), errors.get(tx_hash)
            if why is not None and not isinstance(why, RpcError):
                self._poller.ask([tx_hash])
            elif entry is not None:  # Else nobody waits for it any more.
                settled.append(self._outbox.with_receipt(entry, receipt, why))
        self._outbox.mined(settled)
        for entry in settled:
            self._done(entry)

    async def _retract(self) -> bool:
        """Find the blocks with something of ours that left the chain; what they held is pending again."""
        blocks = self._outbox.blocks(DEPTH)
        found = await self._rpc.batch(
            [("eth_getBlockByNumber", (quantity(place), False)) for place, _ in blocks]
        )
        # A node that does not have a block yet says nothing about it.
        gone = [
            block
            for block, now in zip(blocks, found, strict=True)
            if now is not None and Header.read(now).hash != block[1]
        ]
        if gone:
            log.warning("blocks_left_the_chain", blocks=[place for place, _ in gone])
            self._outbox.retract(gone)
            self._delivery.forget()
            self._lanes.doubt()
        return bool(gone)

    async def _on_fork(self) -> None:
        if await self._retract():
            # Their callers have their answers: nobody waits for these but ourselves.
            task = asyncio.get_running_loop().create_task(self._resume_all())
            self._resuming.add(task)
            task.add_done_callback(self._resuming.discard)

    def _on_dead(self, entry: Entry, error: RpcError, count: int) -> None:
        """The entry will never be mined, and its nonce is free, or another's. ``count`` is the next on chain."""
        lane = self._lanes.of(entry.wallet)
        free = count <= entry.nonce
        later = any(nonce > entry.nonce for nonce in lane.pending)
        if free and later and lane.signer is None:
            # Without it those after it would wait for ever, and its place can only be taken with the key.
            self._tell(entry.intent, error)
            return
        with self._store.transaction():
            self._outbox.drop(entry, error)
            self._done(replace(entry, state="failed", error=error))
            if free and later:
                self._mender.fill(lane, entry.nonce, Fees.of(Transaction.read(entry.raw)))
        if not (free and later) and lane.next is not None:
            lane.next = max(count, self._outbox.next_nonce(lane.wallet))

    def _done(self, entry: Entry) -> None:
        lane = self._lanes.of(entry.wallet)
        lane.moved = asyncio.get_running_loop().time()
        lane.settled(entry)
        self._unwatch(entry.intent)
        self._tell(entry.intent, entry)

    def _tell(self, intent: str, outcome: Entry | Exception) -> None:
        future = self._waiting.get(intent)
        if future is None or future.done():
            return
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _on_failure(self, error: Exception) -> None:
        """Something that no other try would mend: all who wait get to know it."""
        for intent in self._waiting:
            self._tell(intent, error)

    async def _estimate_all(self, asked: Sequence[tuple[str, Call[Any]]]) -> list[int | Exception]:
        """Gas for each call: a fifth and a little above what it takes now.

        It may be mined after others that leave it more to do; what runs out of gas is lost, and unused gas is
        not paid.
        """
        answers = await self._rpc.each(
            ("eth_estimateGas", (request(call, wallet), "latest")) for wallet, call in asked
        )
        return [
            refusal(one) if isinstance(one, RpcError) else min(number(one) * 6 // 5 + 40_000, GAS_CAP)
            for one in answers
        ]

    def _intent(self, intent: str) -> asyncio.Lock:
        """The lock of one intent, which lives as long as somebody holds or awaits it."""
        return self._intents.setdefault(intent, asyncio.Lock())


def _unknown(entry: Entry, taken: bool) -> str:
    what = f"{entry.intent} ({entry.hash})"
    if taken:
        return f"the outcome of {what} is not known yet"
    return f"no node takes {what}; it stays in the outbox"


async def _outcomes(sends: Iterable[Awaitable[T]]) -> list[T | AgoraError]:
    """The result of each, or its error; an error that is nobody's purpose is raised once all have ended."""
    results = await asyncio.gather(*sends, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, AgoraError):
            raise result
    return results  # type: ignore[return-value] # all others were raised
