"""A fleet of 20 agents and 50 tasks, recorded and lived again: the same blocks, or the first that is another."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from recorded import WINDOWS, record_few, said, scripted, write_tasks
from typer.testing import CliRunner

from agents import openai_integration, prompts
from agents.chain.journal.book import Journal
from agents.cli import app
from agents.errors import CassetteMiss, ContractChanged, FileExists, NotARecording, RunDiverged
from agents.fleet.timeline.recording import Paths
from agents.fleet.timeline.run import CUT_OFF, replay
from agents.fleet.timeline.stage import STOPPED
from agents.llm.gateway.keys import PREFIX
from agents.llm.prices import PriceTable
from agents.money import CREDIT

ROOT = Path(__file__).resolve().parents[4]
AGENTS, TASKS = 20, 50

OFFLINE = """
import socket, sys
from agents.llm import weights

connect = socket.socket.connect

def connect_here(self, address):
    if self.family != socket.AF_UNIX and address[0] != "127.0.0.1":
        raise OSError(f"there is no network, and so no {address}")
    return connect(self, address)

def find(*_):
    raise AssertionError("a replay needs no weights")

socket.socket.connect = connect_here
weights.find = find
from agents.llm import embeddings
embeddings.find = find
from agents.cli import main
main()
"""
"""The command in a process that reaches this machine only, and has no model's weights."""


