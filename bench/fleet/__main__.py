"""All that is measured of fleets and what carries them; prints tables and writes bench/results/fleet.json."""

from bench.driver import drive

BENCHES = (
    "sender",
    "tailer",
    "guard",
    "replay",
    "embedding",
    "turns",
    "memory",
    "latency",
    "throughput",
)

if __name__ == "__main__":
    drive("fleet", BENCHES)
