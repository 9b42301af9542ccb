"""Whatever happens in whatever order: books, receipts, vouchers and chain say the same.

Calls that come to an end, fail or never end, several at a time; deposits, exits, debts, lines that are withdrawn,
vouchers that come late or wrong, batches, processes that end: all drawn by a seed, on a real chain. What must come out
is counted beside it, from what was asked alone.
"""

import asyncio
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from random import Random
from typing import get_args

import pytest
from test_tree import naive
from thinkers import REQUEST, RESPONSE

from agents.chain.bindings.usage_meter import Overdrawn, Redeemed
from agents.chain.reader import read, read_many
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import ContractError, PaymentRequired, VoucherRefused
from agents.errors.gateway import Flaw, Unpaid
from agents.errors.tokens import Usage
from agents.lab.audit import audit_chain
from agents.llm.gateway.tree import EMPTY, leaf_of
from agents.llm.gateway.vouchers import SignedVoucher
from agents.market.domain import account_of_agent

SEEDS = int(os.environ.get("AGORA_ACCOUNTING_SEEDS", "5"))
STEPS = 120
OWN = Seed(TEST_PHRASE).wallet(9)
MOST = 300
"""Units that one call costs at most."""


@dataclass
class Told:
    """What one channel must have come to."""

    costs: list[int] = field(default_factory=list)
    signed: int = 0
    """What its own signer has signed for; what all calls cost where the gateway has the key."""
    brought: int = 0
    """What was not paid in the channel before it, and is paid in this one."""

    @property
    def total(self):
        """What it has cost."""
        return self.brought + sum(self.costs)


