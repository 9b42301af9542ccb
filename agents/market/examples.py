"""The twelve example tasks of the demo."""

from pathlib import Path

from agents.market.readers import MakeKey, TaskDraft, read_tasks
from agents.market.specification import AnswerKey

EXAMPLES = Path(__file__).with_name("examples.jsonl")


def example_tasks(make_key: MakeKey = AnswerKey.create) -> list[TaskDraft]:
    """The tasks of examples.jsonl: of every checker and of the skills of the five demo agents."""
    return read_tasks(EXAMPLES, make_key=make_key)
