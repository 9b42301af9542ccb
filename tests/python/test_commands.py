"""The commands from outside: a person's mistake is exit code 2 and one sentence that says what to do."""

import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.store import Store

AGENTS = Path(__file__).resolve().parents[2] / "agents"
SECONDS = 120
CLOSED = "http://127.0.0.1:9"
"""A port on which nothing listens."""
PHRASE = "test test test test test test test test test test test junk"


class Command:
    """Runs the scripts as their users do, from another folder and with a home of its own."""

    def __init__(self, folder, node=None):
        self.folder, self.home = folder, folder / "home"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        # A hosted model that nobody asks, so that no embedded one is loaded.
        self.environment = kept | {
            "AGORA_HOME": str(self.home),
            "AGORA_LOG_LEVEL": "ERROR",
            "AGORA_MODEL": "none",
            "OPENAI_BASE_URL": f"{CLOSED}/v1",
            "AGORA_ADDRESSES": str(node.addresses if node else folder / "none.json"),
        }
        self.provider = node.url if node else CLOSED

    def run(self, script, *arguments, **environment):
        return subprocess.run(
            [sys.executable, str(AGENTS / script), *map(str, arguments), "--provider", self.provider],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def refuses(self, script, *arguments, **environment):
        """The one sentence with which the command ends."""
        done = self.run(script, *arguments, **environment)
        assert done.returncode == 2, done
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        lines = done.stderr.splitlines()
        assert len(lines) == 1, lines
        assert lines[0].startswith("error: ")
        return lines[0]


@pytest.fixture
def command(tmp_path):
    return Command(tmp_path)


@pytest.fixture
def on_chain(tmp_path, interval_node):
    return Command(tmp_path, interval_node)


# What needs no chain


@pytest.mark.parametrize(
    ("script", "arguments"),
    [("run_agents.py", ["--agents", "1"]), ("agent.py", ["--capabilities", "research"])],
)
def test_no_node_at_the_providers_address(command, script, arguments):
    said = command.refuses(script, *arguments)
    assert CLOSED in said
    assert "start one with `npx hardhat node`" in said


def test_an_unknown_profile(command):
    said = command.refuses("agent.py", "--capabilities", "research", "--profile", "bold")
    assert "'bold'" in said
    assert "balanced" in said


@pytest.mark.parametrize(
    ("script", "arguments"),
    [("run_agents.py", ["--agents", "1"]), ("agent.py", ["--capabilities", "research"])],
)
def test_an_unknown_policy(command, script, arguments):
    said = command.refuses(script, *arguments, "--policy", "bold")
    assert "'bold'" in said
    assert "learned, adaptive, truthful, markup, closed-form" in said


def test_capabilities_that_are_none(command):
    assert "from 0 to 100" in command.refuses("agent.py", "--capabilities", "research=101")


def test_a_malformed_line_of_a_tasks_file_is_named_by_its_number(command, tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text('{"question": "1 + 1?", "answer": "#### 2"}\n\n{"question": "1 + 2?"}\n')
    said = command.refuses("run_agents.py", "--tasks", path)
    assert f"{path}, line 3:" in said


def test_a_tasks_file_that_is_not_there(command, tmp_path):
    assert str(tmp_path / "none.jsonl") in command.refuses(
        "run_agents.py", "--tasks", tmp_path / "none.jsonl"
    )


def test_tasks_that_need_code_to_be_run_are_refused_politely(command, tmp_path):
    path = tmp_path / "tasks.jsonl"
    fields = {"task_id": "0", "prompt": "def f():", "entry_point": "f", "canonical_solution": "", "test": ""}
    path.write_text(json.dumps(fields))
    said = command.refuses("run_agents.py", "--tasks", path)
    assert "not available yet" in said
    assert "choose tasks" in said


@pytest.mark.parametrize("content", ["twelve words that are no phrase at all", f"{PHRASE} junk", None])
def test_a_seed_phrase_file_without_a_phrase_is_named_and_not_shown(command, tmp_path, content):
    path = tmp_path / "phrase.txt"
    if content is not None:
        path.write_text(content)
    said = command.refuses("run_agents.py", "--agents", "1", "--seed-phrase-file", path)
    assert str(path) in said
    assert "junk" not in said
    assert "twelve words" not in said


def test_too_many_agents(command):
    assert "number of agents is 10001" in command.refuses("run_agents.py", "--agents", "10001")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--max-credits", "much", "'much' is not an amount of credits"),
        ("--max-calls", "0", "--max-calls is 0, but must be more than 0"),
    ],
)
def test_a_cap_that_is_none(command, option, value, said):
    assert said in command.refuses("run_agents.py", "--agents", "1", option, value)


