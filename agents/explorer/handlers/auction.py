"""BidAuction: bids, sealed and open."""

from agents.chain.bindings import bid_auction
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, change, existing
from agents.explorer.handlers.registry import Place, Row, handles
from agents.explorer.handlers.skills import count_skill
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows
from agents.market.domain import DIGEST_TAIL


def tie_break_text(tie_break: int) -> str:
    """64 bits that sort as text."""
    return f"{tie_break:016x}"


@handles(bid_auction.BidCommitted)
def _bid_committed(event: bid_auction.BidCommitted, at: Place, rows: Rows) -> None:
    sealed = {
        "status": "sealed",
        "quality": event.quality,
        "digest": f"0x{event.digest:050x}",
        "tie_break": tie_break_text(event.digest >> DIGEST_TAIL),
        "committed_at": at.timestamp,
    }
    before = rows.get(schema.bids, (event.task_id, event.agent_id))
    if before is not None:
        sealed["replaced"] = before["replaced"] + 1
        change(rows, at, schema.bids, event.task_id, event.agent_id, **sealed)
        return
    rows.put(schema.bids, {**_first(rows, at, event.task_id, event.agent_id), **sealed})
    add_to(rows, at, schema.tasks, event.task_id, commitments=1)


@handles(bid_auction.BidRevealed)
def _bid_revealed(event: bid_auction.BidRevealed, at: Place, rows: Rows) -> None:
    shown = {
        "status": "revealed",
        "quality": event.quality,
        "price": event.price,
        "promised": event.promised,
        "revealed_at": at.timestamp,
    }
    key = (event.task_id, event.agent_id)
    before = rows.get(schema.bids, key) or _first(rows, at, *key)
    if before.get("digest") is None:
        # Of equal bids in the open the earlier stays ahead.
        shown["tie_break"] = tie_break_text(at.seq)
        shown["replaced"] = before.get("replaced", -1) + 1
    if before.get("price") is None:
        _note_order(rows, at, event.task_id, event.agent_id)
    rows.put(schema.bids, {**before, **shown, **at.columns})


@handles(bid_auction.BondForfeited)
def _bond_forfeited(event: bid_auction.BondForfeited, at: Place, rows: Rows) -> None:
    change(rows, at, schema.bids, event.task_id, event.agent_id, status="forfeited", forfeited=True)
    add_to(rows, at, schema.agents, event.agent_id, forfeited=1)


@handles(bid_auction.TaskTakenOver)
def _task_taken_over(event: bid_auction.TaskTakenOver, at: Place, rows: Rows) -> None:
    change(rows, at, schema.tasks, event.task_id, taken_over=True)


def _first(rows: Rows, at: Place, task_id: int, agent_id: int) -> Row:
    """The bid of an agent that had none on this task."""
    task = existing(rows, schema.tasks, task_id)
    nth = existing(rows, schema.agents, agent_id)["bids"] + 1
    change(rows, at, schema.agents, agent_id, bids=nth)
    count(rows, at, "bids")
    count_skill(rows, at, task["skill"], bids=1)
    return {
        "task": task_id,
        "agent": agent_id,
        "nth": nth,
        "skill": task["skill"],
        "reserve": task["reserve"],
        "bond": task["bond"],
        **at.birth,
        **at.columns,
    }


def _note_order(rows: Rows, at: Place, task_id: int, agent_id: int) -> None:
    nth = existing(rows, schema.tasks, task_id)["bids_revealed"]
    rows.put(schema.bid_order, {"task": task_id, "nth": nth, "agent": agent_id, **at.columns})
    change(rows, at, schema.tasks, task_id, bids_revealed=nth + 1)
