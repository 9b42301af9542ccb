"""A market on a real node, whose parties step together: no window is waited for, chain time is set."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agents.agent import LLMAgent, Outcome
from agents.bid_policy import BidPolicy
from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID, Devnet
from agents.chain.faucet import TEST_PHRASE, Faucet
from agents.chain.rpc import Rpc, quantity
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Seed, Wallet
from agents.lab.audit import Audit, AuditReport
from agents.llm.prices import Price
from agents.llm.protocol import Model
from agents.market.content import ContentStore
from agents.market.domain import Task, TaskState, account_of, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.readers import TaskDraft
from agents.market.view import MarketView
from agents.mind.hands import Hands
from agents.mind.notes import Notes
from agents.mind.postings import Postings
from agents.money import CREDIT
from agents.openai_integration import OpenAIIntegration
from agents.requester import Requester, Windows
from bench.learning.workshop import ChargedModel

BLOCK_MS = 50
HOUR = 3600
WINDOWS = Windows(bidding=HOUR, reveal=HOUR, delivery=14 * 24 * HOUR, review=HOUR)
"""Far longer than the parties take, so that what they do never depends on how busy the machine is."""
GAS_MONEY = 10**18
AGENT_CAPITAL, REQUESTER_CAPITAL = 1_000 * CREDIT, 100_000 * CREDIT
PATIENCE = 60.0
"""Seconds after which something that should have happened has failed."""
MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Party:
    """One agent of the arena."""

    name: str
    skills: Mapping[str, int]
    policy: BidPolicy
    agent: LLMAgent
    learn_now: Callable[[], object]
    """Called between auctions, when no bid is sealed."""

    @property
    def agent_id(self) -> int:
        """The id on chain."""
        return self.agent.hands.agent_id


class Arena:
    """The chain, the requester and the agents; ``open_arena`` makes one."""

    def __init__(
        self,
        rpc: Rpc,
        deployment: Deployment,
        store: Store,
        folder: Path,
        interval: float = BLOCK_MS / 1000,
    ) -> None:
        """``interval`` is the seconds between two looks for receipts."""
        store.pin(CHAIN_ID, deployment.genesis_hash)
        self.rpc, self.deployment, self.store = rpc, deployment, store
        self.sender = Sender(rpc, store, CHAIN_ID, interval=interval)
        self.faucet = Faucet(rpc, store, CHAIN_ID)
        self.market = Marketplace(rpc, deployment, self.sender)
        self.tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
        self.feed = MarketFeed(self.tailer, MarketView())
        self.content = ContentStore(str(folder / "content"))
        self.seed = Seed(TEST_PHRASE)
        self.parties: list[Party] = []
        self.requester: Requester | None = None

    @property
    def view(self) -> MarketView:
        """What the chain has told so far."""
        return self.feed.view

    async def close(self) -> None:
        """Nothing is under way any more."""
        for party in self.parties:
            await party.agent.stop()
        if self.requester:
            await self.requester.stop()
        await self.sender.close()
        await self.faucet.close()

    # Who takes part

    async def hire(self, judge: OpenAIIntegration) -> None:
        """There is a requester with credits."""
        wallet = self.seed.wallet(1)
        await self.faucet.fund([wallet.address], GAS_MONEY)
        await self._give(wallet, account_of(wallet.address), REQUESTER_CAPITAL, "requester")
        self.requester = Requester(
            wallet,
            judge=judge,
            market=self.market,
            view=self.view,
            content=self.content,
            postings=Postings(self.store),
            clock=self.feed.now,
            windows=WINDOWS,
        )

    async def enrol(self, names: Sequence[str], skills: Sequence[Mapping[str, int]]) -> list[int]:
        """Each name is an agent on chain that claims its skills and has credits; their ids."""
        wallets = [self._wallet(number) for number in range(len(names))]
        await self.faucet.fund([wallet.address for wallet in wallets], GAS_MONEY)

        async def one(name: str, wallet: Wallet, claims: Mapping[str, int]) -> int:
            agent_id = await self.market.register(wallet, f"data:,{name}", intent=f"{name}:register")
            await self._give(wallet, account_of_agent(agent_id), AGENT_CAPITAL, name)
            await self.market.set_skills(wallet, agent_id, claims, intent=f"{name}:skills")
            return agent_id

        ids = await asyncio.gather(*map(one, names, wallets, skills))
        await self.feed.catch_up()
        return list(ids)

    def seat(
        self,
        number: int,
        name: str,
        agent_id: int,
        skills: Mapping[str, int],
        *,
        model: Model,
        price: Price,
        mind: Callable[[ChargedModel], OpenAIIntegration],
        policy: BidPolicy,
        capacity: int,
        learn: Callable[[Sequence[Outcome]], str],
        learn_now: Callable[[], object],
    ) -> None:
        """The agent takes part from now on."""
        notes = Notes(self.store, name)
        charged = ChargedModel(model, price, notes)
        agent = LLMAgent(
            Hands(name, self._wallet(number), self.market, self.feed.now, agent_id),
            mind=mind(charged),
            policy=policy,
            view=self.view,
            content=self.content,
            notes=notes,
            clock=self.feed.now,
            capacity=capacity,
            learn=learn,
        )
        self.parties.append(Party(name, skills, policy, agent, learn_now))

    # What happens

    async def post(self, source: str, drafts: Sequence[TaskDraft]) -> list[Task]:
        """The drafts are tasks on chain, and every agent has decided about those that it saw."""
        assert self.requester is not None
        ids = await self.requester.post(await self.requester.prepare(source, drafts))
        await self.feed.catch_up()
        await self.step()
        await self._until(
            lambda: all(party.agent.notes.bid(one) is not None for party in self.parties for one in ids)
        )
        return [self.view.tasks[one] for one in ids]

    async def auction(self, tasks: Sequence[Task]) -> None:
        """The bids are committed and opened, and the tasks awarded or expired."""
        assert self.requester is not None
        await self.step()
        await self._reach(max(task.bidding_end for task in tasks))
        await self.step()
        await self._reach(max(task.reveal_end for task in tasks))
        for _ in range(MOST_ROUNDS):
            await self.step()
            await self.requester.step()
            await self.feed.catch_up()
            if all(self.view.tasks[task.id].state is not TaskState.OPEN for task in tasks):
                return
        raise TimeoutError("an auction does not end")

    async def deliver(self, due: Sequence[int]) -> None:
        """The work on these tasks is done, submitted and scored, it is paid for or refused, and all have learned."""
        assert self.requester is not None
        workers = {party.agent_id: party for party in self.parties}
        # Whoever won last may not have begun.
        await self.step()
        await self._until(
            lambda: all(
                workers[self.view.tasks[one].agent_id].agent.notes.result(one) is not None for one in due
            )
        )
        for _ in range(MOST_ROUNDS):
            await self.step()
            await self.requester.step()
            submitted = [one for one in due if self.view.tasks[one].state is TaskState.SUBMITTED]
            await self._scored(self.requester.postings, submitted)
            await self.requester.step()
            await self.feed.catch_up()
            refused = [
                self.view.tasks[one] for one in due if self.view.tasks[one].state is TaskState.REJECTED
            ]
            if refused:  # nobody disputes, and the requester closes them
                await self._reach(max(task.deadline for task in refused))
            if all(self.view.tasks[one].state.is_final for one in due):
                await self.step()
                for party in self.parties:
                    party.learn_now()
                return
        raise TimeoutError("a task does not end")

    async def step(self) -> None:
        """Every agent takes a turn, all at the same time."""
        await asyncio.gather(*(party.agent.step() for party in self.parties))
        await self.feed.catch_up()

    async def audit(self) -> AuditReport:
        """Whether every credit is accounted for at every block."""
        await self.feed.catch_up()
        return await Audit(self.rpc, self.deployment).run(self.tailer.replay())

    def _wallet(self, number: int) -> Wallet:
        return self.seed.wallet(10 + number)

    async def _give(self, wallet: Wallet, account: int, units: int, name: str) -> None:
        await self.faucet.mint(self.deployment.token, wallet.address, units, intent=f"{name}:mint")
        await self.market.deposit(wallet, account, units, intent=f"{name}:deposit")

    async def _reach(self, timestamp: int) -> None:
        if self.feed.now() < timestamp:
            await self.rpc.call("evm_setNextBlockTimestamp", quantity(timestamp))
            await self.rpc.call("evm_mine")
            await self.feed.catch_up()

    async def _scored(self, postings: Postings, tasks: Sequence[int]) -> None:
        await self._until(lambda: all(postings.verdict(one) for one in tasks))

    async def _until(self, happened: Callable[[], bool]) -> None:
        give_up = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > give_up:
                await self.step()  # raises what a thought raised
                raise TimeoutError("a thought does not end")
            await asyncio.sleep(0.002)


@asynccontextmanager
async def open_arena() -> AsyncIterator[Arena]:
    """A node of its own with the market on it, in a folder that is gone afterwards; in memory, where that is offered:
    a disk's promise to have written is what the parties would wait for most."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(prefix="agora-live-market-", dir=memory) as name:
        folder = Path(name)
        async with Devnet(block_ms=BLOCK_MS) as net:
            await net.deploy(folder / "contract_addresses.json")
            async with Rpc(net.url) as rpc:
                deployment = await Deployment.load(folder / "contract_addresses.json", rpc)
                store = Store.open(folder / "store.db")
                arena = Arena(rpc, deployment, store, folder)
                try:
                    await arena.feed.catch_up()
                    yield arena
                finally:
                    await arena.close()
                    store.close()
