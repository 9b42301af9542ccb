"""Gas for the steps of which there are many: known beforehand, so that no node has to try each of them first.

The contracts keep these flat: what they cost does not grow with tasks, bids or agents (``make bench-gas``
weighs them). Others are tried first, so that what would be refused is neither stored nor paid for.
"""

LIMITS = {
    "commit": 120_000,
    "reveal": 100_000,
    "submit": 90_000,
    "evaluate": 200_000,
}
"""The most that one call may take, by its function: at least half as much again as it ever took. Not more, as a
block has room for limits, not for what is used. Unused gas is not paid."""
