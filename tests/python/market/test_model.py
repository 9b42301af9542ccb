"""What the law promises, held against its model alone: no chain is needed for this."""

import hashlib
from collections import Counter
from copy import deepcopy

import pytest
from cast import (
    AGENTS,
    ANYONE,
    BUYERS,
    CAPITAL,
    EVALUATOR,
    JUDGE,
    OWNERS,
    SKILL,
    WINDOWS,
    secret_of,
    work_of,
)
from eth_utils.crypto import keccak
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, run_state_machine_as_test
from model import Market, Mode, Params, Refused, Round, Stage, State, account_of, account_of_agent
from model.bids import Bid, ranking, second_price
from walk import Walk

from agents.money import CREDIT

PEOPLE = [f"0x{number + 1:040x}" for number in range(11)]
TREASURY, POOL = 99, f"0x{100:040x}"
START = 1_800_000_000


def new_market():
    """Four agents and two buyers with credits."""
    market = Market(START, TREASURY, POOL, judges=[PEOPLE[JUDGE]])
    for agent, owner in zip(AGENTS, OWNERS, strict=True):
        market.register(PEOPLE[owner])
        market.deposit(PEOPLE[0], account_of_agent(agent), CAPITAL["agent"])
    for buyer in BUYERS:
        market.deposit(PEOPLE[0], account_of(PEOPLE[buyer]), CAPITAL["buyer"])
    return market


def picture(market):
    """All that a market remembers."""
    book = {name: value for name, value in vars(market.book).items() if name != "told"}
    kept = {name: value for name, value in vars(market).items() if name not in ("told", "book")}
    return deepcopy((kept, book))


def stakes(task):
    """What agents have locked for a task that is open, or over: a bond for each live bid, a stake for each entry."""
    if task.race:
        entries = task.race.entries.values()
        live, stake = [one.agent for one in entries if one.stage is not Stage.CLOSED], task.race.stake
    else:
        leader = [one.agent for one in task.ranking[:1] if task.state is State.OPEN]
        live, stake = [*leader, *(one for one in task.bids if task.sealed(one))], task.bond
    return Counter({account_of_agent(agent): stake for agent in live})


