"""Breaks one line of a contract at a time, and asks its Solidity tests whether they notice.

All mutants of a run are compiled at once, beside the code that they stand for: the block's coinbase, which no contract
of the market reads, says which of them is alive. So a mutant costs one run of the tests and no compilation.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {"TaskManager": "tasks", "BidAuction": "auction", "UsageMeter": ""}
OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"} | {
    "+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+=", "true": "false", "false": "true"
}  # fmt: skip
OPERATOR = re.compile(r"(?<= )([<>=!]=|[-+]=|[<>]|&&|\|\||[-+*/])(?=\s)|\b(true|false)\b")
IMPORT = re.compile(r'^import [^;]*"(\.[^"]+)";', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
BODY = re.compile(r"\b(?:function \w+|constructor)\([^;{]*\{")
DECLARATION = re.compile(
    r"(?:\w[\w.]*(?:\[\w*\])?(?: memory| storage| calldata)? \w+|\([^=]*\w \w[^=]*\))\s=\s+"
)
ALIVE = "block.coinbase == address({})"
TIMEOUT_S = 300


@dataclass(frozen=True)
class Mutant:
    """``code[start:end]`` is replaced; a declaration cannot be in a branch, so only its value is."""

    file: Path
    line: int
    start: int
    end: int
    is_value: bool
    before: str
    after: str


def closing(code: str, start: int) -> int:
    """Where the bracket that opens at ``start`` is closed."""
    depth = 0
    for match in re.finditer(r"[({})]", code[start:]):
        depth += 1 if match[0] in "({" else -1
        if depth == 0:
            return start + match.start()
    raise ValueError(f"an open bracket: {code[start : start + 80]}")


def skip(code: str, start: int) -> int:
    """Where the next statement begins."""
    match = re.compile(r"(?:[\s{}]|else\b|unchecked\b|try [^{]*|catch [^{]*)*").match(code, start)
    assert match is not None
    return match.end()


def spans(code: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The statements and the conditions of a block, and whether each is but a value."""
    while (start := skip(code, start)) < end:
        if control := re.compile(r"(if|for) \(").match(code, start):
            close = closing(code, control.end() - 1)
            if control[1] == "if":
                yield control.end(), close, True
            start = close + 1
            continue
        stop = start
        while code[stop] != ";":
            stop = closing(code, stop) + 1 if code[stop] in "({" else stop + 1
        declared = DECLARATION.match(code, start, stop)
        yield (declared.end() if declared else start), stop, declared is not None
        start = stop + 1


