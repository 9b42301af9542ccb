"""The auction in torch, held against its model in plain Python and against the contracts, to the unit."""

import hashlib
import random
from dataclasses import dataclass, replace

import pytest
import torch
from eth_utils.crypto import keccak
from model.bids import Bid, ranking, second_price

from agents.chain.bindings import bid_auction
from agents.chain.reader import read, read_many
from agents.errors import AuctionsMalformed
from agents.learning.env.mirror import (
    MAX_RESERVE,
    NOBODY,
    Auctions,
    bonds,
    check,
    clear,
    signed_tie_break,
)
from agents.market.domain import (
    EXPERIENCE_SCALE,
    MIN_BOND,
    AwardMode,
    account_of,
    account_of_agent,
    bond_of,
)
from agents.market.marketplace import TaskTerms
from agents.market.specification import skill_bytes
from agents.money import CREDIT

FIRST, SECOND, OPEN = AwardMode.SEALED_FIRST_PRICE, AwardMode.SEALED_SECOND_PRICE, AwardMode.OPEN_BID
FEW, MANY = 12, 12_000


@dataclass(frozen=True)
class Case:
    """One auction in plain numbers: bids of (price, quality, tie-break) in the order of their reveals."""

    mode: AwardMode
    reserve: int
    bids: list[tuple[int, int, int]]
    sealed: int = 0
    """How many more bids were committed and never opened."""

    def expected(self):
        """First three, payment and take-over price, by the model."""
        bids = [Bid(at, 0, quality, tie, price=price) for at, (price, quality, tie) in enumerate(self.bids)]
        ranked = ranking(bids)
        places = [bid.agent for bid in ranked] + [NOBODY] * (3 - len(ranked))
        return *places, *(self.price_of(ranked[at:]) for at in (0, 1))

    def price_of(self, ranked):
        if not ranked:
            return 0
        best, *others = ranked
        return second_price(best, others, self.reserve) if self.mode is SECOND else best.price


def batch(cases):
    """The cases as tensors; the places of bids that were never opened come after those of the others."""
    width = max(len(case.bids) + case.sealed for case in cases)
    count = len(cases)
    price, tie = torch.full((count, width), -7), torch.zeros(count, width, dtype=torch.int64)
    quality = torch.full((count, width), 5000)
    revealed = torch.zeros(count, width, dtype=torch.bool)
    committed = torch.zeros(count, width, dtype=torch.bool)
    for row, case in enumerate(cases):
        shown = len(case.bids)
        if shown:
            fields = zip(*case.bids, strict=True)
            price[row, :shown], quality[row, :shown] = (torch.tensor(next(fields)) for _ in range(2))
            tie[row, :shown] = torch.tensor([signed_tie_break(head) for head in next(fields)])
        revealed[row, :shown] = True
        committed[row, : shown + case.sealed] = True
    reserve = torch.tensor([case.reserve for case in cases])
    mode = torch.tensor([int(case.mode) for case in cases])
    return Auctions(price, quality, tie, revealed, reserve, mode, committed)


def results(awards):
    fields = (awards.winner, awards.runner_up, awards.third, awards.payment, awards.take_over)
    return list(zip(*(one.tolist() for one in fields), strict=True))