class Alone(Walk):
    """The model by itself; what its events say is added up and must come to the same."""

    def __init__(self):
        super().__init__(new_market(), PEOPLE)
        book = self.market.book
        self.free, self.locked = Counter(book.free), Counter(book.locked)
        self.total, self.ends = book.total(), Counter()

    def attempt(self, what, caller, *arguments):
        before = picture(self.market)
        try:
            events = getattr(self.market, what)(caller, *arguments)
        except Refused:
            assert picture(self.market) == before, f"{what} was refused, but has changed something"
            return False
        for name, *values in events:
            self.hear_of(name, values)
        return True

    def warp_to(self, time):
        self.market.now = max(self.market.now, time)

    def hear_of(self, name, values):
        match name:
            case "Locked" | "Held":
                self.move(self.free, self.locked, values[0], *values[-2:])
            case "Unlocked" | "Paid":
                self.move(self.locked, self.free, values[0], *values[-2:])
            case "Transferred":
                self.move(self.free, self.free, *values)
            case "DebtPaid":
                self.move(self.free, self.free, values[2], values[1], values[3])
            case "Burned":
                self.locked[values[0]] -= values[1]
            case "Deposited" | "Withdrawn":
                sign = 1 if name == "Deposited" else -1
                self.free[values[0]] += sign * values[2]
                self.total += sign * values[2]
            case "BurnFlushed":
                self.total -= values[0]
            case "TaskSettled" | "TaskRefunded":
                self.ends[values[0]] += 1

    def move(self, source, target, giver, taker, amount):
        source[giver] -= amount
        target[taker] += amount

    @invariant()
    def credits_are_conserved_and_told(self):
        book = self.market.book
        assert book.total() == self.total
        assert (book.free, book.locked) == (self.free, self.locked)
        assert all(amount >= 0 for part in (book.free, book.locked, book.debt) for amount in part.values())

    @invariant()
    def what_is_locked_is_what_tasks_and_channels_hold(self):
        held = sum((task.pledged for task in self.market.tasks.values()), Counter())
        held[self.market.deposits] = sum(channel.deposit for channel in self.market.channels.values())
        held.update({account_of_agent(agent): one.amount for agent, one in self.market.stakes.items()})
        assert held == self.market.book.locked

    @invariant()
    def an_auction_holds_the_bonds_of_its_live_bids(self):
        for task in self.market.tasks.values():
            pledged = Counter(task.pledged)
            if task.state is State.OPEN:
                deposit = task.terms.deposit(task.reserve, task.by_pool)
                assert pledged.pop(task.account) == task.reserve + deposit
            if task.state is State.OPEN or task.state.is_final:
                assert pledged == stakes(task)

    @invariant()
    def a_task_ends_once_and_pays_only_for_a_result(self):
        for task in self.market.tasks.values():
            assert self.ends[task.id] == task.state.is_final
            assert any(task.result) or task.state is not State.SETTLED

    @invariant()
    def quality_stays_within_its_bounds(self):
        for agent in self.market.agents.values():
            assert 5_000 <= agent.quality(SKILL) < 10_000
            assert all(merit <= experience for experience, merit in agent.records.values())

    def teardown(self):
        """Anyone can end every task, and then nothing is locked."""
        for _ in range(4):
            self.market.now += 10_000_000
            for task in list(self.market.tasks.values()):
                self.end(task)
        for (agent, *parties), channel in self.market.channels.items():
            if channel.open and not channel.exit_end:
                assert self.attempt("start_exit", self.owner(agent), agent, *parties)
        self.market.now += 10_000_000
        for key in [key for key, channel in self.market.channels.items() if channel.open]:
            assert self.attempt("close_channel", PEOPLE[ANYONE], *key)
        for agent in [agent for agent, pledge in self.market.stakes.items() if pledge.amount]:
            self.leave_pledge(agent)
        assert all(task.state.is_final for task in self.market.tasks.values())
        assert not self.market.book.locked.total()
        self.credits_are_conserved_and_told()

    def end(self, task):
        steps = {
            State.OPEN: "finalize",
            State.AWARDED: "declare_default",
            State.SUBMITTED: "release",
            State.REJECTED: "close_rejected",
            State.RULED: "close_ruled",
            State.DEFAULTED: "close_defaulted",
        }
        if task.state is State.OPEN and task.mode is Mode.RACE:
            self.end_race(task)
        elif self.market.awaits_panel(task):
            assert self.attempt("give_up_case", PEOPLE[ANYONE], task.id)
        elif task.round is Round.CONVENED and not task.state.is_final:
            assert self.attempt("close_sealed", PEOPLE[ANYONE], task.id)
        elif task.state in steps:
            assert self.attempt(steps[task.state], PEOPLE[ANYONE], task.id)
        self.leave(task)

    def end_race(self, task):
        race = task.race
        if race is None or not race.deadline:
            assert self.attempt("advance", PEOPLE[ANYONE], task.id, len(AGENTS))
        elif race.entries[race.head].stage is Stage.CONVENED:
            assert self.attempt("give_up_entry", PEOPLE[ANYONE], task.id, race.head)
        else:
            assert self.attempt("release_race", PEOPLE[ANYONE], task.id)

    def leave_pledge(self, agent):
        account = account_of_agent(agent)
        if self.market.book.debt[account]:
            creditor = self.market.book.creditor[account]
            assert self.attempt("seize", f"0x{creditor:040x}", agent)
            self.attempt("forgive", f"0x{creditor:040x}", account)
        if self.market.stakes[agent].amount:
            assert self.attempt("start_unpledge", self.owner(agent), agent)
            self.market.now += self.market.challenge_window
            assert self.attempt("unpledge", self.owner(agent), agent)

    def leave(self, task):
        for agent in [agent for agent in task.bids if task.sealed(agent)]:
            assert self.attempt("forfeit", PEOPLE[ANYONE], task.id, agent)
        if task.race and task.race.over:
            self.leave_race(task)


