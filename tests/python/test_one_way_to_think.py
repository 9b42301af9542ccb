"""No agent of Agora thinks without paying: there is one way to a model, and it leads through the gateway."""

import ast
import socket
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "llm" / "gateway"))

from house import AGENT, MODEL, SEED, House
from pydantic import SecretStr
from test_imports import MODULES
from world import Alike

from agents.bid_policy import TaskBrief
from agents.chain.store import Store
from agents.errors import ThinkingUnpaid
from agents.llm.gateway.client import FixedKey, GatewayModel, local_client
from agents.llm.prices import list_prices
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.money import CREDIT
from agents.openai_integration import OpenAIIntegration

LIBRARIES = {"openai", "litellm", "xllamacpp", "anthropic"}
"""What calls models, or is one."""
HTTP = {"httpx", "aiohttp", "requests", "urllib.request", "http.client"}
MAY_CALL_MODELS = ("agents.llm.upstreams.", "agents.llm.server")
MAY_SPEAK_HTTP = (
    "agents.llm.upstreams.",
    "agents.llm.gateway.client",
    "agents.chain.",  # to the chain's node
    "agents.cli.",  # to a gateway, as its keeper
    "agents.fleet.gateway",  # to a gateway
    "agents.fleet.surroundings",  # hands the way to the node on
    "agents.fleet.timeline.",  # the way to the node
)
UPSTREAMS = (
    "agents.llm.upstreams.",
    "agents.llm.cassette.",
    "agents.llm.gateway.",
    "agents.fleet.",
    "agents.cli.",
)
"""What makes calls of an upstream, or hands one on to a gateway."""


def imported(path):
    """The modules that a file imports, at its top or anywhere in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def users(wanted, allowed):
    """The modules that import one of these and are not among the allowed, by what they import."""
    return {
        f"{module} imports {name}"
        for module, path in MODULES.items()
        for name in imported(path)
        if any(name == one or name.startswith(f"{one}.") for one in wanted)
        and not f"{module}.".startswith(allowed)
    }


def test_no_other_module_calls_models():
    assert users(LIBRARIES, MAY_CALL_MODELS) == set()


def test_no_other_module_speaks_http():
    assert users(HTTP, MAY_SPEAK_HTTP) == set()


def test_no_mind_has_an_upstream():
    assert users({"agents.llm.upstreams", "agents.llm.embedded"}, UPSTREAMS) <= {
        "agents.lab.doctor imports agents.llm.upstreams.choice",  # which model the settings name
    }


def test_the_search_finds_what_it_looks_for(tmp_path):
    path = tmp_path / "sly.py"
    path.write_text("def think():\n    from openai import OpenAI\n    import httpx\n")
    assert set(imported(path)) == {"openai", "httpx"}
    assert users({"agents.chain.store"}, ()), "and there are users of something that is used"


# Without a network


@pytest.fixture
def offline(monkeypatch):
    """No socket can be made. What runs in the process needs none."""

    def refuse(*_arguments, **_options):
        raise AssertionError("somebody wanted a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def house(tmp_path):
    asked = []

    def script(request):
        asked.append(request)
        return '{"answer": "blue"}'

    store = Store.open(tmp_path / "gateway.db")
    house = House(store, ScriptedUpstream(script, name=MODEL))
    house.asked = asked
    yield house
    store.close()


def mind(house, key):
    model = GatewayModel(local_client(house.gateway.app), FixedKey(SecretStr(key)), MODEL)
    price = list_prices().price_for(MODEL)
    return OpenAIIntegration(model, Alike(), agent_name="ada", capabilities={"extraction": 80}, price=price)


TASK = TaskBrief(
    1, "Colour", "Which colour is named in: 'The lamp is blue.'", "extraction", "exact", CREDIT, 60
)


@pytest.mark.usefixtures("offline")
async def test_an_agent_thinks_for_credits_and_for_nothing_else(house):
    own = mind(house, house.member(units=0))
    with pytest.raises(ThinkingUnpaid, match="no open channel"):
        await own.execute_task(TASK)
    assert house.asked == []
    house.fund(AGENT, SEED.wallet(AGENT).address, 1)
    with pytest.raises(ThinkingUnpaid, match=r"covers 0\.000001"):
        await own.execute_task(TASK)
    assert house.asked == []
    house.member(units=100 * CREDIT)
    assert (await own.execute_task(TASK)).answer == "blue"
    assert len(house.asked) == 1
    assert house.state().settled > 0


@pytest.mark.usefixtures("offline")
async def test_an_agent_without_its_key_does_not_think_for_another(house):
    house.member(units=100 * CREDIT)
    with pytest.raises(Exception, match="refuses the agent's key"):
        await mind(house, "agora_" + "0" * 64).execute_task(TASK)
    assert house.asked == []
    assert house.state().settled == 0
