"""Tasks: the list, and all there is about one."""

from typing import Any, Literal

from agents.explorer.api.models.common import AgentRef, Document, Model, Place
from agents.explorer.api.models.ledger import Entry
from agents.explorer.kinds import Mode, State

Round = Literal["None", "Convened", "Unsealed", "Appeal"]
Judge = Literal["requester", "pool", "account"]
BidStatus = Literal["sealed", "revealed", "leading", "won", "defaulted", "lost", "forfeited", "void"]


class TaskRow(Place):
    """A task as lists show it."""

    id: int
    title: str | None
    """From its specification; null while the content store does not have it."""
    skill: str
    mode: Mode
    state: State
    round: Round
    """How far a dispute has come."""
    requester: str
    evaluator: str
    """The address that evaluates: the requester, somebody named, or the EvaluatorPool."""
    evaluated_by: Judge
    passing_score: int
    """0 to 100."""
    reserve: int
    """The most that it pays, in units; locked until the end."""
    agent: int | None
    """The awarded agent."""
    agent_name: str | None
    price: int | None
    """What the awarded agent is owed or was paid before the fee, in units."""
    parent: int | None
    """The task that this is a part of."""
    specification: str
    """Digest of the specification."""
    created_time: int
    created_block: int
    created_tx: str
    bidding_end: int
    reveal_end: int
    deadline: int | None
    """End of the window that the state is in; null where nothing is waited for."""
    commitments: int
    """Agents that bid or, in a race, entered."""
    bids_revealed: int
    score: int | None
    """0 to 100."""
    silent: bool
    """Settled because the evaluator said nothing."""
    ended_time: int | None
    """When it came to its final state."""


class Bid(Place):
    """A bid for a task; sealed ones have no price yet."""

    task: int
    agent: int
    agent_name: str | None
    status: BidStatus
    """``leading``: the lowest so far, the auction not ended; ``void``: the auction ended without its being opened;
    ``forfeited``: void, and its bond was burned; ``defaulted``: it won and did not deliver in time."""
    quality: int
    """q when it was committed, 5000 to 10000."""
    price: int | None
    """What it asks, in units; null while it is sealed."""
    promised: int | None
    """Seconds from the award in which it promised to deliver."""
    effective: float | None
    """price * 10000 / quality, in units: the auction awards to the lowest."""
    rank: int | None
    """1 for the lowest effective price; ties go to the lower commitment."""
    bond: int
    """What it locked, in units."""
    forfeited: bool
    """Whether the bond was burned because it was never opened."""
    price_paid: int | None
    """What the task pays this bidder, in units; null if it did not win, or defaulted."""
    price_to_win: int | None
    """The highest price at which this bid, all others as they were, would have won, in units; null while unknown."""
    committed_time: int
    revealed_time: int | None
    digest: str | None
    """The commitment; null for open bids."""


class RaceEntry(Place):
    """An entry in a race."""

    task: int
    agent: int
    agent_name: str | None
    status: Literal["sealed", "shown", "passed", "failed", "won", "withdrawn", "forfeited"]
    digest: str
    result: str | None
    """Digest of the result document, once shown."""
    score: int | None
    """0 to 100."""
    locked: int
    """What it locks still, in units."""


class AwardBid(Model):
    """One side of the comparison that an award was."""

    agent: int
    agent_name: str | None
    price: int
    quality: int
    effective: float


class Award(Model):
    """Who got the task, at what price, and why."""

    rule: Mode
    winner: AgentRef
    price: int
    """Units, as the chain has it."""
    best: AwardBid | None
    """The winning bid; null for direct awards and races."""
    second: AwardBid | None
    """The bid that set the price or would have been next; null if there was none."""
    reserve: int
    taken_over_from: AgentRef | None
    """The agent that defaulted, if this was the runner-up's take-over."""
    why: str
    """The rule applied to these figures, as one or two sentences."""
    time: int
    tx: str


