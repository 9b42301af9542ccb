"""The view against the contracts and against the market's rules in plain Python, after every step.

Hypothesis takes one requester and four agents through random lives: what the rules allow must succeed on
chain, what they do not must be refused, and the three must agree on every task, bid, record and credit.
"""

import asyncio
import itertools
import random
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from naive_market import NaiveMarket, Refused
from world import World

from agents.chain.bindings import ledger
from agents.chain.deployment import Deployment
from agents.chain.faucet import TEST_PHRASE
from agents.chain.reader import read, read_many
from agents.chain.rpc import Rpc, quantity
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import LoggedEvent
from agents.chain.wallet import Seed
from agents.errors import ContractError
from agents.market.domain import AwardMode, Balance, TaskState, account_of, account_of_agent
from agents.market.marketplace import TaskTerms
from agents.market.specification import skill_bytes
from agents.market.view import MarketView
from agents.money import CREDIT

AGENTS = 4
OUTSIDE = "0x" + "0" * 39 + "7"
WINDOWS = (50, 40, 200, 60)
SKILL = skill_bytes("extraction")
MODES = [mode for mode in AwardMode if mode.is_sealed]

SCORES = (0, 59, 60, 100, 100, 101)
DELAYS = (0, 0, 100, 101, 150, 1000, 1000)
STRAYS = [
    *("commit", "reveal", "forfeit", "submit", "evaluate", "cancel"),
    *("finalize", "release", "declare_default", "close_rejected", "close_defaulted", "take_over"),
    *("warp", "warp", "withdraw", "post"),
]


class Stage:
    """The chain with everybody registered and funded; every example begins here."""

    def __init__(self, node):
        self.node, self.loop = node, asyncio.new_event_loop()
        seed = Seed(TEST_PHRASE)
        self.buyer, self.workers = seed.wallet(1), [seed.wallet(2 + number) for number in range(AGENTS)]
        self.rpc = Rpc(node.url)

    def do(self, awaitable):
        return self.loop.run_until_complete(awaitable)

    def new_world(self, folder):
        store = Store.open(folder / "store.db")
        sender = Sender(self.rpc, store, 31337, interval=0.002, deadline=10)
        return World(self.rpc, self.deployment, store, sender, folder)

    def begin(self, folder):
        self.deployment = self.do(Deployment.load(self.node.addresses, self.rpc))
        self.before = self.do(self.rpc.call("evm_snapshot"))
        world = self.new_world(folder)
        self.do(world.give(self.buyer, account_of(self.buyer.address), 150 * CREDIT, "buyer"))
        self.ids = [
            self.do(world.register(f"agent {number}", wallet, 14 * CREDIT))
            for number, wallet in enumerate(self.workers)
        ]
        self.terms = self.do(world.market.terms())
        self.treasury = self.do(read(self.rpc, self.deployment.tasks.treasury()))
        self.end_world(world)
        self.snapshot = self.do(self.rpc.call("evm_snapshot"))

    def end_world(self, world):
        self.do(world.close())
        world.store.close()

    def close(self):
        self.do(self.rpc.call("evm_revert", self.before))
        self.do(self.rpc.close())
        self.loop.close()


