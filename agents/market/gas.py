"""Gas for the steps of which there are many: known beforehand, so that no node has to try each of them first.

The contracts keep these flat: what they cost does not grow with tasks, bids or agents (``make bench-gas``
weighs them). Others are tried first, so that what would be refused is neither stored nor paid for.
"""

LIMITS = {
    "commit": 120_000,
    "reveal": 100_000,
    "submit": 90_000,
    "evaluate": 200_000,
    "finalize": 150_000,
}
"""The most that one call may take, by its function: at least half as much again as it ever took. Not more, as a
block has room for limits, not for what is used. Unused gas is not paid."""


def to_register(uri: str) -> int:
    """The most that a registration takes: the file at ``uri`` is kept on chain, 32 bytes at a time."""
    return 160_000 + 30_000 * -(-len(uri.encode()) // 32)


def to_claim(skills: int) -> int:
    """The most that so many claims take."""
    return 60_000 + 35_000 * skills


def to_redeem(vouchers: int) -> int:
    """The most that a batch of so many vouchers takes, if each of them leaves a debt."""
    return 90_000 + 150_000 * vouchers