def test_promises_hold_whatever_happens():
    run_state_machine_as_test(Alone, settings=settings(max_examples=100, stateful_step_count=40))


# Prices

bids = st.builds(
    Bid,
    agent=st.integers(1, 2**32),
    epoch=st.just(0),
    quality=st.integers(5_000, 9_999),
    tie=st.integers(0, 2**64 - 1),
    price=st.integers(1, 10**9),
)
fields = st.lists(bids, min_size=2, max_size=6, unique_by=lambda bid: bid.agent)


@given(fields)
def test_the_winner_is_paid_no_less_than_its_bid_and_no_more_than_the_reserve(field):
    best, *others = ranking(field)
    assert best.price <= second_price(best, others, 10**9) <= 10**9


@given(fields, st.integers(1, 10**9))
def test_no_bid_is_better_than_ones_true_cost_under_the_second_price(field, lie):
    true, *others = field

    def profit(price):
        own = Bid(true.agent, 0, true.quality, true.tie, price=price)
        best, *rest = ranking([own, *others])
        return second_price(best, rest, 10**9) - true.price if best is own else 0

    assert profit(true.price) >= profit(lie)


# Lives with known figures

RESERVE = 20 * CREDIT
BUYER, REVIEWER = PEOPLE[BUYERS[0]], PEOPLE[EVALUATOR]


def posted(market, mode=Mode.SECOND_PRICE, evaluator=REVIEWER):
    """A task without bids."""
    reveal = {"reveal_window": 0} if mode is Mode.OPEN else {}
    params = Params(
        b"\1" * 32, keccak(secret_of(1)), SKILL, mode, RESERVE, evaluator, 60, **(WINDOWS | reveal)
    )
    market.create_task(BUYER, params)
    return market.tasks[len(market.tasks)]


def awarded(market, prices, **kind):
    """A task won by the lowest of these prices; agents bid in their order."""
    task = posted(market, **kind)
    openings = {agent: (price, 100, bytes([agent]) * 32) for agent, price in prices.items()}
    for agent, opening in openings.items():
        market.commit(PEOPLE[OWNERS[agent - 1]], task.id, agent, market.digest_of(task.id, agent, *opening))
    market.now = task.bidding_end
    for agent, opening in openings.items():
        market.reveal(PEOPLE[ANYONE], task.id, agent, *opening)
    market.now = task.reveal_end
    market.finalize(PEOPLE[ANYONE], task.id)
    return task


prices_of = st.dictionaries(st.sampled_from(AGENTS), st.integers(1, RESERVE), min_size=2)


@given(prices_of, st.sampled_from([Mode.SECOND_PRICE, Mode.FIRST_PRICE]))
def test_a_take_over_costs_what_it_had_cost_without_the_defaulter(prices, mode):
    assume(len(set(prices.values())) == len(prices))
    market = new_market()
    task = awarded(market, prices, mode=mode)
    defaulter, market.now = task.agent, task.deadline
    market.declare_default(PEOPLE[ANYONE], task.id)
    heir = task.ranking[1].agent
    market.take_over(PEOPLE[OWNERS[heir - 1]], task.id, heir)

    without = awarded(
        new_market(), {agent: price for agent, price in prices.items() if agent != defaulter}, mode=mode
    )
    assert (task.agent, task.price) == (without.agent, without.price)


def rejected(market):
    """The result of agent 1, alone in its auction, was scored 10."""
    task = awarded(market, {1: 5 * CREDIT})
    market.submit(PEOPLE[OWNERS[0]], task.id, hashlib.sha256(work_of(1)).digest())
    market.evaluate(REVIEWER, task.id, 10)
    return task


