"""The live market in small: the benchmark's own path on the tests' node, and its figures."""

import asyncio
import math
import statistics

import pytest

from agents.llm.protocol import Message, ModelRequest
from agents.market.domain import BPS, AwardMode, bond_of
from agents.money import CREDIT
from bench.learning.arena import Arena
from bench.learning.live_market import GROUPS, WEIGHT, Plan, play_in
from bench.learning.market_figures import Auction, Figures, Offer, figures, interval
from bench.learning.workshop import ANSWER, WRONG, BySkill, Law, Orders, SlowModel, Ticks

FEE_BPS = 250


@pytest.fixture
async def arena(rpc, deployment, store, tmp_path):
    arena = Arena(rpc, deployment, store, tmp_path, interval=0.01)
    await arena.feed.catch_up()
    yield arena
    await arena.close()


@pytest.mark.parametrize(("mode", "tasks"), [("first", 12), ("second", 4)])
async def test_a_small_market_ends_and_adds_up(arena, mode, tasks):
    """Eight agents on real contracts; the ledgers say what the auctions say."""
    plan = Plan(tasks=tasks, each=2, at_once=6, duration=1, mode=mode)
    found, auctions = await play_in(arena, plan, seed=1)
    assert len(auctions) == plan.tasks
    assert found.awarded == 1
    assert sum(found.wins.values()) == plan.tasks
    gained = dict.fromkeys(GROUPS, 0)
    for auction in auctions:
        winner = next(offer for offer in auction.offers if offer.agent_id == auction.winner)
        gained[winner.group] += auction.income - winner.cost
        if auction.income < 0:
            assert auction.income == -((bond_of(auction.reserve) + 1) // 2)
        else:
            assert auction.income == auction.payment - auction.payment * FEE_BPS // BPS
        assert len(auction.offers) == 8
        if mode == "first":
            assert auction.payment == winner.price
        else:
            assert winner.price <= auction.payment <= auction.reserve
    assert found.profit == {group: profit / CREDIT for group, profit in gained.items()}
    # All claim both skills.
    assert {note.fit for party in arena.parties for note in party.agent.notes.bids} == {WEIGHT / 100}
    won = [auction.winner for auction in auctions]
    # Of an agent's first answers the fifth is wrong, in the second row of agents the fourth.
    turns = [(won.count(party.agent_id) + number // 4) // 5 for number, party in enumerate(arena.parties)]
    assert sum(auction.income < 0 for auction in auctions) == sum(turns)
    believed = {offer.group for auction in auctions for offer in auction.offers if offer.believed is not None}
    assert "learned" in believed


@pytest.mark.parametrize("law", [Law(), Law(uniform=True)])
def test_all_agents_have_costs_of_one_law_and_winners_are_cursed(law):
    orders = Orders(3, ["skill-a"], AwardMode.SEALED_FIRST_PRICE, tasks=600, law=law)
    reserve = 20 * CREDIT
    costs = [[orders.cost(number, agent, reserve) / reserve for number in range(600)] for agent in range(4)]
    for shares in costs:
        assert statistics.median(shares) == pytest.approx(0.5 if law.uniform else law.medians[0], rel=0.1)
        assert max(shares) <= 1 or not law.uniform
    errors = [
        math.log(orders.estimate(number, agent, reserve) / orders.cost(number, agent, reserve))
        for number in range(600)
        for agent in range(4)
    ]
    assert statistics.fmean(errors) == pytest.approx(0, abs=0.02)
    assert statistics.stdev(errors) == pytest.approx(law.error, abs=0.02)
    won = [min(range(4), key=lambda agent: orders.estimate(number, agent, reserve)) for number in range(600)]
    true = sum(orders.cost(number, agent, reserve) for number, agent in enumerate(won))
    assert true > 1.02 * sum(orders.estimate(number, agent, reserve) for number, agent in enumerate(won))


def test_the_groups_are_dealt_the_same_costs_in_turn():
    orders = Orders(5, ["skill-a"], AwardMode.SEALED_FIRST_PRICE, tasks=40, groups=4)
    assert [orders.draft(number).reward for number in range(10)] == [
        orders.draft(number).reward for number in range(30, 40)
    ]
    dealt = [
        [(orders.cost(number, agent, CREDIT), orders.estimate(number, agent, CREDIT)) for number in range(40)]
        for agent in range(8)
    ]
    for row in (dealt[:4], dealt[4:]):
        assert all(sorted(costs) == sorted(row[0]) for costs in row)
        assert all(row[a] != row[b] for a in range(4) for b in range(a))
    assert sorted(dealt[0]) != sorted(dealt[4])


def offer(agent_id, cost, price, *, estimate=None, quality=5000, believed=None, group="learned"):
    return Offer(agent_id, group, cost, estimate or cost, quality, believed, price)


def test_figures_of_two_auctions_by_hand():
    first = Auction(
        reserve=100,
        winner=1,
        payment=80,
        income=78,
        offers=(
            offer(1, 60, 80, estimate=50, believed=0.75),
            offer(2, 50, 90, group="truthful"),
            offer(3, 20, None, group="truthful"),
        ),
    )
    # The second is worth more by its quality.
    second = Auction(
        reserve=100,
        winner=2,
        payment=70,
        income=68,
        offers=(
            offer(1, 40, 50, believed=0.25),
            offer(2, 60, 70, quality=10_000, group="truthful"),
        ),
    )
    nobody = Auction(reserve=100, winner=0, payment=0, income=0, offers=(offer(1, 90, None),))
    found = figures(7, {"learned": 2 * CREDIT, "truthful": CREDIT}, [first, second, nobody], 1.0)
    assert found.profit == {"learned": 2, "truthful": 1}
    assert found.late_profit == {"learned": 0, "truthful": 8 / CREDIT}
    assert found.wins == {"learned": 1, "truthful": 1}
    assert found.awarded == pytest.approx(2 / 3)
    assert found.efficiency == pytest.approx((40 + 40) / (50 + 60))
    assert found.market_efficiency == pytest.approx((40 + 40) / (80 + 60 + 10))
    assert (found.right, found.right_by_estimate) == (0.5, 1.0)
    assert found.payment == pytest.approx(0.75)
    assert found.overrun == pytest.approx(120 / 110)
    assert found.brier == {"learned": pytest.approx(0.0625)}
    assert found.calibration == {"learned": [(0.25, 0, 1), (0.75, 1, 1)]}
    assert found.ratio == 2


def test_the_interval_is_students_and_the_rival_is_the_baseline_that_earned_most():
    def market(seed, learned, markup):
        profit = {"learned": learned, "truthful": 2.0, "markup": markup}
        return Figures(seed, profit, profit, {}, *[1] * 7, {}, {}, 1)

    said = interval([market(0, 2.0, 3.0), market(1, 3.0, 0.0), market(2, 4.0, 2.0)])
    half = 4.303 * 0.5 / math.sqrt(3)
    assert said["best_baseline"] == "truthful"
    assert said["ratio"] == 1.5
    assert said["ratio_interval"] == [pytest.approx(1.5 - half), pytest.approx(1.5 + half)]
    assert said["worst_ratio"] == 1
    assert (said["met_ratio"], said["met_efficiency"]) == (False, True)


async def test_slow_work_is_ready_at_its_tick_and_costs_what_it_truly_does():
    ticks, orders = Ticks(), Orders(1, ["skill-a"], AwardMode.SEALED_FIRST_PRICE, tasks=10)
    model = SlowModel(orders, ticks, lambda number: number + 2, {"one": 2})

    def asked(number):
        return model.complete(ModelRequest("one", "work", (Message("user", f"Order {number}, please"),), 10))

    work = asyncio.create_task(asked(3))
    await ticks.reach(4)
    await asyncio.sleep(0.01)
    assert not work.done()
    await ticks.reach(5)
    answer = await work
    assert answer.usage.prompt_tokens * 1000 == orders.cost(3, 2, orders.draft(3).reward)
    await ticks.reach(12)
    said = [answer.text, *[(await asked(number)).text for number in range(9)]]
    # The third row of agents is wrong at its third answer, and at each fifth from there.
    expected = [WRONG if turn in (2, 7) else ANSWER for turn in range(10)]
    assert said == [f'{{"answer": "{word}"}}' for word in expected]


async def test_a_text_means_the_skill_that_it_names():
    vectors = await BySkill(["skill-a", "skill-b"]).embed(["skill b: see skill a", "skill a", "none"])
    assert vectors.tolist() == [[0, 1], [1, 0], [0, 0]]
