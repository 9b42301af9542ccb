"""A run's forecast when it begins, and the note of what it came to when it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.errors import SettingOutOfRange
from agents.fleet.definitions import AgentDefinition
from agents.fleet.forecast import COUNTED, Forecast, Plan, foresee
from agents.fleet.history import FinishedRun, History
from agents.fleet.session import Session
from agents.market.domain import Task
from agents.mind.earnings import remember, unremembered

SETTLED = "settled"
"""The outcome of a run that saw all its tasks end."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What was known when a run began."""

    plan: Plan
    by_itself: Forecast
    """From the configuration alone."""
    forecast: Forecast
    """Corrected by past runs."""
    began: float
    newest_task: int
    """The highest id of a task when it began."""


def policies(agents: Sequence[AgentDefinition]) -> str:
    """The agents' policies as one text."""
    return "+".join(sorted({one.policy for one in agents})) or "none"


def reckon(session: Session, plan: Plan) -> Reckoning:
    """The forecast of a run that begins now.

    Raises HistoryUnreadable, and SettingOutOfRange for a cap that even the coming to the market exceeds.
    """
    by_itself = foresee(plan)
    cap, least = session.caps.limits.transactions, by_itself.least_transactions
    if cap is not None and cap < least:
        raise SettingOutOfRange(
            "--max-transactions", cap, f"at least {least}: so many bring all to the market"
        )
    past = History(session.settings.home).factors(plan.model, policies(plan.agents))
    newest = max(session.feed.view.tasks, default=0)
    return Reckoning(plan, by_itself, by_itself.corrected(past), session.surroundings.clock(), newest)


def remember_steps(session: Session) -> None:
    """What was learned of the model is there for the next run. A process that is killed in between counts some of it
    twice, which the many others outweigh."""
    history = History(session.settings.home)
    for office in session.offices.values():
        history.add_steps(session.gateway.model, *unremembered(office.store))
        remember(office.store)


def conclude(
    session: Session,
    reckoning: Reckoning,
    batch: Sequence[Task],
    outcome: str,
    elsewhere: Sequence[tuple[Mapping[str, float], bool]] = (),
) -> FinishedRun:
    """Remember what the run came to; it can be compared with the forecast if all of it belongs to this run.

    ``elsewhere`` are the figures of the run's parts that other stores counted, and whether these were resumed.
    """
    remember_steps(session)
    plan, tallies = reckoning.plan, [office.tally for office in session.offices.values()]
    parts = [*((tally.figures(), tally.resumed) for tally in tallies), *elsewhere]
    figures = {name: sum(part.get(name, 0) for part, _ in parts) for name in COUNTED}
    figures["seconds"] = session.surroundings.clock() - reckoning.began
    whole = (
        outcome == SETTLED
        and bool(plan.drafts)
        and len(batch) == len(plan.drafts)
        and all(task.id > reckoning.newest_task for task in batch)
        and not any(resumed for _, resumed in parts)
    )
    run = FinishedRun(
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        chain=session.deployment.key,
        model=plan.model,
        policy=policies(plan.agents),
        agents=len(plan.agents),
        tasks=len(batch),
        outcome=outcome,
        figures=figures,
        reckoned={name: reckoning.by_itself.figures[name].expected for name in COUNTED} if whole else None,
    )
    History(session.settings.home).add(run)
    return run