class Play:
    """One life of a gateway and its agents."""

    def __init__(self, thinkers, seed, seen):
        self.thinkers, self.dice, self.seen = thinkers, Random(seed), seen
        self.told = defaultdict(Told)
        """By channel."""
        self.flights = []
        self.rest = 0
        """What the agent that signs by itself has left unsigned in a channel, and not brought into another yet."""
        self.owned = set()
        """That agent's channels."""

    async def begin(self):
        make = self.thinkers.agent
        self.own = await make(deposit=500, signer=OWN.address, line=100)
        self.agents = [self.own, await make(deposit=400, pledge=150), await make(deposit=200, line=200)]
        self.agents.append(await make(deposit=500))

    @property
    def agent(self):
        return self.dice.choice(self.agents)

    def channel(self, agent_id):
        return self.thinkers.world.view.channels.channel(*self.thinkers.parties(agent_id))

    def bring(self):
        """A channel whose deposit covers it takes over the rest as soon as the gateway looks at it."""
        channel = self.channel(self.own)
        told = self.told[channel.id]
        self.owned.add(channel.id)
        if self.rest and self.rest <= channel.deposit + channel.redeemed - told.total:
            told.brought, self.rest = told.brought + self.rest, 0
            self.seen["brought"] += 1
        assert self.thinkers.account(self.own).settled == told.total

    # What happens

    async def admit(self):
        agent_id = self.agent
        channel, before = self.channel(agent_id), self.thinkers.account(agent_id)
        # Now and then all that it may.
        whole = 0 < before.available <= MOST and self.dice.random() < 0.5
        worst = before.available if whole else self.dice.randint(1, MOST)
        flying = [one for one in self.flights if one.agent_id == agent_id]
        spent = self.told[channel.id].total
        # As the contract has it: what could be redeemed now, of which this much is used up.
        possible = channel.redeemed + await self.thinkers.available(agent_id) - spent
        try:
            flight = self.thinkers.admit(agent_id, worst)
        except PaymentRequired as error:
            self.seen[error.code] += 1
            assert self.thinkers.account(agent_id) == before
            if error.code == "insufficient_credits":
                reserved = sum(one.worst for one in flying)
                covered = channel.deposit + channel.redeemed - spent - reserved
                assert worst > (covered if flying else possible), "it was covered"
            return
        reserved = sum(one.worst for one in flying)
        covered = channel.deposit + channel.redeemed - spent
        assert agent_id != self.own or not self.rest
        assert reserved + worst <= covered or (not flying and worst <= possible and covered >= 0)
        assert agent_id != self.own or not flying
        self.flights.append(flight)

    async def land(self, several=1):
        """Calls come to an end: with usage, more than was foreseen, or none."""
        picked = self.dice.sample(self.flights, min(several, len(self.flights)))
        await asyncio.gather(*(self.end(one) for one in picked))

    async def land_together(self):
        await self.land(len(self.flights))

    async def end(self, flight):
        self.flights.remove(flight)
        kind = self.dice.random()
        if kind < 0.15:
            return self.thinkers.meter.release(flight)
        used = flight.worst + 7 if kind < 0.3 else self.dice.randint(1, flight.worst)
        cached = self.dice.randint(0, used)
        told = self.told[flight.book.channel_id]
        # In the order in which they come to an end, which is the order of this coroutine's first steps.
        told.costs.append(min(used, flight.worst))
        receipt = await self.thinkers.meter.settle(
            flight,
            Usage(used, 0, cached),
            request=REQUEST,
            response=RESPONSE,
            status=200 if used % 2 else 502,
        )
        assert receipt.cost == min(used, flight.worst)
        return None

    async def sign(self):
        due = self.thinkers.account(self.own).due
        if due is not None:
            await self.thinkers.meter.take_voucher(self.own, self.thinkers.signed(self.own, OWN))
            self.told[due.channel_id].signed = due.cumulative

    async def sign_wrongly(self):
        account = self.thinkers.account(self.own)
        claim = account.due
        if claim is None:
            return
        signed = self.thinkers.signed
        other = self.thinkers.owner
        smaller = replace(claim, cumulative=max(account.vouched, 1) - 1)
        wrong = {
            "bad_signature": signed(self.own, other),
            "smaller_amount": signed(self.own, OWN, smaller),
            "unknown_claim": signed(self.own, OWN, replace(claim, cumulative=claim.cumulative + 1)),
            "wrong_root": signed(self.own, OWN, replace(claim, receipts_root=b"\7" * 32)),
            "other_channel": signed(self.own, OWN, replace(claim, channel_id=b"\7" * 32)),
            "another_chain": signed(self.own, OWN, replace(claim, chain_id=1)),
            "another_contract": signed(self.own, OWN, replace(claim, meter=OWN.address)),
        }
        for flaw, voucher in wrong.items():
            with pytest.raises(VoucherRefused) as refused:
                await self.thinkers.meter.take_voucher(self.own, voucher)
            assert refused.value.flaw == flaw
            with pytest.raises(VoucherRefused):
                self.thinkers.admit(self.own, 1, voucher=voucher)
            self.seen[flaw] += 1
        assert self.thinkers.account(self.own) == account

    async def sign_again(self):
        held = next(
            (
                one
                for one in self.thinkers.meter.books.vouchers()
                if one.channel_id == self.thinkers.account(self.own).channel_id
            ),
            None,
        )
        if held is not None:
            claim = self.thinkers.meter.domain.claim(held.channel_id, held.cumulative, held.receipts_root)
            await self.thinkers.meter.take_voucher(self.own, SignedVoucher(claim, held.signature))

    async def top_up(self):
        agent_id = self.agent
        if not (await self.thinkers.balance(agent_id)).debt and not self.channel(agent_id).exit_end:
            await self.thinkers.top_up(agent_id, self.dice.randint(1, 300))

    async def change_line(self):
        await self.thinkers.do(
            "set_credit_line", self.agent, self.dice.choice([0, 100, 200]), by=self.thinkers.provider
        )

    async def repay(self):
        agent_id = self.agent
        account, debt = account_of_agent(agent_id), (await self.thinkers.balance(agent_id)).debt
        if debt:
            ledger, world = self.thinkers.world.deployment.ledger, self.thinkers.world
            await world.sender.send(
                self.thinkers.owner,
                ledger.repay(account, account, debt),
                intent=self.thinkers.intent("repay"),
            )
            await world.catch_up()

    async def leave(self):
        await self.leave_channel(self.agent)

    async def leave_unsigned(self):
        """After a call that is not signed for, into a channel that may have less in it than that has cost."""
        if any(one.agent_id == self.own for one in self.flights):
            return
        if not self.thinkers.account(self.own).due and self.thinkers.account(self.own).available >= MOST:
            self.flights.append(self.thinkers.admit(self.own, MOST))
            await self.end(self.flights[-1])
        await self.leave_channel(self.own, signs=False)

    async def leave_channel(self, agent_id, signs=True):
        """The channel is left, what is held is redeemed in time, and another is opened. Who owes pays first."""
        if any(one.agent_id == agent_id for one in self.flights):
            return
        await self.thinkers.do("start_exit", *self.thinkers.parties(agent_id))
        if agent_id == self.own and signs:
            await self.sign()
        if agent_id == self.own:
            told = self.told[self.channel(agent_id).id]
            self.rest += told.total - told.signed
        await self.thinkers.redeemer.turn()
        await self.thinkers.world.catch_up()
        await self.thinkers.world.reach(self.channel(agent_id).exit_end)
        await self.thinkers.do("close_channel", *self.thinkers.parties(agent_id))
        debt = (await self.thinkers.balance(agent_id)).debt
        if debt:
            account, world = account_of_agent(agent_id), self.thinkers.world
            call = world.deployment.ledger.repay(account, account, debt)
            await world.sender.send(self.thinkers.owner, call, intent=self.thinkers.intent("repay"))
            await world.catch_up()
        await self.thinkers.open_channel(agent_id, self.dice.randint(*((100, 600) if signs else (1, 300))))

    async def redeem(self):
        await self.thinkers.redeemer.turn()
        if self.dice.random() < 0.7:
            await self.thinkers.world.catch_up()

    async def redeem_all(self):
        await self.thinkers.redeem_all()

    async def end_the_process(self):
        """What is in flight then was never charged."""
        self.flights.clear()
        self.thinkers.open()

    async def step(self):
        weights = {
            self.admit: 40,
            self.land: 25,
            self.land_together: 6,
            self.sign: 12,
            self.sign_wrongly: 6,
            self.sign_again: 2,
            self.top_up: 6,
            self.change_line: 2,
            self.repay: 4,
            self.leave: 2,
            self.leave_unsigned: 2,
            self.redeem: 6,
            self.redeem_all: 2,
            self.end_the_process: 3,
        }
        (what,) = self.dice.choices(list(weights), weights.values())
        self.bring()
        try:
            await what()
        except ContractError as error:
            raise AssertionError(f"{what.__name__}: {error}") from error

    # What must hold

    async def check(self):
        """Books, receipts, vouchers and chain, each against what was told."""
        books = self.thinkers.meter.books
        vouchers = {one.channel_id: one for one in books.vouchers()}
        redeemed = {one.channel_id: one for one in await self.thinkers.world.events(Redeemed)}
        receipts = defaultdict(list)
        for _, one in books.receipts(limit=10**6):
            receipts[one.channel_id].append(one)
        assert set(self.told) & set(receipts) == {
            channel for channel, told in self.told.items() if told.costs
        }
        for channel, told in self.told.items():
            assert books.standing(channel)[0] == told.total
            if not told.costs:
                continue
            mine = receipts[channel]
            assert [one.number for one in mine] == list(range(1, len(mine) + 1)), (
                "none is missing, none twice"
            )
            assert [one.cost for one in mine] == told.costs
            assert [one.cumulative for one in mine] == [
                told.brought + sum(told.costs[: end + 1]) for end in range(len(told.costs))
            ]
            own = channel in self.owned
            assert own == (mine[0].agent_id == self.own)
            promised = told.signed if own else told.total
            assert (vouchers[channel].cumulative if channel in vouchers else 0) == promised
            if own:
                assert told.total - promised <= MOST, "one call is not signed for at most"
            taken = redeemed.get(channel)
            assert (taken.cumulative if taken else 0) == promised, "all that was promised was redeemed"
            if taken:
                bare = taken.cumulative == told.brought
                count = 0 if bare else books.count_at(channel, taken.cumulative, taken.receipts_root)
                assert told.brought + sum(told.costs[:count]) == promised
                under = [leaf_of(one.digest) for one in mine[:count]]
                assert taken.receipts_root == (naive(under) if under else EMPTY)

    async def check_channels(self):
        """The view has each channel as the contract has it."""
        meter, channels = self.thinkers.world.deployment.meter, self.thinkers.world.view.channels
        for agent_id in self.agents:
            found, told = await self.thinkers.on_chain(agent_id), self.channel(agent_id)
            assert (found.deposit, found.redeemed, found.exit_end, found.epoch, found.open) == (
                *(told.deposit, told.redeemed, told.exit_end, told.epoch, told.open),
            )
            provider = self.thinkers.provider.address
            line = await read(self.thinkers.world.rpc, meter.credit_line_of(provider, agent_id))
            assert line == channels.credit_line(provider, agent_id)
        current = await read(self.thinkers.world.rpc, self.thinkers.world.deployment.parameters.current())
        assert current.overdraft_limit == channels.overdraft_limit

    async def check_receipts(self):
        """The contract knows each redeemed receipt."""
        meter = self.thinkers.world.deployment.meter
        redeemed = [one for one in self.proofs() if one.redeemed]
        proofs = self.dice.sample(redeemed, min(10, len(redeemed)))
        calls = [meter.verify_receipt(one.root, one.receipt.digest, one.path) for one in proofs]
        assert all(await read_many(self.thinkers.world.rpc, calls))

    async def check_money(self, before):
        """What the provider has is what was redeemed, less what it lost and is still owed."""
        world = self.thinkers.world
        lost = sum(one.lost for one in await world.events(Overdrawn) if one.channel_id in self.told)
        spent = sum(world.view.channels.spent(one) for one in self.agents)
        debts = sum([(await self.thinkers.balance(one)).debt for one in self.agents])
        promised = sum(
            told.signed if channel in self.owned else told.total for channel, told in self.told.items()
        )
        assert spent == promised - lost
        assert await self.thinkers.earned() - before == spent - debts

    def proofs(self):
        """Of all receipts of channels that are open."""
        of_open = [self.channel(one).id for one in self.agents]
        placed = self.thinkers.meter.books.receipts(limit=10**6)
        return [self.thinkers.meter.proof(one.call) for _, one in placed if one.channel_id in of_open]


async def test_books_receipts_vouchers_and_chain_say_the_same(thinkers):
    seen = Counter()
    for seed in range(SEEDS):
        play = Play(thinkers, seed, seen)
        await play.begin()
        before = await thinkers.earned()
        for _ in range(STEPS):
            await play.step()
        await play.check_channels()
        await play.land_together()
        play.bring()
        await thinkers.redeem_all()
        await play.check()
        await play.check_money(before)
        await play.check_receipts()
        assert all(thinkers.account(one).reserved == 0 for one in play.agents)
        thinkers.open()
        await play.check()
    world = thinkers.world
    assert (await audit_chain(world.rpc, world.deployment)).differences == []
    unseen = {*get_args(Unpaid), *get_args(Flaw)} - set(seen)
    # Channels that are left are closed at once, and no call costs a credit.
    assert unseen <= {"no_channel", "leaving", "unsigned_limit"}
    assert seen["brought"]
    print(dict(seen))
