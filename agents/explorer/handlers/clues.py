"""What an event says about the movements of credits beside it: which it explains, why, and for which task and agent.

A movement is a Ledger event or a token transfer. Most contracts tell first and move then; a rejection that stands,
and an entry of a race that fails, burn and free the bond before the event that names the task.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import (
    bid_auction,
    credit_token,
    evaluator_pool,
    ledger,
    message_hub,
    race_board,
    task_manager,
    usage_meter,
    voting_credits,
)
from agents.explorer import schema
from agents.explorer.handlers.registry import Deed, Logged
from agents.explorer.rows import Rows
from agents.market.domain import account_of, account_of_agent

AGENT_BITS = 64
"""A race's case is its task's id, followed by so many bits of the entrant's."""
ANY = None
"""Any account, or any amount."""


@dataclass(slots=True)
class Clue:
    """One movement that an event explains; None in ``source``, ``target`` or ``amount`` matches any."""

    kind: type[Event]
    source: int | None
    target: int | None
    amount: int | None
    reason: str
    task: int | None = None
    agent: int | None = None
    before: bool = False
    """Whether the movement comes before the event."""
    shared: bool = False
    """Whether one movement may be explained by several of these at once."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a transaction is explained: its own events, and the rows before its first movement."""

    deed: Deed
    rows: Rows

    def requester(self, task_id: int) -> int | None:
        """The account of who posted the task."""
        row = self.rows.get(schema.tasks, (task_id,))
        if row is not None:
            return account_of(row["requester"])
        for logged in self.deed.events:
            if isinstance(logged.event, task_manager.TaskCreated) and logged.event.task_id == task_id:
                return account_of(logged.event.requester)
        return None

    def worker(self, task_id: int) -> int | None:
        """The agent that has the task."""
        row = self.rows.get(schema.tasks, (task_id,))
        return None if row is None else row["agent"]

    def bond(self, task_id: int) -> int | None:
        """What each bidder for the task locks."""
        row = self.rows.get(schema.tasks, (task_id,))
        return None if row is None else int(row["bond"])

    def channel_agent(self, channel_id: bytes) -> int | None:
        """Whose channel it is."""
        row = self.rows.get(schema.channels, (schema.hex_text(channel_id),))
        if row is not None:
            return int(row["agent"])
        for logged in self.deed.events:
            if isinstance(logged.event, usage_meter.ChannelOpened) and logged.event.channel_id == channel_id:
                return logged.event.agent_id
        return None

    def provider(self, channel_id: bytes) -> int | None:
        """The account of who is paid from the channel."""
        row = self.rows.get(schema.channels, (schema.hex_text(channel_id),))
        return None if row is None else account_of(row["provider"])


def case_of(deed: Deed, client: str, case_id: int) -> tuple[int | None, int | None]:
    """The task, and in a race the entrant, that a case of the evaluator pool is about."""
    if client == deed.contracts["TaskManager"]:
        return case_id, None
    if client == deed.contracts["RaceBoard"]:
        return case_id >> AGENT_BITS, case_id & ((1 << AGENT_BITS) - 1)
    return None, None


def clues(logged: Logged, facts: Facts) -> Iterator[Clue]:
    """What the event explains."""
    tell = _TELL.get(type(logged.event))
    return iter(()) if tell is None else tell(logged.event, account_of(logged.address), facts)


# Tasks


def _created(event: task_manager.TaskCreated, _: int, _facts: Facts) -> Iterator[Clue]:
    requester = account_of(event.requester)
    yield Clue(ledger.Locked, requester, requester, ANY, "escrow", event.task_id)


def _settled(event: task_manager.TaskSettled, _: int, facts: Facts) -> Iterator[Clue]:
    task, agent, fee = event.task_id, event.agent_id, event.fee
    requester, worker = facts.requester(task), account_of_agent(agent)
    yield Clue(ledger.Paid, requester, worker, event.price - fee, "reward", task, agent)
    if fee:
        yield Clue(ledger.Paid, requester, ANY, fee, "fee", task, agent)
    yield Clue(ledger.Unlocked, requester, requester, ANY, "refund", task, agent)
    yield Clue(ledger.Unlocked, worker, worker, ANY, "bond", task, agent)


