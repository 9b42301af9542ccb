"""Who offers a skill, how much of it is wanted and how many bid, from events that are written by hand."""

from dataclasses import fields, replace

import pytest

from agents.chain.bindings import agent_registry, bid_auction, structs, task_manager
from agents.market.demand import CLAIMS_WEIGH, WINDOW, Demand
from agents.market.domain import AwardMode, MarketTerms, Task
from agents.market.specification import skill_bytes

ZERO, SKILL = "0x" + "00" * 20, "writing"
TASK = Task(
    id=1,
    requester=ZERO,
    skill=SKILL,
    mode=AwardMode.SEALED_SECOND_PRICE,
    reserve=20,
    evaluator=ZERO,
    passing_score=60,
    bidding_end=1,
    reveal_end=2,
    delivery_window=3,
    review_window=4,
    terms=MarketTerms(250, 10, 0),
    specification=bytes(32),
    seal=bytes(32),
)


class Market:
    def __init__(self):
        self.demand = Demand()

    def claim(self, agent_id, weight=50, skill=SKILL):
        self.demand.apply(agent_registry.SkillSet(agent_id, skill_bytes(skill), weight))

    def activate(self, agent_id, active):
        self.demand.apply(agent_registry.ActiveSet(agent_id, active))

    def post(self, task_id, mode=AwardMode.SEALED_SECOND_PRICE, skill=SKILL):
        params = structs.TaskParams(
            bytes(32), bytes(32), skill_bytes(skill), mode, 20, ZERO, 60, 1, 1, 1, 1, 0
        )
        self.tell(task_manager.TaskCreated, task_id, requester=ZERO, params=params)

    def bid(self, task_id, *agent_ids):
        for agent_id in agent_ids:
            self.demand.apply(bid_auction.BidCommitted(task_id, agent_id, 1, 5000, False))

    def tell(self, kind, task_id, **values):
        values = {field.name: 0 for field in fields(kind)} | {"task_id": task_id} | values
        self.demand.apply(kind(**values))

    def award(self, task_id):
        self.tell(task_manager.TaskAwarded, task_id)

    def settle(self, task_id):
        self.tell(task_manager.TaskSettled, task_id)

    def rivals(self, agent_id, task_id=1):
        return self.demand.rivals(agent_id, replace(TASK, id=task_id))


@pytest.fixture
def market():
    return Market()


def test_before_any_auction_all_others_that_claim_the_skill_are_expected(market):
    for agent_id in (1, 2, 3):
        market.claim(agent_id)
    market.claim(4, skill="research")
    assert (market.rivals(1), market.rivals(9)) == (2, 3)


def test_who_withdraws_its_claim_or_rests_is_not_expected(market):
    for agent_id in (1, 2, 3):
        market.claim(agent_id)
    market.claim(2, weight=0)
    assert market.rivals(1) == 1
    market.activate(3, False)
    assert market.rivals(1) == 0
    market.activate(3, True)
    market.claim(3, weight=90)
    assert market.rivals(1) == 1


def test_what_was_seen_corrects_what_was_claimed(market):
    for agent_id in range(10):
        market.claim(agent_id)
    for task_id in range(1, 9):
        market.post(task_id)
        market.bid(task_id, 0, 1)
        market.award(task_id)
    assert market.rivals(0) == pytest.approx((CLAIMS_WEIGH * 9 + 8 * 1) / (CLAIMS_WEIGH + 8))
    assert market.rivals(5) == pytest.approx((CLAIMS_WEIGH * 9 + 8 * 2) / (CLAIMS_WEIGH + 8))


def test_only_the_newest_auctions_count_and_each_once(market):
    market.claim(1)
    for task_id in range(1, 3 * WINDOW):
        market.post(task_id)
        market.bid(task_id, *([2, 3, 4] if task_id > 2 * WINDOW - 1 else [2]))
        market.award(task_id)
        market.award(task_id)  # a take-over
        market.settle(task_id)
    assert market.rivals(1, 999) == pytest.approx(3 * WINDOW / (CLAIMS_WEIGH + WINDOW))


def test_bids_that_are_sealed_already_are_the_least_to_expect(market):
    market.post(1)
    market.bid(1, 7, 8, 8, 9)
    assert (market.rivals(1), market.rivals(7)) == (3, 2)
    assert market.demand.bidders[1] == {7, 8, 9}


def test_an_auction_without_bids_counts_as_one_and_a_cancelled_task_as_none(market):
    market.claim(2)
    market.post(1)
    market.tell(task_manager.TaskExpired, 1)
    assert market.rivals(1, 9) == pytest.approx(CLAIMS_WEIGH / (CLAIMS_WEIGH + 1))
    market.post(2)
    market.tell(task_manager.TaskCancelled, 2)
    market.tell(task_manager.TaskRefunded, 2)
    market.post(3, AwardMode.DIRECT)
    market.award(3)
    assert market.rivals(1, 9) == pytest.approx(CLAIMS_WEIGH / (CLAIMS_WEIGH + 1))


def test_load_is_open_tasks_for_each_that_claims_the_skill(market):
    assert market.demand.load(SKILL) == 0
    for task_id in (1, 2, 3):
        market.post(task_id)
    market.post(4, skill="research")
    assert market.demand.load(SKILL) == 3, "nobody claims it"
    market.claim(1)
    market.claim(2)
    assert market.demand.load(SKILL) == 1.5
    market.award(1)
    assert market.demand.load(SKILL) == 1.5, "awarded, and still to be done"
    market.settle(1)
    market.tell(task_manager.TaskExpired, 2)
    market.tell(task_manager.TaskRefunded, 2)
    assert market.demand.load(SKILL) == 0.5
