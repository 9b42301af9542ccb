"""Errors of recorded runs."""

from pathlib import Path

from agents.errors.base import AgoraError, UserError
from agents.errors.calls import CassetteMiss


class NotARecording(UserError):
    """The folder holds no recorded run, or one that this version cannot read."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"{folder} is not a recorded run ({why}): name a folder that `agora run --record` made"
        )


class ContractChanged(UserError):
    """A contract is another than the one that a run was recorded with."""

    def __init__(self, name: str, revision: str) -> None:
        super().__init__(
            f"the bytecode of {name} is not what the run was recorded with: go back to revision {revision} and "
            "compile it, or record the run anew"
        )
        self.name = name


class RunDiverged(UserError):
    """A replayed run did something else than the recorded one; ``block`` is the first that shows it."""

    def __init__(self, block: int, what: str) -> None:
        super().__init__(f"the replay parts from the recording at block {block}: {what}")
        self.block, self.what = block, what

    def followed_by(self, error: AgoraError) -> "RunDiverged":
        """The same with what came of it, if that is a call whose words are not those of the recorded one."""
        if not isinstance(error, CassetteMiss) or not error.detail.get("difference"):
            return self
        return type(self)(self.block, f"{self.what}. After that: {error}")
