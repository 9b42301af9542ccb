"""A market on a node that mines at once, with parties that take a step when they are told to."""

import json

import numpy as np

from agents.agent import LLMAgent
from agents.bid_policy import Quote
from agents.chain.faucet import Faucet
from agents.chain.reader import read, read_many
from agents.chain.rpc import quantity
from agents.chain.tailer import Tailer
from agents.errors import ModelError
from agents.llm.prices import cost, list_prices
from agents.llm.protocol import billed
from agents.llm.scripted import ScriptedModel
from agents.market.content import ContentStore
from agents.market.domain import AwardMode, account_of, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.readers import TaskDraft
from agents.market.specification import (
    AnswerKey,
    ExactChecker,
    JudgeChecker,
    NumberChecker,
    TaskSpecification,
)
from agents.market.view import MarketView
from agents.mind.hands import Hands
from agents.mind.notes import Notes
from agents.mind.postings import Postings
from agents.money import CREDIT
from agents.openai_integration import OpenAIIntegration
from agents.requester import Requester, Windows

WINDOWS = Windows(bidding=60, reveal=60, delivery=600, review=120)
RESERVE = 20 * CREDIT
CAPITAL = 100 * CREDIT
CHAIN_ID = 31337


class Alike:
    """An embedder to which all texts mean the same."""

    async def embed(self, texts):
        return np.ones((len(texts), 1), np.float32)


class FixedPrice:
    """A policy that asks the same whatever it is told, and remembers what it was told."""

    def __init__(self, price, believes=None):
        self.answer, self.believes, self.contexts = price, believes, []

    async def quote(self, context):
        self.contexts.append(context)
        return Quote(self.answer, self.believes, "fixed", {"price": self.answer or 0})


class Asked:
    """A model that answers ``said`` by purpose (a text, an error, or a function of the request)."""

    def __init__(self, **said):
        self.said = {"fit": json.dumps({"can_do": True, "reason": "it is short"})} | said
        self.requests = []
        self.model = ScriptedModel(self.answer)

    def answer(self, request):
        self.requests.append(request)
        said = self.said[request.purpose]
        if isinstance(said, Exception):
            raise said
        return said(request) if callable(said) else said

    def purposes(self):
        return [request.purpose for request in self.requests]


class Noted:
    """A model whose calls are charged at its list price into the notes, without a gateway."""

    def __init__(self, model, notes):
        self.model, self.notes, self.name = model, notes, model.name
        self.price = list_prices().price_for(model.name)

    async def complete(self, request):
        try:
            answer = await self.model.complete(request)
        except ModelError as error:
            self.note(request, billed(error))
            raise
        self.note(request, answer.usage)
        return answer

    def note(self, request, usage):
        self.notes.add_thinking(usage, cost(usage, self.price), request.task, request.purpose)


def saying(answer):
    """A model whose work is ``answer``."""
    return Asked(work=json.dumps({"answer": answer}))


def draft(
    answer="blue", description="Which colour is named in: 'The lamp is blue.'", kind="exact", **changes
):
    """A task whose right answer is ``answer``; ``kind`` judge takes a rubric of two criteria."""
    key = None if kind == "judge" else AnswerKey.create(answer)
    checker = {
        "exact": lambda: ExactChecker(commitment=key.commitment()),
        "number": lambda: NumberChecker(commitment=key.commitment()),
        "judge": lambda: JudgeChecker(rubric=("It is short.", "It is kind.")),
    }[kind]()
    specification = TaskSpecification(
        title="Find the colour", description=description, skill="extraction", checker=checker
    )
    fields = {"reward": RESERVE, "mode": AwardMode.SEALED_SECOND_PRICE} | changes
    return TaskDraft(specification, key, **fields)


