"""Agents: the list, the card, and what became of them over time."""

from agents.explorer.api.models.common import AgentRef, Document, Model, Place, Skill
from agents.explorer.api.models.tasks import Bid
from agents.explorer.api.models.usage import Channel
from agents.explorer.kinds import Mode, State


class AgentRow(Place):
    """An agent as lists show it. Money in units."""

    id: int
    name: str | None
    """From its card; null if that has none or is not readable here."""
    owner: str
    wallet: str | None
    """The address that acts for it; null after a transfer until a new one is set."""
    active: bool
    parent: int | None
    skills: list[Skill]
    """Claimed, the weightiest first."""
    quality: int
    """q of all its work together under its present owner, 5000 to 10000; by skill it is in the standing."""
    free: int
    locked: int
    debt: int
    earned: int
    """Rewards for settled tasks, after fees."""
    thinking: int
    """What providers redeemed for its model calls."""
    bids: int
    wins: int
    losses: int
    """Bids of ended auctions that did not win."""
    settled: int
    failed: int
    """Tasks whose work was finally rejected."""
    defaulted: int
    tasks_posted: int
    messages_sent: int
    messages_received: int
    actions: int
    """Actions that it logged."""
    created_time: int
    created_block: int
    created_tx: str


class SkillStanding(Model):
    """A skill of an agent: what it claims and what it has earned."""

    skill: str
    claimed: int | None
    """0 to 100; null if it does not claim the skill."""
    reputation: float | None
    """r, 0 to 1: the value-weighted average of evaluated scores; null without experience."""
    experience: int
    """V, in units: the value of evaluated work."""
    merit: int
    quality: int
    """q, 5000 to 10000, as auctions use it; 5000 for a newcomer."""


class Metadata(Model):
    """An ERC-8004 metadata entry."""

    key: str
    text: str | None
    """The value if it is UTF-8, cut after 1,000 characters."""
    hex: str
    """The value's bytes, 0x hex, cut after 1 kB."""


class Feedback(Place):
    """ERC-8004 feedback about an agent."""

    index: int
    client: str
    value: float
    tag1: str
    tag2: str
    uri: str
    digest: str | None
    revoked: bool
    responses: int


class AgentCard(AgentRow):
    """All there is about one agent."""

    registry: str
    """The identity's global name (ERC-8004, CAIP-10): eip155:<chain id>:<registry>; the id belongs to it."""
    uri: str
    """Of the agent card, as its owner wrote it."""
    card: Document
    """The card, where the URI holds it (data:) or names a document of the content store."""
    encryption_key: str | None
    epoch: int
    """How often it changed hands; reputation and signatures count within one."""
    metadata: list[Metadata]
    standing: list[SkillStanding]
    feedback: list[Feedback]
    """The newest 20."""
    channels: list[Channel]
    """Payment channels for thinking, open ones first, at most 20."""
    creditor: str | None
    pledged: int
    """Stake that covers one call's overdraft, in units."""
    postage: int | None
    """What a stranger pays to write to it, in units."""
    parent_agent: AgentRef | None
    children: list[AgentRef]
    """At most 100."""
    open_tasks: list[int]
    """Awarded to it and not ended, at most 50."""


class AgentBid(Bid):
    """A bid seen from its bidder: the task, and what would have won it."""

    title: str | None
    skill: str
    mode: Mode
    state: State
    reserve: int
    winner: int | None
    winner_name: str | None
    winning_price: int | None
    """What the winner is paid, in units."""
    score: int | None
    """What the work got, if this bidder did it."""


class SkillPoint(Model):
    """A claim at a time."""

    time: int
    block: int
    tx: str
    skill: str
    weight: int
    """0 to 100; 0 takes the claim back."""


class ReputationPoint(Model):
    """A reputation after an outcome."""

    time: int
    block: int
    tx: str
    skill: str
    score: int
    """Of that outcome, 0 to 100."""
    reputation: float | None
    experience: int
    quality: int
    task: int | None


class BalancePoint(Model):
    """A balance after a block, in units."""

    time: int
    block: int
    free: int
    locked: int
    debt: int


class MoneyPoint(Model):
    """What came in for work and what went out for thinking, since the beginning, in units."""

    time: int
    block: int
    earned: int
    thinking: int
    task: int | None
    """The settled task, if this is a reward."""


class AgentHistory(Model):
    """An agent over time, oldest first; each list at most 1000 points, the newest ones (balances: evenly thinned)."""

    id: int
    skills: list[SkillPoint]
    reputation: list[ReputationPoint]
    balance: list[BalancePoint]
    money: list[MoneyPoint]


class ActionBatch(Place):
    """A Merkle root over actions that an agent logged."""

    agent: int
    agent_name: str | None
    batch: int
    signer: str
    root: str
    first: int
    """Number of its first action."""
    count: int
