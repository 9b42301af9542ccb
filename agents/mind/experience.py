"""What questions to a model come to in tokens, learned from those that were answered: bids are reckoned with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agents.llm.protocol import Usage

PRIOR_QUESTIONS = 5.0
"""How many answered questions the first guess weighs as much as."""


@dataclass(frozen=True, slots=True)
class Step:
    """Questions of one kind and what they came to, all their tries together; money in units."""

    purpose: str
    """What they were for: "work", "judge" or "fit"."""
    kind: str
    """How the task's result is checked."""
    questions: int
    guess: Usage
    """What was guessed from the lengths of the texts alone."""
    burned: Usage
    """What the receipts say."""

    def __add__(self, other: "Step") -> "Step":
        return replace(
            self,
            questions=self.questions + other.questions,
            guess=self.guess + other.guess,
            burned=self.burned + other.burned,
        )


class Experience:
    """The steps of all agents that think with one model, those of past runs first."""

    def __init__(self, past: Iterable[Step] = ()) -> None:
        self._steps: dict[tuple[str, str], Step] = {}
        for step in past:
            self.learn(step)

    @property
    def steps(self) -> Mapping[tuple[str, str], Step]:
        """By purpose and kind."""
        return self._steps

    def learn(self, step: Step) -> None:
        """Take in what one question, or several, came to."""
        key = step.purpose, step.kind
        known = self._steps.get(key)
        self._steps[key] = step if known is None else known + step

    def expected(self, purpose: str, kind: str, guess: Usage) -> Usage:
        """What a question will come to for which this was guessed: the guess, corrected by how guesses were wrong.

        The mean, over questions that were answered at once and over those that had to be repaired.
        """
        known = self._steps.get((purpose, kind))
        if known is None:
            return guess
        return Usage(
            _corrected(
                guess.prompt_tokens, known.questions, known.guess.prompt_tokens, known.burned.prompt_tokens
            ),
            _corrected(
                guess.completion_tokens,
                known.questions,
                known.guess.completion_tokens,
                known.burned.completion_tokens,
            ),
        )


def _corrected(guess: int, questions: int, guessed: int, burned: int) -> int:
    if guessed <= 0:
        return guess
    factor = (PRIOR_QUESTIONS + questions * burned / guessed) / (PRIOR_QUESTIONS + questions)
    return round(guess * factor)
