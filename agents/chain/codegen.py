"""Writes ``agents/chain/bindings`` from the compiled contracts: ``python -m agents.chain.codegen [--check]``.

A changed contract changes the bindings, and whoever used what is gone no longer passes the type check.
The output depends on nothing but the ABIs. With ``--check`` nothing is written, and the exit code is 1
when the bindings on disk are not the ones the contracts ask for.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from agents.chain.abi_model import Entry, read_abi
from agents.chain.abi_printer import generate
from agents.errors import ToolchainMissing

CONTRACTS = (
    "contracts/CreditToken",
    "contracts/Ledger",
    "contracts/AgentRegistry",
    "contracts/TaskManager",
    "contracts/BidAuction",
    "contracts/IncentiveEngine",
    "contracts/MessageHub",
    "contracts/EvaluatorPool",
    "contracts/UsageMeter",
    "contracts/RaceBoard",
    "contracts/governance/MarketParameters",
    "contracts/TaskMarketplace",
    "contracts/ActionLogger",
    "contracts/governance/VotingCredits",
    "@openzeppelin/contracts/governance/TimelockController",
    "contracts/governance/MarketGovernor",
)
ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
BINDINGS = Path(__file__).resolve().parent / "bindings"


def read_artifacts(folder: Path) -> dict[str, list[Entry]]:
    """The ABI of each contract by its name; raises ToolchainMissing when it was not compiled."""
    contracts = {}
    for source in CONTRACTS:
        name = source.rpartition("/")[2]
        path = folder / f"{source}.sol" / f"{name}.json"
        try:
            contracts[name] = read_abi(json.loads(path.read_text("utf-8"))["abi"])
        except (OSError, ValueError, KeyError) as error:
            raise ToolchainMissing(
                f"{path} is not a compiled contract: run `npx hardhat build --no-tests`"
            ) from error
    return contracts


def stale(files: dict[str, str], folder: Path) -> list[str]:
    """The names of files in ``folder`` that are missing, different or no longer wanted."""
    there = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
    return sorted(name for name in files.keys() | there.keys() if files.get(name) != there.get(name))


def write(files: dict[str, str], folder: Path) -> None:
    """Make ``folder`` hold exactly these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(files, folder):
        if name in files:
            (folder / name).write_text(files[name], "utf-8")
        else:
            (folder / name).unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the bindings; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m agents.chain.codegen", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when the bindings are stale"
    )
    options = parser.parse_args(arguments)
    files = generate(read_artifacts(ARTIFACTS))
    changed = stale(files, BINDINGS)
    if not options.check:
        write(files, BINDINGS)
    elif changed:
        sys.stderr.write(f"stale bindings: {', '.join(changed)}: run `python -m agents.chain.codegen`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
