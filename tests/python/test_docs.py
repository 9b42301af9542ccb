"""What the documents name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAW = (ROOT / "docs" / "contracts.md").read_text()
NAMED_TEST = re.compile(r"`([\w/]+\.t\.sol): (\w+)`")


def attacks() -> list[str]:
    """The rows of the table of attacks, without its head."""
    table = LAW.split("## Attacks, rules and tests")[1]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]


def test_each_attack_names_its_tests():
    assert attacks()
    assert [row for row in attacks() if not NAMED_TEST.search(row)] == []


def test_each_named_test_exists():
    sources = ROOT / "tests" / "contracts"
    missing = [
        f"{file}: {test}"
        for file, test in NAMED_TEST.findall(LAW)
        if f"function {test}(" not in (sources / file).read_text()
    ]
    assert missing == []
