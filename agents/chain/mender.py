"""Looks after wallets in which nothing moves: a fee that no longer pays, a gap in the nonces, a forgetful node."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import structlog

from agents.chain.delivery import Delivery
from agents.chain.lanes import Lane, Lanes
from agents.chain.outbox import Entry, Outbox
from agents.chain.receipts import ReceiptPoller
from agents.chain.rpc import Rpc, number
from agents.chain.store import Store
from agents.chain.transaction import Transaction
from agents.errors import RpcError, TransportError

MOST = 100
"""Wallets looked after in one round, those that have waited longest."""
LONG = 6
"""Patiences without a movement after which a transaction is replaced though its fee should pay."""
TRANSFER_GAS = 21_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction offers, in wei for each unit of gas."""

    max_fee: int
    tip: int

    @classmethod
    def over(cls, base_fee: int, tip: int) -> Self:
        """Enough for several full blocks after one of this base fee."""
        return cls(2 * base_fee + tip, tip)

    @classmethod
    def of(cls, transaction: Transaction) -> Self:
        """What a transaction offers."""
        return cls(transaction.max_fee, transaction.tip)

    def raised(self, old: Transaction) -> Self:
        """At least these, and so much above an old transaction's that nodes let go of it: a tenth, rounded up."""
        tip = max(self.tip, _tenth_more(old.tip))
        return type(self)(max(self.max_fee, _tenth_more(old.max_fee), tip), tip)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the chain says about a wallet in which nothing moves."""

    used: int
    """The nonces used in blocks."""
    queued: int
    """Those, and what the node holds that follows them without a gap."""
    known: bool
    """Whether the node knows the transaction that is next."""


class Mender:
    """Runs while somebody waits.

    ``watch`` is told of the transactions whose receipts to look for, ``failed`` of an error that is nobody's
    purpose.
    """

    def __init__(
        self,
        rpc: Rpc,
        store: Store,
        outbox: Outbox,
        lanes: Lanes,
        delivery: Delivery,
        poller: ReceiptPoller,
        watch: Callable[[Entry], None],
        failed: Callable[[Exception], None],
        *,
        chain_id: int,
        tip: int,
        patience: float,
    ) -> None:
        """``patience`` is the seconds without a movement after which a wallet is looked at."""
        self._rpc, self._store, self._outbox = rpc, store, outbox
        self._lanes, self._delivery, self._poller, self._watch = lanes, delivery, poller, watch
        self._failed = failed
        self._chain_id, self._tip, self._patience = chain_id, tip, patience
        self._task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Look after nothing any more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def attend(self) -> None:
        """Look after all wallets for which somebody waits, from now until nobody does."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def fill(self, lane: Lane, nonce: int, fees: Fees) -> None:
        """Use a nonce for nothing, as those after it wait for it."""
        if nonce in lane.pending:
            return
        tries = 0
        while self._outbox.get(intent := f"filler:{lane.wallet}:{nonce}:{tries}") is not None:
            tries += 1
        to = lane.wallet
        filler = lane.sign(
            intent,
            Transaction(self._chain_id, nonce, fees.tip, fees.max_fee, TRANSFER_GAS, to, 0, b""),
        )
        with self._store.transaction() as db:
            self._outbox.add(db, filler)
        lane.pending[nonce] = filler
        lane.free -= filler.cost
        log.warning("gap_filled", wallet=lane.wallet, nonce=nonce)
        self._watch(filler)

    async def _run(self) -> None:
        while waiting := self._lanes.waiting():
            await asyncio.sleep(self._patience / 2)
            now = asyncio.get_running_loop().time()
            stuck = [lane for lane in waiting if now - max(lane.moved, lane.looked) >= self._patience]
            stuck.sort(key=lambda lane: max(lane.moved, lane.looked))
            try:
                await self._look_at(stuck[:MOST], now)
            except (TransportError, RpcError) as error:
                log.info("mending_postponed", wallets=len(stuck), reason=str(error))
            except Exception as error:  # noqa: BLE001 - raised by those who wait
                self._failed(error)

    async def _look_at(self, lanes: Sequence[Lane], now: float) -> None:
        fees = Fees.over(await self._poller.base_fee(), self._tip) if lanes else Fees(0, 0)
        lanes = [lane for lane in lanes if lane.pending]
        if lanes:
            log.info("nothing_moves", wallets=len(lanes))
        sights = await self._sights(lanes)
        for lane, sight in zip(lanes, sights, strict=True):
            queue, lane.looked = lane.queue(), now
            if not queue:
                continue
            missing = range(max(sight.used, sight.queued), queue[0].nonce)
            if lane.signer is None:
                log.warning("no_key", wallet=lane.wallet, pending=len(queue))
            elif missing and self._outbox.retract_nonces(lane.wallet, missing):
                # They were ours, in blocks that are no longer in the chain.
                self._lanes.doubt(lane)
            elif missing and not lane.shared:
                for nonce in missing:
                    self.fill(lane, nonce, fees)
            elif sight.known and sight.used <= queue[0].nonce:
                # The node holds it: where no fee is too low, the chain has much to do and it waits its turn.
                if await self._raise(lane, queue, fees, now):
                    self._resend(lane)
                continue
            self._resend(lane)

    def _resend(self, lane: Lane) -> None:
        """Send all again and look for all receipts, of those too for which nobody waits any more: they stand before
        the others."""
        for entry in lane.queue():
            self._delivery.forget(entry)
            self._watch(entry)
        self._delivery.flush(lane)

    async def _sights(self, lanes: Sequence[Lane]) -> list[_Sight]:
        answers = await self._rpc.batch(
            call
            for lane in lanes
            for call in (
                ("eth_getTransactionCount", (lane.wallet, "latest")),
                ("eth_getTransactionByHash", (lane.pending[min(lane.pending)].hash,)),
            )
        )
        used = [number(answer) for answer in answers[::2]]
        # To count what is pending a node builds a block of all of it: it is asked only where a gap may be.
        gaps = [
            lane.wallet
            for lane, count in zip(lanes, used, strict=True)
            if count < min(lane.pending, default=0)
        ]
        counts = await self._rpc.batch(("eth_getTransactionCount", (one, "pending")) for one in gaps)
        queued = {one: number(count) for one, count in zip(gaps, counts, strict=True)}
        return [
            _Sight(count, queued.get(lane.wallet, count), known is not None)
            for lane, count, known in zip(lanes, used, answers[1::2], strict=True)
        ]

    async def _raise(self, lane: Lane, queue: Sequence[Entry], fees: Fees, now: float) -> bool:
        """Sign anew, at a higher fee, what offers less than blocks cost; the first also for waiting very long.

        Whether there was anything.
        """
        await self._lanes.ready(lane)
        raised = False
        for entry in queue:
            old = Transaction.read(entry.raw)
            base_fee = (fees.max_fee - fees.tip) // 2
            late = entry is queue[0] and now - lane.moved >= LONG * self._patience
            if old.max_fee >= base_fee and not late:
                continue
            higher = fees.raised(old)
            new = lane.sign(entry.intent, replace(old, max_fee=higher.max_fee, tip=higher.tip))
            if new.cost - entry.cost > lane.free:
                log.warning("cannot_pay_more", wallet=lane.wallet, intent=entry.intent, needed=new.cost)
                continue
            new = replace(new, others=entry.hashes)
            if await self._store.soon(partial(self._replace, lane, entry, new)):
                log.info("replaced", intent=entry.intent, tx=new.hash, max_fee=higher.max_fee)
                raised = True
        return raised

    def _replace(self, lane: Lane, old: Entry, new: Entry, db: sqlite3.Connection) -> bool:
        """Keep the new attempt, unless the old one is no longer the one that is pending."""
        if lane.pending.get(old.nonce) is not old:
            return False
        self._outbox.replace(db, old, new)
        lane.pending[old.nonce] = new
        lane.free -= new.cost - old.cost
        lane.moved = asyncio.get_running_loop().time()
        return True


def _tenth_more(value: int) -> int:
    return (value * 11 + 9) // 10
