"""What races, channels, pledges and seats lock: the view tells it, and the audit finds no difference on the chain."""

import itertools

import pytest
from world import CAPITAL, RESERVE

from agents.chain.bindings.structs import Claim, File
from agents.chain.reader import read
from agents.chain.rpc import quantity
from agents.lab.audit import audit_chain
from agents.market.domain import (
    PANEL_SIZE,
    AwardMode,
    Balance,
    TaskState,
    account_of,
    account_of_agent,
    bond_of,
)
from agents.market.marketplace import TaskTerms
from agents.money import CREDIT

BOND = bond_of(RESERVE)
DEPOSIT, LINE, PLEDGE = 5 * CREDIT, CREDIT, CREDIT // 2
ROOT = b"\7" * 32


class Stage:
    """Two agents of one owner, and a provider of thinking."""

    def __init__(self, world, wallets):
        self.world, self.deployment = world, world.deployment
        _, self.buyer, self.owner, self.provider, self.stranger = wallets
        self.earnings = account_of(self.provider.address)
        self.numbers = itertools.count()

    async def begin(self):
        self.ada, self.bob = [await self.world.register(name, self.owner) for name in ("Ada", "Bob")]
        self.account = account_of_agent(self.ada)
        return self

    async def send(self, wallet, call):
        await self.world.sender.send(wallet, call, intent=f"stage:{next(self.numbers)}")
        await self.world.catch_up()

    async def meter(self, what, *arguments, by=None):
        await self.send(by or self.owner, getattr(self.deployment.meter, what)(*arguments))

    @property
    def channel(self):
        return self.ada, self.owner.address, self.provider.address

    async def redeem(self, cumulative):
        meter = self.deployment.meter
        channel = await read(self.world.rpc, meter.channel_id(*self.channel))
        digest = await read(self.world.rpc, meter.voucher_hash(channel, cumulative, ROOT))
        claim = Claim(self.ada, self.owner.address, cumulative, ROOT)
        voucher = self.owner.sign_digest(digest)
        await self.meter("redeem", self.provider.address, claim, voucher, by=self.provider)

    async def indebted(self):
        """Ada owes the provider its credit line and its pledge, and has nothing left in the channel."""
        await self.meter("pledge", self.ada, PLEDGE)
        await self.meter("set_credit_line", self.ada, LINE - PLEDGE, by=self.provider)
        await self.meter("open", *self.channel, DEPOSIT)
        await self.redeem(DEPOSIT + 2 * LINE)

    async def holds(self, account, free, locked=0, debt=0):
        """The contract and the view agree that the account has this."""
        found = await self.world.market.balance(account)
        assert found == self.world.view.balance(account) == Balance(free, locked, debt)

    async def adds_up(self):
        assert (await audit_chain(self.world.rpc, self.deployment)).differences == []


@pytest.fixture
async def stage(world, wallets):
    return await Stage(world, wallets).begin()


async def test_what_is_left_in_channels_is_locked_in_the_meters_own_account(stage):
    meter, channels = account_of(stage.deployment.meter.address), stage.world.view.channels
    await stage.meter("open", *stage.channel, DEPOSIT)
    await stage.meter("open", stage.bob, stage.owner.address, stage.provider.address, CREDIT)
    await stage.holds(stage.account, CAPITAL - DEPOSIT)
    await stage.meter("top_up", *stage.channel, 7)
    await stage.holds(meter, 0, DEPOSIT + 7 + CREDIT)
    await stage.redeem(CREDIT)
    await stage.redeem(3 * CREDIT)
    await stage.holds(stage.earnings, 3 * CREDIT)
    await stage.holds(meter, 0, DEPOSIT + 7 - 2 * CREDIT)
    assert channels.deposits == DEPOSIT + 7 - 2 * CREDIT
    await stage.meter("close", *stage.channel, by=stage.provider)
    await stage.holds(stage.account, CAPITAL - 3 * CREDIT)
    await stage.meter("open", *stage.channel, DEPOSIT)
    await stage.redeem(CREDIT)
    assert channels.deposits == DEPOSIT, "another epoch counts from nothing"
    await stage.adds_up()


