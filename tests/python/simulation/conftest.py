"""Takes in the market of these tests."""

from simulation.stage import fresh, market

__all__ = ["fresh", "market"]