class Market(RuleBasedStateMachine):
    def __init__(self, stage):
        super().__init__()
        self.stage, self.do = stage, stage.do
        self.cleanup = ExitStack()
        folder = self.cleanup.enter_context(tempfile.TemporaryDirectory())
        self.world = stage.new_world(Path(folder))
        self.market = self.world.market
        self.intents = (f"step {number}" for number in itertools.count())
        self.do(self.world.catch_up())
        self.buyer = account_of(stage.buyer.address)
        self.workers = [account_of_agent(agent_id) for agent_id in stage.ids]
        self.accounts = [self.buyer, *self.workers, stage.treasury]
        free = {account: self.world.view.balance(account).free for account in self.accounts}
        self.naive = NaiveMarket(
            self.world.feed.now(), free, stage.treasury, stage.terms.fee_bps, stage.terms.seat_fee
        )

    def teardown(self):
        """The chain is as it was before the example."""
        self.stage.end_world(self.world)
        self.do(self.stage.rpc.call("evm_revert", self.stage.snapshot))
        self.stage.snapshot = self.do(self.stage.rpc.call("evm_snapshot"))
        self.cleanup.close()

    def attempt(self, by_the_rules, on_chain):
        """Do it in both worlds; both allow it, or both refuse it."""
        try:
            by_the_rules()
            allowed = True
        except Refused:
            allowed = False
        self.do(self.stage.rpc.call("evm_setNextBlockTimestamp", quantity(self.naive.now)))
        refusal = None
        try:
            self.do(on_chain(next(self.intents)))
        except ContractError as error:
            refusal = error
        assert (refusal is None) == allowed, f"by the rules {allowed}, but the contracts say {refusal}"
        self.do(self.world.catch_up())

    def pick(self, number):
        return 1 + number % len(self.naive.tasks)

    # What one may do

    @initialize(reserve=st.sampled_from([1_000_001, 20 * CREDIT]), mode=st.sampled_from(MODES))
    def begin(self, reserve, mode):
        self.post_one(reserve, mode)

    def post_one(self, reserve, mode):
        bidding, reveal, delivery, review = WINDOWS
        terms = TaskTerms(
            b"\1" * 32,
            "extraction",
            reserve,
            self.stage.buyer.address,
            mode,
            bidding_window=bidding,
            reveal_window=reveal,
            delivery_window=delivery,
            review_window=review,
        )
        task_id = 1 + len(self.naive.tasks)
        self.attempt(
            lambda: self.naive.post(task_id, self.buyer, reserve, mode, WINDOWS),
            lambda intent: self.market.create_task(self.stage.buyer, terms, intent=intent),
        )

    def commit_one(self, task_id, agent, share, promised):
        wallet, agent_id = self.stage.workers[agent], self.stage.ids[agent]
        price = self.naive.tasks[task_id].reserve * share // 100
        salt = self.market.salt(wallet, task_id, agent_id)
        digest = self.market.commitment(task_id, agent_id, price, promised, salt)
        self.attempt(
            lambda: self.naive.commit(task_id, self.workers[agent], price, promised, digest),
            lambda intent: self.market.commit(wallet, task_id, agent_id, price, promised, intent=intent),
        )

    def reveal_one(self, task_id, agent):
        sealed = self.naive.tasks[task_id].sealed.get(self.workers[agent])
        price, promised = (sealed.price, sealed.promised) if sealed else (1, 1)
        self.attempt(
            lambda: self.naive.reveal(task_id, self.workers[agent]),
            lambda intent: self.market.reveal(
                self.stage.workers[agent], task_id, self.stage.ids[agent], price, promised, intent=intent
            ),
        )

    def cancel_one(self, task_id, wallet):
        self.attempt(
            lambda: self.naive.cancel(task_id, account_of(wallet.address)),
            lambda intent: self.market.cancel(wallet, task_id, intent=intent),
        )

    def forfeit_one(self, task_id, agent):
        self.attempt(
            lambda: self.naive.forfeit(task_id, self.workers[agent]),
            lambda intent: self.market.forfeit(
                self.stage.buyer, task_id, self.stage.ids[agent], intent=intent
            ),
        )

    def submit_one(self, task_id, agent):
        self.attempt(
            lambda: self.naive.submit(task_id, self.workers[agent]),
            lambda intent: self.market.submit(self.stage.workers[agent], task_id, b"\2" * 32, intent=intent),
        )

    def evaluate_one(self, task_id, score):
        self.attempt(
            lambda: self.naive.evaluate(task_id, score),
            lambda intent: self.market.evaluate(self.stage.buyer, task_id, score, intent=intent),
        )

    def take_over_one(self, task_id, agent):
        self.attempt(
            lambda: self.naive.take_over(task_id, self.workers[agent]),
            lambda intent: self.market.take_over(
                self.stage.workers[agent], task_id, self.stage.ids[agent], intent=intent
            ),
        )

    # One rule, and one draw for all it needs: of many, Hypothesis leaves out or repeats so much that few lives
    # would get far.
    @rule(seed=st.integers(0, 2**32 - 1))
    def step(self, seed):
        dice = random.Random(seed)
        who = dice.sample(range(AGENTS), dice.randint(2, AGENTS))
        shares = [dice.randint(0, 105) for _ in range(AGENTS)]
        score, delay = dice.choice(SCORES), dice.choice(DELAYS)
        alive = [task_id for task_id, task in self.naive.tasks.items() if not task.state.is_final]
        if dice.random() < 0.4:
            promised = dice.choice([0, 1, 100, 100, 200, 201])
            self.stray(dice.randrange(4), dice.choice(STRAYS), who[0], shares[0], promised, score)
        elif alive:
            self.live_on(dice.choice(alive), who, shares, score, delay)
        else:
            self.post_one(20 * CREDIT, MODES[seed % 2])

    def stray(self, number, what, agent, share, promised, score):
        """A call that may be out of turn, and may be nobody's business."""
        task_id = self.pick(number)
        match what:
            case "commit":
                self.commit_one(task_id, agent, share, promised)
            case "reveal" | "forfeit" | "submit" | "take_over":
                getattr(self, f"{what}_one")(task_id, agent)
            case "evaluate":
                self.evaluate_one(task_id, score)
            case "cancel":
                self.cancel_one(task_id, [self.stage.buyer, self.stage.workers[0]][agent % 2])
            case "warp":
                self.warp_near(number, agent - 1)
            case "withdraw":
                self.withdraw_one(agent, [0, 1, 7 * CREDIT, 15 * CREDIT][number])
            case "post":
                self.post_one([100_000, 1_000_001, 20 * CREDIT, 120 * CREDIT][number], MODES[agent % 2])
            case _:
                self.anyone(what, task_id)

    def withdraw_one(self, agent, amount):
        wallet, account = self.stage.workers[agent], self.workers[agent]
        self.attempt(
            lambda: self.naive.withdraw(account, amount),
            lambda intent: self.market.withdraw(wallet, account, wallet.address, amount, intent=intent),
        )

    def warp_near(self, number, delta):
        task = self.naive.tasks[self.pick(number)]
        ends = [end for end in (task.bidding_end, task.reveal_end, task.deadline) if end > self.naive.now]
        self.warp_to(min(ends, default=self.naive.now + 10) + delta)

    def warp_to(self, timestamp):
        self.naive.now = max(self.naive.now, timestamp)
        self.do(self.stage.rpc.call("evm_setNextBlockTimestamp", quantity(self.naive.now)))
        self.do(self.stage.rpc.call("evm_mine"))
        self.do(self.world.catch_up())

    def live_on(self, task_id, who, shares, score, delay):
        """What most parties do most of the time: the step that is due, by some of those who may take it."""
        task = self.naive.tasks[task_id]
        if task.state is TaskState.OPEN:
            self.bid_on(task_id, task, who, shares)
        elif task.state is TaskState.AWARDED:
            self.warp_to(self.naive.now + delay)
            self.submit_one(task_id, self.workers.index(task.agent))
            self.anyone("declare_default", task_id)
        elif task.state is TaskState.SUBMITTED:
            self.warp_to(self.naive.now + delay // 10)
            self.evaluate_one(task_id, score)
            self.anyone("release", task_id)
        elif task.state is TaskState.DEFAULTED:
            self.warp_to(self.naive.now + delay // 2)
            for agent in who:
                self.take_over_one(task_id, agent)
            self.anyone("close_defaulted", task_id)
        elif task.state is TaskState.REJECTED:
            self.warp_to(task.deadline)
            self.anyone("close_rejected", task_id)

    def bid_on(self, task_id, task, who, shares):
        if self.naive.now < task.bidding_end:
            for agent in who:
                self.commit_one(task_id, agent, shares[agent], 100)
            self.warp_to(task.bidding_end)
        elif self.naive.now < task.reveal_end:
            for agent in who:
                self.reveal_one(task_id, agent)
            self.warp_to(task.reveal_end)
        else:
            for agent in who:
                self.forfeit_one(task_id, agent)
            self.anyone("finalize", task_id)

    def anyone(self, what, task_id):
        self.attempt(
            lambda: getattr(self.naive, what)(task_id),
            lambda intent: getattr(self.market, what)(self.stage.workers[0], task_id, intent=intent),
        )

    # What must hold

    @invariant()
    def credits_agree(self):
        found = self.do(
            read_many(self.stage.rpc, [self.stage.deployment.ledger.balance_of(one) for one in self.accounts])
        )
        for account, parts in zip(self.accounts, found, strict=True):
            told = self.world.view.balance(account)
            expected = Balance(self.naive.free[account], self.naive.locked[account])
            assert Balance(parts.free, parts.locked, parts.debt) == told == expected, account
        pending = self.do(read(self.stage.rpc, self.stage.deployment.ledger.pending_burn()))
        assert pending == self.world.view.pending_burn == self.naive.burned

    @invariant()
    def tasks_agree(self):
        view = self.world.view
        assert set(view.tasks) == set(self.naive.tasks)
        assert view.open == {one.id: one for one in view.tasks.values() if not one.state.is_final}
        calls = [self.stage.deployment.tasks.get_task(task_id) for task_id in self.naive.tasks]
        for (task_id, task), found in zip(
            self.naive.tasks.items(), self.do(read_many(self.stage.rpc, calls)), strict=True
        ):
            told, worker = view.tasks[task_id], self.id_of(task.agent)
            for one in (told, found):
                assert (one.state, one.agent_id, one.price, one.deadline, one.lateness) == (
                    task.state,
                    worker,
                    task.price,
                    task.deadline,
                    task.lateness,
                ), task_id
            assert (told.score, found.score) == (task.score, task.score or 0)
            assert (told.bidding_end, told.reveal_end) == (task.bidding_end, task.reveal_end)
            assert (task_id in view.taken_over) == task.taken_over

    @invariant()
    def bids_agree(self):
        view = self.world.view
        sealed = {
            (task_id, self.id_of(agent)): (one.digest, one.quality)
            for task_id, task in self.naive.tasks.items()
            for agent, one in task.sealed.items()
        }
        assert {key: (one.digest, one.quality) for key, one in view.commitments.items()} == sealed
        calls = [self.stage.deployment.auction.get_ranking(task_id) for task_id in self.naive.tasks]
        for (task_id, task), ranking in zip(
            self.naive.tasks.items(), self.do(read_many(self.stage.rpc, calls)), strict=True
        ):
            heirs, bids = (
                [(self.id_of(agent), one.price) for _, _, agent, one in listed]
                for listed in (task.heirs, task.bids)
            )
            assert [(bid.agent_id, bid.price) for bid in ranking if bid.agent_id] == heirs
            assert [(bid.agent_id, bid.price) for bid in view.ranking(task_id)] == bids

    @invariant()
    def reputations_agree(self):
        told = [self.world.view.reputation(one, "extraction") for one in self.stage.ids]
        expected = [self.naive.records.get(account, (0, 0)) for account in self.workers]
        assert [(one.experience, one.merit) for one in told] == expected
        calls = [self.stage.deployment.incentives.quality_of(one, SKILL) for one in self.stage.ids]
        found = self.do(read_many(self.stage.rpc, calls))
        assert found == [one.quality for one in told] == [self.naive.quality(one) for one in self.workers]

    def id_of(self, agent):
        return self.stage.ids[self.workers.index(agent)] if agent else 0


@pytest.fixture
def stage(node, tmp_path):
    stage = Stage(node)
    stage.begin(tmp_path)
    yield stage
    stage.close()


def test_the_view_the_contracts_and_the_rules_agree_after_every_step(stage):
    # Without shrinking: on a chain it takes minutes, and a life of 25 steps can be read.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        lambda: Market(stage),
        settings=settings(max_examples=30, stateful_step_count=25, deadline=None, phases=phases),
    )


def test_who_never_deposited_can_withdraw():
    view, (payer, payee) = MarketView(), (account_of_agent(1), account_of_agent(2))
    events = [
        ledger.Deposited(payer, OUTSIDE, 10),
        ledger.Transferred(payer, payee, 7),
        ledger.Withdrawn(payee, OUTSIDE, 4),
    ]
    for index, event in enumerate(events):
        view.apply(LoggedEvent(1, index, "0x", OUTSIDE, event, 0))
    assert view.contributed == {payer: 10, payee: -4}
    assert view.balance(payee) == Balance(3)
