"""Lists find their rows by an index and in its order: no list sorts, and none looks through a table for its rows."""

import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from agents.explorer.queries import asked
from agents.explorer.queries.actions import list_actions
from agents.explorer.queries.agents import list_agents
from agents.explorer.queries.chain import list_blocks, list_events, list_transactions
from agents.explorer.queries.index import Index
from agents.explorer.queries.ledger import list_accounts, list_entries
from agents.explorer.queries.messages import list_messages, list_threads
from agents.explorer.queries.tasks import list_tasks
from agents.explorer.queries.usage import list_channels, list_redemptions

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from filled import filled, life

WHO = "0x" + "00" * 19 + "AA"
SOME = "0x" + "11" * 32
BY_BOTH = {"state": "Settled", "skill": "code"}
LISTS = [
    (
        list_tasks,
        asked.TasksAsked,
        [{"state": "Open"}, {"skill": "code"}, BY_BOTH, {"mode": "Race"}, {"requester": WHO}],
    ),
    (
        list_tasks,
        asked.TasksAsked,
        [{}, {"agent": 1}, {"evaluator": WHO}, {"parent": 1}, {"since": 5, "until": 9}],
    ),
    (
        list_agents,
        asked.AgentsAsked,
        [{}, {"owner": WHO}, {"parent": 1}, {"active": True}, {"skill": "code"}],
    ),
    (
        list_agents,
        asked.AgentsAsked,
        [{"sort": sort} for sort in ("earned", "wins", "quality", "balance", "debt")],
    ),
    (
        list_entries,
        asked.EntriesAsked,
        [{}, {"account": "agent:1"}, {"kind": "Paid"}, {"reason": "fee"}, {"since": 5}],
    ),
    (
        list_entries,
        asked.EntriesAsked,
        [{"task": 1}, {"agent": 1}, {"tx": SOME}, {"account": "1", "reason": "fee"}],
    ),
    (list_accounts, asked.AccountsAsked, [{}, {"indebted": True}]),
    (
        list_events,
        asked.EventsAsked,
        [{}, {"name": "Paid"}, {"contract": "Ledger", "name": "Paid"}, {"tx": SOME}],
    ),
    (list_events, asked.EventsAsked, [{"contract": "TaskManager"}, {"block": 5}, {"since": 5, "until": 9}]),
    (
        list_events,
        asked.EventsAsked,
        [{"task": 1}, {"agent": 1}, {"account": WHO}, {"agent": 1, "name": "Paid"}],
    ),
    (list_transactions, asked.TransactionsAsked, [{}, {"sender": WHO}, {"contract": "Ledger"}, {"block": 5}]),
    (list_transactions, asked.TransactionsAsked, [{"function": "submit"}, {"failed": True}, {"since": 5}]),
    (list_blocks, asked.BlocksAsked, [{}, {"since": 5, "until": 9}]),
    (
        list_messages,
        asked.MessagesAsked,
        [{}, {"account": "agent:1"}, {"topic": "x"}, {"task": 1}, {"thread": 1}],
    ),
    (list_threads, asked.ThreadsAsked, [{}, {"account": "agent:1"}]),
    (list_actions, asked.ActionsAsked, [{}, {"agent": 1}]),
    (list_channels, asked.ChannelsAsked, [{}, {"agent": 1}, {"provider": WHO}]),
    (list_redemptions, asked.RedemptionsAsked, [{}, {"agent": 1}, {"provider": WHO}, {"channel": SOME}]),
]
CASES = [(ask, kind, filters) for ask, kind, listed in LISTS for filters in listed]


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("plans"), life(30))


def plans_of(context, ask, wanted):
    """The statements that a question makes, each with what SQLite does for it."""
    said = []

    def hear(_, __, statement, values, *___):
        said.append((statement, values))

    with context.engine.connect() as db:
        event.listen(db, "before_cursor_execute", hear)
        ask(Index(db, context.deployment), wanted)
        driver = db.connection.driver_connection
        return [
            (statement, [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)])
            for statement, values in said
            if statement.lstrip().startswith("SELECT")
        ]


def is_scan(step, statement):
    """A table is looked through from an end: that is right only where every row is wanted, or the index holds no
    others."""
    plain = "CONSTANT" not in step and "subquery" not in step and "ix_transactions_failed" not in step
    return step.startswith("SCAN") and "WHERE" in statement and plain


@pytest.mark.parametrize(
    ("ask", "kind", "filters"), CASES, ids=lambda one: getattr(one, "__name__", None) or str(one)
)
def test_a_list_neither_sorts_nor_scans(context, ask, kind, filters):
    wanted = kind(limit=1, **filters)
    with context.engine.connect() as db:
        cursor = ask(Index(db, context.deployment), wanted).next
    plans = plans_of(context, ask, wanted)
    if cursor is not None:
        plans += plans_of(context, ask, wanted.model_copy(update={"cursor": cursor}))
    assert plans
    for statement, steps in plans:
        assert "USE TEMP B-TREE FOR ORDER BY" not in steps, (statement, steps)
        assert not [step for step in steps if is_scan(step, statement)], (statement, steps)


def test_tasks_of_a_state_and_a_skill_are_found_by_both(context):
    """So that a rare skill is not looked for among all tasks of its state."""
    [[_, steps]] = plans_of(context, list_tasks, asked.TasksAsked(**BY_BOTH))
    assert "SEARCH tasks USING INDEX ix_tasks_state_skill (state=? AND skill=?)" in steps
