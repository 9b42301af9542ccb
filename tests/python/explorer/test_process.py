"""An explorer as a process of its own: it begins, answers, says why it does not, and ends with its parent."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import pytest
import typer
from pydantic import SecretStr

from agents.errors import ExplorerLost, IndexMissing, PortInUse
from agents.explorer.command import explorer
from agents.explorer.indexer import Indexer
from agents.explorer.library import Librarian
from agents.explorer.process import ExplorerProcess
from agents.explorer.serving import Options, Watch, serve
from agents.settings import Settings

SECONDS = 30
ROOT = Path(__file__).resolve().parents[3]
PARENT = """
import asyncio, sys
from pathlib import Path
from agents.explorer.command import explorer
from agents.explorer.process import ExplorerProcess
from agents.settings import Settings

async def main():
    settings = Settings(provider=sys.argv[1], addresses=Path(sys.argv[2]), home=Path(sys.argv[3]))
    async with ExplorerProcess(settings) as explorer:
        print(explorer.url, explorer.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def settings(rpc, node, tmp_path):
    return Settings(_env_file=None, provider=node.url, addresses=node.addresses, home=tmp_path / "home")


async def until_indexed(url):
    async with httpx.AsyncClient(base_url=url) as client, asyncio.timeout(SECONDS):
        while (health := (await client.get("/healthz")).json())["behind"] != 0:
            await asyncio.sleep(0.05)
        assert health["healthy"]
        return health


def group_of(pid):
    """The processes of the group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == pid:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


async def test_it_indexes_answers_and_stops(settings, rpc, tmp_path):
    async with ExplorerProcess(settings, log=tmp_path / "explorer.log") as explorer:
        health = await until_indexed(explorer.url)
        assert health["block"] == int(await rpc.call("eth_blockNumber"), 16)
        async with httpx.AsyncClient(base_url=explorer.url) as client:
            status = (await client.get("/api/status")).json()
            assert (status["chain_id"], status["dev"], status["rpc"], status["dev_key"]) == (
                31337,
                True,
                True,
                True,
            )
            async with client.stream("GET", "/events") as events:
                assert "event: status" in [line async for line in first_lines(events, 4)]
                pids, url = group_of(explorer.pid), explorer.url
                await explorer.stop()
    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert list((tmp_path / "home").glob("31337-*/explorer.db"))


async def first_lines(answer, count):
    async for line in answer.aiter_lines():
        yield line
        count -= 1
        if not count:
            return


async def test_it_ends_with_its_parent(settings, tmp_path):
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, settings.provider, str(settings.addresses), str(settings.home)),
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    url, pid = (await asyncio.wait_for(parent.stdout.readline(), SECONDS)).decode().split()
    assert httpx.get(f"{url}/healthz").status_code in (200, 503)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with asyncio.timeout(SECONDS):
        while group_of(int(pid)):
            await asyncio.sleep(0.05)


async def test_it_says_when_it_has_died(settings):
    async with ExplorerProcess(settings) as explorer:
        ended = asyncio.create_task(explorer.ended())
        for pid in group_of(explorer.pid):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(ExplorerLost, match="has ended"):
            await asyncio.wait_for(ended, SECONDS)


async def test_secrets_are_in_no_command_line_and_in_no_log(settings, node, tmp_path):
    secret = "hunter2hunter2"
    settings = settings.model_copy(
        update={
            "database": SecretStr(f"postgresql://agora:{secret}@127.0.0.1:9/agora"),
            "openai_api_key": SecretStr(secret),
            "log_level": "DEBUG",
        }
    )
    assert secret not in repr(settings)
    log = tmp_path / "explorer.log"
    async with ExplorerProcess(settings, log=log) as explorer:
        assert secret not in repr(explorer) + str(vars(explorer))
        health = httpx.get(f"{explorer.url}/healthz")
        assert (health.status_code, health.json()["database"]) == (503, "down")
        status = httpx.get(f"{explorer.url}/api/status", params={"text": secret})
        assert (status.status_code, status.json()["head"], status.json()["chain_id"]) == (200, None, 31337)
        told = httpx.get(f"{explorer.url}/metrics").text
        assert "database_errors_total 0.0" not in told
        for pid in group_of(explorer.pid):
            assert secret.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    logged = [json.loads(line) for line in log.read_text().splitlines()]
    assert "/healthz" in {line.get("route") for line in logged}
    assert "explorer.begins_without_database" in {line["event"] for line in logged}
    assert secret not in log.read_text()


async def test_mistake_is_told_by_its_error(settings, tmp_path):
    with pytest.raises(IndexMissing):
        await serve(settings, Options(read_only=True)).__aenter__()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=str(port)):
            await ExplorerProcess(settings, port=port).__aenter__()
    nowhere = settings.model_copy(update={"provider": "http://127.0.0.1:9", "home": tmp_path / "empty"})
    with pytest.raises(ExplorerLost, match=r"does not begin: no node answers at http://127\.0\.0\.1:9"):
        await ExplorerProcess(nowhere).__aenter__()


@pytest.mark.parametrize("work", [Librarian, Watch, Indexer])
async def test_error_that_nobody_foresaw_ends_it(settings, tmp_path, monkeypatch, work):
    async def fail(self, stop):
        raise ZeroDivisionError(work.__name__)

    monkeypatch.setattr(work, "run", fail)
    async with serve(settings, Options(page=tmp_path)) as serving:
        with pytest.raises(ZeroDivisionError, match=work.__name__):
            await asyncio.wait_for(serving.until(asyncio.Event()), SECONDS)


def test_help():
    done = subprocess.run(
        [sys.executable, "-m", "agents.explorer", "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=True,
    )
    for option in ("--provider", "--addresses", "--database", "--host", "--port", "--content", "--read-only"):
        assert option in done.stdout
    assert "--no-dev-key" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"database": "postgresql://agora:hunter2@db/agora"}, "error: --database holds a password"),
        ({"database": "mysql://db/agora"}, "error: the index cannot be kept there"),
        ({"public_url": "agora.example"}, "error: --public-url must be an address"),
        ({"allow_origin": ["https://a.example:x"]}, "error: --allow-origin must be an address"),
    ],
)
def test_bad_option_is_one_sentence(node, tmp_path, monkeypatch, capsys, options, says):
    monkeypatch.setenv("AGORA_HOME", str(tmp_path))
    with pytest.raises(typer.Exit) as ended:
        explorer(port=0, provider=node.url, addresses=node.addresses, **options)
    out, err = capsys.readouterr()
    assert (ended.value.exit_code, out) == (2, "")
    assert err.startswith(says)
    assert "hunter2" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("read_only", [False, True])
async def test_second_one_shows_what_the_first_writes(settings, rpc, read_only, tmp_path):
    async with (
        serve(settings, Options(page=tmp_path)) as first,
        httpx.AsyncClient(base_url=first.url) as client,
    ):
        await until_indexed(first.url)
        async with (
            serve(settings, Options(page=tmp_path, read_only=read_only)) as second,
            httpx.AsyncClient(base_url=second.url) as other,
        ):
            await rpc.call("hardhat_mine", "0x1")
            head = int(await rpc.call("eth_blockNumber"), 16)
            async with asyncio.timeout(SECONDS):
                for one in (client, other):
                    while (await one.get("/healthz")).json()["block"] != head:
                        await asyncio.sleep(0.05)
            status = (await other.get("/api/status")).json()
    assert status["trouble"] == (None if read_only else "another process writes the index")
    assert status["node"] == "up"
    assert status["head"]["number"] == head
