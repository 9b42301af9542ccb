"""One process of the market: its store, its clients, and what it decides and does."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import httpx

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.errors import ContractError, RpcError, TransportError
from agents.market.domain import account_of, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from simulation.book import Book, Decision
from simulation.moves import Cast, Moves, Whims, Windows

PATIENCE = 5.0
"""Seconds until a request to the node is given up."""
NAPS = (1, 1, 3)
"""How long a process rests between two turns, by its pace: who reads the chain seldom knows less than its sender."""
WINDOWS = Windows()


class Party:
    """``pace`` is the seconds between two turns at least. The store is open; the party closes it in the end."""

    def __init__(
        self,
        cast: Cast,
        store: Store,
        rpc: Rpc,
        deployment: Deployment,
        others: list[int],
        dice: Random,
        pace: float,
        windows: Windows,
    ) -> None:
        store.pin(deployment.chain_id, deployment.genesis_hash)
        self.cast, self.store, self._others, self._dice = cast, store, others, dice
        self._nap = pace * dice.choice(NAPS)
        self.sender = Sender(
            rpc,
            store,
            deployment.chain_id,
            interval=pace / 2,
            deadline=15 * pace,
            patience=2.5 * pace,
            in_flight=4,
        )
        self.book = Book(store)
        self.feed = MarketFeed(
            Tailer(rpc, store, deployment.decoders, deployment.deploy_block), MarketView(), self.sender.reopen
        )
        market = Marketplace(rpc, deployment, self.sender)
        self.moves, self.whims = Moves(cast, market, self.sender, self.feed), Whims(cast, dice, windows)
        self.settled: set[str] = set()
        """The intents whose outcome is known to this process."""
        self._running: dict[str, asyncio.Task[None]] = {}
        self.eager = True
        """Whether it posts, bids and pays."""
        self.quiet = False
        """Whether it decides nothing any more."""

    async def live(self, stop: asyncio.Event, awake: Callable[[int], None]) -> None:
        """Take turns until ``stop``; ``awake`` is told the time of the newest block in each."""
        recovering = asyncio.create_task(self.sender.recover())
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self._turn()
                awake(self.feed.now())
                await asyncio.wait([stopping], timeout=self._nap)
        finally:
            tasks = [recovering, stopping, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.sender.close()
            self.store.close()

    def is_done(self) -> bool:
        """Whether nothing is on its way, and nothing that was begun must be finished."""
        return not self._running and not self._pending() and not self._sealed() and not self._undone()

    def knows(self, head: str) -> bool:
        """Whether the block with this hash is the newest it knows."""
        row = self.store.db.execute("SELECT hash FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
        return row is not None and row[0] == head

    def is_mined(self, intent: str) -> bool:
        """Whether it has a block for what it intended."""
        row = self.store.db.execute("SELECT state FROM outbox WHERE intent = ?", (intent,)).fetchone()
        return row is not None and row[0] == "mined"

    def state(self) -> str:
        """What it is busy with, for reports."""
        undone = [one.intent for one in self._undone()]
        return (
            f"running {[*self._running]}, pending {self._pending()}, undone {undone}, sealed {self._sealed()}"
        )

    def _pending(self) -> list[str]:
        return [row[0] for row in self.store.db.execute("SELECT intent FROM outbox WHERE state = 'pending'")]

    def _sealed(self) -> list[tuple[int, int]]:
        """Its bids that may still be opened."""
        view, now = self.feed.view, self.feed.now()
        return [
            key
            for key in view.commitments
            if key[1] in self.cast.agents and now < view.tasks[key[0]].reveal_end
        ]

    async def _turn(self) -> None:
        try:
            await self.feed.catch_up()
        except TransportError:
            return
        if not self.quiet:
            self._decide()
        for decision in self._undone():
            if decision.intent not in self._running:
                task = asyncio.create_task(self._do(decision))
                self._running[decision.intent] = task
                task.add_done_callback(lambda _, intent=decision.intent: self._running.pop(intent))

    def _decide(self) -> None:
        decided = self.book.decisions
        for task in list(self.feed.view.open.values()):
            for decision in self.whims.about(task, self.feed, decided):
                self.book.put(decision)
        for task_id, agent in list(self.feed.view.commitments):
            task = self.feed.view.tasks[task_id]
            if self.feed.now() >= task.reveal_end and self._dice.random() < 0.3:
                name = f"forfeit:{task_id}:{agent}:{self.cast.name}"
                self.book.put(Decision(name, "forfeit", 0, {"task": task_id, "agent": agent}))
        if self.eager:
            for decision in self.whims.out_of_the_blue(len(decided), self._others):
                self.book.put(decision)

    def _undone(self) -> list[Decision]:
        return [
            one for one in self.book.decisions.values() if not one.dropped and one.intent not in self.settled
        ]

    async def _do(self, decision: Decision) -> None:
        if not self._signed(decision) and not self.moves.makes_sense(decision):
            self.book.drop(decision)
            return
        try:
            await self.moves.make(decision)
        except TransportError:
            return  # Nothing is known: next turn again.
        except (ContractError, RpcError):
            if not self._signed(decision):
                if not self.moves.makes_sense(decision) or "task" not in decision.details:
                    self.book.drop(decision)
                return
        self.settled.add(decision.intent)

    def _signed(self, decision: Decision) -> bool:
        row = self.store.db.execute("SELECT 1 FROM outbox WHERE intent = ?", (decision.intent,)).fetchone()
        return row is not None


async def run(
    cast: Cast,
    path: Path,
    url: str,
    deployment: Deployment,
    others: list[int],
    dice: Random,
    *,
    pace: float,
    windows: Windows = WINDOWS,
    stop: asyncio.Event,
    awake: Callable[[int], None] = lambda _: None,
    opened: Callable[[Party], None] = lambda _: None,
    transport: httpx.AsyncBaseTransport | None = None,
    open_store: Callable[[Path], Store] = Store.open,
) -> None:
    """The whole life of a process; ``opened`` gets the party as soon as there is one."""
    async with Rpc(url, transport=transport, timeout=PATIENCE) as rpc:
        store = open_store(path)
        try:
            party = Party(cast, store, rpc, deployment, others, dice, pace, windows)
            opened(party)
            await party.live(stop, awake)
        finally:
            store.close()


def accounts(casts: list[Cast]) -> list[int]:
    """The Ledger accounts of all parties."""
    wallets = [account_of(wallet.address) for cast in casts for wallet in cast.wallets]
    return wallets + [account_of_agent(agent) for cast in casts for agent in cast.agents]
