"""What an auction made of its bids: their ranks, what would have won, and why the task went where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key, partial
from typing import Any

from sqlalchemy import bindparam, select

from agents.explorer import schema
from agents.explorer.api.models import Award
from agents.explorer.api.models.tasks import AwardBid
from agents.explorer.queries.index import Index
from agents.explorer.sentences import credits_words, places_for, quality_words
from agents.market.domain import BPS

MOST = 20_000
"""Bids that are ranked for one answer."""

Row = Mapping[str, Any]

_bids, _agents = schema.bids.c, schema.agents.c
_links, _events = schema.links.c, schema.events.c
_REVEALED = (
    select(_bids.task, _bids.agent, _bids.price, _bids.quality, _bids.tie_break)
    .where(_bids.task.in_(bindparam("tasks", expanding=True)), _bids.price.is_not(None))
    .order_by(_bids.task, _bids.agent)
    .limit(MOST)
)
_NAMES = select(_agents.id, _agents.name, _agents.active).where(
    _agents.id.in_(bindparam("agents", expanding=True))
)
_AWARD = (
    select(_events.timestamp, _events.tx)
    .join_from(schema.links, schema.events, _events.seq == _links.seq)
    .where(_links.kind == "task", _links.key == bindparam("task"))
    .where(_events.name.in_(("TaskAwarded", "TaskTakenOver", "RaceWon")))
    .order_by(_links.seq.desc())
    .limit(1)
)


def before(one: Row, other: Row) -> int:
    """Negative if the first bid is ranked before the second, exactly as the contract compares them."""
    here: tuple[int, str] = (one["price"] * other["quality"], one["tie_break"])
    there: tuple[int, str] = (other["price"] * one["quality"], other["tie_break"])
    return (here > there) - (here < there)


@dataclass(frozen=True, slots=True)
class Ranks:
    """The revealed bids of a task in the auction's order."""

    order: Sequence[Row]
    reserve: int
    is_over: bool
    """Whether the award is made, so that it can be said what would have won."""
    place: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", {row["agent"]: at for at, row in enumerate(self.order)})

    def of(self, agent: int) -> dict[str, Any]:
        """The members of a bid that follow from all bids together."""
        at = self.place.get(agent)
        if at is None:
            return {"effective": None, "rank": None, "price_to_win": None}
        row = self.order[at]
        return {
            "effective": effective(row),
            "rank": at + 1,
            "price_to_win": self.price_to_win(at) if self.is_over else None,
        }

    def price_to_win(self, at: int) -> int:
        """The highest price with which the bid would have been the first, in units; 0 if none would."""
        bid, rivals = self.order[at], [row for row in self.order[:2] if row is not self.order[at]]
        if not rivals:
            return self.reserve
        rival = rivals[0]
        price, rest = divmod(rival["price"] * bid["quality"], rival["quality"])
        loses_ties = not rest and bid["tie_break"] > rival["tie_break"]
        return max(0, min(self.reserve, int(price) - loses_ties))


def effective(row: Row) -> float:
    """The effective price in units at full quality."""
    return float(row["price"]) * BPS / float(row["quality"])


def ranked(index: Index, task: Row) -> Ranks:
    """The order of a task's revealed bids."""
    return ranked_all(index, {task["id"]: task})[task["id"]]


def ranked_all(index: Index, tasks: Mapping[int, Row]) -> dict[int, Ranks]:
    """The order of each task's revealed bids, by task. Of each task its reserve and its agent must be told."""
    found: dict[int, list[Row]] = {task: [] for task in tasks}
    for row in index.all(_REVEALED, tasks=list(tasks)):
        found[row["task"]].append(row)
    return {
        task: Ranks(
            sorted(rows, key=cmp_to_key(before)), tasks[task]["reserve"], tasks[task]["agent"] is not None
        )
        for task, rows in found.items()
    }


def award_of(index: Index, task: Row, ranks: Ranks) -> Award | None:
    """Who got the task and why; None while nobody did."""
    agent = task["agent"]
    if agent is None:
        return None
    names = _names(index, [agent, *(row["agent"] for row in ranks.order[:3])])
    # An offer that was accepted directly was compared with no other.
    at = None if task["mode"] == "Direct" else ranks.place.get(agent)
    best = None if at is None else _side(ranks.order[at], names)
    following = ranks.order[at + 1 : at + 2] if at is not None else ()
    second = _side(following[0], names) if following else None
    defaulter = ranks.order[at - 1]["agent"] if task["taken_over"] and at else None
    where = _award_place(index, task["id"])
    return Award.model_validate(
        {
            "rule": task["mode"],
            "winner": names[agent],
            "price": task["price"],
            "best": best,
            "second": second,
            "reserve": task["reserve"],
            "taken_over_from": None if defaulter is None else names[defaulter],
            "why": why_of(task, best, second, len(ranks.order)),
            "time": where["timestamp"] if where else task["time"],
            "tx": where["tx"] if where else task["tx"],
        }
    )


def _names(index: Index, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in index.all(_NAMES, agents=list(set(ids)))}


def _side(row: Row, names: Mapping[int, Row]) -> AwardBid:
    named = {"agent_name": names[row["agent"]]["name"], "effective": effective(row)}
    return AwardBid.model_validate({**row, **named})


def _award_place(index: Index, task: int) -> Row | None:
    """Where the newest award of a task stands."""
    return index.one(_AWARD, task=str(task))


def why_of(task: Row, best: AwardBid | None, second: AwardBid | None, count: int) -> str:
    """The rule, applied to the figures; amounts have as many decimals as tell them apart."""
    price, reserve, agent = task["price"], task["reserve"], task["agent"]
    if task["mode"] == "Race" and task["silent"]:
        return f"Nobody judged agent {agent}'s work in time, so that it is paid the whole reserve unjudged."
    if task["mode"] == "Race":
        return f"The first work in the race that passed was agent {agent}'s: it is paid the whole reserve."
    if best is None:
        return f"The task was given to agent {agent} directly, at the price that it signed."
    bound = 0 if second is None else second.price * best.quality // second.quality
    of_second = () if second is None else (second.price, _whole(second))
    words = partial(
        credits_words, places=places_for(price, reserve, best.price, _whole(best), bound, *of_second)
    )
    led = (
        f"The agent before it did not deliver, so agent {agent} takes over as if that one had never bid: "
        if task["taken_over"]
        else f"Of {count} opened bids, agent {agent}'s is the lowest for its quality: "
        if count > 1
        else f"Agent {agent}'s is the only opened bid: "
    )
    quality = quality_words(best.quality)
    led += f"{words(best.price)} at quality {quality}, in effect {words(_whole(best))}."
    if task["mode"] != "SealedSecondPrice":
        return f"{led} The rule pays the winner what it asks: {words(price)}."
    if second is None:
        return f"{led} Nobody else sets the price, so it is paid the reserve, {words(reserve)}."
    other = quality_words(second.quality)
    capped = f", but no more than the reserve of {words(reserve)}" if bound > reserve else ""
    return (
        f"{led} The next, agent {second.agent}, asks {words(second.price)} at quality {other}, in effect "
        f"{words(_whole(second))}. The rule pays the winner the highest price at which it would still have won, "
        f"{words(second.price)} x {quality} / {other} = {words(bound)}{capped}: {words(price)}."
    )


def _whole(bid: AwardBid) -> int:
    """What the bid would be at full quality, in units."""
    return bid.price * BPS // bid.quality
