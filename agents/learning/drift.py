"""When to forget: a market that no longer fits the model, and a policy that earns less than the prior would."""

import math
from dataclasses import dataclass

ALLOWANCE, ALARM = 0.5, 8.0
"""A two-sided CUSUM of standardised ranks: about 19,000 auctions between false alarms on either side."""
CONTEST = 200
"""The auctions over which a policy is held against the prior."""
_DEVIATIONS = 2.0


@dataclass(slots=True)
class Cusum:
    """Watches the ranks of new sightings under the model: uniform on [0, 1] while the market stays as it was."""

    high: float = 0.0
    low: float = 0.0
    high_run: int = 0
    low_run: int = 0

    def add(self, rank: float) -> int:
        """Count one rank; the number of auctions since the market changed, or 0 if it seems as before."""
        value = (rank - 0.5) * math.sqrt(12)
        self.high = max(0.0, self.high + value - ALLOWANCE)
        self.low = max(0.0, self.low - value - ALLOWANCE)
        self.high_run = self.high_run + 1 if self.high else 0
        self.low_run = self.low_run + 1 if self.low else 0
        if self.high <= ALARM and self.low <= ALARM:
            return 0
        run = self.high_run if self.high > ALARM else self.low_run
        self.high, self.low, self.high_run, self.low_run = 0.0, 0.0, 0, 0
        return run


@dataclass(slots=True)
class Contest:
    """The profits of a policy beyond those of the prior in the same auctions, CONTEST of them at a time."""

    count: int = 0
    total: float = 0.0
    squared: float = 0.0

    def add(self, difference: float) -> None:
        """Count one auction: own profit less the prior's, as a share of the reserve."""
        self.count += 1
        self.total += difference
        self.squared += difference**2

    def lost(self) -> bool:
        """Whether the policy earned less by two standard errors; at the end of a window, begin the next."""
        if self.count < CONTEST:
            return False
        mean = self.total / self.count
        variance = max(0.0, self.squared / self.count - mean**2)
        self.count, self.total, self.squared = 0, 0.0, 0.0
        return mean < -_DEVIATIONS * math.sqrt(variance / CONTEST) and mean < 0
