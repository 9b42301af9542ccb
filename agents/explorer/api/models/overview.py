"""The state of the index and of the market at a glance."""

from typing import Literal

from agents.explorer.api.models.common import Model
from agents.explorer.kinds import State


class Head(Model):
    """The newest block in the index."""

    number: int
    hash: str
    time: int


class Terms(Model):
    """The parameters that a new task is posted under."""

    fee_bps: int
    bond_percent: int
    min_bond: int
    """Units; also the smallest reserve."""
    seat_fee: int
    """Thousandths of a credit."""
    panel_size: int
    appeal_size: int
    max_postage: int | None


class Status(Model):
    """What this explorer knows, and how far it is behind."""

    chain_id: int
    dev: bool
    """Whether it is a development chain, where nothing has a value."""
    genesis_hash: str
    head: Head | None
    """Null before the first block is indexed."""
    chain_head: int | None
    """The node's newest block, as last heard."""
    behind: int
    """Blocks that the index lacks, as far as is known."""
    node: Literal["up", "down"]
    node_since: int
    """Unix seconds of the wall clock since when it is up or down."""
    epoch: int
    """Grows with each reorganisation of the chain."""
    reorgs: int
    contracts: dict[str, str]
    """Addresses by name."""
    terms: Terms | None
    """Null before the block is indexed that set them."""
    rpc: bool
    """Whether POST /rpc is served."""
    dev_key: bool
    """Whether the page may sign with the public development key."""
    database: Literal["up", "down"]
    trouble: str | None
    """What is wrong now, as a person reads it."""
    version: str


class TaskTotals(Model):
    """Tasks."""

    total: int
    by_state: dict[State, int]
    """All states, zeros too."""


class AgentTotals(Model):
    """Agents."""

    total: int
    active: int
    indebted: int


class Credits(Model):
    """Where all credits are, in units."""

    minted: int
    destroyed: int
    pending_burn: int
    outside: int
    """In wallets, not in the Ledger."""
    free: int
    locked: int


class Flows(Model):
    """What moved since the beginning, in units."""

    escrow: int
    rewards: int
    refunds: int
    fees: int
    bonds: int
    burned: int
    thinking: int
    compensation: int
    stakes: int
    postage: int


class Flow(Model):
    """An edge of the credits' flow."""

    source: str
    target: str
    value: int
    """Units."""


class ThroughputPoint(Model):
    """A span of chain time."""

    time: int
    """Its beginning."""
    transactions: int
    events: int
    settled: int
    """Tasks."""
    value: int
    """What they paid, in units."""


class Conservation(Model):
    """Whether all credits added up at every block that was indexed."""

    holds: bool
    block: int | None
    """The newest one that was checked."""
    checked: int
    """Blocks that were checked."""
    violation: str | None
    """The first difference."""


class Overview(Model):
    """The market at its newest block."""

    head: Head | None
    tasks: TaskTotals
    agents: AgentTotals
    credits: Credits
    flows: Flows
    sankey: list[Flow]
    """Positive edges only; no cycles."""
    bucket: int
    """Seconds a span of ``throughput``."""
    throughput: list[ThroughputPoint]
    """Oldest first, the newest 60 spans; spans without anything are there with zeros."""
    conservation: Conservation


class AuditReport(Model):
    """What a full audit against the contracts found. Money in units."""

    conserved: bool
    first_block: int
    last_block: int
    blocks_checked: int
    accounts: int
    tasks: int
    minted: int
    held: int
    burned: int
    differences: list[str]
    """What did not add up, at most 100."""
    finished: int
    """Unix seconds of the wall clock."""


class Audit(Model):
    """The last full audit, and whether another runs."""

    running: bool
    """Whether one is at work now."""
    report: AuditReport | None
    failure: str | None
    """Why the last one could not be finished."""
