"""The openai package of npm against the gateway."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE
from pathlib import Path

from house import AGENT, MODEL

from agents.chain.guard.server import GuardServer
from agents.chain.toolchain import search_path
from agents.llm.gateway.wire import BoundedHttp

SCRIPT = Path(__file__).with_name("npm_client.js")
SECONDS = 60


async def test_client_of_another_language(house):
    key = house.member()
    async with GuardServer(house.gateway.app, http=BoundedHttp) as server:
        process = await asyncio.create_subprocess_exec(
            *(shutil.which("node", path=search_path()), str(SCRIPT), f"{server.url}/v1", MODEL),
            env={"OPENAI_API_KEY": key},
            stdout=PIPE,
            stderr=PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0, err.decode()
    told = json.loads(out)
    assert told["text"] == told["streamed"] == told["answer"] == "one two three"
    assert told["usage"]["completion_tokens"] == 3
    assert told["events"][0] == "response.created"
    assert told["events"][-1] == "response.completed"
    assert told["refused"] == [True, "model_not_found"]
    receipts = [one for _, one in house.meter.receipts(AGENT)]
    assert len(receipts) == 4
    assert receipts[0].call == told["call"]
