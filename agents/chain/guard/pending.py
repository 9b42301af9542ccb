"""What each sender's transactions may cost together, against what it holds.

A Hardhat node looks at each transaction alone when it takes it, and then builds no block at all once one of
them cannot be paid. So the guard adds them up. Only the sender's own transactions take from its balance:
what was enough for a set of them stays enough while they are mined. That is why the node is asked again
only when the sum seems too large, and not at each block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import Rules
from agents.chain.guard.transactions import Signed
from agents.chain.guard.upstream import Upstream
from agents.errors import Refused

LOOK_AGAIN = 256
"""So many transactions of a sender are kept before those that were mined are sorted out."""
MOST_SENDERS = 20_000
"""Of more, those are forgotten of whom nothing waits: anybody can make up senders."""


@dataclass(slots=True)
class _Nonce:
    """The transactions of one nonce: only one of them can be mined, so only the dearest counts."""

    taken: int = 0
    highest: int = 0
    open: int = 0


@dataclass(slots=True)
class _Sender:
    """What is known of one sender; costs and balances are in wei."""

    balance: int = 0
    count: int = 0
    look: int = LOOK_AGAIN
    applied: int = 0
    total: int = 0
    nonces: dict[int, _Nonce] = field(default_factory=dict)

    def fits(self, one: Signed, most: int) -> bool:
        slot = self.nonces.get(one.nonce)
        more = max(0, one.cost - (slot.highest if slot else 0))
        return self.total + more <= self.balance and len(self.nonces) < most

    def reserve(self, one: Signed) -> None:
        slot = self.nonces.setdefault(one.nonce, _Nonce())
        self._set(slot, max(slot.highest, one.cost))
        slot.open += 1

    def settle(self, one: Signed, *, taken: bool) -> None:
        slot = self.nonces.get(one.nonce)
        if slot is None:
            return  # It was mined while its answer was on the way.
        slot.open -= 1
        if taken:
            slot.taken = max(slot.taken, one.cost)
        if not slot.open:
            self._set(slot, slot.taken)
            if not slot.taken:
                del self.nonces[one.nonce]

    def apply(self, count: int, balance: int) -> None:
        """The chain says so: transactions below ``count`` are mined, and paid for."""
        self.count, self.balance = count, balance
        for nonce in [nonce for nonce in self.nonces if nonce < count]:
            self.total -= self.nonces.pop(nonce).highest
        self.look = max(LOOK_AGAIN, 2 * len(self.nonces))

    def _set(self, slot: _Nonce, highest: int) -> None:
        self.total += highest - slot.highest
        slot.highest = highest


class Pending:
    """The sums of all senders; nothing is lost with it, as it is read from the chain again."""

    def __init__(self, upstream: Upstream, rules: Rules) -> None:
        self._upstream, self._rules = upstream, rules
        self._senders: dict[bytes, _Sender] = {}
        self._looks = self._forgot = 0

    def __len__(self) -> int:
        """The number of senders of whom something is known."""
        return len(self._senders)

    def forget(self) -> None:
        """Know nothing any more: for when the chain went back."""
        self._senders.clear()
        self._forgot = self._looks

    async def admit(self, wanted: Sequence[Signed]) -> list[Refused | None]:
        """For each, None when its cost is reserved until ``settle``, or why it is refused.

        Asks the node once at most. Raises as Upstream does, and then nothing is reserved.
        """
        doubtful = self._doubtful(wanted)
        while doubtful:
            await self._look(doubtful)
            doubtful = list({one.sender for one in wanted} - self._senders.keys())
        return [self._admit(one) for one in wanted]

    def settle(self, one: Signed, *, taken: bool) -> None:
        """The outcome of what was admitted: ``taken`` unless the node surely does not have it."""
        sender = self._senders.get(one.sender)
        if sender is not None:
            sender.settle(one, taken=taken)

    def _doubtful(self, wanted: Iterable[Signed]) -> list[bytes]:
        """The senders of whom too little is known to let all of these through."""
        sums: dict[bytes, tuple[int, int]] = {}
        for one in wanted:
            count, cost = sums.get(one.sender, (0, 0))
            sums[one.sender] = count + 1, cost + one.cost
        return [
            address
            for address, (count, cost) in sums.items()
            if (sender := self._senders.get(address)) is None
            or sender.total + cost > sender.balance
            or len(sender.nonces) + count > min(sender.look, self._rules.most_pending)
        ]

    async def _look(self, addresses: Sequence[bytes]) -> None:
        """Read counts and balances. The count first: what is mined in between then counts twice, not never."""
        started = self._looks = self._looks + 1
        if len(self._senders) > MOST_SENDERS:
            self._senders = {address: one for address, one in self._senders.items() if one.nonces}
            self._forgot = self._looks - 1
        texts = ["0x" + one.hex() for one in addresses]
        found = await self._upstream.call(
            [("eth_getTransactionCount", (text, "latest")) for text in texts]
            + [("eth_getBalance", (text, "latest")) for text in texts]
        )
        counts = [int(one, 16) for one in found[: len(texts)]]
        balances = [int(one, 16) for one in found[len(texts) :]]
        if started <= self._forgot:
            return  # This may be older than what was forgotten since.
        for address, count, balance in zip(addresses, counts, balances, strict=True):
            sender = self._senders.setdefault(address, _Sender())
            # What was asked before another look was noted may be older than it.
            if sender.applied < started or count >= sender.count:
                sender.apply(count, balance)
                sender.applied = self._looks

    def _admit(self, one: Signed) -> Refused | None:
        sender = self._senders[one.sender]
        if sender.fits(one, self._rules.most_pending):
            sender.reserve(one)
            return None
        if len(sender.nonces) >= self._rules.most_pending:
            return refused(
                Code.PENDING, f"0x{one.sender.hex()} has {len(sender.nonces)} transactions waiting already"
            )
        return refused(
            Code.PENDING,
            f"insufficient funds: 0x{one.sender.hex()} holds {sender.balance} wei, its transactions that wait "
            f"for a block may cost {sender.total} wei, and this one {one.cost} wei more",
        )
