"""Holds each block of a replayed run against the recorded one, as soon as it is mined."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from agents.chain.journal.blocks import Block
from agents.chain.journal.book import Journal
from agents.chain.journal.replay import OUTCOME_BYTES
from agents.errors import RunDiverged
from agents.fleet.timeline.telling import Told, parting


class Witness:
    """Sees the blocks of a replayed run that come after ``first``."""

    def __init__(self, recorded: Journal, first: int, names: Mapping[str, str]) -> None:
        """``names`` are those of the run's parties by address; the journal is checked as it is read."""
        self._last, self._names = recorded.last, names
        self._blocks: Iterator[Block] = recorded.blocks()
        self.block = 0
        """The newest block that is the same in both."""
        while self.block < first:
            self.block = next(self._blocks).number

    @property
    def is_through(self) -> bool:
        """Whether every recorded block has come again."""
        return self.block == self._last

    def see(self, mined: Block) -> None:
        """The block is the recorded one. Raises RunDiverged, and JournalDamaged."""
        expected = next(self._blocks, None)
        if expected is None:
            raise RunDiverged(mined.number, "the recording had ended before it")
        if mined != expected:
            raise RunDiverged(mined.number, self._difference(expected, mined))
        self.block = mined.number

    def conclude(self) -> None:
        """The replayed run has ended. Raises RunDiverged if the recorded one went on."""
        if not self.is_through:
            raise RunDiverged(self.block + 1, f"the replay ended before it, the recording with {self._last}")

    def _difference(self, expected: Block, mined: Block) -> str:
        if mined.timestamp != expected.timestamp:
            return f"recorded at second {expected.timestamp}, now at second {mined.timestamp}"
        pairs = zip_longest(expected.transactions, mined.transactions)
        for place, (recorded, now) in enumerate(pairs):
            if recorded != now:
                return f"its transaction {place} {parting(recorded, now, self._names)}"
        for place, raw in enumerate(expected.transactions):
            span = slice(place * OUTCOME_BYTES, (place + 1) * OUTCOME_BYTES)
            if expected.outcomes[span] != mined.outcomes[span]:
                return f"its transaction {place}, {Told.read(raw, self._names)}, has another outcome"
        what = "state" if mined.state_root != expected.state_root else "hash"
        return (
            f"the same transactions lead to another {what}: use the version of Hardhat that it was made with"
        )
