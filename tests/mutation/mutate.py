"""Breaks one line of a contract at a time, and asks its Solidity tests whether they notice.

All mutants of a run are compiled at once, beside the code that they stand for: the block's coinbase, which no contract
of the market reads, says which of them is alive. So a mutant costs one run of the tests and no compilation.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    "TaskManager": ("TaskManager.sol", "tasks/*.sol"),
    "BidAuction": ("BidAuction.sol", "auction/*.sol"),
    "UsageMeter": ("UsageMeter.sol",),
}
IMPORT = re.compile(r'^import [^;]*"(\.[^"]+)";', re.MULTILINE)
TIMEOUT_S = 300


def measure(contract: str, chosen: dict[int, Mutant], runs: int) -> dict[Path, Counter[str]]:
    """Runs the contract's tests against each mutant, and prints those that nothing noticed."""
    results = {mutant.file: Counter[str]() for mutant in chosen.values()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder, contract)
        refused = compile_all(folder, chosen)
        if verdict(output := run(folder, "test solidity", 0, runs)) != "survived":
            raise RuntimeError(output[-4000:])
        for number, mutant in chosen.items():
            result = "not compiling"
            if number not in refused:
                result = verdict(run(folder, "test solidity", number, runs))
            results[mutant.file][result] += 1
            if result != "killed":
                place = f"{mutant.file.relative_to(ROOT)}:{mutant.line}"
                print(f"{result}: {place}: {mutant.before} -> {mutant.after or 'nothing'}", flush=True)
    return results


def copy(folder: Path, contract: str) -> None:
    """The contract's tests and those of the wiring, without the invariants, and all that they import."""
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package.json", folder)
    shutil.copy(Path(__file__).with_name("hardhat.config.js"), folder)
    tests = ROOT / "tests" / "contracts"
    files = [*tests.glob("*.t.sol"), *(tests / contract).glob("*.t.sol")]
    files = [path for path in files if path.name != "Invariants.t.sol"]
    seen = set[Path]()
    while files:
        path = files.pop()
        if path in seen:
            continue
        seen.add(path)
        code = path.read_text()
        files += [(path.parent / name).resolve() for name in IMPORT.findall(code)]
        write(folder, path, code)


def write(folder: Path, path: Path, code: str) -> None:
    """A mutant reads the block, also in a function that promises to read nothing; the libraries have none."""
    target = folder / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    reads = path.is_relative_to(ROOT / "contracts") and path.parent.name != "libraries"
    target.write_text(re.sub(r"\bpure\b", "view", code) if reads else code)


def compile_all(folder: Path, chosen: dict[int, Mutant]) -> set[int]:
    """Leaves out the mutants that do not compile, and returns their numbers."""
    refused = set[int]()
    while True:
        plant(folder, {number: mutant for number, mutant in chosen.items() if number not in refused})
        output = run(folder, "build", 0, 1)
        if "Compilation failed" not in output:
            return refused
        bad = set[int]()
        for file, line in re.findall(r"Error: [^\n]*\n\s*--> \./(contracts/[^:]+):(\d+)", output):
            text = (folder / file).read_text().splitlines()[int(line) - 1]
            bad |= {int(number) for number in re.findall(r"address\((\d+)\)", text)}
        if not bad:
            raise RuntimeError(output[-4000:])
        refused |= bad


def plant(folder: Path, chosen: dict[int, Mutant]) -> None:
    """Writes each mutated file with all of its mutants, each in a branch of its own."""
    for file in {mutant.file for mutant in chosen.values()}:
        code = file.read_text()
        places: dict[tuple[int, int], dict[int, Mutant]] = {}
        for number, mutant in chosen.items():
            if mutant.file == file:
                places.setdefault((mutant.start, mutant.end), {})[number] = mutant
        # From the end, so that what comes before stays where it was.
        for (start, end), mutants in sorted(places.items(), reverse=True):
            code = code[:start] + branches(code[start:end], mutants) + code[end:]
        write(folder, file, code)


def branches(text: str, mutants: dict[int, Mutant]) -> str:
    """The span's own text, unless one of its mutants is alive; each of them on a line of its own."""
    for number, mutant in mutants.items():
        alive = f"block.coinbase == address({number})"
        if mutant.is_value:
            text = f"{alive} ? ({mutant.after})\n : ({text})"
        else:
            text = f"{{ if ({alive}) {{ {mutant.after}{';' if mutant.after else ''} }}\n else {{ {text} }} }}"
    return text


def run(folder: Path, task: str, number: int, runs: int) -> str:
    """Hardhat's output, with one mutant alive; 0 is none."""
    environment = os.environ | {"MUTANT": f"0x{number:040x}", "AGORA_FUZZ_RUNS": str(runs)}
    with subprocess.Popen(
        ["nice", "-n", "10", "npx", "hardhat", *task.split()],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return ""


def verdict(output: str) -> str:
    """Only a test that failed has killed; tests that did not end decide nothing."""
    if re.search(r"\d+ failing", output):
        return "killed"
    return "survived" if re.search(r"\d+ passing", output) else "undecided"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contract", choices=CONTRACTS, action="append", help="default: all")
    parser.add_argument("--sample", type=int, help="so many mutants of each contract; default: all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--runs", type=int, default=32, help="of each fuzzed test")
    options = parser.parse_args()
    for contract in options.contract or CONTRACTS:
        sources = ROOT / "contracts"
        files = [path for pattern in CONTRACTS[contract] for path in sorted(sources.glob(pattern))]
        mutants = [mutant for path in files for mutant in mutants_of(path)]
        size = min(options.sample or len(mutants), len(mutants))
        picked = random.Random(options.seed).sample(range(len(mutants)), size)
        results = measure(contract, {i + 1: mutants[i] for i in sorted(picked)}, options.runs)
        print(f"{contract}: {size} of {len(mutants)} mutants")
        for file, counts in results.items():
            figures = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
            print(f"  {file.relative_to(ROOT)}: {figures}", flush=True)


if __name__ == "__main__":
    main()
