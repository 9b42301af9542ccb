"""The words and numbers of the law; nothing here remembers anything."""

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from math import ceil, floor
from typing import Any

Event = tuple[Any, ...]
"""A name and its arguments."""

AGENT_FLAG = 1 << 160
MIN_BOND = MIN_RESERVE = 100_000
MAX_RESERVE = 2**48 - 1
MAX_PROMISE = 2**32 - 1
MAX_SCORE = 100
MAX_DEPTH = 8
MAX_WORK = 32_768
KEPT = 3
PANEL, APPEAL_PANEL = 3, 7
SEAT_FEE_UNIT = 1_000
VALUE_CAP = 1_000_000_000
EXPERIENCE_SCALE = 100_000_000


class Refused(Exception):
    """The law does not allow it; the name and arguments of the contracts' error."""

    def __init__(self, name: str, *arguments: Any) -> None:
        super().__init__(name, *arguments)


def need(condition: object, name: str, *arguments: Any) -> None:
    """Refuse under this name unless the condition holds."""
    if not condition:
        raise Refused(name, *arguments)


class Mode(IntEnum):
    """How a task finds its worker."""

    SECOND_PRICE = 0
    FIRST_PRICE = 1
    OPEN = 2
    DIRECT = 3
    RACE = 4


class State(IntEnum):
    """Where a task is in its life; the final states are the last ones."""

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
        """Whether nothing more can come of the task."""
        return self >= State.SETTLED


class Round(IntEnum):
    """How far a case has come."""

    NONE = 0
    CONVENED = 1
    UNSEALED = 2
    APPEAL = 3


class Stage(IntEnum):
    """How far an entry of a race has come; a closed one has nothing pledged."""

    NONE = 0
    SEALED = 1
    SHOWN = 2
    CONVENED = 3
    CLOSED = 4


@dataclass(frozen=True, slots=True)
class Terms:
    """What tasks are created under; the seat fee is in thousandths of a credit."""

    fee_bps: int = 250
    bond_percent: int = 10
    named_weight: int = 25
    min_window: int = 5
    max_window: int = 30 * 86_400
    seat_fee: int = 10
    overdraft_limit: int = 1_000_000

    def panel_fee(self, seats: int) -> int:
        """What a panel of this size is paid."""
        return seats * self.seat_fee * SEAT_FEE_UNIT

    @property
    def first_fee(self) -> int:
        """What the first panel is paid."""
        return self.panel_fee(PANEL)

    @property
    def appeal_fee(self) -> int:
        """What the panel of an appeal is paid."""
        return self.panel_fee(APPEAL_PANEL)

    def bond(self, reserve: int) -> int:
        """What a bidder locks."""
        return max(MIN_BOND, share(reserve, self.bond_percent))

    def deposit(self, reserve: int, by_pool: bool) -> int:
        """What a requester locks beside the reserve."""
        return self.appeal_fee + (self.first_fee if by_pool else compensation(reserve))

    def fee(self, price: int) -> int:
        """The market's share of a price."""
        return floor_of(price * self.fee_bps, 10_000)


@dataclass(frozen=True, slots=True)
class Params:
    """What a requester asks for, in the order of the contract's struct."""

    specification: bytes
    seal: bytes
    skill: bytes
    mode: Mode
    reserve: int
    evaluator: str
    passing_score: int
    bidding_window: int
    reveal_window: int
    delivery_window: int
    review_window: int
    parent_id: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """What a requester and a worker have bound themselves to, shown again."""

    specification: bytes
    seal: bytes
    result: bytes = bytes(32)


def account_of(address: str) -> int:
    """The number of an address's account."""
    return int(address, 16)


def account_of_agent(agent: int) -> int:
    """The number of an agent's account."""
    return AGENT_FLAG | agent


def floor_of(amount: int, divisor: int) -> int:
    """A quotient, rounded down."""
    return floor(Fraction(amount, divisor))


def share(amount: int, percent: int) -> int:
    """So many hundredths of an amount, rounded up."""
    return ceil(Fraction(amount * percent, 100))


def compensation(reserve: int) -> int:
    """What a wrongly rejected worker gets on top of its price."""
    return share(reserve, 10)


def burned_of(bond: int) -> int:
    """What a final rejection burns."""
    return ceil(Fraction(bond, 2))


def lateness(now: int, promised_at: int, deadline: int) -> int:
    """The percent of the slack between promise and deadline that is used up, rounded up."""
    if now <= promised_at:
        return 0
    return ceil(Fraction(100 * (now - promised_at), deadline - promised_at))


def quality(experience: int, merit: int) -> int:
    """What divides a price: half of all for a newcomer, nearly all for the best."""
    return 5_000 + floor_of(5_000 * merit, experience + EXPERIENCE_SCALE)
