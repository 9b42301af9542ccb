"""Takes in the market of these tests."""

from simulation.stage import fresh, market, memory

__all__ = ["fresh", "market", "memory"]
