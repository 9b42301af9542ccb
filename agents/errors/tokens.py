"""The tokens that a call burned: here, below the models, because a call that failed tells them too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a call, or several, burned."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """How many of the prompt's tokens the model had read before."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
        )

    @property
    def pair(self) -> tuple[int, int]:
        """The form in which an error of a model carries it."""
        return self.prompt_tokens, self.completion_tokens
