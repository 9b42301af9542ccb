"""Whether believed chances of winning came true."""

from dataclasses import dataclass, field

BINS = 10


@dataclass(slots=True)
class Calibration:
    """Counts by tenths of the believed chance."""

    bids: list[int] = field(default_factory=lambda: [0] * BINS)
    wins: list[int] = field(default_factory=lambda: [0] * BINS)
    believed: list[float] = field(default_factory=lambda: [0.0] * BINS)
    """The sums of the believed chances."""
    squared: float = 0.0
    """The sum of (believed - won)^2."""

    def add(self, believed: float, *, won: bool) -> None:
        """Count one bid; a belief that is no chance is left out."""
        if not 0 <= believed <= 1:
            return
        tenth = min(BINS - 1, int(believed * BINS))
        self.bids[tenth] += 1
        self.wins[tenth] += int(won)
        self.believed[tenth] += float(believed)
        self.squared += float(believed - won) ** 2

    def table(self) -> dict[str, object]:
        """The Brier score, the mean gap |believed - won| over the tenths, and the tenths with bids in them."""
        total = max(1, sum(self.bids))
        tenths = [
            {"bids": bids, "believed": believed / bids, "won": wins / bids}
            for bids, wins, believed in zip(self.bids, self.wins, self.believed, strict=True)
            if bids
        ]
        gap = sum(abs(b - w) for b, w in zip(self.believed, self.wins, strict=True)) / total
        return {"bids": sum(self.bids), "brier": self.squared / total, "gap": gap, "tenths": tenths}