def variants(text: str, is_condition: bool, is_value: bool, kept: set[str]) -> Iterator[str]:
    """What may be written instead. The first assignment of a storage pointer in ``kept`` cannot be left out."""
    for match in OPERATOR.finditer(text):
        yield text[: match.start()] + OPERATORS[match[0]] + text[match.end() :]
    if is_condition and not OPERATOR.search(text):
        yield f"!({text})"
    if is_value or text.startswith("return") or re.fullmatch(r"\w+ \w+", text):
        return
    if text.startswith("require(") and not OPERATOR.search(text):
        comma = re.search(r", (?=\w+\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\)$)", text)
        assert comma is not None, text
        yield f"require(!({text[8 : comma.start()]}){text[comma.start() :]}"
    if not kept & set(re.findall(r"(?<![\w.])(\w+)(?=[,)]| =)", text.split(" = ")[0] + " =")):
        yield ""


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of one file, in its order."""
    code = COMMENT.sub(lambda match: re.sub(r"\S", " ", match[0]), path.read_text())
    kept = set(re.findall(r"storage (\w+)", code))
    for body in BODY.finditer(code):
        opening = body.end() - 1
        for start, end, is_value in spans(code, body.end(), closing(code, opening)):
            text = re.sub(r"(?<=[(])\s|\s(?=[)])", "", " ".join(code[start:end].split()))
            line = code.count("\n", 0, start) + 1
            is_condition = is_value and re.search(r"if \($", code[:start]) is not None
            for after in variants(text, is_condition, is_value, kept):
                yield Mutant(path.relative_to(ROOT), line, start, end, is_value, text, after)


def plant(folder: Path, chosen: dict[int, Mutant]) -> None:
    """Writes each mutated file with all of its mutants, each in a branch of its own."""
    for file in {mutant.file for mutant in chosen.values()}:
        code = (ROOT / file).read_text()
        places: dict[tuple[int, int], list[int]] = {}
        for number, mutant in chosen.items():
            if mutant.file == file:
                places.setdefault((mutant.start, mutant.end), []).append(number)
        for (start, end), numbers in sorted(places.items(), reverse=True):
            is_value = chosen[numbers[0]].is_value
            new = code[start:end] if is_value else code[start : end + 1]
            for number in numbers:
                alive, after = ALIVE.format(number), chosen[number].after
                if is_value:
                    new = f"{alive} ? ({after})\n : ({new})"
                else:
                    new = f"{{ if ({alive}) {{ {after + ';' if after else ''} }}\n else {{ {new} }} }}"
            code = code[:start] + new + code[end if is_value else end + 1 :]
        (folder / file).write_text(re.sub(r"\bpure\b", "view", code))


def copy(folder: Path, contract: str) -> None:
    """The contract's tests and those of the wiring, without the invariants, and all that they import."""
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package.json", folder)
    shutil.copy(Path(__file__).with_name("hardhat.config.js"), folder)
    tests = [
        *(ROOT / "tests/contracts").glob("*.t.sol"),
        *(ROOT / "tests/contracts" / contract).glob("*.t.sol"),
    ]
    files, seen = [path for path in tests if path.name != "Invariants.t.sol"], set[Path]()
    while files:
        path = files.pop()
        if path in seen:
            continue
        seen.add(path)
        code = path.read_text()
        files += [(path.parent / name).resolve() for name in IMPORT.findall(code)]
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A mutant reads the block, also where a promise was made to read nothing.
        target.write_text(re.sub(r"\bpure\b", "view", code) if path.parent.name == "interfaces" else code)


def run(folder: Path, task: str, number: int, runs: int) -> str:
    """Hardhat's output, with one mutant alive; 0 is none."""
    environment = os.environ | {"MUTANT": f"0x{number:040x}", "AGORA_FUZZ_RUNS": str(runs)}
    command = ["nice", "-n", "10", "npx", "hardhat", *task.split()]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            return process.communicate(timeout=TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return "timed out"


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


def measure(contract: str, chosen: dict[int, Mutant], runs: int) -> dict[Path, Counter[str]]:
    """Runs the contract's tests against each mutant, and prints those that nothing noticed."""
    results = {mutant.file: Counter[str]() for mutant in chosen.values()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder, contract)
        refused = compile_all(folder, chosen)
        if not re.search(r"\d+ passing\s*$", output := run(folder, "test solidity", 0, runs)):
            raise RuntimeError(output[-4000:])
        for number, mutant in chosen.items():
            output = "" if number in refused else run(folder, "test solidity", number, runs)
            if number in refused:
                result = "not compiling"
            elif re.search(r"\d+ failing", output):
                result = "killed"
            else:
                result = "survived" if re.search(r"\d+ passing", output) else "undecided"
            results[mutant.file][result] += 1
            if result != "killed":
                place = f"{mutant.file}:{mutant.line}"
                print(f"{result}: {place}: {mutant.before} -> {mutant.after or 'nothing'}", flush=True)
    return results


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contract", choices=CONTRACTS, action="append", help="default: all")
    parser.add_argument("--sample", type=int, help="so many mutants a contract; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=32, help="of each fuzzed test")
    options = parser.parse_args()
    for contract in options.contract or CONTRACTS:
        parts = (
            sorted((ROOT / "contracts" / CONTRACTS[contract]).glob("*.sol")) if CONTRACTS[contract] else []
        )
        files = [ROOT / "contracts" / f"{contract}.sol", *parts]
        mutants = [mutant for path in files for mutant in mutants_of(path)]
        size = min(options.sample or len(mutants), len(mutants))
        picked = random.Random(options.seed).sample(range(len(mutants)), size)
        results = measure(contract, {i + 1: mutants[i] for i in sorted(picked)}, options.runs)
        print(f"{contract}: {size} of {len(mutants)} mutants")
        for file, counts in results.items():
            figures = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
            print(f"  {file}: {figures}", flush=True)


if __name__ == "__main__":
    main()
