"""Agents: who owns them, who may act for them, and what settlements have taught of them."""

from dataclasses import dataclass, field

from .law import VALUE_CAP, floor_of, quality

NOBODY = "0x" + "0" * 40


@dataclass(slots=True)
class Agent:
    """One agent. An ``epoch`` is an ownership; the record of each is kept by epoch and skill."""

    id: int
    owner: str
    wallet: str
    active: bool = True
    epoch: int = 0
    records: dict[tuple[int, bytes], tuple[int, int]] = field(default_factory=dict)
    """Experience and merit."""

    def obeys(self, caller: str) -> bool:
        """Whether the caller may act for it."""
        return caller in (self.owner, self.wallet)

    def record(self, skill: bytes, epoch: int | None = None) -> tuple[int, int]:
        """Experience and merit in its present ownership, or in another."""
        return self.records.get((self.epoch if epoch is None else epoch, skill), (0, 0))

    def quality(self, skill: bytes) -> int:
        """What its price is divided by."""
        return quality(*self.record(skill))

    def learn(
        self, skill: bytes, epoch: int, price: int, score: int, late: int, weight: int
    ) -> tuple[int, int]:
        """The record after one more outcome, of which lateness takes up to half."""
        experience, merit = self.record(skill, epoch)
        value = floor_of(min(price, VALUE_CAP) * weight, 100)
        earned = floor_of(value * score * (200 - late), 20_000)
        self.records[epoch, skill] = experience + value, merit + earned
        return self.records[epoch, skill]

    def sell(self, buyer: str) -> None:
        """Another owner, with an empty record and no wallet."""
        self.owner, self.wallet, self.epoch = buyer, NOBODY, self.epoch + 1
