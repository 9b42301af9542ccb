"""The people of the soak: requesters and agents without a model, who take one task after another through its life.

What happens to a task is drawn by its number, so that a soak that was stopped goes on as it would have gone.
"""

import asyncio
import hashlib
import heapq
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from agents.chain.bindings.task_manager import TaskCreated
from agents.chain.deployment import Deployment
from agents.chain.faucet import Faucet
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Reorg, Tailer
from agents.chain.wallet import Seed, Wallet
from agents.errors import ContractError, RetryableError
from agents.lab.audit import Audit
from agents.market.domain import Task, TaskState, account_of, account_of_agent
from agents.market.marketplace import Marketplace, TaskTerms
from agents.mind.duties import overdue
from agents.money import CREDIT

REQUESTERS, AGENTS, RIVALS = 24, 48, 3
FIRST_AGENT = 1000
"""Its index on the seed's path."""
RESERVE = 10 * CREDIT
REQUESTER_CAPITAL, AGENT_CAPITAL = 200_000 * CREDIT, 20_000 * CREDIT
WINDOW, DELIVERY, REVIEW = 30, 60, 30
"""Seconds: long, as what comes late is refused, and a refusal costs the node more than what it refuses."""
STEPS_A_LIFE = 12
"""Transactions, on average."""
CREATE_GAS, PAY_GAS = 300_000, 90_000
SILENT_BIDDER, DEFAULTER, SILENT_REQUESTER, REJECTED = 0.02, 0.04, 0.06, 0.16
"""Draws below the first: a bid that stays sealed; below the next: no delivery; then no score; then a bad one."""
IN_FLIGHT = 256
DEADLINE = 600.0
LOOK_SECONDS, PAUSE_SECONDS = 0.05, 1.0


class NotConserved(Exception):
    """The audit has found a difference."""


