"""A fleet of two agents and a requester that kills itself, with SIGKILL, at the moment it is told.

    python crash_fleet.py JOB

where JOB is JSON: provider, addresses, home, and kill, which is null or [moment, what, n]: the n-th time that

    unsigned  a call of the contract function ``what`` is about to be signed: the store is within a transaction
    unsent    its signed bytes are about to be sent: they are stored
    sent      they have been sent: nobody has seen the receipt
    mined     the receipt is on its way: nobody has noted it
    asked     the model has been asked for ``what`` ("work" or another purpose)
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
from eth_account.typed_transactions import TypedTransaction
from eth_utils import keccak
from hexbytes import HexBytes

from agents.chain.bindings.bid_auction import BidAuction
from agents.chain.bindings.task_manager import TaskManager
from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed, Wallet
from agents.fleet.app import Job, assemble, work
from agents.fleet.definitions import AgentDefinition
from agents.fleet.session import Session
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.market.content import ContentStore
from agents.market.domain import AwardMode
from agents.market.marketplace import TaskTerms
from agents.market.readers import TaskDraft
from agents.market.specification import AnswerKey, ExactChecker, TaskSpecification
from agents.money import CREDIT
from agents.requester import Windows
from agents.settings import Settings

SOURCE = "crash"
AGENTS = (
    AgentDefinition("Ada", "a reader", {"extraction": 90}, "aggressive"),
    AgentDefinition("Bob", "a reader", {"extraction": 70}, "aggressive"),
)
ANSWERS = ("blue", "green", "red")
SAID = {"blue": "blue", "green": "green", "red": "purple"}
"""What the model answers: the last one is wrong, so that one task is rejected."""
WINDOWS = Windows(bidding=150, reveal=150, delivery=3000, review=150)
"""Far longer than any restart takes, also on a busy machine; the test skips what is left of them."""

_NOWHERE = "0x" + "00" * 20
_TERMS = TaskTerms(b"\1" * 32, "extraction", CREDIT, _NOWHERE).params(bytes(32))
_CALLS = {
    "createTask": TaskManager(_NOWHERE).create_task(_TERMS),
    "submit": TaskManager(_NOWHERE).submit(1, b"\1" * 32),
    "evaluate": TaskManager(_NOWHERE).evaluate(1, 1),
    "commit": BidAuction(_NOWHERE).commit(1, 1, 1),
    "reveal": BidAuction(_NOWHERE).reveal(1, 1, 1, 1, b"\1" * 32),
}


class Death:
    """Comes at the n-th time of a moment."""

    def __init__(self, kill):
        self.moment, self.what, self.left = kill or ("never", "", 1)

    def look(self, moment, what):
        if (moment, what) == (self.moment, self.what):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class DeadlyTransport(httpx.AsyncBaseTransport):
    """The way to the node, on which death waits."""

    def __init__(self, death):
        self.inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=8, keepalive_expiry=2))
        self.death, self.sent = death, {}

    async def handle_async_request(self, request):
        body = json.loads(request.content)
        calls = [(one["method"], one["params"]) for one in (body if isinstance(body, list) else [body])]
        for method, params in calls:
            if method == "eth_sendRawTransaction":
                raw = HexBytes(params[0])
                what = function(TypedTransaction.from_bytes(raw).as_dict()["data"])
                self.sent["0x" + keccak(raw).hex()] = what
                self.death.look("unsent", what)
        response = await self.inner.handle_async_request(request)
        content = await response.aread()
        for method, params in calls:
            if method == "eth_sendRawTransaction":
                self.death.look("sent", self.sent["0x" + keccak(hexstr=params[0]).hex()])
        for receipt in receipts(content):
            self.death.look("mined", self.sent.get(receipt))
        return httpx.Response(response.status_code, content=content)

    async def aclose(self):
        await self.inner.aclose()


@contextmanager
def deadly_pen(death):
    """Inside, death also waits where transactions are signed."""
    sign = Wallet.sign_transaction

    def look_and_sign(wallet, transaction):
        death.look("unsigned", function(transaction.data))
        return sign(wallet, transaction)

    Wallet.sign_transaction = look_and_sign
    try:
        yield
    finally:
        Wallet.sign_transaction = sign


def function(data):
    return next((name for name, call in _CALLS.items() if call.data[:4] == bytes(data[:4])), "another")


def receipts(content):
    """The hashes of the transactions whose receipts are in a node's answer."""
    reply = json.loads(content)
    results = [one.get("result") for one in (reply if isinstance(reply, list) else [reply])]
    return [
        one["transactionHash"]
        for one in results
        if isinstance(one, dict) and "gasUsed" in one and "logs" in one
    ]


class Alike:
    """An embedder to which all texts mean the same."""

    async def embed(self, texts):
        return np.ones((len(texts), 1), np.float32)


def script(home, death):
    """Answers every question, writes down that it was asked, and may not live to answer."""

    def answer(request):
        text = request.messages[-1].content
        word = next(word for word in SAID if word in text)
        with (home / "asked.log").open("a") as file:
            file.write(f"{request.purpose} {word}\n")
        death.look("asked", request.purpose)
        if request.purpose == "fit":
            return json.dumps({"can_do": True, "reason": "it is short"})
        return json.dumps({"answer": SAID[word]})

    return answer


def drafts():
    for word in ANSWERS:
        key = AnswerKey.create(word)
        specification = TaskSpecification(
            title=f"Find the colour {word}",
            description=f"Which colour is named in: 'The lamp is {word}.'",
            skill="extraction",
            checker=ExactChecker(commitment=key.commitment()),
        )
        yield TaskDraft(specification, key, 20 * CREDIT, AwardMode.SEALED_SECOND_PRICE)


async def main(job):
    home, death = Path(job["home"]), Death(job["kill"])
    settings = Settings(provider=job["provider"], home=home, addresses=job["addresses"])
    with deadly_pen(death):
        await live(settings, home, death)


async def live(settings, home, death):
    async with Rpc(settings.provider, transport=DeadlyTransport(death)) as rpc:
        session = Session(
            settings=settings,
            rpc=rpc,
            deployment=await Deployment.load(settings.addresses, rpc),
            seed=Seed.open(home),
            upstream=ScriptedUpstream(script(home, death)),
            embedder=Alike(),
            content=ContentStore(settings.content),
        )
        try:
            plan = Job(agents=AGENTS, source=SOURCE, drafts=list(drafts()), windows=WINDOWS)
            crew = await assemble(session, plan)
            await work(crew, until=crew.all_ended, stop=asyncio.Event())
        finally:
            await session.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
