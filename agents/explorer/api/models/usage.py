"""Thinking: channels, redemptions, receipts."""

from agents.explorer.api.models.common import Model, Place


class Channel(Place):
    """A payment channel for thinking; money in units."""

    id: str
    """0x hex."""
    agent: int
    agent_name: str | None
    signer: str
    provider: str
    epoch: int
    deposit: int
    """What is left in it."""
    paid_in: int
    """All that was ever put in."""
    redeemed: int
    """What it has cost in all."""
    owed: int
    """What of that became debt."""
    lost: int
    """What of that the provider bore itself."""
    rest: int
    """What went back to the agent at the end."""
    redemptions: int
    root: str
    """Merkle root of the receipts of the last redemption."""
    exit_end: int | None
    """End of the challenge window, if its agent is leaving."""
    open: bool
    created_time: int


class Redemption(Place):
    """A voucher that a provider turned into credits."""

    seq: int
    channel: str
    agent: int
    agent_name: str | None
    provider: str
    amount: int
    """By how much the channel's total grew, in units: paid, owed and lost together."""
    paid: int
    owed: int
    lost: int
    cumulative: int
    """The channel's total, in units."""
    receipts_root: str
    thinking: int
    """All that this agent's thinking had cost after it, in units."""


class UsagePoint(Model):
    """Thinking in a span of time."""

    time: int
    amount: int
    """Units redeemed."""
    redemptions: int


class UsageByAgent(Model):
    """One agent's thinking against its rewards, in units."""

    agent: int
    name: str | None
    thinking: int
    earned: int
    open_channels: int
    rest: int
    """What its open channels still hold."""


class Usage(Model):
    """Thinking as a whole, in units."""

    redeemed: int
    deposited: int
    """In open channels, not redeemed."""
    open_channels: int
    debts: int
    providers: int
    bucket: int
    """Seconds a span of ``points``."""
    points: list[UsagePoint]
    """Oldest first, at most 240."""
    agents: list[UsageByAgent]
    """Those who thought most, at most 50."""


class Receipt(Model):
    """A model call, as the gateway on this machine wrote it down. No prompt and no answer is in it."""

    time: float
    agent: int
    purpose: str | None
    task: int | None
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: int
    """Units."""
    cumulative: int
    """The channel's total after it, in units."""
    channel: str
    leaf: str | None
    """The leaf in the receipts' Merkle tree, 0x hex."""


class Receipts(Model):
    """The gateway's book, where it lies on this machine."""

    available: bool
    """Whether there is a book here that this explorer may read."""
    items: list[Receipt]
    next: str | None