async def test_a_pledge_is_locked_until_it_is_taken_back(stage):
    for amount in (PLEDGE, 3):
        await stage.meter("pledge", stage.ada, amount)
    await stage.holds(stage.account, CAPITAL - PLEDGE - 3, PLEDGE + 3)
    assert stage.world.view.channels.pledges[stage.ada] == PLEDGE + 3
    await stage.adds_up()
    await stage.meter("start_unpledge", stage.ada)
    await stage.world.reach(
        stage.world.feed.now() + await read(stage.world.rpc, stage.deployment.meter.challenge_window())
    )
    await stage.meter("unpledge", stage.ada)
    await stage.holds(stage.account, CAPITAL)
    assert stage.world.view.channels.pledges[stage.ada] == 0
    await stage.adds_up()


async def test_thinking_beyond_the_deposit_is_a_debt_and_no_money(stage):
    await stage.indebted()
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE, PLEDGE, debt=LINE)
    await stage.holds(stage.earnings, DEPOSIT)
    await stage.adds_up()


async def test_a_debt_is_paid_by_hand(stage):
    await stage.indebted()
    await stage.send(stage.owner, stage.deployment.ledger.repay(stage.account, stage.account, 7))
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE - 7, PLEDGE, debt=LINE - 7)
    other = account_of_agent(stage.bob)
    await stage.send(stage.owner, stage.deployment.ledger.repay(other, stage.account, 5))
    await stage.holds(other, CAPITAL - 5)
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE - 7, PLEDGE, debt=LINE - 12)
    await stage.holds(stage.earnings, DEPOSIT + 12)
    await stage.adds_up()


async def test_a_debt_is_paid_first_from_what_the_market_pays(stage):
    await stage.meter("open", stage.ada, stage.owner.address, stage.stranger.address, 3 * CREDIT)
    await stage.indebted()
    await stage.meter("close", stage.ada, stage.owner.address, stage.stranger.address, by=stage.stranger)
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE - LINE, PLEDGE)
    await stage.holds(stage.earnings, DEPOSIT + LINE)
    await stage.adds_up()


async def test_a_pledge_that_is_seized_pays_the_debt(stage):
    await stage.indebted()
    window = await read(stage.world.rpc, stage.deployment.meter.challenge_window())
    await stage.world.reach(stage.world.feed.now() + window)
    await stage.meter("seize", stage.ada, by=stage.provider)
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE, debt=LINE - PLEDGE)
    await stage.holds(stage.earnings, DEPOSIT + PLEDGE)
    await stage.adds_up()


async def test_a_debt_that_is_forgiven_is_gone(stage):
    await stage.indebted()
    await stage.send(stage.provider, stage.deployment.ledger.forgive(stage.account))
    await stage.holds(stage.account, CAPITAL - DEPOSIT - PLEDGE, PLEDGE)
    await stage.holds(stage.earnings, DEPOSIT)
    await stage.adds_up()


# Races, and the seats of those who judge them


async def race(stage, *agents):
    """A race that the pool judges, which the agents have entered; its id, and the salt of all entries."""
    world, board, salt = stage.world, stage.deployment.race, b"\3" * 32
    await world.give(stage.buyer, account_of(stage.buyer.address), CAPITAL, "buyer")
    terms = TaskTerms(
        ROOT,
        "extraction",
        RESERVE,
        stage.deployment.pool.address,
        AwardMode.RACE,
        bidding_window=60,
        reveal_window=60,
        delivery_window=600,
        review_window=120,
    )
    task_id = await world.market.create_task(stage.buyer, terms, intent="race")
    for agent_id in agents:
        digest = await read(world.rpc, board.commitment_of(task_id, agent_id, bytes([agent_id]) * 32, salt))
        for _ in range(2):
            await stage.send(stage.owner, board.enter(task_id, agent_id, digest))
    return task_id, salt