class Audited:
    """The chain as far as it is audited: nobody sees a block that has not added up."""

    def __init__(self, rpc: Rpc, deployment: Deployment, store: Store) -> None:
        store.pin(deployment.chain_id, deployment.genesis_hash)
        self.audit = Audit(rpc, deployment)
        self.now, self.block, self.blocks = 0, 0, 0
        self.caught_up = asyncio.Event()
        """Set once the audit has been at the chain's head."""
        self.stopping = False
        self._tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
        self._timers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._watched: defaultdict[int, list[asyncio.Future[None]]] = defaultdict(list)

    async def follow(self) -> None:
        """Audit what there is, also what an earlier process has seen, and then each new block, until ``stopping``.

        Raises NotConserved.
        """
        for block in self._tailer.replay():
            await self._take(block)
        while not self.stopping:
            found = await self._tailer.poll()
            for block in found:
                assert not isinstance(block, Reorg), "a journalled chain is never undone"
                await self._take(block)
            if not found:
                self.caught_up.set()
                await asyncio.sleep(LOOK_SECONDS)

    async def at(self, timestamp: int) -> None:
        """Wait for a block of this time or later."""
        if self.now < timestamp:
            future = asyncio.get_running_loop().create_future()
            heapq.heappush(self._timers, (timestamp, next(self._order), future))
            await future

    async def change_of(self, task_id: int) -> None:
        """Wait until an event tells of the task."""
        future = asyncio.get_running_loop().create_future()
        self._watched[task_id].append(future)
        await future

    async def task(self, task_id: int) -> Task:
        """The task, as soon as its block is audited."""
        while task_id not in self.audit.view.tasks:
            await self.change_of(task_id)
        return self.audit.view.tasks[task_id]

    async def _take(self, block) -> None:
        await self.audit.take(block)
        if self.audit.report.differences:
            raise NotConserved(self.audit.report.differences[:3])
        self.now, self.block, self.blocks = block.timestamp, block.number, self.blocks + 1
        while self._timers and self._timers[0][0] <= self.now:
            _wake(heapq.heappop(self._timers)[2])
        for task_id in {
            getattr(logged.event, "task_id", 0) for logged in block.events
        } & self._watched.keys():
            for future in self._watched.pop(task_id):
                _wake(future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Town:
    """All parties, in one store."""

    def __init__(self, rpc: Rpc, deployment: Deployment, store: Store, seed: Seed, audited: Audited) -> None:
        store.pin(deployment.chain_id, deployment.genesis_hash)
        chain_id = deployment.chain_id
        self.sender = Sender(rpc, store, chain_id, in_flight=IN_FLIGHT, deadline=DEADLINE)
        self.faucet = Faucet(rpc, store, chain_id)
        self.market = Marketplace(rpc, deployment, self.sender)
        self.requesters = [seed.wallet(index) for index in range(REQUESTERS)]
        self.agents = [seed.wallet(FIRST_AGENT + index) for index in range(AGENTS)]
        self.ids: list[int] = []
        self.under_way = 0
        """Transactions that are not known to be in a block."""
        self._deployment, self._audited = deployment, audited
        self._tries: Counter[str] = Counter()

    async def settle_in(self) -> None:
        """Everybody has gas money, an identity and credits; once, however often the soak is begun again."""
        await self.sender.recover()
        token, ledger = self._deployment.token, self._deployment.ledger
        await self.faucet.fund([one.address for one in [*self.requesters, *self.agents]], 10**20)
        units = REQUESTERS * REQUESTER_CAPITAL + AGENTS * AGENT_CAPITAL
        await self.faucet.stock(token, ledger.address, units, intent="stock")
        self.ids = await asyncio.gather(
            *(
                self.market.register(wallet, f"data:,agent-{number}", intent=f"agent:{number}")
                for number, wallet in enumerate(self.agents)
            )
        )
        accounts = [(account_of(one.address), REQUESTER_CAPITAL) for one in self.requesters]
        accounts += [(account_of_agent(one), AGENT_CAPITAL) for one in self.ids]
        await asyncio.gather(
            *(
                self.faucet.deposit(ledger, account, capital, intent=f"deposit:{account}")
                for account, capital in accounts
            )
        )

    async def close(self) -> None:
        """Send nothing more."""
        await self.faucet.close()
        await self.sender.close()

    async def life(self, number: int) -> None:
        """One task from its posting to its end, with two payments beside it."""
        draw = random.Random(number)
        requester, fate = self.requesters[number % REQUESTERS], draw.random()
        bidders = draw.sample(range(AGENTS), RIVALS)
        bids = [(one, draw.randrange(RESERVE // 4, RESERVE)) for one in bidders]
        terms = TaskTerms(
            hashlib.sha256(str(number).encode()).digest(),
            "soak",
            RESERVE,
            requester.address,
            bidding_window=WINDOW,
            reveal_window=WINDOW,
            delivery_window=DELIVERY,
            review_window=REVIEW,
        )
        task_id = await self._post(number, requester, terms)
        task = await self._audited.task(task_id)
        market = self.market
        await asyncio.gather(
            *(
                self._step(
                    number,
                    f"commit:{one}",
                    market.commit,
                    self.agents[one],
                    task_id,
                    self.ids[one],
                    price,
                    10,
                )
                for one, price in bids
            ),
            *(self._pay(number, draw.sample(range(AGENTS), 2), at) for at in range(2)),
        )
        await self._audited.at(task.bidding_end)
        await asyncio.gather(
            *(
                self._step(
                    number,
                    f"reveal:{one}",
                    market.reveal,
                    self.agents[one],
                    task_id,
                    self.ids[one],
                    price,
                    10,
                )
                for one, price in bids[fate < SILENT_BIDDER :]
            )
        )
        await self._audited.at(task.reveal_end)
        await self._see_through(number, task_id, requester, fate)
        for one, _ in bids:
            if (task_id, self.ids[one]) in self._audited.audit.view.commitments:
                await self._step(number, f"forfeit:{one}", market.forfeit, requester, task_id, self.ids[one])

    async def _post(self, number: int, requester: Wallet, terms: TaskTerms) -> int:
        """The task's id."""
        params = terms.params(self.market.secret(requester, terms.specification))
        call, tasks = self._deployment.tasks.create_task(params), self._deployment.tasks.address
        send = partial(self.sender.send, requester, call, intent=f"{number}:create", gas=CREATE_GAS)
        return (await self._sent(send)).first(TaskCreated, tasks).task_id

    async def _pay(self, number: int, pair: list[int], at: int) -> None:
        source, target = (account_of_agent(self.ids[one]) for one in pair)
        call = self._deployment.ledger.transfer(source, target, CREDIT // 100)
        send = partial(self.sender.send, gas=PAY_GAS)
        await self._step(number, f"pay:{at}", send, self.agents[pair[0]], call)

    async def _see_through(self, number: int, task_id: int, requester: Wallet, fate: float) -> None:
        """Take step after step, until the task has ended."""
        view, audited = self._audited.audit.view, self._audited
        while not (task := view.tasks[task_id]).state.is_final:
            if not await self._next_step(number, task, requester, fate):
                await audited.at(max(task.deadline, task.reveal_end, audited.now + 1))
            elif view.tasks[task_id].state is task.state:
                await asyncio.wait({asyncio.ensure_future(audited.change_of(task_id))}, timeout=5)

    async def _next_step(self, number: int, task: Task, requester: Wallet, fate: float) -> bool:
        """Whether there was one to take."""
        market, state = self.market, task.state
        in_time = self._audited.now + 1 < task.deadline
        if state is TaskState.AWARDED and in_time and not SILENT_BIDDER <= fate < DEFAULTER:
            worker = self.agents[self.ids.index(task.agent_id)]
            await self._step(
                number, "submit", market.submit, worker, task.id, hashlib.sha256(b"work").digest()
            )
        elif state is TaskState.SUBMITTED and in_time and not DEFAULTER <= fate < SILENT_REQUESTER:
            score = 10 if SILENT_REQUESTER <= fate < REJECTED else 90
            await self._step(number, "evaluate", market.evaluate, requester, task.id, score)
        else:
            due = overdue(task, self._audited.now)
            if due is None:
                return False
            by_name = {
                "finalize": market.finalize,
                "release": market.release,
                "declaredefault": market.declare_default,
                "closerejected": market.close_rejected,
                "closedefaulted": market.close_defaulted,
            }
            await self._step(number, due.kind, by_name[due.kind], requester, task.id)
        return True

    async def _step(
        self, number: int, name: str, send: Callable[..., Awaitable[object]], *arguments: object
    ) -> None:
        """Send it once. What the market refuses, as its time was over when a stopped soak went on, is left."""
        intent = f"{number}:{name}"
        tries = self._tries[intent]
        try:
            await self._sent(partial(send, *arguments, intent=f"{intent}:{tries}" if tries else intent))
        except ContractError:
            self._tries[intent] += 1
        else:
            self._tries.pop(intent, None)

    async def _sent(self, send: Callable[[], Awaitable[Any]]) -> Any:
        """What comes of it; while the outcome is not known, the same is asked again."""
        self.under_way += 1
        try:
            while True:
                try:
                    return await send()
                except RetryableError:
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self.under_way -= 1
