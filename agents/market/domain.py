"""What the market is made of, as frozen values that mirror the chain. Money in units, times in chain seconds."""

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

BPS = 10_000
PERCENT = 100
MIN_BOND = 100_000
"""The smallest bond and the smallest reserve, in units."""
USUAL_BOND_PERCENT = 10
"""Where no task says otherwise."""
PANEL_SIZE, APPEAL_SIZE = 3, 7
SEAT_FEE_UNIT = 1_000
"""Seat fees are kept in thousandths of a credit."""
QUALITY_FLOOR = 5_000
EXPERIENCE_SCALE = 100_000_000
"""V0 of the quality formula, in units."""
AGENT_FLAG = 1 << 160
"""What sets an agent's Ledger account apart from an address."""
DIGEST_TAIL = 136
"""What follows the tie-break in a commitment's 200 bits."""


class AwardMode(IntEnum):
    """How a winner and its price are chosen; the numbers are the contract's."""

    SEALED_SECOND_PRICE = 0
    SEALED_FIRST_PRICE = 1
    OPEN_BID = 2
    DIRECT = 3
    RACE = 4

    @property
    def is_sealed(self) -> bool:
        """Whether bids are committed to and revealed."""
        return self <= AwardMode.SEALED_FIRST_PRICE


class TaskState(IntEnum):
    """Where a task stands; the numbers are the contract's."""

    OPEN = 0
    AWARDED = 1
    SUBMITTED = 2
    REJECTED = 3
    DISPUTED = 4
    RULED = 5
    DEFAULTED = 6
    SETTLED = 7
    REFUNDED = 8
    CANCELLED = 9
    EXPIRED = 10

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen and the escrow is empty."""
        return self >= TaskState.SETTLED


class Round(IntEnum):
    """How far a task's case has come; the numbers are the contract's."""

    NONE = 0
    CONVENED = 1
    """A panel waits for the requester's secret."""
    UNSEALED = 2
    """The panel is being drawn, or has spoken."""
    APPEAL = 3
    """The larger panel was asked."""


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """The parameters that a new task is posted under, and then keeps."""

    fee_bps: int
    bond_percent: int
    seat_fee: int
    """In thousandths of a credit."""

    def bond(self, reserve: int) -> int:
        """What a bidder locks: a share of the reserve, rounded up, and at least 0.1 credit."""
        return bond_of(reserve, self.bond_percent)

    def deposit(self, reserve: int, by_pool: bool = False) -> int:
        """What a requester locks beside the reserve: the larger panel's fee, and what a wrong rejection would
        cost, or where the pool evaluates, the first panel's fee."""
        return self.appeal_fee + (self.panel_fee if by_pool else compensation_of(reserve))

    @property
    def panel_fee(self) -> int:
        """What the first panel is paid, in units."""
        return PANEL_SIZE * self.seat_fee * SEAT_FEE_UNIT

    @property
    def appeal_fee(self) -> int:
        """What the larger panel is paid, in units."""
        return APPEAL_SIZE * self.seat_fee * SEAT_FEE_UNIT


def bond_of(reserve: int, percent: int = USUAL_BOND_PERCENT) -> int:
    """A share of the reserve, rounded up, and at least 0.1 credit."""
    return max(MIN_BOND, -(-reserve * percent // PERCENT))


def compensation_of(reserve: int) -> int:
    """What a wrong rejection costs: a tenth of the reserve, rounded up."""
    return -(-reserve // 10)


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
    terms: MarketTerms
    specification: bytes
    """SHA-256 of the specification document."""
    seal: bytes
    """keccak256 of the requester's secret."""
    parent_id: int = 0
    """The task that this is a part of; 0 for none."""
    state: TaskState = TaskState.OPEN
    agent_id: int = 0
    """The awarded agent; 0 before the award."""
    price: int = 0
    deadline: int = 0
    """The end of the window that the state names."""
    result: bytes | None = None
    """SHA-256 of the result document."""
    score: int | None = None
    lateness: int = 0
    """Percent of the slack between promise and deadline that was used."""
    silent: bool = False
    """Whether it was settled without an evaluation."""
    defaulted: bool = False
    """Whether the worker that has it, or had it last, did not deliver."""
    round: Round = Round.NONE

    @property
    def bond(self) -> int:
        """What each bidder locks."""
        return self.terms.bond(self.reserve)

    @property
    def fee(self) -> int:
        """The market's share of the price."""
        return self.price * self.terms.fee_bps // BPS


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
    """The first 64 bits of the commitment's digest; of open bids, their order. The lower wins a tie."""

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
    debt: int = 0
    """What the account owes; no part of what it holds."""

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
