"""All that is measured of the explorer; prints tables and writes bench/results/explorer.json."""

from bench.driver import drive

BENCHES = (
    "backfill",
    "answers",
    "live",
    "page",
)

if __name__ == "__main__":
    drive("explorer", BENCHES)
