"""The file of a cassette: durable call by call, refused when it is not what it should be, and free of secrets."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from model_endpoint import Endpoint, completion, failure
from pydantic import SecretStr
from tapes import MANIFEST, Moody, ask, outcome, recorded

from agents.errors import CassetteInUse, CassetteOfAnotherRun, CassetteUnreadable, CassetteUnwritable
from agents.llm.cassette.manifest import Manifest, code_revision, configuration_of
from agents.llm.cassette.recorder import Recorder
from agents.llm.cassette.store import Cassette
from agents.llm.upstreams.http import HttpUpstream
from agents.settings import Settings


async def test_the_manifest_comes_back_and_the_cassette_is_one_file(tmp_path):
    await recorded(tmp_path / "run.cassette", [(ask(), False)])
    assert [path.name for path in tmp_path.iterdir()] == ["run.cassette"]
    (tmp_path / "run.cassette").chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        cassette = Cassette.read(tmp_path / "run.cassette")
        assert cassette.manifest == MANIFEST
        cassette.close()
        cassette.close()
    finally:
        tmp_path.chmod(0o700)


async def test_a_file_that_is_no_cassette_is_refused(tmp_path):
    with pytest.raises(CassetteUnreadable, match=r"gone cannot be read, there is no such file"):
        Cassette.read(tmp_path / "gone")
    (tmp_path / "text").write_text("some text " * 1000)
    (tmp_path / "empty").touch()
    sqlite3.connect(tmp_path / "foreign").executescript(
        "CREATE TABLE x (y); INSERT INTO x VALUES (1)"
    ).close()
    for name in ("text", "empty", "foreign"):
        with pytest.raises(CassetteUnreadable, match="record the run again"):
            Cassette.read(tmp_path / name)
    for name in ("text", "foreign"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(CassetteUnreadable):
            Cassette.write(tmp_path / name, MANIFEST)
        assert (tmp_path / name).read_bytes() == before, "what belongs to somebody else is left alone"


async def test_a_cassette_of_another_format_or_with_a_broken_manifest_is_refused(tmp_path):
    path = tmp_path / "c"
    await recorded(path, [(ask(), False)])
    for change, says in (
        ("PRAGMA user_version = 2", "format is 2"),
        ("UPDATE manifest SET manifest = '{}'", "manifest is damaged"),
        ("DELETE FROM manifest", "manifest is missing"),
    ):
        copy = tmp_path / "copy"
        copy.write_bytes(path.read_bytes())
        db = sqlite3.connect(copy, isolation_level=None)
        db.execute(change)
        db.close()
        with pytest.raises(CassetteUnreadable, match=says):
            Cassette.read(copy)


async def test_a_cassette_that_was_cut_off_is_refused(tmp_path):
    path = tmp_path / "c"
    await recorded(path, [(ask(f"text {number} " * 200), False) for number in range(30)])
    content = path.read_bytes()
    for size in (50, 4096, len(content) // 2, len(content) - 4096):
        path.write_bytes(content[:size])
        with pytest.raises(CassetteUnreadable):
            Cassette.read(path)


async def test_an_answer_that_is_damaged_is_not_handed_on(tmp_path):
    path = tmp_path / "c"
    await recorded(path, [(ask("the secret word"), False)])
    content = path.read_bytes()
    assert content.count(b"the secret word 1") == 1
    path.write_bytes(content.replace(b"the secret word 1", b"the secret word 2"))
    replay = Recorder(None, Cassette.read(path), "replay")
    with pytest.raises(CassetteUnreadable, match="call 1 is damaged"):
        await replay.complete(ask("the secret word"))


async def test_two_cannot_record_into_one_file(tmp_path):
    first = Cassette.write(tmp_path / "c", MANIFEST)
    for opening in (lambda: Cassette.write(tmp_path / "c", MANIFEST), lambda: Cassette.read(tmp_path / "c")):
        with pytest.raises(CassetteInUse, match="wait for the run"):
            opening()
    first.close()
    Cassette.write(tmp_path / "c", MANIFEST).close()


async def test_a_recording_goes_on_only_with_what_it_began_with(tmp_path):
    Cassette.write(tmp_path / "c", MANIFEST).close()
    with pytest.raises(CassetteOfAnotherRun, match=r"its code, seed differ"):
        Cassette.write(tmp_path / "c", replace(MANIFEST, code="x", seed=1))
    cache = Cassette.write(tmp_path / "c")
    assert cache.manifest == MANIFEST
    cache.close()


async def test_a_disk_that_takes_nothing_stops_the_recording(tmp_path):
    cassette = Cassette.write(tmp_path / "c", MANIFEST)
    recorder = Recorder(Moody(), cassette, "record")
    await recorder.complete(ask("a"))
    pages = cassette._db.execute("PRAGMA page_count").fetchone()[0]
    cassette._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CassetteUnwritable, match="full"):
        await recorder.complete(ask("b" * 100_000))
    cassette.close()


def test_what_was_answered_before_a_kill_is_on_the_cassette(tmp_path):
    program = textwrap.dedent("""
        import asyncio, os, signal, sys
        from pathlib import Path
        from tapes import MANIFEST, Moody, ask
        from agents.llm.cassette.recorder import Recorder
        from agents.llm.cassette.store import Cassette

        async def main():
            recorder = Recorder(Moody(), Cassette.write(Path(sys.argv[1]), MANIFEST), "record")
            answers = asyncio.as_completed([recorder.complete(ask(str(number % 7))) for number in range(40)])
            for number, answer in enumerate(answers):
                print((await answer).body["choices"][0]["message"]["content"], flush=True)
                if number == 20:
                    os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
    """)
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(here), str(here.parents[3])))),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "c"], capture_output=True, text=True, env=environment
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == 21

    async def replayed():
        replay = Recorder(None, Cassette.read(tmp_path / "c"), "replay")
        told = await asyncio.gather(*(outcome(replay, ask(str(number % 7))) for number in range(40)))
        return {one[0]["choices"][0]["message"]["content"] for one in told if isinstance(one[0], dict)}

    assert set(answers) <= asyncio.run(replayed())


async def test_no_secret_of_the_settings_is_in_the_file(tmp_path):
    settings = Settings(
        _env_file=None,
        openai_api_key=SecretStr("sk-s3cret"),
        openai_base_url="https://user:s3cret@models.example/v1?token=s3cret",
        model="m",
        password=SecretStr("s3cret"),
        provider="http://node.example/k/s3cret",
        gateway="https://user:s3cret@gateway.example",
        content="s3://key:s3cret@bucket/x",
        home=tmp_path / "home",
    )
    manifest = Manifest(code_revision(), {}, configuration_of(settings), 7)
    cassette = Cassette.write(tmp_path / "c", manifest)
    await Recorder(Moody(), cassette, "record").complete(ask())
    cassette.close()
    content = (tmp_path / "c").read_bytes()
    assert b"models.example" in content
    assert b"s3cret" not in content


async def test_no_key_of_an_endpoint_is_in_the_file(tmp_path, endpoint: Endpoint):
    endpoint.answer = lambda body: (
        (200, completion("fine")) if body["max_tokens"] == 9 else (401, failure("the key sk-s3cret is wrong"))
    )
    cassette = Cassette.write(tmp_path / "c", MANIFEST)
    async with HttpUpstream(endpoint.url, {"m": "m"}, api_key=SecretStr("sk-s3cret")) as upstream:
        recorder = Recorder(upstream, cassette, "record")
        for limit in (9, 10):
            await outcome(recorder, ask(max_tokens=limit))
            await outcome(recorder, ask(max_tokens=limit), stream=True)
    cassette.close()
    content = (tmp_path / "c").read_bytes()
    assert b"fine" in content
    assert b"upstream_refuses_key" in content
    assert b"s3cret" not in content
    assert all("sk-s3cret" in head for head in endpoint.heads)


def test_the_code_of_a_checkout_is_its_commit():
    told = code_revision()
    assert told.startswith("agora-market ") or len(told.removesuffix("+changes")) == 40


def test_a_manifest_names_what_differs():
    other = replace(MANIFEST, models=("m",), configuration={"agents": 4})
    assert set(MANIFEST.differences(other)) == {"models", "configuration"}
    assert Manifest.of_json(json.loads(json.dumps(MANIFEST.to_json()))) == MANIFEST