def _compensated(event: task_manager.WorkerCompensated, _: int, facts: Facts) -> Iterator[Clue]:
    requester, worker = facts.requester(event.task_id), account_of_agent(event.agent_id)
    parties = (event.task_id, event.agent_id)
    yield Clue(ledger.Paid, requester, worker, event.amount, "compensation", *parties)


def _refunded(event: task_manager.TaskRefunded, _: int, facts: Facts) -> Iterator[Clue]:
    requester, agent = facts.requester(event.task_id), facts.worker(event.task_id)
    yield Clue(ledger.Unlocked, requester, requester, event.amount, "refund", event.task_id, agent)
    if agent is not None:
        worker = account_of_agent(agent)
        yield Clue(ledger.Burned, worker, ANY, ANY, "bond", event.task_id, agent, before=True)
        yield Clue(ledger.Unlocked, worker, worker, ANY, "bond", event.task_id, agent, before=True)


def _defaulted(event: task_manager.TaskDefaulted, _: int, facts: Facts) -> Iterator[Clue]:
    worker, requester = account_of_agent(event.agent_id), facts.requester(event.task_id)
    yield Clue(ledger.Paid, worker, requester, event.bond, "bond", event.task_id, event.agent_id)


def _disputed(event: task_manager.TaskDisputed, _: int, _facts: Facts) -> Iterator[Clue]:
    worker = account_of_agent(event.agent_id)
    yield Clue(ledger.Locked, worker, worker, ANY, "panel", event.task_id, event.agent_id)


def _appealed(event: task_manager.TaskAppealed, _: int, facts: Facts) -> Iterator[Clue]:
    requester, agent = facts.requester(event.task_id), facts.worker(event.task_id)
    yield Clue(ledger.Locked, requester, requester, ANY, "panel", event.task_id, agent)
    if agent is not None:
        worker = account_of_agent(agent)
        yield Clue(ledger.Locked, worker, worker, ANY, "panel", event.task_id, agent)


# Bids and races


def _committed(event: bid_auction.BidCommitted, _: int, _facts: Facts) -> Iterator[Clue]:
    if not event.replaced:
        yield _bond(ledger.Locked, event)


def _revealed(event: bid_auction.BidRevealed, _: int, facts: Facts) -> Iterator[Clue]:
    yield _bond(ledger.Locked, event)
    # Of the agent that led before, or of this one where it does not lead.
    yield Clue(ledger.Unlocked, ANY, ANY, facts.bond(event.task_id), "bond", event.task_id)


def _taken_over(event: bid_auction.TaskTakenOver, _: int, _facts: Facts) -> Iterator[Clue]:
    yield _bond(ledger.Locked, event)


def _forfeited(event: bid_auction.BondForfeited, _: int, _facts: Facts) -> Iterator[Clue]:
    yield _bond(ledger.Burned, event, event.bond)


def _entered(event: race_board.EntryCommitted, _: int, _facts: Facts) -> Iterator[Clue]:
    if not event.replaced:
        yield _bond(ledger.Locked, event)


def _entry_judged(event: race_board.EntryJudged, _: int, _facts: Facts) -> Iterator[Clue]:
    yield _bond(ledger.Burned, event)
    yield _bond(ledger.Unlocked, event)


def _entry_forfeited(event: race_board.EntryForfeited, _: int, _facts: Facts) -> Iterator[Clue]:
    agent = account_of_agent(event.agent_id)
    yield _bond(ledger.Burned, event, event.bond)
    yield Clue(ledger.Unlocked, agent, agent, ANY, "panel", event.task_id, event.agent_id)


