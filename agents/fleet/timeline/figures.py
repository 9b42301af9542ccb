"""What a run on a timeline came to."""

import json
import time
from dataclasses import asdict, dataclass

from agents.chain.journal.blocks import Block
from agents.fleet.timeline.stage import Lived


@dataclass(slots=True)
class Figures:
    """A run, or its replay, in numbers."""

    lines: list[str]
    """How it stands at the end."""
    outcome: str
    block: int
    """The last one."""
    state_root: str
    blocks: int
    """Those of the run itself, after the deployment of its market."""
    transactions: int
    seconds: float
    """Of the real world, from the first of these blocks on."""

    def as_json(self) -> str:
        """The figures for machines."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "lines"})


@dataclass(slots=True)
class Count:
    """The blocks of a run, as they come."""

    blocks: int = 0
    transactions: int = 0
    newest: Block | None = None
    _began: float = 0.0

    def add(self, block: Block) -> None:
        """One more."""
        self._began = self._began or time.perf_counter()
        self.blocks += 1
        self.transactions += len(block.transactions)
        self.newest = block

    def figures(self, lived: Lived) -> Figures:
        """All there is to say."""
        number, root = (self.newest.number, self.newest.state_root.hex()) if self.newest else (0, "")
        seconds = time.perf_counter() - self._began if self.newest else 0.0
        return Figures(
            lived.report, lived.outcome, number, f"0x{root}", self.blocks, self.transactions, seconds
        )