async def opened(stage, task, salt, *agents):
    """The agents have shown their entries, and the requester its secret: the first entry can be judged."""
    board, market = stage.deployment.race, stage.world.market
    await stage.world.reach(task.bidding_end)
    for agent_id in agents:
        await stage.send(stage.owner, board.show(task.id, agent_id, bytes([agent_id]) * 32, salt))
    await stage.world.reach(task.reveal_end)
    await stage.send(stage.stranger, board.advance(task.id, 9))
    file = File(task.specification, task.seal, bytes(32))
    secret = market.secret(stage.buyer, task.specification)
    await stage.send(stage.buyer, board.unseal(task.id, file, secret))


async def test_entries_are_locked_until_each_has_ended(stage):
    world, board = stage.world, stage.deployment.race
    await world.seat(stage.stranger, 2 * PANEL_SIZE)
    silent, spare = [await world.register(name, stage.owner) for name in ("Cy", "Dee")]
    task_id, salt = await race(stage, silent, stage.ada, stage.bob, spare)
    task, entries = world.view.tasks[task_id], world.view.stakes.entries
    locked = BOND + task.terms.panel_fee
    assert entries == dict.fromkeys([(task_id, one) for one in (silent, stage.ada, stage.bob, spare)], locked)
    await opened(stage, task, salt, stage.ada, stage.bob, spare)
    await stage.adds_up()

    await stage.send(stage.stranger, board.forfeit(task_id, silent))
    for agent_id, score in ((stage.ada, 0), (stage.bob, 100)):
        await stage.send(stage.stranger, board.convene(task_id))
        case = await read(world.rpc, board.case_of(task_id, agent_id))
        await world.judge(stage.stranger, board.address, case, score)
    assert world.view.tasks[task_id].state is TaskState.SETTLED
    assert entries == {(task_id, spare): locked}, "the race is over, but this entry is not"
    await stage.adds_up()
    await stage.send(stage.stranger, board.withdraw(task_id, spare))
    assert entries == {}
    await stage.holds(account_of_agent(silent), CAPITAL - BOND)
    await stage.holds(stage.account, CAPITAL - BOND // 2 - task.terms.panel_fee)
    await stage.holds(account_of_agent(spare), CAPITAL)
    await stage.adds_up()


async def test_seats_are_locked_but_for_what_is_slashed_until_they_are_left(stage):
    world, pool, holder = stage.world, stage.deployment.pool, stage.stranger
    await world.seat(holder, PANEL_SIZE)
    stake = await read(world.rpc, pool.seat_stake())
    await stage.holds(account_of(holder.address), 0, PANEL_SIZE * stake)
    task_id, salt = await race(stage, stage.ada)
    task, board = world.view.tasks[task_id], stage.deployment.race
    await opened(stage, task, salt, stage.ada)
    await stage.send(holder, board.convene(task_id))
    case = await read(world.rpc, board.case_of(task_id, stage.ada))
    await world.rpc.call("hardhat_mine", quantity(2))
    await stage.send(holder, pool.draw(board.address, case))
    await world.reach(world.feed.now() + 2 * task.review_window)
    await stage.send(holder, pool.tally(board.address, case))
    left = PANEL_SIZE * (stake - stake // 4)
    await stage.holds(account_of(holder.address), 0, left)
    assert world.view.stakes.seats == {holder.address: left}
    await stage.adds_up()
    await world.reach(world.feed.now() + await read(world.rpc, pool.leave_delay()))
    for seat in reversed(range(PANEL_SIZE)):
        await stage.send(holder, pool.leave_seat(seat))
    await stage.holds(account_of(holder.address), left)
    assert world.view.stakes.seats == {holder.address: 0}
    await stage.adds_up()