class World:
    """What the parties of a test share: one process's store, sender, view and documents."""

    def __init__(self, rpc, deployment, store, sender, folder):
        self.rpc, self.deployment, self.store, self.sender, self.folder = (
            rpc,
            deployment,
            store,
            sender,
            folder,
        )
        store.pin(CHAIN_ID, deployment.genesis_hash)
        self.faucet = Faucet(rpc, store, CHAIN_ID)
        self.market = Marketplace(rpc, deployment, sender)
        self.tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
        self.feed = MarketFeed(self.tailer, MarketView())
        self.content = ContentStore(str(folder / "content"))

    async def close(self):
        await self.sender.close()
        await self.faucet.close()

    @property
    def view(self):
        return self.feed.view

    async def catch_up(self):
        await self.feed.catch_up()

    async def events(self, kind):
        """All events of a kind so far, in order."""
        await self.feed.catch_up()
        logged = (one.event for block in self.tailer.replay() for one in block.events)
        return [event for event in logged if isinstance(event, kind)]

    async def reach(self, timestamp):
        """The newest block is of ``timestamp``, to the second; or later, if time has passed it already."""
        await self.feed.catch_up()
        if self.feed.now() < timestamp:
            await self.rpc.call("evm_setNextBlockTimestamp", quantity(timestamp))
            await self.rpc.call("evm_mine")
            await self.feed.catch_up()
            assert self.feed.now() == timestamp

    async def give(self, wallet, account, units, intent):
        """``units`` of new credits are free in the account, by deposit of the wallet."""
        await self.faucet.mint(self.deployment.token, wallet.address, units, intent=f"{intent}:mint")
        await self.market.deposit(wallet, account, units, intent=f"{intent}:deposit")

    async def register(self, name, wallet, capital=CAPITAL):
        agent_id = await self.market.register(wallet, f"data:,{name}", intent=f"{name}:register")
        if capital:
            await self.give(wallet, account_of_agent(agent_id), capital, name)
        await self.feed.catch_up()
        return agent_id

    async def seat(self, wallet, seats):
        """The wallet has taken seats in the pool, long enough ago to be drawn for a task that is posted now."""
        pool = self.deployment.pool
        stake, warm_up = await read_many(self.rpc, [pool.seat_stake(), pool.warm_up()])
        await self.give(wallet, account_of(wallet.address), seats * stake, "seats")
        for number in range(seats):
            await self.sender.send(wallet, pool.take_seat(), intent=f"seat:{number}")
        await self.catch_up()
        await self.reach(self.feed.now() + warm_up + 1)

    async def judge(self, wallet, client, case_id, score):
        """The panel is drawn, and the wallet, which holds all its seats, finds ``score``."""
        pool, salt = self.deployment.pool, bytes(32)
        await self.rpc.call("hardhat_mine", quantity(2))
        name = f"judge:{client}:{case_id}:{await self.rpc.call('eth_blockNumber')}"
        await self.sender.send(wallet, pool.draw(client, case_id), intent=f"{name}:draw")
        panel, members = await read_many(
            self.rpc, [pool.panel_of(client, case_id), pool.members_of(client, case_id)]
        )
        for member in members:
            sealed = pool.score_digest(client, case_id, panel.round, member.seat, score, salt)
            commit = pool.commit_score(client, case_id, member.seat, await read(self.rpc, sealed))
            await self.sender.send(wallet, commit, intent=f"{name}:commit:{member.seat}")
        await self.reach(panel.since + panel.window)
        for member in members:
            reveal = pool.reveal_score(client, case_id, member.seat, score, salt)
            await self.sender.send(wallet, reveal, intent=f"{name}:reveal:{member.seat}")
        await self.reach(panel.since + 2 * panel.window)
        await self.sender.send(wallet, pool.tally(client, case_id), intent=f"{name}:tally")
        await self.catch_up()

    def agent(self, name, wallet, agent_id, asked, price=5 * CREDIT, **options):
        """An agent that is registered already; a second one of the same name has the first one's notes."""
        notes = Notes(self.store, name)
        noted = Noted(asked.model, notes)
        mind = OpenAIIntegration(
            noted, Alike(), agent_name=name, capabilities={"extraction": 80}, price=noted.price
        )
        policy = price if hasattr(price, "quote") else FixedPrice(price)
        return LLMAgent(
            Hands(name, wallet, self.market, self.feed.now, agent_id),
            mind=mind,
            policy=policy,
            view=self.view,
            content=self.content,
            notes=notes,
            clock=self.feed.now,
            **options,
        )

    async def new_agent(self, name, wallet, asked, price=5 * CREDIT, capital=CAPITAL, **options):
        agent_id = await self.register(name, wallet, capital)
        return self.agent(name, wallet, agent_id, asked, price, **options)

    def requester(self, wallet, asked=None):
        judge = OpenAIIntegration((asked or Asked()).model, Alike(), agent_name="requester", capabilities={})
        return Requester(
            wallet,
            judge=judge,
            market=self.market,
            view=self.view,
            content=self.content,
            postings=Postings(self.store),
            clock=self.feed.now,
            windows=WINDOWS,
        )

    async def new_requester(self, wallet, asked=None, capital=CAPITAL):
        await self.give(wallet, account_of(wallet.address), capital, "requester")
        await self.feed.catch_up()
        return self.requester(wallet, asked)

    async def post(self, requester, *drafts, source="test"):
        """The drafts are posted; the tasks as the view has them."""
        ids = await requester.post(await requester.prepare(source, drafts))
        await self.feed.catch_up()
        return [self.view.tasks[task_id] for task_id in ids]

    async def turn(self, *parties):
        """Each party takes two steps, one to think and one to act on its thoughts; what reached the chain."""
        done = []
        for _ in range(2):
            for party in parties:
                done += await party.step()
                await party._thoughts.settle()
                await self.feed.catch_up()
        return [type(action).__name__ for action in done]

    async def award(self, task_id, *agents):
        """The agents bid, open their bids, and the best of them has the task."""
        await self.turn(*agents)
        await self.reach(self.view.tasks[task_id].bidding_end)
        await self.turn(*agents)
        await self.reach(self.view.tasks[task_id].reveal_end)
        await self.market.finalize(agents[0].hands.wallet, task_id, intent=f"award:{task_id}")
        await self.feed.catch_up()