def random_case(chance):
    """Any auction; half of them of few prices, qualities and tie-breaks, so that ties are usual."""
    reserve = chance.choice([MIN_BOND, 20 * CREDIT, MAX_RESERVE, chance.randint(MIN_BOND, MAX_RESERVE)])
    mode = chance.choice([FIRST, SECOND, OPEN])
    if chance.random() < 0.5:
        prices = [chance.randint(1, reserve) for _ in range(2)] + [1, reserve, reserve // 3, reserve // 2]
        qualities, ties = [5000, 6000, 7500, 9000, 10_000], [0, 1, 2**64 - 1]
    else:
        prices = [chance.randint(1, reserve) for _ in range(8)]
        qualities = [chance.randint(5000, 10_000) for _ in range(8)]
        ties = [chance.getrandbits(64) for _ in range(8)]
    bids = [
        (chance.choice(prices), chance.choice(qualities), chance.choice(ties))
        for _ in range(chance.randint(0, 8))
    ]
    return Case(mode, reserve, bids, chance.randint(0, 2) if mode is not OPEN else 0)


def test_random_auctions_end_as_the_model_says():
    chance = random.Random(1)
    cases = [random_case(chance) for _ in range(MANY)]
    auctions = batch(cases)
    check(auctions)
    awards = clear(auctions)
    assert results(awards) == [case.expected() for case in cases]
    for row, case in enumerate(cases):
        bond = bond_of(case.reserve)
        held = [bond * (place == awards.winner[row]) for place in range(auctions.price.shape[1])]
        assert awards.bond_held[row].tolist() == held
        assert awards.bond_burned[row].sum() == bond * case.sealed


def test_neighbouring_fractions_keep_their_order():
    """Effective prices as near to each other as two can be, at the largest prices that there are."""
    cases = []
    for first, second in ((10_000, 9_999), (9_999, 9_998), (7_919, 7_907), (5_003, 5_001)):
        # p1 * second - p2 * first = 1, by the inverse of one modulo the other, near the greatest prices.
        low = pow(second, -1, first)
        price = MAX_RESERVE - (MAX_RESERVE - low) % first
        other = (price * second - 1) // first
        assert price * second - other * first == 1
        cases += [
            Case(SECOND, MAX_RESERVE, [(price, first, 0), (other, second, 1)]),
            Case(SECOND, MAX_RESERVE, [(other, second, 1), (price, first, 0)]),
        ]
    found = results(clear(batch(cases)))
    assert found == [case.expected() for case in cases]
    assert [one[0] for one in found] == [1, 0] * 4


def test_bidders_behind_the_third_change_nothing():
    chance = random.Random(2)
    cases = [replace(random_case(chance), mode=SECOND) for _ in range(500)]
    awards = clear(batch(cases))
    kept = []
    for case, (*places, _, _) in zip(cases, results(awards), strict=True):
        kept.append(replace(case, bids=[case.bids[at] for at in sorted(places) if at != NOBODY]))
    assert clear(batch(kept)).payment.equal(awards.payment)
    assert clear(batch(kept)).take_over.equal(awards.take_over)


def test_bonds_are_those_of_the_market():
    reserves = [MIN_BOND, 10 * MIN_BOND - 1, 10 * MIN_BOND + 1, 20 * CREDIT + 1, MAX_RESERVE]
    for percent in (0, 1, 10, 50):
        assert bonds(torch.tensor(reserves), percent).tolist() == [bond_of(one, percent) for one in reserves]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("price", [[0, 5, 5]], "price is 0"),
        ("price", [[MAX_RESERVE + 1, 5, 5]], f"price is {MAX_RESERVE + 1}"),
        ("price", [[20 * CREDIT + 1, 5, 5]], "price is above the reserve"),
        ("price", [5, 5, 5], "price is of shape"),
        ("price", [[5.0, 5.0, 5.0]], "price is of torch.float32"),
        ("quality", [[4999, 5000, 5000]], "quality is 4999"),
        ("quality", [[10_001, 5000, 5000]], "quality is 10001"),
        ("quality", [[5000, 5000]], "quality is of shape"),
        ("reserve", [MIN_BOND - 1], f"reserve is {MIN_BOND - 1}"),
        ("reserve", [MAX_RESERVE + 1], f"reserve is {MAX_RESERVE + 1}"),
        ("mode", [AwardMode.RACE], "mode is 4"),
        ("revealed", [[1, 0, 1]], "revealed is of torch.int64"),
        ("committed", [[False, True, True]], "revealed is true for a bid that was not committed"),
    ],
)
def test_what_the_contract_would_refuse_is_refused_by_name(name, value, words):
    good = batch([Case(SECOND, 20 * CREDIT, [(5, 5000, 0)] * 3)])
    check(good)
    with pytest.raises(AuctionsMalformed, match=f"^{words}"):
        check(replace(good, **{name: torch.tensor(value)}))


# On chain

SKILLS = {
    "even": [5000, 10_000, 7500, 6000, 9000],
    "odd": [9999, 5001, 5000, 8999, 10_000],
}
"""The qualities of the agents by skill; of the first, many prices give equal fractions."""


@dataclass
class Hand:
    """One auction as it is played on chain: ``bids`` by agent, those never opened in ``silent``."""

    mode: AwardMode
    skill: str
    reserve: int
    bids: dict[int, int]
    silent: frozenset[int] = frozenset()
    task_id: int = 0


