"""All that is measured of the bidders; prints tables and writes bench/results/learning.json."""

from bench.driver import drive

BENCHES = (
    "equilibrium",
    "online",
    "online_baselines",
    "pacing",
    "slots",
    "safety",
    "mirror",
    "batch",
    "live_market",
)

if __name__ == "__main__":
    drive("learning", BENCHES, seeds=5)
