"""RaceBoard: entries of races, and who is judged."""

from typing import Any

from agents.chain.bindings import race_board
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, change, existing
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.tasks import PANEL
from agents.explorer.rows import Rows


@handles(race_board.RaceOpened)
def _race_opened(event: race_board.RaceOpened, at: Place, rows: Rows) -> None:
    rows.put(schema.races, {"task": event.task_id, "bond": event.bond, "fee": event.fee, **at.columns})


@handles(race_board.EntryCommitted)
def _entry_committed(event: race_board.EntryCommitted, at: Place, rows: Rows) -> None:
    key, digest = (event.task_id, event.agent_id), schema.hex_text(event.digest)
    before = rows.get(schema.race_entries, key)
    if before is not None:
        change(rows, at, schema.race_entries, *key, digest=digest, replaced=before["replaced"] + 1)
        return
    race = existing(rows, schema.races, event.task_id)
    rows.put(
        schema.race_entries,
        {
            "task": event.task_id,
            "agent": event.agent_id,
            "status": "sealed",
            "digest": digest,
            "locked": race["bond"] + race["fee"],
            **at.birth,
            **at.columns,
        },
    )
    add_to(rows, at, schema.races, event.task_id, entries=1)
    add_to(rows, at, schema.tasks, event.task_id, commitments=1)


@handles(race_board.EntryShown)
def _entry_shown(event: race_board.EntryShown, at: Place, rows: Rows) -> None:
    shown = {"status": "shown", "result": schema.hex_text(event.result)}
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, **shown)
    add_to(rows, at, schema.tasks, event.task_id, bids_revealed=1)


@handles(race_board.HeadMoved)
def _head_moved(event: race_board.HeadMoved, at: Place, rows: Rows) -> None:
    head = {"head": event.agent_id or None, "head_deadline": event.deadline or None}
    # A race that nobody entered was never opened.
    race = rows.get(schema.races, (event.task_id,)) or {"task": event.task_id, "bond": 0, "fee": 0}
    rows.put(schema.races, {**race, **head, **at.columns})


@handles(race_board.PanelConvened)
def _panel_convened(event: race_board.PanelConvened, at: Place, rows: Rows) -> None:
    case = str(event.case_id)
    change(rows, at, schema.races, event.task_id, case=case)
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, case=case)


@handles(race_board.SecretShown)
def _secret_shown(event: race_board.SecretShown, at: Place, rows: Rows) -> None:
    change(rows, at, schema.races, event.task_id, secret=schema.hex_text(event.secret))


@handles(race_board.EntryJudged)
def _entry_judged(event: race_board.EntryJudged, at: Place, rows: Rows) -> None:
    judged: dict[str, Any] = {"status": "passed", "score": event.score}
    if event.score < existing(rows, schema.tasks, event.task_id)["passing_score"]:
        judged |= {"status": "failed", "locked": 0}
        add_to(rows, at, schema.agents, event.agent_id, failed=1)
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, **judged)


@handles(race_board.EntryForfeited)
def _entry_forfeited(event: race_board.EntryForfeited, at: Place, rows: Rows) -> None:
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, status="forfeited", locked=0)
    add_to(rows, at, schema.agents, event.agent_id, forfeited=1)


@handles(race_board.EntryWithdrawn)
def _entry_withdrawn(event: race_board.EntryWithdrawn, at: Place, rows: Rows) -> None:
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, status="withdrawn", locked=0)
    add_to(rows, at, schema.agents, event.agent_id, losses=1)


@handles(race_board.RaceWon)
def _race_won(event: race_board.RaceWon, at: Place, rows: Rows) -> None:
    entry = existing(rows, schema.race_entries, event.task_id, event.agent_id)
    change(rows, at, schema.race_entries, event.task_id, event.agent_id, status="won", locked=0)
    change(rows, at, schema.races, event.task_id, winner=event.agent_id)
    if not event.silent:
        task = existing(rows, schema.tasks, event.task_id)
        by = PANEL if entry["case"] else task["evaluator"]
        scored = {"score": entry["score"], "scored_by": by, "evaluated_at": at.timestamp}
        change(rows, at, schema.tasks, event.task_id, **scored)