def disputed(market):
    task = rejected(market)
    market.dispute(PEOPLE[OWNERS[0]], task.id, task.file, work_of(1))
    market.unseal(PEOPLE[ANYONE], task.id, task.file, secret_of(1))
    return task


def wealth(market):
    """What the buyer, the agent, the treasury and the panel have, beyond what they began with."""
    accounts = account_of(BUYER), account_of_agent(1), TREASURY, account_of(REVIEWER)
    began = CAPITAL["buyer"], CAPITAL["agent"], 0, 0
    book = market.book
    return tuple(
        book.free[one] + book.locked[one] - start for one, start in zip(accounts, began, strict=True)
    )


FEE, FIRST, APPEAL, BOND = 500_000, 30_000, 70_000, 2 * CREDIT


def test_whoever_is_rejected_and_says_nothing_loses_half_its_bond_to_nobody():
    market = new_market()
    task = rejected(market)
    market.now = task.deadline
    market.close_rejected(PEOPLE[ANYONE], task.id)
    assert wealth(market) == (0, -BOND // 2, 0, 0)
    assert market.book.burned == BOND // 2


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (90, None, (-RESERVE - 2 * CREDIT - FIRST, RESERVE - FEE + 2 * CREDIT, FEE, FIRST)),
        (10, None, (0, -BOND // 2 - FIRST, 0, FIRST)),
        (10, 90, (-RESERVE - 2 * CREDIT - APPEAL, RESERVE - FEE + 2 * CREDIT - FIRST, FEE, FIRST + APPEAL)),
        (90, 10, (-FIRST, -BOND // 2 - APPEAL, 0, FIRST + APPEAL)),
        (10, 10, (0, -BOND // 2 - FIRST - APPEAL, 0, FIRST + APPEAL)),
        (90, 90, (-RESERVE - 2 * CREDIT - FIRST - APPEAL, RESERVE - FEE + 2 * CREDIT, FEE, FIRST + APPEAL)),
    ],
)
def test_each_panel_is_paid_by_the_party_that_it_finds_against(first, second, expected):
    market = new_market()
    task = disputed(market)
    market.decide(PEOPLE[ANYONE], task.id, first, account_of(REVIEWER))
    if second is None:
        market.now = task.deadline
        market.close_ruled(PEOPLE[ANYONE], task.id)
    else:
        market.appeal(BUYER if first == 90 else PEOPLE[OWNERS[0]], task.id)
        market.decide(PEOPLE[ANYONE], task.id, second, account_of(REVIEWER))
    assert wealth(market) == expected
    assert not market.book.locked.total()


def test_what_a_worker_owes_is_paid_from_what_it_earns():
    market = new_market()
    market.book.owe(account_of_agent(1), account_of(PEOPLE[ANYONE]), 3 * CREDIT)
    task = awarded(market, {1: 5 * CREDIT})
    market.submit(PEOPLE[OWNERS[0]], task.id, b"\2" * 32)
    events = market.evaluate(REVIEWER, task.id, 100)
    worker, creditor = account_of_agent(1), account_of(PEOPLE[ANYONE])
    assert ("DebtPaid", worker, creditor, worker, 3 * CREDIT) in events
    assert market.book.free[creditor] == 3 * CREDIT
    assert not market.book.debt[worker]


def test_a_runner_up_takes_nothing_over_before_a_default():
    market = new_market()
    task = posted(market)
    for agent in (1, 2):
        digest = market.digest_of(task.id, agent, agent * CREDIT, 100, bytes(32))
        market.commit(PEOPLE[OWNERS[agent - 1]], task.id, agent, digest)
    market.now = task.bidding_end
    for agent in (1, 2):
        market.reveal(PEOPLE[ANYONE], task.id, agent, agent * CREDIT, 100, bytes(32))
    with pytest.raises(Refused) as refused:
        market.take_over(PEOPLE[OWNERS[1]], task.id, 2)
    assert refused.value.args == ("NotDefaulted", task.id, State.OPEN)
