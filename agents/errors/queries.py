"""Errors of questions to the explorer's index."""

from agents.errors.base import UserError


class FilterRefused(UserError):
    """A filter that cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        """``problem`` says what is allowed: "must be one of Open, …"."""
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


class NotInIndex(UserError):
    """Something was asked for by an id that the index does not have."""

    def __init__(self, kind: str, looked_for: object) -> None:
        self.kind, self.looked_for = kind, str(looked_for)[:200]
        super().__init__(f"there is no {kind} {self.looked_for} in the index")
