"""What the market is made of, as frozen values that mirror the chain. Money in units, times in chain seconds."""

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

BPS = 10_000
MIN_BOND = 100_000
"""The smallest bond and the smallest reserve, in units."""
QUALITY_FLOOR = 5_000
EXPERIENCE_SCALE = 100_000_000
"""V0 of the quality formula, in units."""
AGENT_FLAG = 1 << 160
"""What sets an agent's Ledger account apart from an address."""


class AwardMode(IntEnum):
    """How a winner and its price are chosen; the numbers are the contract's."""

    SEALED_SECOND_PRICE = 0
    SEALED_FIRST_PRICE = 1


class TaskState(IntEnum):
    """Where a task stands; the numbers are the contract's."""

    OPEN = 0
    AWARDED = 1
    SUBMITTED = 2
    REJECTED = 3
    SETTLED = 4
    REFUNDED = 5
    CANCELLED = 6
    EXPIRED = 7

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen and the escrow is empty."""
        return self >= TaskState.SETTLED


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its events tell it."""

    id: int
    requester: str
    skill: str
    mode: AwardMode
    reserve: int
    evaluator: str
    passing_score: int
    bidding_end: int
    reveal_end: int
    delivery_window: int
    review_window: int
    fee_bps: int
    specification: bytes
    """SHA-256 of the specification document."""
    state: TaskState = TaskState.OPEN
    agent_id: int = 0
    """The awarded agent; 0 before the award."""
    price: int = 0
    deadline: int = 0
    """The end of the delivery, review or dispute window, as the state says."""
    result: bytes | None = None
    """SHA-256 of the result document."""
    score: int | None = None
    lateness: int = 0
    """Percent of the slack between promise and deadline that was used."""
    silent: bool = False
    """Whether it was settled without an evaluation."""
    defaulted: bool = False

    @property
    def bond(self) -> int:
        """What each bidder locks."""
        return bond_of(self.reserve)

    @property
    def escrow(self) -> int:
        """What the requester has locked while the task is not final: the reserve and the deposit."""
        return escrow_of(self.reserve)

    @property
    def fee(self) -> int:
        """The market's share of the price."""
        return self.price * self.fee_bps // BPS


def bond_of(reserve: int) -> int:
    """max(0.1 credit, a tenth of the reserve, rounded up)."""
    return max(MIN_BOND, -(-reserve // 10))


def escrow_of(reserve: int) -> int:
    """The reserve and the deposit of a tenth of it, rounded up."""
    return reserve - (-reserve // 10)


@dataclass(frozen=True, slots=True)
class Bid:
    """A revealed bid."""

    task_id: int
    agent_id: int
    price: int
    promised: int
    """Seconds from the award in which the bidder promised to deliver."""
    quality: int
    tie_break: int
    """The first 48 bits of the commitment's digest: the lower wins a tie."""

    @property
    def rank(self) -> tuple[Fraction, int]:
        """What the auction orders by, lowest first: the effective price p/q, then the tie break."""
        return Fraction(self.price, self.quality), self.tie_break


@dataclass(frozen=True, slots=True)
class Commitment:
    """A sealed bid that is not opened yet."""

    task_id: int
    agent_id: int
    digest: int
    quality: int


@dataclass(frozen=True, slots=True)
class Agent:
    """A registered agent."""

    id: int
    owner: str
    wallet: str | None
    uri: str
    active: bool = True
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Reputation:
    """What settlements taught the market about an agent in one skill; both sums in units."""

    experience: int = 0
    merit: int = 0

    @property
    def value(self) -> float:
        """r, 0 to 1; 0 without experience."""
        return self.merit / self.experience if self.experience else 0.0

    @property
    def quality(self) -> int:
        """q, 5000 to 10000, as the contract computes it."""
        return QUALITY_FLOOR + QUALITY_FLOOR * self.merit // (self.experience + EXPERIENCE_SCALE)


@dataclass(frozen=True, slots=True)
class Balance:
    """The parts of a Ledger account, in units."""

    free: int = 0
    locked: int = 0

    @property
    def total(self) -> int:
        """All that the account holds."""
        return self.free + self.locked


def account_of(address: str) -> int:
    """The Ledger account of an address."""
    return int(address, 16)


def account_of_agent(agent_id: int) -> int:
    """The Ledger account of an agent id."""
    return AGENT_FLAG | agent_id


def account_name(account: int) -> str:
    """An account as a person reads it: ``agent 3`` or an address in lower case."""
    if account & AGENT_FLAG:
        return f"agent {account ^ AGENT_FLAG}"
    return f"0x{account:040x}"


def skill_name(data: bytes) -> str:
    """The skill in a contract's left-aligned tag; bytes that are not ASCII are shown as hex."""
    try:
        return data.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError:
        return data.hex()