def hands(chance):
    """All modes; ties, single bidders, silence, prices at the reserve, and chance."""
    common = 18 * 10**5
    for mode in (SECOND, FIRST):
        yield Hand(mode, "even", 20 * CREDIT, {0: 5 * common, 1: 10 * common, 2: 15 * common // 2})
        yield Hand(mode, "even", 20 * CREDIT, {3: 6 * common, 4: 9 * common, 0: 5 * common, 2: 20 * CREDIT})
        yield Hand(mode, "even", 20 * CREDIT, {2: 7 * CREDIT})
        yield Hand(mode, "odd", MIN_BOND + 7, {0: 1, 1: 1, 2: MIN_BOND + 7}, frozenset({1}))
        yield Hand(mode, "odd", 20 * CREDIT, {0: 3, 1: 4}, frozenset({0, 1}))
        for _ in range(FEW):
            reserve = chance.randint(MIN_BOND, 40 * CREDIT)
            bidders = chance.sample(range(5), chance.randint(2, 5))
            silent = frozenset(one for one in bidders if chance.random() < 0.2)
            prices = {one: chance.randint(1, reserve) for one in bidders}
            yield Hand(mode, chance.choice(list(SKILLS)), reserve, prices, silent)
    # All credits that there can be are three times this.
    yield Hand(SECOND, "odd", MAX_RESERVE, {0: MAX_RESERVE, 4: MAX_RESERVE, 3: MAX_RESERVE - 1})
    yield Hand(OPEN, "even", 20 * CREDIT, {1: 10 * common, 0: 5 * common, 4: 9 * common})
    yield Hand(OPEN, "odd", 20 * CREDIT, {2: 9 * CREDIT, 3: 2 * CREDIT, 0: 8 * CREDIT})


async def prove(world, agent_id, skill, quality):
    """The chain believes in this quality: the agent's record is written where the contract keeps it."""
    engine = world.deployment.incentives
    # experience + V0 = 5000 V0, so that each V0 of merit is a basis point.
    word = (4999 * EXPERIENCE_SCALE) | ((quality - 5000) * EXPERIENCE_SCALE << 128)
    for slot in range(16):
        epochs = keccak(agent_id.to_bytes(32, "big") + slot.to_bytes(32, "big"))
        skills = keccak(bytes(32) + epochs)
        place = "0x" + keccak(skill_bytes(skill).ljust(32, b"\0") + skills).hex()
        await world.rpc.call("hardhat_setStorageAt", engine.address, place, f"0x{word:064x}")
        if await read(world.rpc, engine.quality_of(agent_id, skill_bytes(skill))) == quality:
            return
        await world.rpc.call("hardhat_setStorageAt", engine.address, place, f"0x{0:064x}")
    raise AssertionError("the records are kept elsewhere")


class Table:
    """One buyer's tasks and one owner's agents, and every hand played with the same windows."""

    def __init__(self, world, buyer, owner):
        self.world, self.buyer, self.owner = world, buyer, owner
        self.agents = []

    async def seat(self, capital):
        await self.world.give(self.buyer, account_of(self.buyer.address), MAX_RESERVE * 5 // 4, "buyer")
        for place in range(5):
            self.agents.append(await self.world.register(f"agent-{place}", self.owner, capital))
        for skill, qualities in SKILLS.items():
            for place, quality in enumerate(qualities):
                if quality > 5000:
                    await prove(self.world, self.agents[place], skill, quality)

    async def play(self, hands):
        """All is bid, opened and finalized; the order of the reveals is that of each hand's ``bids``."""
        for number, hand in enumerate(hands):
            terms = TaskTerms(
                specification=hashlib.sha256(b"%d" % number).digest(),
                skill=hand.skill,
                reserve=hand.reserve,
                evaluator=self.buyer.address,
                mode=hand.mode,
                bidding_window=600,
                reveal_window=0 if hand.mode is OPEN else 600,
                delivery_window=600,
                review_window=600,
            )
            hand.task_id = await self.world.market.create_task(self.buyer, terms, intent=f"task:{number}")
        await self.each(hands, self.bid)
        await self.reach(hands, "bidding_end")
        await self.each([hand for hand in hands if hand.mode is not OPEN], self.reveal)
        await self.reach(hands, "reveal_end")
        for hand in hands:
            await self.world.market.finalize(self.owner, hand.task_id, intent=f"end:{hand.task_id}")

    async def reach(self, hands, end):
        """The time at which a window of every task is over."""
        await self.world.catch_up()
        await self.world.reach(max(getattr(self.world.view.tasks[hand.task_id], end) for hand in hands))

    async def each(self, hands, step):
        for hand in hands:
            for place, price in hand.bids.items():
                await step(hand, place, price)

    async def bid(self, hand, place, price):
        intent, agent_id = f"bid:{hand.task_id}:{place}", self.agents[place]
        if hand.mode is OPEN:
            call = self.world.deployment.auction.bid(hand.task_id, agent_id, price, 60)
            await self.world.sender.send(self.owner, call, intent=intent)
        else:
            await self.world.market.commit(self.owner, hand.task_id, agent_id, price, 60, intent=intent)

    async def reveal(self, hand, place, price):
        if place not in hand.silent:
            intent, agent_id = f"reveal:{hand.task_id}:{place}", self.agents[place]
            await self.world.market.reveal(self.owner, hand.task_id, agent_id, price, 60, intent=intent)

    def tie_break(self, hand, place):
        if hand.mode is OPEN:
            return 0
        market, agent_id = self.world.market, self.agents[place]
        salt = market.salt(self.owner, hand.task_id, agent_id)
        return market.commitment(hand.task_id, agent_id, hand.bids[place], 60, salt) >> 136

    def case(self, hand):
        """The hand as the mirror takes it, and the agents in the order of its places."""
        shown = [place for place in hand.bids if place not in hand.silent]
        bids = [(hand.bids[one], SKILLS[hand.skill][one], self.tie_break(hand, one)) for one in shown]
        agents = [self.agents[one] for one in [*shown, *hand.silent]]
        return Case(hand.mode, hand.reserve, bids, len(hand.silent)), agents


async def test_the_contracts_award_pay_and_bind_as_the_mirror(world, wallets):
    table = Table(world, wallets[1], wallets[2])
    capital = MAX_RESERVE // 5
    await table.seat(capital)
    played = list(hands(random.Random(3)))
    await table.play(played)
    cases, agents = zip(*map(table.case, played), strict=True)
    auctions = batch(cases)
    check(auctions)
    awards = clear(auctions)

    def named(row, place):
        return 0 if place == NOBODY else agents[row][place]

    expected = [
        (hand.task_id, named(row, int(awards.winner[row])), int(awards.payment[row]))
        for row, hand in enumerate(played)
    ]
    ends = await world.events(bid_auction.AuctionFinalized)
    assert [(end.task_id, end.agent_id, end.price) for end in ends] == expected
    rankings = await read_many(
        world.rpc, [world.deployment.auction.get_ranking(hand.task_id) for hand in played]
    )
    for row, (winner, second, third, _, _) in enumerate(results(awards)):
        assert [bid.agent_id for bid in rankings[row]] == [named(row, one) for one in (winner, second, third)]
    await bonds_are(table, agents, awards, capital)
    await takeovers_are(table, played, agents, awards)


async def bonds_are(table, agents, awards, capital):
    """Once what stayed sealed is forfeited, the agents hold what the mirror leaves them."""
    world = table.world
    await world.catch_up()
    for task_id, agent_id in list(world.view.commitments):
        await world.market.forfeit(table.owner, task_id, agent_id, intent=f"forfeit:{task_id}:{agent_id}")
    for agent_id in table.agents:
        rows = [(row, ids.index(agent_id)) for row, ids in enumerate(agents) if agent_id in ids]
        burned = sum(int(awards.bond_burned[at]) for at in rows)
        balance = await world.market.balance(account_of_agent(agent_id))
        assert balance.locked == sum(int(awards.bond_held[at]) for at in rows)
        assert balance.total == capital - burned


async def takeovers_are(table, played, agents, awards):
    """Every winner defaults, and every runner-up takes over."""
    world = table.world
    await table.reach(played, "deadline")
    expected = []
    for row, hand in enumerate(played):
        if awards.winner[row] != NOBODY:
            await world.market.declare_default(table.owner, hand.task_id, intent=f"default:{hand.task_id}")
        if awards.runner_up[row] != NOBODY:
            heir = agents[row][int(awards.runner_up[row])]
            await world.market.take_over(table.owner, hand.task_id, heir, intent=f"heir:{hand.task_id}")
            expected.append((hand.task_id, heir, int(awards.take_over[row])))
    taken = await world.events(bid_auction.TaskTakenOver)
    assert [(one.task_id, one.agent_id, one.price) for one in taken] == expected
    assert len(expected) > len(played) // 2
