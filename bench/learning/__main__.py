"""All that is measured of the bidders; prints tables and writes bench/results/learning.json.

    python -m bench.learning [--only equilibrium online …] [--seeds 5]

What is not run again keeps its figures in the file.
"""

import argparse
import json
import os
import platform
from importlib import import_module
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "learning.json"
BENCHES = (
    "equilibrium",
    "online",
    "online_baselines",
    "pacing",
    "slots",
    "slots",
    "safety",
    "mirror",
    "batch",
    "live_market",
)


def main() -> None:
    """Run the chosen benches in turn; each one's figures are written as soon as it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", choices=BENCHES, default=BENCHES)
    parser.add_argument("--seeds", type=int, default=5)
    chosen = parser.parse_args()
    for name in chosen.only:
        print(f"\n{name}")
        figures = import_module(f"bench.learning.{name}").run(range(chosen.seeds))
        results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        results[name] = figures
        results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
        RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
