"""Whether the fleet's bids won as often as their policies believed, read from notes and from the market's view."""

from collections.abc import Iterable

from agents.learning.calibration import BINS, Calibration
from agents.market.domain import TaskState
from agents.market.view import MarketView
from agents.mind.notes import Notes

_NO_AUCTION = (TaskState.OPEN, TaskState.CANCELLED, TaskState.EXPIRED)


def calibration(view: MarketView, agents: Iterable[tuple[int, Notes]]) -> Calibration:
    """The record of every opened bid with a belief, in auctions that have ended; ``agents`` by id, with their notes."""
    record = Calibration()
    for agent_id, notes in agents:
        for note in notes.bids:
            believed, task = note.belief.win_probability, view.tasks.get(note.task_id)
            if believed is None or task is None or task.state in _NO_AUCTION:
                continue
            ranking = [bid.agent_id for bid in view.ranking(task.id)]
            if agent_id in ranking:
                record.add(believed, won=ranking[0] == agent_id)
    return record


def calibration_line(record: Calibration) -> str:
    """``beliefs of 41 bids: Brier score 0.143; won of those believed at 12 %: 2 of 20, …``; empty without bids."""
    total = sum(record.bids)
    if not total:
        return ""
    tenths = (
        f"{100 * record.believed[tenth] / record.bids[tenth]:.0f} %: {record.wins[tenth]} of {record.bids[tenth]}"
        for tenth in range(BINS)
        if record.bids[tenth]
    )
    score = record.squared / total
    return f"beliefs of {total} bids: Brier score {score:.3f}; won of those believed at {', '.join(tenths)}"
