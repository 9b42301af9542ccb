"""What each task brought an agent and took from it: the thinking by receipts, the reward by the chain."""

from dataclasses import dataclass

from agents.chain.store import Store
from agents.llm.protocol import Usage
from agents.mind.experience import Experience, Step

_SCHEMA = """
CREATE TABLE steps (
    agent TEXT NOT NULL, task INTEGER NOT NULL, purpose TEXT NOT NULL,
    calls INTEGER NOT NULL, prompt INTEGER NOT NULL, completion INTEGER NOT NULL, cost INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT '',          -- how the task is checked; empty while the question is open
    skill TEXT NOT NULL DEFAULT '',
    guessed_prompt INTEGER NOT NULL DEFAULT 0, guessed_completion INTEGER NOT NULL DEFAULT 0,
    remembered INTEGER NOT NULL DEFAULT 0,  -- whether the history of all runs has it
    PRIMARY KEY (agent, task, purpose)
) STRICT;
CREATE TABLE profits (
    agent TEXT NOT NULL, task INTEGER NOT NULL, reward INTEGER NOT NULL, thinking INTEGER NOT NULL,
    PRIMARY KEY (agent, task)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class TaskProfit:
    """What one task came to; money in units."""

    task_id: int
    reward: int
    """What came in for it, after the fee; 0 if it was not paid."""
    thinking: int
    """What all calls for it cost."""

    @property
    def profit(self) -> int:
        """The reward less the thinking."""
        return self.reward - self.thinking


@dataclass(frozen=True, slots=True)
class SkillCost:
    """What the work on tasks of one skill cost, in units."""

    skill: str
    tasks: int
    cost: int


class Earnings:
    """One agent's tasks in money. Every charged call counts, also one whose answer was of no use."""

    __slots__ = ("_agent", "_store")

    def __init__(self, store: Store, agent: str) -> None:
        store.migrate("earnings-1", _SCHEMA)
        self._store, self._agent = store, agent

    def charge(self, task_id: int, purpose: str, usage: Usage, cost: int) -> None:
        """One call more for a task, or for none where the id is 0."""
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT INTO steps (agent, task, purpose, calls, prompt, completion, cost) "
                "VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT (agent, task, purpose) DO UPDATE SET "
                "calls = calls + 1, prompt = prompt + excluded.prompt, "
                "completion = completion + excluded.completion, cost = cost + excluded.cost",
                (self._agent, task_id, purpose, *usage.pair, cost),
            )

    def end(self, task_id: int, purpose: str, kind: str, skill: str, guess: Usage) -> Step | None:
        """The question is answered, or given up: what it came to, of which so much was guessed; None if nothing."""
        with self._store.transaction(repeatable=True) as db:
            rows = db.execute(
                "UPDATE steps SET kind = ?, skill = ?, guessed_prompt = ?, guessed_completion = ? "
                "WHERE agent = ? AND task = ? AND purpose = ? AND kind = '' RETURNING prompt, completion",
                (kind, skill, *guess.pair, self._agent, task_id, purpose),
            ).fetchall()
        return next((Step(purpose, kind, 1, guess, Usage(*row)) for row in rows), None)

    def thinking(self, task_id: int, purpose: str | None = None) -> int | None:
        """What the calls for a task, or those for one purpose, cost; None if there were none."""
        row = self._store.db.execute(
            "SELECT sum(cost) FROM steps WHERE agent = ? AND task = ? AND purpose = coalesce(?, purpose)",
            (self._agent, task_id, purpose),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def settle(self, task_id: int, reward: int) -> TaskProfit:
        """The task has ended and brought so much."""
        found = TaskProfit(task_id, reward, self.thinking(task_id) or 0)
        with self._store.transaction(repeatable=True) as db:
            db.execute(
                "INSERT OR REPLACE INTO profits VALUES (?, ?, ?, ?)",
                (self._agent, task_id, found.reward, found.thinking),
            )
        return found

    def profits(self) -> list[TaskProfit]:
        """Of all tasks that were won and have ended, in their order."""
        rows = self._store.db.execute(
            "SELECT task, reward, thinking FROM profits WHERE agent = ? ORDER BY task", (self._agent,)
        )
        return [TaskProfit(*row) for row in rows]


class Practice:
    """One party's part in what all that think with the same model learn of it."""

    __slots__ = ("_earnings", "_experience")

    def __init__(self, experience: Experience, earnings: Earnings) -> None:
        self._experience, self._earnings = experience, earnings

    def expected(self, purpose: str, kind: str, guess: Usage) -> Usage:
        """As ``Experience.expected``."""
        return self._experience.expected(purpose, kind, guess)

    def end(self, task_id: int, purpose: str, kind: str, skill: str, guess: Usage) -> None:
        """A question is answered, or given up: the party notes it, and all learn from it."""
        step = self._earnings.end(task_id, purpose, kind, skill, guess)
        if step is not None:
            self._experience.learn(step)


def unremembered(store: Store) -> tuple[list[Step], list[SkillCost]]:
    """What all agents of a store came to since the last ``remember``: by kind of question, and by skill."""
    store.migrate("earnings-1", _SCHEMA)
    steps = store.db.execute(
        "SELECT purpose, kind, count(*), sum(guessed_prompt), sum(guessed_completion), sum(prompt), sum(completion) "
        "FROM steps WHERE kind != '' AND NOT remembered GROUP BY purpose, kind ORDER BY purpose, kind"
    )
    skills = store.db.execute(
        "SELECT skill, count(*), sum(cost) FROM steps WHERE kind != '' AND purpose = 'work' AND NOT remembered "
        "GROUP BY skill ORDER BY skill"
    )
    return (
        [Step(row[0], row[1], row[2], Usage(row[3], row[4]), Usage(row[5], row[6])) for row in steps],
        [SkillCost(*row) for row in skills],
    )


def remember(store: Store) -> None:
    """What was unremembered is in the history now."""
    with store.transaction() as db:
        db.execute("UPDATE steps SET remembered = 1 WHERE kind != ''")
