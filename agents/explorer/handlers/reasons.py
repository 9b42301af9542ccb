"""Why each movement of credits in a transaction happened, decided once for all of them.

The events are walked through in their order, with the clues of those that were met kept in mind:

1.  A movement whose kind says all (a deposit, a debt) has that reason.
2.  Any other has the reason of the newest clue that fits it and explains no other movement yet.
3.  If there is none it waits, and the first later event that explains movements before it takes it, the earliest
    that fits.
4.  A token transfer that nothing explains is what it looks like: a mint, a burn or a transfer. Any other movement
    has the reason ``other``: there should be none.

Several vouchers that are redeemed at once are paid in one movement: it has the agent that they share, or none. A
debt that a payment pays at once concerns the task that the payment was for.
"""

from dataclasses import dataclass

from agents.chain.abi import Event
from agents.chain.bindings import credit_token, ledger
from agents.explorer.handlers.clues import Clue, Facts, clues
from agents.explorer.handlers.registry import Deed, Place
from agents.explorer.rows import Rows
from agents.market.domain import account_of

OTHER = "other"
NOBODY = 0
"""The account of the zero address."""

_PLAIN: dict[type[Event], str] = {
    ledger.Deposited: "deposit",
    ledger.Withdrawn: "withdrawal",
    ledger.Transferred: "transfer",
    ledger.BurnFlushed: "burn",
    ledger.DebtRecorded: "debt",
    ledger.DebtPaid: "debt",
    ledger.DebtForgiven: "debt",
}
"""Movements that need no clue."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why credits moved, and the task and the agent that they moved for."""

    why: str
    task: int | None = None
    agent: int | None = None


@dataclass(frozen=True, slots=True)
class _Movement:
    """What a clue is held against."""

    kind: type[Event]
    source: int | None
    target: int | None
    amount: int


def reason_of(at: Place, rows: Rows) -> Reason:
    """Why the movement at this place happened."""
    if "reasons" not in at.deed.memo:
        at.deed.memo["reasons"] = explain(at.deed, rows)
    reasons: dict[int, Reason] = at.deed.memo["reasons"]
    return reasons[at.index]


def explain(deed: Deed, rows: Rows) -> dict[int, Reason]:
    """The reasons of all movements in the transaction, by their place in its events."""
    facts, open_clues = Facts(deed, rows), list[Clue]()
    reasons: dict[int, Reason] = {}
    waiting: dict[int, _Movement] = {}
    for index, logged in enumerate(deed.events):
        movement = _movement(logged.event)
        if movement is not None:
            reason = _plain(logged.event, index, deed, reasons) or _take(open_clues, movement)
            if reason is None:
                waiting[index] = movement
            else:
                reasons[index] = reason
        fresh = list(clues(logged, facts))
        for clue in fresh:
            if clue.before:
                _look_back(clue, waiting, reasons)
        # Taken from the end, so the first clue of the newest event comes first.
        open_clues += reversed([clue for clue in fresh if not clue.before])
    return reasons | {index: _unexplained(movement) for index, movement in waiting.items()}


def _plain(event: Event, index: int, deed: Deed, reasons: dict[int, Reason]) -> Reason | None:
    why = _PLAIN.get(type(event))
    if why is None:
        return None
    before = deed.events[index - 1].event if index else None
    if isinstance(event, ledger.DebtPaid) and isinstance(before, ledger.Paid) and before.to == event.payer:
        paid = reasons.get(index - 1, Reason(OTHER))
        return Reason(why, paid.task, paid.agent)
    return Reason(why)


def _take(open_clues: list[Clue], movement: _Movement) -> Reason | None:
    """The reason by the newest clue that fits, which is used up by it."""
    for place in range(len(open_clues) - 1, -1, -1):
        clue = open_clues[place]
        if _fits(clue, movement):
            if not clue.shared:
                del open_clues[place]
                return Reason(clue.reason, clue.task, clue.agent)
            return Reason(clue.reason, clue.task, _shared_agent(open_clues, movement))
    return None


def _shared_agent(open_clues: list[Clue], movement: _Movement) -> int | None:
    """Use up all clues that share in the movement; the agent, if they are of one."""
    fitting = [clue for clue in open_clues if clue.shared and _fits(clue, movement)]
    open_clues[:] = [clue for clue in open_clues if not (clue.shared and _fits(clue, movement))]
    agents = {clue.agent for clue in fitting}
    return agents.pop() if len(agents) == 1 else None


def _look_back(clue: Clue, waiting: dict[int, _Movement], reasons: dict[int, Reason]) -> None:
    for index, movement in waiting.items():
        if _fits(clue, movement):
            reasons[index] = Reason(clue.reason, clue.task, clue.agent)
            del waiting[index]
            return


def _unexplained(movement: _Movement) -> Reason:
    if movement.kind is not credit_token.Transfer:
        return Reason(OTHER)
    if movement.source == NOBODY:
        return Reason("mint")
    return Reason("burn" if movement.target == NOBODY else "transfer")


def _fits(clue: Clue, movement: _Movement) -> bool:
    return clue.kind is movement.kind and all(
        told is None or told == seen
        for told, seen in (
            (clue.amount, movement.amount),
            (clue.source, movement.source),
            (clue.target, movement.target),
        )
    )


def _movement(event: Event) -> _Movement | None:
    """The event as a movement; None if it is none."""
    match event:
        case ledger.Locked() | ledger.Unlocked():
            return _Movement(type(event), event.account, event.account, event.amount)
        case ledger.Paid() | ledger.Held() | ledger.Transferred():
            return _Movement(type(event), event.from_, event.to, event.amount)
        case ledger.Burned():
            return _Movement(type(event), event.from_, None, event.amount)
        case credit_token.Transfer():
            return _Movement(type(event), account_of(event.from_), account_of(event.to), event.value)
        case ledger.Deposited() | ledger.Withdrawn() | ledger.BurnFlushed():
            return _Movement(type(event), None, None, event.amount)
        case ledger.DebtRecorded() | ledger.DebtPaid() | ledger.DebtForgiven():
            return _Movement(type(event), event.debtor, event.creditor, event.amount)
    return None
