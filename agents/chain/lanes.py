"""What is known of each wallet without asking: its next nonce, the wei it can spend, what it has pending.

A lane is read from the chain once, and again after any doubt. In between only our own store signs for its
wallet, so that counting is enough.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from eth_utils.crypto import keccak

from agents.chain.outbox import Entry, Outbox
from agents.chain.rpc import Rpc, number
from agents.chain.together import Together
from agents.chain.transaction import Transaction
from agents.chain.wallet import Wallet
from agents.errors import RpcError


@dataclass(slots=True)
class Lane:
    """One wallet's way to the chain."""

    wallet: str
    slots: asyncio.Semaphore
    shared: bool
    """Whether others sign for it too, so that what comes next is in doubt whenever nothing is pending."""
    pending: dict[int, Entry] = field(default_factory=dict)
    """What is not known to be in a block, by nonce."""
    next: int | None = None
    """The nonce of the next transaction; None while there is doubt."""
    held: int = 0
    """Wei of the wallet when it was read."""
    free: int = 0
    """Of these, what nothing that was signed can take."""
    signer: Wallet | None = None
    """The key, once it has been used in this process."""
    waiting: int = 0
    """How many callers wait for an outcome."""
    pause: float = 0.0
    """Seconds before the next try to hand over."""
    moved: float = 0.0
    """When somebody began to wait, or something was last settled, by the loop's clock."""
    looked: float = 0.0
    """When it was last looked at because nothing moved."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def queue(self) -> list[Entry]:
        """What is pending, in the order of nonces."""
        return [self.pending[nonce] for nonce in sorted(self.pending)]

    def sign(self, intent: str, transaction: Transaction) -> Entry:
        """The entry of a transaction, signed."""
        assert self.signer is not None, "who sends brings the key"
        raw = self.signer.sign_transaction(transaction)
        tx_hash = "0x" + keccak(raw).hex()
        return Entry(intent, self.wallet, transaction.nonce, raw, tx_hash, transaction.cost)

    def took(self, entry: Entry) -> None:
        """A new entry has the next nonce."""
        self.pending[entry.nonce] = entry
        self.next = entry.nonce + 1
        self.free -= entry.cost

    def settled(self, entry: Entry) -> None:
        """The entry is no longer pending. What it cost is not looked up: it counts in full until a new look."""
        if (mine := self.pending.get(entry.nonce)) is not None and mine.intent == entry.intent:
            del self.pending[entry.nonce]
        if self.shared and not self.pending:
            self.next = None


class Lanes:
    """The lanes of all wallets of one store."""

    def __init__(self, rpc: Rpc, outbox: Outbox, in_flight: int, shared: bool) -> None:
        self._rpc, self._outbox = rpc, outbox
        self._in_flight, self._shared = in_flight, shared
        self._lanes: dict[str, Lane] = {}
        self._reads: Together[str, tuple[int, int]] = Together(self._fetch)

    def of(self, wallet: str) -> Lane:
        """The lane of a wallet."""
        lane = self._lanes.get(wallet)
        if lane is None:
            slots = asyncio.Semaphore(self._in_flight)
            lane = self._lanes[wallet] = Lane(wallet, slots, self._shared)
            self.doubt(lane)
        return lane

    def waiting(self) -> list[Lane]:
        """Those for which somebody waits."""
        return [lane for lane in self._lanes.values() if lane.waiting]

    def doubt(self, lane: Lane | None = None) -> None:
        """Read anew, for one wallet or all: what is pending now, and what the chain says when it is needed."""
        for one in [lane] if lane else self._lanes.values():
            one.next = None
            one.pending = {entry.nonce: entry for entry in self._outbox.pending(one.wallet)}

    async def ready(self, lane: Lane) -> None:
        """The lane knows its next nonce and what it can spend. Raises TransportError."""
        if lane.next is None:
            async with lane.lock:
                if lane.next is None:
                    await self.read(lane)

    async def read(self, lane: Lane) -> None:
        """Ask the chain for the wallet's nonce and balance. Raises TransportError."""
        count, held = await self._reads.ask(lane.wallet)
        # Whatever was signed while the answer was under way is in the store, and counts.
        lane.next = max(count, self._outbox.next_nonce(lane.wallet))
        lane.held = held
        lane.free = held - sum(entry.cost for entry in lane.pending.values())

    async def _fetch(self, wallets: Sequence[str]) -> list[tuple[int, int] | Exception]:
        # To count what is pending a node builds a block of all of it. Of wallets that nobody else signs for, the
        # outbox knows that too.
        newest = "pending" if self._shared else "latest"
        answers = await self._rpc.each(
            call
            for wallet in wallets
            for call in (
                ("eth_getTransactionCount", (wallet, newest)),
                ("eth_getBalance", (wallet, "latest")),
            )
        )
        return [_read(*answers[at : at + 2]) for at in range(0, len(answers), 2)]


def _read(count: str | RpcError, held: str | RpcError) -> tuple[int, int] | Exception:
    if isinstance(count, RpcError):
        return count
    if isinstance(held, RpcError):
        return held
    return number(count), number(held)
