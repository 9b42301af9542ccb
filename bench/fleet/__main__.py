"""All that is measured of fleets and what carries them; prints tables and writes bench/results/fleet.json.

    python -m bench.fleet [--only memory latency …]

What is not run again keeps its figures in the file.
"""

import argparse
import json
import os
import platform
from importlib import import_module
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "fleet.json"
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


def main() -> None:
    """Run the chosen benches in turn; each one's figures are written as soon as it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", choices=BENCHES, default=BENCHES)
    chosen = parser.parse_args()
    for name in chosen.only:
        print(f"\n{name}")
        module = import_module(f"bench.fleet.{name}")
        figures = module.run()
        results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        results[name] = {"figures": figures, "method": " ".join((module.__doc__ or "").split())}
        results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
        RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
