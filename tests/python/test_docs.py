"""What the documents name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAW = (ROOT / "docs" / "contracts.md").read_text()
LEARNING = (ROOT / "docs" / "learning.md").read_text()
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


def test_what_the_page_on_learning_shows_and_names_is_there():
    pictures = re.findall(r"\]\((pictures/[\w-]+\.png)\)", LEARNING)
    modules = re.findall(r"`(\w+\.py)`", LEARNING)
    assert pictures
    assert modules
    assert [one for one in pictures if not (ROOT / "docs" / one).exists()] == []
    assert [one for one in modules if not list((ROOT / "agents" / "learning").rglob(one))] == []


def test_its_tables_are_filled():
    tables = re.findall(r"<!-- table: [\w-]+ -->(.*?)<!-- end -->", LEARNING, re.DOTALL)
    assert len(tables) == 6
    assert all(table.count("\n| ") > 3 for table in tables)


def test_its_examples_run():
    examples = re.findall(r"```python\n(.*?)```", LEARNING, re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, "docs/learning.md", "exec"), {})