def _entry_withdrawn(event: race_board.EntryWithdrawn, _: int, _facts: Facts) -> Iterator[Clue]:
    yield _bond(ledger.Unlocked, event, event.amount)


def _race_won(event: race_board.RaceWon, _: int, _facts: Facts) -> Iterator[Clue]:
    agent = account_of_agent(event.agent_id)
    yield Clue(ledger.Unlocked, agent, agent, ANY, "panel", event.task_id, event.agent_id)


def _bond(kind: type[Event], event: Any, amount: int | None = ANY) -> Clue:
    """The bond of the event's agent for the event's task."""
    account = account_of_agent(event.agent_id)
    target = ANY if kind is ledger.Burned else account
    return Clue(kind, account, target, amount, "bond", event.task_id, event.agent_id)


# The evaluator pool


def _seat_taken(event: evaluator_pool.SeatTaken, _: int, _facts: Facts) -> Iterator[Clue]:
    holder = account_of(event.holder)
    yield Clue(ledger.Locked, holder, holder, event.stake, "stake")


def _seat_left(event: evaluator_pool.SeatLeft, _: int, _facts: Facts) -> Iterator[Clue]:
    holder = account_of(event.holder)
    yield Clue(ledger.Unlocked, holder, holder, event.stake, "stake")


def _slashed(event: evaluator_pool.EvaluatorSlashed, pool: int, facts: Facts) -> Iterator[Clue]:
    (task, agent), holder = case_of(facts.deed, event.client, event.case_id), account_of(event.holder)
    yield Clue(ledger.Paid, holder, pool, event.amount, "stake", task, agent)
    yield Clue(ledger.Burned, holder, ANY, event.amount, "stake", task, agent)


def _tallied(event: evaluator_pool.PanelTallied, pool: int, facts: Facts) -> Iterator[Clue]:
    task, agent = case_of(facts.deed, event.client, event.case_id)
    yield Clue(ledger.Paid, ANY, pool, ANY, "panel", task, agent)
    yield Clue(ledger.Locked, pool, pool, ANY, "panel", task, agent)


def _evaluator_paid(event: evaluator_pool.EvaluatorPaid, pool: int, facts: Facts) -> Iterator[Clue]:
    (task, agent), holder = case_of(facts.deed, event.client, event.case_id), account_of(event.holder)
    yield Clue(ledger.Paid, pool, holder, event.amount, "panel", task, agent)


# Messages and thinking


def _sent(event: message_hub.MessageSent, _: int, _facts: Facts) -> Iterator[Clue]:
    if event.postage:
        yield Clue(ledger.Held, event.from_, event.from_, event.postage, "postage", event.task_id or None)
        yield Clue(ledger.Paid, event.from_, event.to, event.postage, "postage", event.task_id or None)


def _opened(event: usage_meter.ChannelOpened, meter: int, _facts: Facts) -> Iterator[Clue]:
    agent = event.agent_id
    yield Clue(ledger.Held, account_of_agent(agent), meter, event.amount, "thinking", None, agent)


def _topped_up(event: usage_meter.ToppedUp, meter: int, facts: Facts) -> Iterator[Clue]:
    agent = facts.channel_agent(event.channel_id)
    yield Clue(ledger.Held, ANY, meter, event.amount, "thinking", None, agent)


def _closed(event: usage_meter.ChannelClosed, meter: int, facts: Facts) -> Iterator[Clue]:
    agent = facts.channel_agent(event.channel_id)
    yield Clue(ledger.Paid, meter, ANY, event.rest, "thinking", None, agent)


def _redeemed(event: usage_meter.Redeemed, meter: int, facts: Facts) -> Iterator[Clue]:
    agent, provider = facts.channel_agent(event.channel_id), facts.provider(event.channel_id)
    yield Clue(ledger.Paid, meter, provider, ANY, "thinking", None, agent, shared=True)


