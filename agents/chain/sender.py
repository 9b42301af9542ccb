"""Sends transactions so that each intent happens once: not twice, and not lost, whatever crashes in between.

The signed bytes are stored before they are sent, and only those bytes are ever sent for an intent. A node
takes a transaction once, by its nonce; so sending again is harmless, and every doubt is settled by
sending again and looking for the receipt.
"""

import asyncio
import sqlite3
import weakref
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from eth_utils.crypto import keccak

from agents.chain.abi import Call
from agents.chain.delivery import Delivery
from agents.chain.logs import Receipt
from agents.chain.outbox import Entry, Outbox
from agents.chain.reader import refusal, request
from agents.chain.receipts import ReceiptPoller, revert_reason
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.errors import AgoraError, RpcError, TransportError, WalletTooPoor

GAS_CAP = 16_777_216
"""The most gas one transaction may have (EIP-7825)."""
IN_FLIGHT = 8
"""Transactions of one wallet that wait for a block at the same time, unless said otherwise."""
RESEND_SECONDS = 10.0
"""After so long without a receipt the bytes go out again: a node that restarted has forgotten them."""

Extra = Callable[[sqlite3.Connection], None]
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Lane:
    """One wallet's way to the chain: one transaction at a time is signed and handed over."""

    slots: asyncio.Semaphore
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


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
    ) -> None:
        """``tip`` is in wei for each gas.

        ``interval`` is the seconds between two looks at the chain, ``deadline`` those until a TransportError
        says that an outcome is still unknown.
        """
        self._rpc, self._chain_id, self._tip = rpc, chain_id, tip
        self._deadline, self._in_flight = deadline, in_flight
        self._outbox = Outbox(store)
        self._delivery = Delivery(rpc, self._outbox, interval, deadline)
        self._poller = ReceiptPoller(rpc, interval)
        self._lanes: dict[str, _Lane] = {}
        self._intents: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def close(self) -> None:
        """Stop looking for receipts. What is pending stays so and is settled by ``recover`` next time."""
        await self._poller.close()

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
        Raises ContractError or RpcError when it was refused; WalletTooPoor; TransportError when the outcome
        is not known yet, and then the same intent may be sent again at any time.
        """
        async with self._intent(intent):
            entry = self._outbox.get(intent)
            if entry is not None:
                return await self._settle(entry)
            limit = gas or await self._estimate(wallet, call)
            lane = self._lane(wallet.address)
            async with lane.slots:
                async with lane.lock:
                    # An earlier one that no node has taken yet would leave a gap before this one.
                    await self._delivery.flush(wallet.address)
                    entry = await self._sign(wallet, call, intent, limit)
                    self._outbox.add(entry, extra)
                    await self._delivery.flush(wallet.address)
                return await self._settle(entry)

    async def send_many(self, orders: Iterable[tuple[Wallet, Call[Any], str]]) -> list[Receipt | AgoraError]:
        """All of (wallet, call, intent) at the same time; for each, its receipt or why it has none."""
        return await _outcomes(self.send(wallet, call, intent=intent) for wallet, call, intent in orders)

    async def recover(self) -> dict[str, Receipt | AgoraError]:
        """Settle what an earlier process left pending; the outcome of each intent. Call it at the start."""
        pending = [entry.intent for entry in self._outbox.pending()]
        outcomes = await _outcomes(self._resume(intent) for intent in pending)
        return dict(zip(pending, outcomes, strict=True))

    async def reopen(self, ancestor: int) -> dict[str, Receipt | AgoraError]:
        """After blocks above ``ancestor`` left the chain: send again what they held; the outcomes."""
        self._outbox.reopen(ancestor)
        self._delivery.forget()
        return await self.recover()

    async def _resume(self, intent: str) -> Receipt:
        async with self._intent(intent):
            entry = self._outbox.get(intent)
            assert entry is not None, "entries are never deleted"
            return await self._settle(entry)

    async def _settle(self, entry: Entry) -> Receipt:
        """Wait until the entry is in a block or dead; its receipt, or the error."""
        now = asyncio.get_running_loop().time
        give_up = now() + self._deadline
        while (current := self._outbox.get(entry.intent)) is not None and current.state == "pending":
            if now() > give_up:
                raise TransportError(f"the outcome of {entry.intent} ({entry.hash}) is not known yet")
            if not self._delivery.taken(entry):
                async with self._lane(entry.wallet).lock:
                    await self._delivery.flush(entry.wallet)
                continue
            receipt = await self._poller.wait(entry.hash, min(RESEND_SECONDS, give_up - now()))
            if receipt is not None:
                await self._record(entry, receipt)
            else:
                log.info("no_receipt", intent=entry.intent, tx=entry.hash)
                self._delivery.forget(entry)
        assert current is not None, "entries are never deleted"
        if current.state == "mined" and current.receipt is not None:
            return Receipt.read(current.receipt)
        assert current.error is not None, "what failed says why"
        raise refusal(current.error)

    async def _record(self, entry: Entry, receipt: dict[str, Any]) -> None:
        done = int(receipt["status"], 16) == 1
        self._outbox.mined(entry, receipt, None if done else await revert_reason(self._rpc, receipt))
        self._delivery.forget(entry)

    async def _estimate(self, wallet: Wallet, call: Call[Any]) -> int:
        """Gas for the call: a fifth and a little above what it takes now.

        It may be mined after others that leave it more to do; what runs out of gas is lost, and unused gas is
        not paid.
        """
        try:
            estimate = await self._rpc.call("eth_estimateGas", request(call, wallet.address), "latest")
        except RpcError as error:
            raise refusal(error) from error
        return min(int(estimate, 16) * 6 // 5 + 40_000, GAS_CAP)

    async def _sign(self, wallet: Wallet, call: Call[Any], intent: str, gas: int) -> Entry:
        """The signed transaction, with the wallet's next nonce. Raises WalletTooPoor.

        A node may accept more than a wallet can pay for in sum, and Hardhat's then builds no block at all.
        """
        count, head, held = await self._rpc.batch(
            [
                ("eth_getTransactionCount", (wallet.address, "pending")),
                ("eth_getBlockByNumber", ("latest", False)),
                ("eth_getBalance", (wallet.address, "latest")),
            ]
        )
        fee = 2 * int(head["baseFeePerGas"], 16) + self._tip
        cost = gas * fee + call.value
        needed = self._outbox.committed(wallet.address) + cost
        if needed > int(held, 16):
            raise WalletTooPoor(wallet.address, int(held, 16), needed)
        nonce = max(int(count, 16), self._outbox.next_nonce(wallet.address))
        raw = wallet.sign_transaction(
            {
                "type": 2,
                "chainId": self._chain_id,
                "nonce": nonce,
                "to": call.to,
                "value": call.value,
                "data": call.data,
                "gas": gas,
                "maxFeePerGas": fee,
                "maxPriorityFeePerGas": self._tip,
            }
        )
        return Entry(intent, wallet.address, nonce, raw, "0x" + keccak(raw).hex(), cost)

    def _lane(self, wallet: str) -> _Lane:
        return self._lanes.setdefault(wallet, _Lane(asyncio.Semaphore(self._in_flight)))

    def _intent(self, intent: str) -> asyncio.Lock:
        """The lock of one intent, which lives as long as somebody holds or awaits it."""
        return self._intents.setdefault(intent, asyncio.Lock())


async def _outcomes(sends: Iterable[Awaitable[Receipt]]) -> list[Receipt | AgoraError]:
    """The result of each, or its error; an error that is nobody's purpose is raised once all have ended."""
    results = await asyncio.gather(*sends, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, AgoraError):
            raise result
    return results  # type: ignore[return-value] # all others were raised