class TimelineItem(Place):
    """A thing that happened to the task."""

    seq: int
    event: str
    """The event's name."""
    contract: str
    sender: str | None
    """Who sent the transaction; null if it was not kept."""
    text: str
    """What happened, in one line."""


class TaskTree(Model):
    """A task and its sub-tasks."""

    id: int
    title: str | None
    state: State
    agent: int | None
    reserve: int
    price: int | None
    children: list["TaskTree"]


class PanelSeat(Model):
    """A member of a panel."""

    seat: int
    holder: str
    committed: bool
    score: int | None
    """0 to 100; null while it is not revealed."""
    paid: int
    """Units."""
    slashed: int
    """Units."""


class Panel(Model):
    """A panel of the EvaluatorPool that was asked about the task; of an appeal, and of a draw anew, another one."""

    case: str
    """Decimal number of the case, as the pool counts."""
    client: str
    entrant: int | None
    """In a race, the agent whose entry it is about."""
    round: int
    size: int
    fee: int
    """What all members together are paid, in units."""
    drawn: bool
    seats: list[PanelSeat]
    commit_end: int | None
    reveal_end: int | None
    decided: bool | None
    """Null while the panel is open; false if there was no quorum."""
    score: int | None


class Evaluation(Model):
    """What was found about the result, and by whom."""

    by: Judge
    evaluator: str
    passing_score: int
    score: int | None
    scored_by: str | None
    """The address that gave the score, or "panel"."""
    passed: bool | None
    silent: bool
    lateness: int
    """Percent of the slack between promise and deadline that was used."""
    disputed: bool
    appealed: bool
    panels: list[Panel]


class NextStep(Model):
    """What the task waits for."""

    who: str
    """In words: "anyone", "the requester", "agent 5", …"""
    account: str | None
    """Whose turn it is; null for anyone or several."""
    action: Literal[
        "bid",
        "reveal",
        "finalize",
        "expire",
        "submit",
        "declareDefault",
        "takeOver",
        "closeDefaulted",
        "evaluate",
        "release",
        "dispute",
        "closeRejected",
        "unseal",
        "closeSealed",
        "vote",
        "appeal",
        "closeRuled",
        "enter",
        "show",
        "judge",
    ]
    what: str
    """One sentence."""
    deadline: int | None
    """Until when; null if there is no end to it."""


class TaskDetail(TaskRow):
    """All there is about one task."""

    description: str | None
    checker: dict[str, Any] | None
    """How the result is judged, from the specification."""
    content_missing: bool
    """Whether a document of this task (specification or a result that was handed in) is not in the content store."""
    specification_document: Document
    result: str | None
    """Digest of the result."""
    result_document: Document
    seal: str
    """Digest of the requester's secret."""
    bidding_window: int
    """Seconds."""
    reveal_window: int
    delivery_window: int
    review_window: int
    fee_bps: int
    bond_percent: int
    seat_fee: int
    """Thousandths of a credit."""
    weight: int
    """How much its evaluation counts for a reputation, in basis points."""
    bond: int
    """What each bidder locks, in units."""
    fee: int
    """The market's share of the price, in units; 0 until it is settled."""
    refunded: int
    """What went back to the requester, in units."""
    promised_at: int | None
    submitted_time: int | None
    lateness: int
    taken_over: bool
    bids: list[Bid]
    """The first 200 by rank; more at /api/tasks/{id}/bids."""
    entries: list[RaceEntry]
    """Of a race, in order of commitment, at most 200."""
    award: Award | None
    timeline: list[TimelineItem]
    """Oldest first, at most 500; all of it at /api/tasks/{id}/events."""
    money: list[Entry]
    """Every movement that belongs to it, oldest first, at most 500; all at /api/ledger?task=."""
    ancestors: list[int]
    """Parent, grandparent, …"""
    subtasks: TaskTree
    """This task with all below it, at most 500."""
    evaluation: Evaluation
    next_step: NextStep | None
    """Null if nothing more can happen."""
    messages: int
    """How many messages name it; at /api/messages?task=. At most 1000 are counted."""
