"""Hands signed transactions to a node, those of all wallets in batches, and reads what the node makes of them."""

import asyncio
import re
from collections.abc import Callable, Sequence

import structlog

from agents.chain.guard.refusals import Code
from agents.chain.lanes import Lane
from agents.chain.outbox import Entry
from agents.chain.rpc import Rpc, number
from agents.errors import RpcError, TransportError

BATCH = 100
"""Transactions in one request."""
WORKERS = 3
"""Requests under way at the same time, of different wallets: the node works on one while we read another's answer."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries to hand over the same bytes; each pause is twice the one before, up to this."""
FOR_NOW = {-32005, Code.INTERNAL, Code.RATE, Code.PENDING, Code.LOST, Code.AWAY}
"""The codes of refusals that say nothing for good: too many requests, too much in a queue, a failure inside."""

_HAS_IT = re.compile(r"known transaction|already known|already imported", re.IGNORECASE)
_NONCE_USED = re.compile(r"nonce too low", re.IGNORECASE)
_NOT_YET = re.compile(r"nonce too high|underpriced", re.IGNORECASE)
"""A gap before it, or another transaction of the same nonce in the queue: both pass."""

log = structlog.get_logger(__name__)


class Delivery:
    """Knows which pending entries a node has taken, and hands over the others.

    ``dead`` is told of an entry that can never be mined, with the node's word and the nonce that is next on chain;
    ``failed`` of an error that is nobody's purpose.
    """

    def __init__(
        self,
        rpc: Rpc,
        pause: float,
        dead: Callable[[Entry, RpcError, int], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """``pause`` is the seconds before a second try."""
        self._rpc, self._pause = rpc, pause
        self._dead, self._failed = dead, failed
        self._taken: set[str] = set()
        self._dirty: dict[str, Lane] = {}
        self._busy: set[str] = set()
        self._workers: set[asyncio.Task[None]] = set()
        self._retries: dict[str, asyncio.TimerHandle] = {}
        self._suspects: set[str] = set()
        """What the node once called used without knowing it: one of its answers may have been old."""
        self._most = BATCH

    async def close(self) -> None:
        """Hand over no more."""
        for timer in self._retries.values():
            timer.cancel()
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def taken(self, entry: Entry) -> bool:
        """Whether a node has taken the entry, as far as this process knows."""
        return entry.hash in self._taken

    def forget(self, entry: Entry | None = None) -> None:
        """No longer assume that a node has the entry, or any entry; the next ``flush`` sends it again."""
        if entry is None:
            self._taken.clear()
        else:
            self._taken.discard(entry.hash)

    def flush(self, lane: Lane) -> None:
        """Hand over all that the wallet has pending and no node has taken, in the order of nonces."""
        self._dirty[lane.wallet] = lane
        # The worker begins in the next turn of the loop, with all that this turn brings.
        if len(self._workers) < WORKERS:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        while batch := self._take():
            lanes = {lane.wallet: lane for lane, _ in batch}
            self._busy.update(lanes)
            try:
                await self._hand_over(batch)
            except TransportError as error:
                # The node may have them or not: only the next answers can tell.
                log.info("send_unanswered", transactions=len(batch), reason=str(error))
                for lane in lanes.values():
                    self._again(lane)
            except Exception as error:  # noqa: BLE001 - raised by those who wait
                self._failed(error)
            finally:
                self._busy.difference_update(lanes)

    def _take(self) -> list[tuple[Lane, Entry]]:
        """The next batch; a wallet is in one batch at a time, so that its nonces stay in order."""
        batch: list[tuple[Lane, Entry]] = []
        for wallet, lane in list(self._dirty.items()):
            if wallet in self._busy:
                continue
            waiting = [entry for entry in lane.queue() if entry.hash not in self._taken]
            room = self._most - len(batch)
            batch += [(lane, entry) for entry in waiting[:room]]
            if len(waiting) > room:
                break
            del self._dirty[wallet]
        return batch

    async def _hand_over(self, batch: Sequence[tuple[Lane, Entry]]) -> None:
        try:
            answers = await self._rpc.each(
                [("eth_sendRawTransaction", ("0x" + entry.raw.hex(),)) for _, entry in batch]
            )
        except RpcError as error:
            if len(batch) > 1:
                # Refused as a whole, for its size perhaps: less at a time, and then one by one.
                self._most = max(1, self._most // 2)
                raise TransportError(f"the node refuses a batch: {error.message}") from error
            answers = [error]
        self._most = min(BATCH, 2 * self._most)
        doubtful = []
        for (lane, entry), answer in zip(batch, answers, strict=True):
            if not isinstance(answer, RpcError) or _HAS_IT.search(answer.message):
                self._taken.add(entry.hash)
                lane.pause = 0.0
            elif answer.code in FOR_NOW or _NOT_YET.search(answer.message):
                self._again(lane)
            else:
                doubtful.append((lane, entry, answer))
        if doubtful:
            await self._examine(doubtful)

    async def _examine(self, refused: Sequence[tuple[Lane, Entry, RpcError]]) -> None:
        """What refusals mean. The counts come first: if a nonce is used and our bytes still are not there,
        others used it."""
        counts = await self._rpc.batch(
            [("eth_getTransactionCount", (entry.wallet, "latest")) for _, entry, _ in refused]
        )
        hashes = [tx_hash for _, entry, _ in refused for tx_hash in entry.hashes]
        found = await self._rpc.batch([("eth_getTransactionByHash", (one,)) for one in hashes])
        known = {tx_hash for tx_hash, one in zip(hashes, found, strict=True) if one is not None}
        for (lane, entry, error), count in zip(refused, counts, strict=True):
            if known.intersection(entry.hashes):
                # A node that mines at once answers with the revert of what is in a block all the same.
                self._taken.add(entry.hash)
            elif _NONCE_USED.search(error.message) and not self._is_used(entry, number(count)):
                self._again(lane)
            else:
                log.warning("send_refused", intent=entry.intent, tx=entry.hash, reason=error.message)
                self._suspects.discard(entry.hash)
                self._dead(entry, error, number(count))

    def _is_used(self, entry: Entry, count: int) -> bool:
        """Whether the node has said twice that another transaction used the nonce."""
        if count <= entry.nonce or entry.hash not in self._suspects:
            self._suspects.add(entry.hash)
            return False
        return True

    def _again(self, lane: Lane) -> None:
        """Try once more after a pause, as long as somebody waits for this wallet."""
        if lane.wallet in self._retries:
            return
        lane.pause = min(max(2 * lane.pause, self._pause), LONGEST_PAUSE)

        def retry() -> None:
            del self._retries[lane.wallet]
            if lane.waiting:
                self.flush(lane)

        self._retries[lane.wallet] = asyncio.get_running_loop().call_later(lane.pause, retry)
