"""An explorer that is begun while its node is down: it shows the index that there is, and goes on."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest

from agents.chain.deployment import Deployment
from agents.errors import ProviderUnreachable, WrongChain
from agents.explorer.database import database_of, open_engine, writing
from agents.explorer.indexer import Status
from agents.explorer.origin import Origin
from agents.explorer.serving import Options, Watch, serve
from agents.explorer.versions import migrate
from agents.explorer.writer import Cursor, tie
from agents.settings import Settings

SECONDS = 30
CHAIN_ID = 31337


@pytest.fixture
def settings(rpc, node, tmp_path):
    """The node is away; ``brought_back`` brings it to where the settings look for it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        provider = f"http://127.0.0.1:{free.getsockname()[1]}"
    return Settings(_env_file=None, provider=provider, addresses=node.addresses, home=tmp_path / "home")


@asynccontextmanager
async def brought_back(settings, node):
    async def forward(reader, writer):
        there = urlsplit(node.url)
        back, forth = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(pipe(reader, forth), pipe(back, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", urlsplit(settings.provider).port):
        yield


async def pipe(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def until(client, path, holds):
    async with asyncio.timeout(SECONDS):
        while not holds(answer := (await client.get(path)).json()):
            await asyncio.sleep(0.05)
        return answer


@pytest.mark.parametrize("read_only", [False, True])
async def test_index_is_shown_and_goes_on(settings, rpc, node, tmp_path, read_only):
    up = settings.model_copy(update={"provider": node.url})
    async with (
        serve(up, Options(page=tmp_path)) as first,
        httpx.AsyncClient(base_url=first.url) as client,
    ):
        status = (await client.get("/api/status")).json()
        assert (status["node"], status["trouble"]) == ("up", None)
        assert status["chain_head"] == int(await rpc.call("eth_blockNumber"), 16)
        known = (await until(client, "/healthz", lambda health: health["behind"] == 0))["block"]
    options = Options(page=tmp_path, read_only=read_only)
    async with (
        serve(settings, options) as serving,
        httpx.AsyncClient(base_url=serving.url) as client,
    ):
        status = await until(client, "/api/status", lambda status: status["head"] and status["trouble"])
        assert (status["node"], status["trouble"]) == ("down", "the node does not answer")
        assert (status["head"]["number"], status["chain_id"]) == (known, CHAIN_ID)
        assert (await client.get("/healthz")).status_code == 503
        assert (await client.get(f"/api/blocks/{known}")).status_code == 200
        await rpc.call("hardhat_mine", "0x1")
        async with brought_back(settings, node):
            seen = {"chain_head": known + 1, "node": "up"}
            await until(client, "/api/status", lambda status: status.items() >= seen.items())
            if not read_only:
                await until(client, "/healthz", lambda health: health["block"] == known + 1)


async def test_node_that_has_answered_is_up_until_the_indexer_knows_better(settings, rpc, node):
    head = int(await rpc.call("eth_blockNumber"), 16)
    watch = Watch(rpc, await Origin.find(settings.model_copy(update={"provider": node.url}), rpc))
    await watch.look()
    opened = Status(cursor=Cursor(head - 2, "0x", 0, 1), writing=True)
    watch.indexer = SimpleNamespace(status=opened)
    now = watch.standing()
    assert (now.node_up, now.behind, now.trouble) == (True, 2, None)
    watch.indexer.status = replace(opened, node="down", node_since=99, chain_head=head, trouble="refused")
    now = watch.standing()
    assert (now.node_up, now.node_since, now.trouble) == (False, 99, "the node does not answer")


async def test_node_of_another_chain_ends_it(settings, node, tmp_path):
    entries = json.loads(node.addresses.read_text())
    entries[str(CHAIN_ID)]["genesisHash"] = "0x" + "ab" * 32
    settings = settings.model_copy(update={"addresses": tmp_path / "addresses.json"})
    settings.addresses.write_text(json.dumps(entries))
    deployment = Deployment.read(settings.addresses, CHAIN_ID)
    engine = open_engine(database_of(settings, deployment))
    migrate(engine)
    with writing(engine) as connection:
        tie(connection, deployment)
    engine.dispose()
    async with serve(settings, Options(page=tmp_path)) as serving, brought_back(settings, node):
        with pytest.raises(WrongChain, match="0xabababab"):
            await asyncio.wait_for(serving.until(asyncio.Event()), SECONDS)


async def test_without_an_index_the_node_is_needed(settings):
    with pytest.raises(ProviderUnreachable, match="no node answers"):
        await serve(settings, Options()).__aenter__()
    assert not settings.home.exists()