def options():
    windows = ((name, getattr(WINDOWS, name)) for name in WINDOWS.__slots__)
    return [text for name, value in windows for text in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The folder of the large run, and what the command said of it."""
    folder = tmp_path_factory.mktemp("recorded")
    tasks = write_tasks(folder / "tasks.jsonl", TASKS + 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agents.cli.recorded.open_upstream", scripted())
        patch.setenv("OPENAI_API_KEY", "sk-nobody-may-see-this")
        patch.setenv("AGORA_LOG_LEVEL", "ERROR")
        asked = ["run", "--record", folder / "run", "--agents", AGENTS, "--tasks", tasks, "--limit", TASKS]
        rest = ["--policy", "closed-form", "--seed", 5, *options()]
        done = CliRunner().invoke(app, [str(one) for one in (*asked, *rest)])
    assert (done.exit_code, done.stderr) == (0, ""), done
    return folder / "run", done.stdout


@pytest.fixture
def say(monkeypatch):
    """Changes a word of what agents are told to do."""

    def change(old, new):
        words = dict(prompts._WORK)
        assert old in words["exact"]
        monkeypatch.setattr(prompts, "_WORK", words | {"exact": words["exact"].replace(old, new)})
        # What was reckoned with the old words in this process is not what another one would come to.
        openai_integration._measured.cache_clear()

    yield change
    openai_integration._measured.cache_clear()


@pytest.fixture
def altered(recorded, tmp_path):
    """A copy of the recording, with changes in what it was made with."""

    def alter(**changes):
        folder = shutil.copytree(recorded[0], tmp_path / "altered")
        manifest = json.loads((folder / "run.json").read_text())
        manifest["made_with"] |= changes
        (folder / "run.json").write_text(json.dumps(manifest))
        return folder

    return alter


def blocks_of(folder):
    journal = Journal.open(folder / "run.db", write=False)
    try:
        return list(journal.blocks())
    finally:
        journal.close()


def test_a_fleet_lives_again_offline_to_the_same_state(recorded):
    folder, report = recorded
    last = blocks_of(folder)[-1]
    assert f"block {last.number} has state 0x{last.state_root.hex()}" in report
    assert "settled: " in report
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77", "AGORA_LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, "replay", str(folder), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["state_root"] == f"0x{last.state_root.hex()}"
    assert figures["block"] == last.number
    assert figures["outcome"] == "settled"
    assert figures["transactions"] > 5 * TASKS, (
        "every task was posted, and most were bid for, done and judged"
    )


def test_one_character_in_a_prompt_is_named(recorded, say):
    say("bare", "bore")
    with pytest.raises(CassetteMiss) as failure:
        replay(recorded[0])
    told = str(failure.value)
    assert "work" in told
    assert "bare" in told
    assert "bore" in told


def test_a_longer_prompt_is_named_by_the_first_price_and_the_first_words(recorded, say):
    """The cost that is expected follows from the prompt's length, and the price of the bid from that."""
    say("bare", "bare (and nothing but the bare)")
    with pytest.raises(RunDiverged, match=r"is commit by .*, but another one: .*After that: .*nothing but"):
        replay(recorded[0])


def test_another_seed_is_named_by_the_first_transaction(altered):
    with pytest.raises(RunDiverged, match=r"its transaction 0 was a payment of \d+ wei to .*, and now is "):
        replay(altered(seed=6))


def test_another_contract_is_named(altered, recorded):
    contracts = json.loads((recorded[0] / "run.json").read_text())["made_with"]["contracts"]
    with pytest.raises(ContractChanged, match="the bytecode of Ledger is not"):
        replay(altered(contracts=contracts | {"Ledger": "00" * 32}))


def test_a_recording_holds_no_secret(recorded):
    content = b"".join(path.read_bytes() for path in recorded[0].iterdir())
    assert b"nobody-may-see-this" not in content
    assert PREFIX.encode() not in content
    assert b"authorization" not in content.lower()


def test_a_recording_is_not_written_over(recorded, tmp_path):
    with pytest.raises(FileExists):
        record_few(recorded[0])


def test_what_is_no_recording_is_refused(tmp_path, recorded):
    with pytest.raises(NotARecording, match="No such file"):
        replay(tmp_path)
    (tmp_path / "run.json").write_text('{"format": 1')
    with pytest.raises(NotARecording, match="damaged"):
        replay(tmp_path)
    (tmp_path / "run.json").write_text('{"format": 9}')
    with pytest.raises(NotARecording, match="its format is 9"):
        replay(tmp_path)
    done = CliRunner().invoke(app, ["replay", str(tmp_path)])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")


def test_what_a_command_cannot_do_is_said(recorded, monkeypatch):
    done = CliRunner().invoke(app, ["replay", str(recorded[0]), "--at", "3"])
    assert done.exit_code == 2
    assert "a run is replayed to its end" in done.stderr
    monkeypatch.setenv("AGORA_GATEWAY", "http://127.0.0.1:1")
    done = CliRunner().invoke(app, ["run"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: AGORA_GATEWAY is set")


def test_a_recording_takes_its_own_prices_along_and_not_where_models_are(tmp_path):
    models = tmp_path / "models.yaml"
    models.write_text("models: {scripted: {input: 7, output: 9}}\nupstreams: {far: {url: http://far/v1}}\n")
    paths = Paths(tmp_path / "run")
    paths.begin(write_tasks(tmp_path / "t.jsonl", 5), 2, models)
    assert PriceTable.load(paths.own_prices).price_for("scripted").output_per_million == 9 * CREDIT
    assert "far" not in paths.prices.read_text()
    assert len(paths.tasks.read_text().splitlines()) == 2


def after(calls, act):
    """A script that does something at one of its calls."""
    made = 0

    def script(request):
        nonlocal made
        made += 1
        if made == calls:
            act()
        return said(request)

    return script


def test_a_run_that_was_stopped_is_replayed_as_far_as_it_went(tmp_path):
    stop = after(4, lambda: os.kill(os.getpid(), signal.SIGINT))
    done = record_few(tmp_path / "run", stop)
    assert done.outcome == STOPPED
    again = replay(tmp_path / "run")
    assert (again.outcome, again.block, again.state_root) == (STOPPED, done.block, done.state_root)
    assert again.lines == done.lines


KILLED = """
import os, signal, sys
from pathlib import Path
from recorded import record_few
from test_recorded_run import after

record_few(Path(sys.argv[1]), after(4, lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_a_run_that_was_killed_is_replayed_as_far_as_it_went(tmp_path):
    here = Path(__file__).parent
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(here)]),
        "AGORA_LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "run")],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    last = blocks_of(tmp_path / "run")[-1]
    again = replay(tmp_path / "run")
    assert (again.outcome, again.block) == (CUT_OFF, last.number)
    assert again.transactions > 0
