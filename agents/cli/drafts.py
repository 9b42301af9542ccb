"""The task that the options of ``agora task create`` describe."""

from dataclasses import dataclass
from pathlib import Path

from agents.cli.choices import Mode
from agents.errors import MalformedTask
from agents.market.readers import TaskDraft, draft_task


@dataclass(frozen=True, slots=True)
class Described:
    """A task as a person describes it on a command line; what was not said is None."""

    title: str | None
    description: str | None
    """The text, or ``@`` and the name of a file that holds it."""
    skill: str | None
    reward: str | None
    """Credits."""
    answer: str | None
    checker: str | None
    rubric: list[str] | None
    mode: Mode

    def draft(self) -> TaskDraft:
        """The task; raises MalformedTask."""
        needed = {
            "--title": self.title,
            "--description": self.description,
            "--skill": self.skill,
            "--reward": self.reward,
        }
        missing = [option for option, value in needed.items() if value is None]
        if missing:
            raise MalformedTask(f"say {', '.join(missing)}, or name a --file")
        assert self.description is not None, "it is none of the missing"
        return draft_task(
            {
                "title": self.title,
                "description": _text(self.description),
                "skill": self.skill,
                "reward": self.reward,
                "mode": self.mode.value,
                "rubric": self.rubric or None,
                "answer": self.answer,
                "checker": self.checker or (None if self.answer is None else _kind_of(self.answer)),
            }
        )


def _text(given: str) -> str:
    """What was given, or what is in the file that ``@`` names. Raises MalformedTask."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedTask(f"{given[1:]} cannot be read ({type(error).__name__})") from None


def _kind_of(answer: str) -> str:
    """Which checker an answer is for, where nobody says."""
    try:
        float(answer.replace(",", ""))
    except ValueError:
        return "exact"
    return "number"