def _pledged(event: usage_meter.Pledged, _: int, _facts: Facts) -> Iterator[Clue]:
    account = account_of_agent(event.agent_id)
    yield Clue(ledger.Locked, account, account, event.amount, "pledge", None, event.agent_id)


def _unpledged(event: usage_meter.Unpledged, _: int, _facts: Facts) -> Iterator[Clue]:
    account = account_of_agent(event.agent_id)
    yield Clue(ledger.Unlocked, account, account, event.amount, "pledge", None, event.agent_id)


def _seized(event: usage_meter.PledgeSeized, _: int, _facts: Facts) -> Iterator[Clue]:
    account = account_of_agent(event.agent_id)
    yield Clue(ledger.Paid, account, account, event.amount, "pledge", None, event.agent_id)


# Tokens: what a movement of the Ledger takes from or gives to the world, and votes


def _deposited(event: ledger.Deposited, vault: int, _facts: Facts) -> Iterator[Clue]:
    yield Clue(credit_token.Transfer, account_of(event.from_), vault, event.amount, LEG)


def _withdrawn(event: ledger.Withdrawn, vault: int, _facts: Facts) -> Iterator[Clue]:
    yield Clue(credit_token.Transfer, vault, account_of(event.to), event.amount, LEG)


def _flushed(event: ledger.BurnFlushed, vault: int, _facts: Facts) -> Iterator[Clue]:
    yield Clue(credit_token.Transfer, vault, 0, event.amount, LEG)


def _votes_locked(event: voting_credits.CreditsLocked, votes: int, _facts: Facts) -> Iterator[Clue]:
    yield Clue(credit_token.Transfer, account_of(event.owner), votes, event.amount, "vote-lock")


def _votes_withdrawn(event: voting_credits.CreditsWithdrawn, votes: int, _facts: Facts) -> Iterator[Clue]:
    yield Clue(credit_token.Transfer, votes, account_of(event.to), event.amount, "vote-lock")


LEG = "leg"
"""The token's side of a movement that the Ledger tells of itself: no movement of its own."""

_TELL: dict[type[Event], Callable[[Any, int, Facts], Iterator[Clue]]] = {
    task_manager.TaskCreated: _created,
    task_manager.TaskSettled: _settled,
    task_manager.WorkerCompensated: _compensated,
    task_manager.TaskRefunded: _refunded,
    task_manager.TaskDefaulted: _defaulted,
    task_manager.TaskDisputed: _disputed,
    task_manager.TaskAppealed: _appealed,
    bid_auction.BidCommitted: _committed,
    bid_auction.BidRevealed: _revealed,
    bid_auction.TaskTakenOver: _taken_over,
    bid_auction.BondForfeited: _forfeited,
    race_board.EntryCommitted: _entered,
    race_board.EntryJudged: _entry_judged,
    race_board.EntryForfeited: _entry_forfeited,
    race_board.EntryWithdrawn: _entry_withdrawn,
    race_board.RaceWon: _race_won,
    evaluator_pool.SeatTaken: _seat_taken,
    evaluator_pool.SeatLeft: _seat_left,
    evaluator_pool.EvaluatorSlashed: _slashed,
    evaluator_pool.PanelTallied: _tallied,
    evaluator_pool.EvaluatorPaid: _evaluator_paid,
    message_hub.MessageSent: _sent,
    usage_meter.ChannelOpened: _opened,
    usage_meter.ToppedUp: _topped_up,
    usage_meter.ChannelClosed: _closed,
    usage_meter.Redeemed: _redeemed,
    usage_meter.Pledged: _pledged,
    usage_meter.Unpledged: _unpledged,
    usage_meter.PledgeSeized: _seized,
    ledger.Deposited: _deposited,
    ledger.Withdrawn: _withdrawn,
    ledger.BurnFlushed: _flushed,
    voting_credits.CreditsLocked: _votes_locked,
    voting_credits.CreditsWithdrawn: _votes_withdrawn,
}