def test_a_setting_that_cannot_be_used_is_named_and_not_shown(command):
    said = command.refuses("run_agents.py", "--agents", "1", OPENAI_BASE_URL="ftp://secret")
    assert "OPENAI_BASE_URL" in said
    assert "secret" not in said


# What needs one


def test_a_missing_addresses_file(on_chain, tmp_path):
    missing = tmp_path / "none.json"
    said = on_chain.refuses("run_agents.py", "--agents", "1", AGORA_ADDRESSES=str(missing))
    assert str(missing) in said
    assert "deploy" in said


def test_a_damaged_addresses_file(on_chain, tmp_path):
    path = tmp_path / "damaged.json"
    path.write_text('{"31337": {')
    assert "stale or damaged" in on_chain.refuses("run_agents.py", "--agents", "1", AGORA_ADDRESSES=str(path))


def test_a_node_that_was_started_anew(on_chain, interval_node, tmp_path):
    path = tmp_path / "old.json"
    known = json.loads(interval_node.addresses.read_text())
    known["31337"]["genesisHash"] = "0x" + "ab" * 32
    path.write_text(json.dumps(known))
    said = on_chain.refuses("run_agents.py", "--agents", "1", AGORA_ADDRESSES=str(path))
    assert "0xabababab…" in said
    assert "deploy again" in said


async def test_a_second_fleet_on_the_same_wallets(on_chain, interval_node):
    async with Rpc(interval_node.url) as rpc:
        deployment = await Deployment.load(interval_node.addresses, rpc)
    store = Store.open(on_chain.home / deployment.key / "fleet.db")
    try:
        said = on_chain.refuses("run_agents.py", "--agents", "1")
    finally:
        store.close()
    assert "stop it first" in said


def test_no_ray_cluster_at_the_address(on_chain):
    said = on_chain.refuses("run_agents.py", "--agents", "2", "--ray", "127.0.0.1:9")
    assert "no Ray cluster answers at 127.0.0.1:9" in said
    assert "--ray local" in said


def test_a_cap_below_what_the_coming_takes(on_chain):
    said = on_chain.refuses("run_agents.py", "--agents", "2", "--max-transactions", "12")
    assert "--max-transactions is 12, but must be at least 13" in said


def test_a_damaged_table_of_past_runs(on_chain):
    on_chain.home.mkdir()
    (on_chain.home / "history.db").write_bytes(b"this is no database, and longer than a page's head" * 20)
    said = on_chain.refuses("run_agents.py", "--agents", "1")
    assert str(on_chain.home / "history.db") in said


class Refusing(http.server.BaseHTTPRequestHandler):
    """A model endpoint that knows nobody's key."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"error": {"message": "Incorrect API key provided: sk-hush", "code": "invalid_api_key"}}'
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def endpoint():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        serving.join()


def test_a_wrong_api_key_ends_the_run_and_is_shown_nowhere(on_chain, endpoint, tmp_path):
    path = tmp_path / "tasks.jsonl"
    task = {
        "title": "Find the colour",
        "description": "Summarise research on the blue lamp.",
        "skill": "research",
    }
    path.write_text(json.dumps(task | {"reward": "20", "checker": "exact", "answer": "blue"}))
    said = on_chain.refuses(
        "run_agents.py", "--agents", "1", "--tasks", path, OPENAI_BASE_URL=endpoint, OPENAI_API_KEY="sk-hush"
    )
    assert endpoint.removesuffix("/v1") in said
    assert "refuses the API key" in said
    assert "sk-hush" not in said


def test_help_names_every_option(command):
    done = command.run("run_agents.py", "--help", COLUMNS="200", NO_COLOR="1")
    assert done.returncode == 0
    options = (
        "--agents",
        "--policy",
        "--provider",
        "--create-tasks",
        "--tasks",
        "--limit",
        "--until-settled",
    )
    assert [option for option in options if option not in done.stdout] == []
