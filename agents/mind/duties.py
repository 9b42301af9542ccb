"""How a task is moved on when its time is up: anyone may, and somebody always should."""

from agents.market.domain import AwardMode, Round, Task, TaskState
from agents.mind.actions import (
    Action,
    CloseDefaulted,
    CloseRejected,
    CloseRuled,
    CloseSealed,
    DeclareDefault,
    Finalize,
    Release,
)


def overdue(task: Task, now: int, grace: int = 0) -> Action | None:
    """The call that ends what is overdue by ``grace`` seconds at chain time ``now``, or None."""
    due = now - grace
    match task.state:
        case TaskState.OPEN if due >= task.reveal_end and task.mode is not AwardMode.RACE:
            return Finalize(task.id)
        case TaskState.AWARDED if due >= task.deadline:
            return DeclareDefault(task.id)
        case TaskState.SUBMITTED | TaskState.DISPUTED if task.round is Round.CONVENED:
            return CloseSealed(task.id) if due >= task.deadline else None
        case TaskState.SUBMITTED if task.round is Round.NONE and due >= task.deadline:
            return Release(task.id)
        case TaskState.DEFAULTED if due >= task.deadline:
            return CloseDefaulted(task.id)
        case TaskState.RULED if due >= task.deadline:
            return CloseRuled(task.id)
        case TaskState.REJECTED if due >= task.deadline:
            return CloseRejected(task.id)
        case _:
            return None
