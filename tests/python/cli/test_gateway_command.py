"""``agora gateway`` from outside, on a chain: a stranger gets a key, pays for its thinking, and proves what for."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from agents.chain.reader import read
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.llm.gateway.signin import digest_of
from agents.llm.weights import SMOLLM2_NAME
from agents.market.domain import account_of
from agents.money import CREDIT

PROVIDER = 1
HELLO = [{"role": "user", "content": "Say hello."}]
SECONDS = 60


@asynccontextmanager
async def gateway(node, folder, *options):
    """The command's process, and the lines of its greeting by their first word."""
    phrase = folder / "phrase"
    phrase.write_text(TEST_PHRASE)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from agents.cli import main; main()", "gateway", "--port", "0"),
        *("--provider", node.url, "--seed-phrase-file", str(phrase), *options),
        cwd=folder,
        env=kept | {"AGORA_HOME": str(folder / "home"), "AGORA_ADDRESSES": str(node.addresses)},
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        greeting = {}
        while "books" not in greeting:
            line = (await asyncio.wait_for(process.stdout.readline(), SECONDS)).decode()
            assert line, (await process.stderr.read()).decode()
            word, _, rest = line.strip().partition(" ")
            greeting[word] = rest.strip()
        yield greeting
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
        assert process.returncode == 0, err.decode()
        assert out.decode().startswith("stopped")
        assert "Traceback" not in err.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def key_of(client, agent_id, wallet):
    """A key for the wallet's signature, and all that came with it."""
    asked = {"agent_id": agent_id, "address": wallet.address}
    message = (await client.post("/v1/agora/challenge", json=asked)).json()["message"]
    signature = wallet.sign_digest(digest_of(message)).hex()
    answer = await client.post("/v1/agora/keys", json={"message": message, "signature": f"0x{signature}"})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.usefixtures("rpc")
async def test_stranger_thinks_and_the_provider_is_paid(world, node, tmp_path):
    wallet, provider = Seed(TEST_PHRASE).wallet(4), Seed(TEST_PHRASE).wallet(PROVIDER)
    agent_id = await world.register("ada", wallet)
    async with gateway(node, tmp_path, "--cassette", str(tmp_path / "calls.db")) as greeting:
        assert greeting["provider"] == provider.address
        url = greeting["gateway"]
        async with httpx.AsyncClient(base_url=url.removesuffix("/v1"), timeout=SECONDS) as client:
            stranger = {"agent_id": agent_id, "address": provider.address}
            refused = await client.post("/v1/agora/challenge", json=stranger)
            message = refused.json()["message"]
            signature = provider.sign_digest(digest_of(message)).hex()
            body = {"message": message, "signature": f"0x{signature}"}
            assert (await client.post("/v1/agora/keys", json=body)).json()["code"] == "cannot_act"
            told = await key_of(client, agent_id, wallet)
        assert told["channel"]["contract"] == world.deployment.meter.address
        async with AsyncOpenAI(api_key=told["key"], base_url=url, max_retries=0) as client:
            with pytest.raises(openai.APIStatusError) as caught:
                await client.chat.completions.create(model=SMOLLM2_NAME, messages=HELLO, max_tokens=5)
            assert caught.value.status_code == 402
            remedy = caught.value.response.json()["remedy"]
            assert remedy["function"].startswith("open(")
            opening = world.deployment.meter.open(agent_id, told["signer"], provider.address, 50 * CREDIT)
            await world.sender.send(wallet, opening, intent="open")
            raw = await until_paid(client)
        call, cost = raw.headers["agora-call"], int(raw.headers["agora-cost"])
        headers = {"Authorization": f"Bearer {told['key']}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            shown = (await client.get(f"/v1/agora/usage/{call}".removeprefix("/v1"))).json()
    # It has redeemed what it held when it was stopped.
    channel = await read(
        world.rpc, world.deployment.meter.channel_of(agent_id, told["signer"], provider.address)
    )
    assert channel.redeemed == cost
    paid = await world.market.balance(account_of(provider.address))
    assert paid.free == cost
    proof = [bytes.fromhex(one[2:]) for one in shown["proof"]["path"]]
    root, digest = (bytes.fromhex(one[2:]) for one in (shown["proof"]["root"], shown["receipt"]["digest"]))
    assert await read(world.rpc, world.deployment.meter.verify_receipt(root, digest, proof))
    kept = (tmp_path / "calls.db").read_bytes()
    assert b"Say hello." in kept
    assert told["key"].encode() not in kept

    # Again, without a model, from what was kept.
    await world.market.pledge(wallet, agent_id, CREDIT, intent="pledge")
    replay = "--cassette", str(tmp_path / "calls.db"), "--mode", "replay"
    async with (
        gateway(node, tmp_path, *replay, "--behind-proxy", "--deposit-only") as greeting,
        AsyncOpenAI(api_key=told["key"], base_url=greeting["gateway"], max_retries=0) as client,
        httpx.AsyncClient(base_url=greeting["gateway"], headers=headers) as plain,
    ):
        again = await until_paid(client)
        account = (await plain.get("/agora/account")).json()
        assert account["available"] == account["balance"] > 0, "the pledge does not count"

        async def challenge(client):
            told = {"X-Forwarded-For": client}
            return (await plain.post("/agora/challenge", json=stranger, headers=told)).status_code

        assert 429 in [await challenge("10.0.0.1") for _ in range(60)]
        assert await challenge("10.0.0.2") == 200
    assert json.loads(again.content) == json.loads(raw.content)
    assert again.headers["agora-call"] != call


async def until_paid(client):
    """The answer to a greeting, once the gateway knows of the channel."""
    for _ in range(100):
        try:
            return await client.chat.completions.with_raw_response.create(
                model=SMOLLM2_NAME, messages=HELLO, max_tokens=5
            )
        except openai.APIStatusError as error:
            if error.status_code != 402:
                raise
            await asyncio.sleep(0.1)
    raise AssertionError("the channel was never seen")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "port {port} of 127.0.0.1 is in use"),
        (("--public-url", "models.example", "--port", "0"), "--public-url must be an address"),
        (("--cassette", "none.db", "--mode", "replay"), "the cassette none.db cannot be read"),
    ],
)
async def test_mistake_is_one_sentence(rpc, node, tmp_path, options, says):
    phrase = tmp_path / "phrase"
    phrase.write_text(TEST_PHRASE)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    # A hosted model that nobody asks, so that no embedded one is loaded.
    hosted = {"AGORA_MODEL": "none", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from agents.cli import main; main()", "gateway", "--port", str(port)),
            *("--provider", node.url, "--seed-phrase-file", str(phrase), *options),
            cwd=tmp_path,
            env=kept
            | hosted
            | {"AGORA_HOME": str(tmp_path / "home"), "AGORA_ADDRESSES": str(node.addresses)},
            stdout=PIPE,
            stderr=PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    assert (process.returncode, out) == (2, b""), err.decode()
    assert err.decode().startswith(f"error: {says.format(port=port)}")
    assert "Traceback" not in err.decode()
