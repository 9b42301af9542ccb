"""``agora node start``, ``replay``, ``branch`` and ``audit`` of a journal, from outside."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys

import pytest
import structlog
from typer.testing import CliRunner

from agents.cli import app

START = [sys.executable, "-c", "from agents.cli import main; main()", "node", "start", "--block-ms", "200"]


class Shell:
    """A folder in which commands are run: nodes in processes of their own, all else in this one."""

    def __init__(self, folder, settings):
        self.folder = folder
        self.environment = os.environ | settings

    def run(self, *arguments):
        return CliRunner().invoke(app, list(map(str, arguments)))

    def does(self, *arguments):
        done = self.run(*arguments)
        assert (done.exit_code, done.stderr) == (0, ""), done
        return done.stdout

    def refuses(self, *arguments):
        """The one sentence with which the command ends."""
        done = self.run(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), done
        (line,) = done.stderr.splitlines()
        assert line.startswith("error: ")
        return line

    def start(self, *arguments):
        """A node that runs, and what it said of itself."""
        node = subprocess.Popen(
            [*START, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        return node, [node.stdout.readline().strip() for _ in range(4)]

    def addresses(self):
        return json.loads((self.folder / "contract_addresses.json").read_text())


@pytest.fixture
def shell(tmp_path, monkeypatch):
    settings = {
        "AGORA_ADDRESSES": str(tmp_path / "contract_addresses.json"),
        "AGORA_HOME": str(tmp_path / "home"),
        "AGORA_LOG_LEVEL": "ERROR",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield Shell(tmp_path, settings)
    structlog.reset_defaults()


def test_the_life_of_a_journal(shell, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    node, said = shell.start("--port", port)
    with node:
        assert said[0].startswith(f"chain 31337 at http://127.0.0.1:{port}, block ")
        assert said[1].endswith("run.db")
        assert said[2].endswith("contract_addresses.json")
        key = tmp_path / "run.db.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key.read_text() not in " ".join(said), "the key is in its file alone"
        deployed = shell.addresses()
        assert "another node runs on run.db" in shell.refuses("node", "start")
        assert f"port {port} of 127.0.0.1 is in use" in shell.refuses(
            "node", "start", "--journal", "other.db", "--port", port
        )
        assert "credits conserved: yes" in shell.does("audit", "--provider", f"http://127.0.0.1:{port}")
        node.send_signal(signal.SIGKILL)
    (tmp_path / "contract_addresses.json").unlink()
    node, said = shell.start("--port", 0)
    with node:
        assert shell.addresses() == deployed
        node.send_signal(signal.SIGINT)
        assert "the same command goes on from there" in node.stdout.read()
    assert node.returncode == 0

    done = json.loads(shell.does("replay", "run.db", "--json"))
    assert done["transactions"] == 19
    last = done["blocks"]
    assert last > int(said[0].rsplit(" ", 1)[1])
    audited = shell.does("audit", "run.db", "--at", last - 1)
    assert f"to {last - 1}: 0 tasks" in audited
    assert "credits conserved: yes" in audited
    assert "no market was deployed" in shell.refuses("audit", "run.db", "--at", 1)
    assert "goes on from there" in shell.does("branch", "run.db", "--at", 3)
    assert "is there already" in shell.refuses("branch", "run.db", "--at", 3)
    for command in (["branch", "run.db"], ["replay", "run.db"], ["node", "replay", "run.db"]):
        assert f"give one from 0 to {last}" in shell.refuses(*command, "--at", 9999)

    with sqlite3.connect(tmp_path / "run.db", isolation_level=None) as db:
        db.execute("DROP TRIGGER blocks_stay")
        db.execute("UPDATE blocks SET base_fee = base_fee + 1 WHERE number = 5")
    db.close()
    for command in (["replay", "run.db"], ["audit", "run.db"], ["node", "start"]):
        assert "`agora branch run.db --at 4 --out run-4.db` keeps them" in shell.refuses(*command)


def test_what_is_no_journal_is_named(shell, tmp_path):
    assert "none.db is not there" in shell.refuses("replay", "none.db")
    (tmp_path / "text.db").write_text("not a journal " * 100)
    for command in (["replay"], ["audit"], ["branch", "--at", "1"], ["node", "start", "--journal"]):
        assert "text.db is not a journal" in shell.refuses(*command, "text.db")
    assert (tmp_path / "text.db").read_text() == "not a journal " * 100
    assert "--at needs a journal" in shell.refuses("audit", "--at", 3)
