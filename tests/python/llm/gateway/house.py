"""A gateway in memory: a market's view without a chain, agents with channels, and clients in process."""

import itertools

import httpx
from channel_ids import channel_id_of
from openai import AsyncOpenAI

from agents.chain.bindings import usage_meter
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import TransportError
from agents.llm.gateway.gateway import Gateway
from agents.llm.gateway.keys import Keys, Throttle
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.problems import PROBLEM_TYPE
from agents.llm.gateway.signin import Place
from agents.llm.gateway.vouchers import Domain
from agents.llm.prices import PriceTable
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.market.view import MarketView
from agents.money import CREDIT

CHAIN_ID = 31337
METER = "0x" + "00" * 19 + "aA"
BASE = "http://gateway"
SEED = Seed(TEST_PHRASE)
PROVIDER = SEED.wallet(1)
AGENT = 7
MODEL = "scripted"
NOW = 1_700_000_000
CHAT, RESPONSES, EMBEDDINGS = "/v1/chat/completions", "/v1/responses", "/v1/embeddings"


class Authority:
    """Knows by heart who may act for whom, and which contract approves what."""

    def __init__(self):
        self.actors, self.approved = set(), set()
        self.away, self.questions = False, 0

    async def may_act(self, agent_id, address):
        self.questions += 1
        if self.away:
            raise TransportError("away")
        return (agent_id, address) in self.actors

    async def approves(self, address, digest, signature):
        return (address, signature) in self.approved


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class House:
    """A gateway and what is around it."""

    def __init__(self, store, upstream=None, limits=None, a_minute=1000):
        self.store, self.view, self.clock, self.authority = store, MarketView(), Clock(), Authority()
        self.upstream = upstream or ScriptedUpstream(lambda _: "one two three", name=MODEL)
        self.limits, self.a_minute, self.epochs = limits, a_minute, {}
        self._random = itertools.count(1)
        self.open()

    def open(self):
        """Begin, as a process does; a second time, as after its end."""
        prices, domain = PriceTable.load(), Domain(CHAIN_ID, METER)
        self.meter = Meter(self.store, self.view, domain, PROVIDER.address, prices, self.clock, self.limits)
        self.keys = Keys(
            self.store,
            PROVIDER,
            Place("gateway", f"{BASE}/v1", CHAIN_ID),
            self.authority,
            epoch_of=lambda agent_id: self.epochs.get(agent_id, 0),
            clock=self.clock,
            randomness=lambda size: next(self._random).to_bytes(size, "big"),
        )
        self.gateway = Gateway(
            upstream=self.upstream,
            prices=prices,
            meter=self.meter,
            keys=self.keys,
            throttle=Throttle(self.a_minute, self.clock),
        )

    def fund(self, agent_id, signer, units):
        """The agent opens a channel with this signer."""
        channel = channel_id_of(agent_id, signer, PROVIDER.address, 0)
        self.view.channels.apply(
            usage_meter.ChannelOpened(channel, agent_id, PROVIDER.address, signer, 0, 0, units)
        )

    def member(self, agent_id=AGENT, name="ada", units=1000 * CREDIT):
        """An agent of this process with so much in its channel; its key."""
        signer = SEED.wallet(agent_id)
        if units:
            self.fund(agent_id, signer.address, units)
        return self.gateway.join(agent_id, name, signer).get_secret_value()

    def client(self, key="", **headers):
        """An HTTP client with this key."""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        transport = httpx.ASGITransport(self.gateway.app)
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    def openai(self, key):
        """The stock client with this key."""
        return AsyncOpenAI(api_key=key, base_url=f"{BASE}/v1", http_client=self.client(), max_retries=0)

    def state(self, agent_id=AGENT):
        """How the agent stands: what no refused request may change."""
        return self.meter.account(agent_id)


def chat(text="Say three words.", **fields):
    """The body of a chat."""
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], "max_tokens": 20} | fields


def says(response, status, code, param=None):
    """The problem in a response, which has this status and code, and both forms of an error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM_TYPE
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == problem["error"]["code"] == code
    assert problem["detail"] == problem["error"]["message"]
    assert problem["error"]["param"] == param
    assert "Traceback" not in response.text
    return problem


def call(name="look", arguments="{}"):
    """A tool call of a model."""
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
