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
    """The newest 240 in which something was redeemed, oldest first."""
    agents: list[UsageByAgent]
    """Those who thought most, at most 50."""


class Receipt(Model):
    """A model call, as a gateway on this machine wrote it down; nothing of what was said."""

    book: str
    """The gateway's store."""
    call: str
    """The receipt's name: the beginning of its channel's id, and its number."""
    time: int
    """When it was settled, in chain time."""
    agent: int
    purpose: str
    task: int | None
    model: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: int
    """Units."""
    cumulative: int
    """The channel's total after it, in units."""
    channel: str
    number: int
    """Which of the channel's receipts it is, from 1 on."""
    status: int
    """HTTP status of the answer."""
    digest: str
    """What stands under the root of a voucher, 0x hex."""


class Receipts(Model):
    """The gateways' books, where they lie on this machine."""

    available: bool
    """Whether there is a book here."""
    items: list[Receipt]
    """Book by book, the newest first."""
    next: str | None
