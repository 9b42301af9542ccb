"""Runs the benches of one package: each prints its table, and its figures go into a file in bench/results.

    python -m bench.PACKAGE [--only BENCH …]

What is not run again keeps its figures in the file.
"""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def drive(package: str, benches: Sequence[str], *, seeds: int | None = None) -> None:
    """Run the chosen modules of ``bench.<package>`` in turn; each one's figures are written as soon as it ends.

    A module has ``run()``, which returns its figures; where ``seeds`` says how many there are by default,
    ``run(seeds)``.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{package}")
    parser.add_argument("--only", nargs="*", choices=benches, default=benches)
    if seeds is not None:
        parser.add_argument("--seeds", type=int, default=seeds)
    chosen = parser.parse_args()
    file = RESULTS / f"{package}.json"
    for name in chosen.only:
        print(f"\n{name}")
        module = import_module(f"bench.{package}.{name}")
        figures = module.run() if seeds is None else module.run(range(chosen.seeds))
        results = json.loads(file.read_text()) if file.exists() else {}
        results[name] = {"figures": figures, "method": " ".join((module.__doc__ or "").split())}
        results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
        file.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")
