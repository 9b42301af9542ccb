"""``agora chain status``, ``agora export``, completion, and the page that is written from the commands."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from newcomer import SUM

from agents.cli.common import located
from agents.cli.document import PAGE, written
from agents.cli.export import NAMES
from agents.cli.home import Market, forget, note, noted
from agents.cli.show import visible
from agents.explorer.queries.export import EXPORTS
from agents.settings import Settings


async def test_the_chain_is_described(newcomer, world):
    told = await newcomer.tells("chain", "status")
    assert (told["chain_id"], told["dev"], told["tasks"]) == (31337, True, 0)
    assert told["contracts"]["TaskManager"] == world.deployment.tasks.address
    assert told["genesis_hash"] == world.deployment.genesis_hash
    said = await newcomer.does("chain", "status")
    assert world.deployment.ledger.address in said
    assert "no node answers" in await newcomer.refused("chain", "status", "--provider", "http://127.0.0.1:9")
    assert "must be an address" in await newcomer.refused("chain", "status", "--provider", "here")


async def test_lists_are_exported_whole(newcomer, tmp_path):
    for title in ("=1+1", "Sum"):
        await newcomer.does("task", "create", *SUM[2:], "--title", title, "--answer", "4")
    rows = json.loads(await newcomer.does("export", "tasks"))
    assert [one["id"] for one in rows] == [2, 1]
    path = tmp_path / "ledger.csv"
    assert await newcomer.does("export", "ledger", "--out", path) == ""
    written = list(csv.DictReader(io.StringIO(path.read_text())))
    assert {"escrow", "deposit", "mint"} <= {one["reason"] for one in written}
    filtered = await newcomer.does("export", "ledger", "--filter", "reason=escrow", "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(filtered)))) == 2
    refusal = await newcomer.refused("export", "tasks", "--filter", "state=Nowhere")
    assert "--filter state: should be 'Open', " in refusal
    assert "no filter of this list, whose are since, " in await newcomer.refused(
        "export", "tasks", "--filter", "stat=Open"
    )
    assert "must be NAME=VALUE" in await newcomer.refused("export", "tasks", "--filter", "state")
    assert "must be one of tasks" in await newcomer.refused("export", "everything")
    assert tuple(EXPORTS) == NAMES
    assert "cannot be written" in await newcomer.refused(
        "export", "tasks", "--out", tmp_path / "no" / "file.csv"
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("agora task list --state S", {"Submitted", "Settled"}),
        ("agora task create --skill math", {"mathematics"}),
        ("agora le", {"ledger"}),
    ],
)
def test_a_shell_completes(typed, offered):
    words = typed.split(" ")
    asking = {"_AGORA_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-c", "from agents.cli import main; main()"]
    done = subprocess.run(command, env=os.environ | asking, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == offered


def test_a_shell_is_given_its_script():
    command = [sys.executable, "-c", "from agents.cli import main; main()", "--show-completion"]
    environment = os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run([*command, "bash"], env=environment, capture_output=True, text=True, check=True)
    assert "_AGORA_COMPLETE=complete_bash" in done.stdout


def test_the_page_about_the_commands_is_what_they_are():
    assert PAGE.read_text("utf-8") == written()
    for command in ("agora up", "agora task create", "agora ledger transfer", "agora usage prove"):
        assert f"# {command}\n" in written()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, h\u00e9llo \u4e16 \U0001f600", "plain, h\u00e9llo \u4e16 \U0001f600"),
        ("a\x1b[31mb\x07", "a\\x1b[31mb\\x07"),
        ("a\u202eb\u2066\u200b", "a\\u202eb\\u2066\\u200b"),
        ("two\nlines\r", "two\\x0alines\\x0d"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_steers_a_terminal_is_shown_as_its_escape(text, shown):
    assert visible(text) == shown
    assert visible("two\nlines\r", keep="\n") == "two\nlines\\x0d"


def test_commands_find_the_market_of_their_home(tmp_path, monkeypatch):
    for name in ("AGORA_PROVIDER", "AGORA_ADDRESSES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    here, elsewhere = "http://127.0.0.1:1234", "http://127.0.0.1:4321"
    market = Market(provider=here, addresses=tmp_path / "a.json", gateway="http://g/v1", explorer="http://e")
    plain = Settings(home=tmp_path)
    assert noted(tmp_path) is None
    assert located(plain, None) == plain
    note(tmp_path, market)
    assert (located(plain, None).provider, located(plain, None).addresses) == (here, tmp_path / "a.json")
    assert (located(plain, elsewhere).provider, located(plain, elsewhere).addresses) == (
        elsewhere,
        plain.addresses,
    )
    monkeypatch.setenv("AGORA_PROVIDER", elsewhere)
    assert located(Settings(home=tmp_path), None).provider == elsewhere, "what is said counts more"
    (tmp_path / "market.json").write_text("{")
    assert noted(tmp_path) is None
    forget(tmp_path)
    forget(tmp_path)
