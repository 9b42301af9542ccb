"""``agora up``: a market begins, is killed, goes on where it was, and ends; nothing is left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from agents.cli import app

AGORA = [sys.executable, "-c", "from agents.cli import main; main()"]
SECONDS = 120
GONE_SECONDS = 20


class Market:
    """A home folder, and the command that keeps its market up."""

    def __init__(self, folder, monkeypatch):
        self.home = folder / "home"
        self.log = folder / "said.txt"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        self.environment = kept | {
            # A hosted model that nobody asks, so that no embedded one is loaded.
            "AGORA_MODEL": "none",
            "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
            "AGORA_ADDRESSES": str(folder / "addresses.json"),
            "AGORA_HOME": str(self.home),
        }
        self.folder, self.monkeypatch, self.process = folder, monkeypatch, None

    def start(self, *typed):
        command = [*AGORA, "up", "--json", "--port", "0", "--node-port", "0", "--gateway-port", "0", *typed]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        return self.process

    def up(self, *typed):
        """Where everything is, once it is up."""
        told = ""
        for line in self.start(*typed).stdout:
            told += line
            if line == "}\n":
                return json.loads(told)
        raise AssertionError(self.log.read_text())

    def end(self, how):
        """The exit code, after this signal to the command alone; everything that it started is gone."""
        family = descendants(self.process.pid)
        assert len(family) >= 4, "a node and an explorer, each with its guard"
        self.process.send_signal(how)
        code = self.process.wait(SECONDS)
        self.process.stdout.close()
        assert not wait_for_end(family)
        return code

    def command(self, *typed):
        """Another command with the same home, which tells it where the market is."""
        for name, value in (self.environment | {"AGORA_ADDRESSES": ""}).items():
            self.monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, [*typed])
        structlog.reset_defaults()
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done


def descendants(pid):
    """Who was started by the process, or by those, by the kernel's own count."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # It ended meanwhile.
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, level = [], [pid]
    while level:
        level = [child for one in level for child in parents.get(one, [])]
        found += level
    return found


def wait_for_end(family):
    """Who of the family is there after all."""
    deadline = time.monotonic() + GONE_SECONDS
    while (left := [one for one in family if is_alive(one)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def market(tmp_path, monkeypatch):
    market = Market(tmp_path, monkeypatch)
    yield market
    if market.process is not None and market.process.poll() is None:
        market.process.kill()
        market.process.wait()
        market.process.stdout.close()


def test_a_market_begins_is_killed_goes_on_and_ends(market):
    told = market.up("--agents", "1", "--block-ms", "200")
    assert set(told) == {"provider", "addresses", "gateway", "explorer", "home"}
    assert market.home / "contract_addresses.json" == Path(told["addresses"])
    status = market.command("chain", "status", "--json")
    assert status.exit_code == 0, status.stderr
    before = json.loads(status.stdout)
    assert (before["provider"], before["explorer"]) == (told["provider"], told["explorer"])
    assert answer(f"{told['explorer']}/healthz")["healthy"]
    assert answer(f"{told['gateway']}/models")["data"][0]["id"] == "none"
    created = market.command(
        "task",
        "create",
        "--title",
        "Sum",
        "--description",
        "2 + 2?",
        "--skill",
        "sums",
        "--reward",
        "5",
        "--answer",
        "4",
        "--json",
    )
    assert created.exit_code == 0, created.stderr
    assert f"{told['explorer']}/tasks" not in created.stdout

    assert market.end(signal.SIGKILL) == -signal.SIGKILL
    assert market.command("chain", "status").exit_code == 2, "nothing answers there any more"

    again = market.up("--agents", "1", "--block-ms", "200")
    after = json.loads(market.command("chain", "status", "--json").stdout)
    assert after["genesis_hash"] == before["genesis_hash"]
    assert after["block"] >= before["block"]
    assert (after["tasks"], after["agents"]) == (1, 1), "the same agent, registered once"
    assert answer(f"{again['explorer']}/api/tasks/1")["title"] == "Sum"
    assert market.end(signal.SIGINT) == 0
    assert "the same command goes on from here" in market.log.read_text()
    assert not (market.home / "market.json").exists()


def test_a_market_that_is_coming_up_can_be_stopped(market):
    process = market.start("--agents", "0")
    while "the contracts" not in market.log.read_text():
        assert process.poll() is None, market.log.read_text()
        time.sleep(0.1)
    family = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    process.stdout.close()
    assert not wait_for_end(family)


def test_a_part_that_cannot_start_is_named(market):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal(market, "--node-port", str(port)) == (
            f"error: the node: port {port} of 127.0.0.1 is in use: stop what listens there, or give another --node-port"
        )
    market.environment["AGORA_GATEWAY"] = "http://127.0.0.1:9"
    assert "AGORA_GATEWAY is set" in refusal(market)


def refusal(market, *typed):
    """The one sentence with which the command ends."""
    process = market.start("--agents", "0", *typed)
    assert process.stdout.read() == ""
    assert process.wait(SECONDS) == 2
    process.stdout.close()
    (line,) = [one for one in market.log.read_text().splitlines() if not one.startswith("starting")]
    return line


def answer(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)
