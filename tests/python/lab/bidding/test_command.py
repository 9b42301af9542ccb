"""``agora lab bidding`` from outside, in its quick mode, and what it says if something is missing."""

import json
import subprocess
import sys

import pytest

from agents.errors import TableMissing
from agents.lab.bidding.tables import Table, write_into

TABLES = ["prior", "equilibrium-rivals", "timid-rivals", "self-play", "calibration", "profiles"]
PICTURES = {"bids", "learning", "regret", "calibration", "self-play", "profiles"}
MARKS = "".join(f"before\n<!-- table: {name} -->\nold\n<!-- end -->\n" for name in TABLES)


def agora(folder, *arguments, before=""):
    command = f"{before}\nfrom agents.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", command, "lab", "bidding", *map(str, arguments)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    (folder / "page.md").write_text(MARKS)
    done = agora(folder, "--quick", "--seed", 7, "--out", "found", "--document", "page.md")
    assert done.returncode == 0, done.stderr
    return folder, done


def test_it_writes_figures_and_small_pictures(quick):
    folder, done = quick
    pictures = {path.stem: path for path in (folder / "found").glob("*.png")}
    assert set(pictures) == PICTURES
    for path in pictures.values():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size <= 60_000
    figures = json.loads((folder / "found" / "figures.json").read_text())
    assert figures["seed"] == 7
    assert {row["game"] for row in figures["comparisons"]} >= {"n = 2", "n = 3, F = c²"}
    assert all(row["loss"] < row["floor"] + 0.02 for row in figures["comparisons"])
    assert {row["bidders"] for row in figures["self_play"]} == {2, 3}
    assert len(figures["standings"]) == 10
    assert done.stderr == ""


def test_it_prints_its_tables_and_puts_them_into_the_document(quick):
    folder, done = quick
    page = (folder / "page.md").read_text()
    assert "old" not in page
    assert page.count("before") == page.count("| --- |") == len(TABLES)
    for words in (
        "The prior against the equilibrium",
        "Learning among timid rivals",
        "Calibration",
        "balanced",
    ):
        assert words in done.stdout


def test_without_matplotlib_it_says_what_to_install(tmp_path):
    done = agora(tmp_path, "--quick", before="import sys; sys.modules['matplotlib'] = None")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: matplotlib is not installed: run `pip install 'agora-market[plots]'`\n"
    assert list(tmp_path.iterdir()) == []


def test_a_document_without_a_place_for_a_table_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- table: one -->\n<!-- end -->\n")
    one = Table("one", "One", ["what", "how much"], [["a\\b", "1"]])
    write_into(page, [one])
    written = "<!-- table: one -->\n\n| what | how much |\n| --- | ---: |\n| a\\b | 1 |\n\n<!-- end -->\n"
    assert page.read_text() == written
    write_into(page, [one])
    assert page.read_text() == written
    with pytest.raises(TableMissing, match="<!-- table: two -->"):
        write_into(page, [Table("two", "Two", ["what"], [])])
