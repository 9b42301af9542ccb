"""One task: its terms, its bids, and what everybody has pledged for it."""

from collections import Counter
from dataclasses import dataclass, field

from .bids import Bid, ranking
from .law import File, Mode, Params, Round, Stage, State, Terms, account_of, account_of_agent


@dataclass(slots=True)
class Entry:
    """One of those that race; ``digest`` is its commitment, and then its result."""

    agent: int
    epoch: int
    digest: bytes
    stage: Stage = Stage.SEALED


@dataclass(slots=True)
class Race:
    """``entries`` are in the order of their commitments; the head is judged until the deadline, if there is one."""

    bond: int
    fee: int
    entries: dict[int, Entry] = field(default_factory=dict)
    head: int = 0
    deadline: int = 0
    over: bool = False
    unsealed: bool = False

    @property
    def stake(self) -> int:
        """What each entry pledges."""
        return self.bond + self.fee

    def after(self, agent: int) -> int:
        """The entry behind this one, or nobody."""
        order = [*self.entries, 0]
        return order[order.index(agent) + 1]


@dataclass(slots=True)
class Task:
    """``pledged`` is what each account has locked for the task: reserve, deposit, bonds and panel fees."""

    id: int
    requester: str
    params: Params
    terms: Terms
    by_pool: bool
    created_at: int
    depth: int
    weight: int
    pledged: Counter[int] = field(default_factory=Counter)
    bids: dict[int, Bid] = field(default_factory=dict)
    shown: int = 0
    """How many bids have been shown."""
    touched: bool = False
    """Somebody has bid."""
    succeeded: bool = False
    """A runner-up has taken over, and nobody else will."""
    state: State = State.OPEN
    round: Round = Round.NONE
    agent: int = 0
    price: int = 0
    epoch: int = 0
    promised_at: int = 0
    deadline: int = 0
    """The end of the window that the state names."""
    lateness: int = 0
    score: int = 0
    result: bytes = bytes(32)
    race: Race | None = None
    """What there is of it, in this mode."""

    @property
    def mode(self) -> Mode:
        """How it finds its worker."""
        return self.params.mode

    @property
    def reserve(self) -> int:
        """The most it pays."""
        return self.params.reserve

    @property
    def bidding_end(self) -> int:
        """When bids end."""
        return self.created_at + self.params.bidding_window

    @property
    def reveal_end(self) -> int:
        """When the auction can be ended."""
        return self.bidding_end + self.params.reveal_window

    @property
    def account(self) -> int:
        """The requester's account."""
        return account_of(self.requester)

    @property
    def worker(self) -> int:
        """The worker's account."""
        return account_of_agent(self.agent)

    @property
    def bond(self) -> int:
        """What each bidder pledges."""
        return self.terms.bond(self.reserve)

    @property
    def passed(self) -> bool:
        """Whether the last score is good enough."""
        return self.score >= self.params.passing_score

    @property
    def file(self) -> File:
        """What both sides are bound to."""
        return File(self.params.specification, self.params.seal, self.result)

    @property
    def ranking(self) -> list[Bid]:
        """The best bids that can still win, best first."""
        best = ranking(self.bids.values())
        return [bid for bid in best if bid.agent == self.agent] if self.succeeded else best

    def sealed(self, agent: int) -> Bid | None:
        """The agent's bid that is not opened."""
        bid = self.bids.get(agent)
        return bid if bid and bid.price is None else None
