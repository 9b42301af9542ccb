"""The auction as environments: what the libraries ask of them, and what a run of auctions does to its bidders."""

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from pettingzoo.test import parallel_api_test, parallel_seed_test

from agents.errors import SettingOutOfRange
from agents.learning.env.horizon import Markets, Rules
from agents.learning.env.mirror import check
from agents.learning.env.parallel import ReverseAuction, reverse_auction_v0
from agents.learning.env.single import SingleLearner
from agents.market.domain import AwardMode, Reputation, bond_of
from agents.money import CREDIT

RULES = Rules(tasks=12, bidders=3)


def truthful(_seen):
    return np.array([-1.0], np.float32)


def halfway(_seen):
    return np.array([0.0], np.float32)


def played(markets, price_of):
    """Every (sight, step) of an episode."""
    sight, steps = markets.reset(), []
    while not (steps and steps[-1][1].over):
        step = markets.step(price_of(sight))
        steps.append((sight, step))
        sight = markets.sight()
    return steps


def at_cost(sight):
    return sight.cost


# The libraries' own checks


def test_pettingzoo_takes_it():
    parallel_api_test(reverse_auction_v0(RULES), num_cycles=100)
    parallel_seed_test(lambda: reverse_auction_v0(RULES), num_cycles=30)


@pytest.mark.parametrize("rules", [RULES, Rules(second_price=True, capacity=1, duration=3)])
def test_gymnasium_takes_it(rules):
    check_env(SingleLearner([halfway], rules), skip_render_check=True)


def test_a_vector_of_them_resets_in_the_mode_that_is_named():
    envs = gymnasium.vector.SyncVectorEnv(
        [lambda: SingleLearner([halfway], RULES)] * 2, autoreset_mode=SingleLearner.AUTORESET
    )
    envs.reset(seed=1)
    for number in range(1, RULES.tasks + 1):
        seen, _, terminated, truncated, infos = envs.step(envs.action_space.sample())
        assert terminated.all() == (number == RULES.tasks)
        assert not truncated.any()
    # The new episode has begun in the step that ended the old one.
    assert (seen["left"] == 1).all()
    assert (infos["final_obs"][0]["left"] == 0).all()


@pytest.mark.parametrize(
    ("library", "module"),
    [
        ("pettingzoo", "parallel"),
        ("gymnasium", "parallel"),
        ("pettingzoo", "single"),
        ("gymnasium", "single"),
    ],
)
def test_without_a_library_the_rest_works_and_the_error_says_what_to_install(library, module):
    script = f"""
import sys
sys.modules[{library!r}] = None
import agents.learning.env.horizon
from agents.errors import LibraryMissing
try:
    import agents.learning.env.{module}
except LibraryMissing as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "is not installed: run `pip install 'agora-market[env]'`" in said.stdout


# A run of auctions


def test_one_step_is_what_the_sight_and_the_action_say():
    env = ReverseAuction(RULES)
    seen, _ = env.reset(seed=3)
    reserve = round(float(seen["bidder_0"]["reserve"][0]) * RULES.highest_reserve)
    actions = {"bidder_0": truthful(None), "bidder_1": np.array([1.0], np.float32)}
    _, rewards, _, _, infos = env.step(actions)
    bids = {name: info["bid"] for name, info in infos.items()}
    assert bids["bidder_0"] == pytest.approx(float(seen["bidder_0"]["cost"][0]) * reserve, abs=2)
    assert bids["bidder_1"] == pytest.approx(reserve, abs=2)
    assert (bids["bidder_2"], infos["bidder_2"]["entered"]) == (0, False)
    assert [info["won"] for info in infos.values()] == [True, False, False]
    assert infos["bidder_0"]["payment"] == bids["bidder_0"]
    assert infos["bidder_1"]["scores"] == sorted(2 * bids[name] / bids["bidder_1"] for name in list(bids)[:2])
    # Whoever works at cost loses the fee, or half of its bond.
    assert rewards["bidder_0"] < 0 == rewards["bidder_1"]


def test_the_second_price_pays_more_than_the_bid():
    markets = Markets(Rules(second_price=True, failure=0.0, fee_bps=0, tasks=20), 64, 1)
    for sight, step in played(markets, at_cost):
        check(step.auctions)
        assert (step.auctions.mode == AwardMode.SEALED_SECOND_PRICE).all()
        there = step.auctions.revealed.any(1)
        own = sight.cost.gather(1, step.awards.winner.clamp(min=0)[:, None])[:, 0]
        assert (step.awards.payment >= own)[there].all()
        assert step.profit.sum(1).equal(torch.where(there, step.awards.payment - own, 0))


def test_a_bidder_is_never_fuller_than_its_capacity_and_is_free_again_when_its_work_is_done():
    rules = Rules(bidders=2, capacity=1, duration=4, tasks=40, runway=10_000 * CREDIT)
    markets = Markets(rules, 16, 2)
    held = []
    for _, step in played(markets, at_cost):
        held.append(step.awards.bond_held > 0)
        recent = torch.stack(held[-rules.duration :]).sum(0)
        assert (recent <= 1).all()
    # Two bidders with one slot each can do half of what comes.
    assert torch.stack(held).sum((0, 2)).tolist() == [20] * 16


def test_credits_are_neither_made_nor_lost_and_nobody_goes_broke():
    rules = Rules(runway=12 * CREDIT, failure=0.5, tasks=64, duration=3)
    markets, profit = Markets(rules, 32, 3), torch.zeros(32, rules.bidders, dtype=torch.int64)
    refused = 0
    for sight, step in played(markets, at_cost):
        assert (sight.runway >= 0).all()
        refused += int((~step.auctions.revealed).sum())
        profit += step.profit
    assert refused > 0
    for _ in range(rules.duration):
        markets.step(torch.zeros_like(profit))
    assert markets.sight().runway.equal(rules.runway + profit)


def test_reputation_grows_as_on_chain():
    rules = Rules(bidders=2, capacity=4, duration=1, failure=0.0, tasks=30, runway=1000 * CREDIT)
    markets, weight = Markets(rules, 1, 4), [0, 0]
    for _, step in played(markets, at_cost):
        weight[int(step.awards.winner[0])] += int(step.awards.payment[0]) * 25 // 100
    assert min(weight) > 0
    assert markets.sight().quality[0].tolist() == [Reputation(one, one).quality for one in weight]


def test_rejection_costs_half_of_the_bond():
    markets = Markets(Rules(failure=1.0, tasks=50, runway=1000 * CREDIT), 8, 5)
    rejected = 0
    for sight, step in played(markets, at_cost):
        for row in range(8):
            winner = int(step.awards.winner[row])
            profit, cost = int(step.profit[row, winner]), int(sight.cost[row, winner])
            bond = bond_of(int(sight.reserve[row]))
            fee = int(step.awards.payment[row]) * 250 // 10_000
            assert profit in (-cost - (bond + 1) // 2, -fee)
            rejected += profit != -fee
    assert 100 < rejected < 300


def test_the_same_seed_plays_the_same_and_another_does_not():
    def profits(seed):
        return torch.stack([step.profit for _, step in played(Markets(RULES, 4, seed), at_cost)])

    assert profits(1).equal(profits(1))
    assert not profits(1).equal(profits(2))


# Bad input


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bidders", 1),
        ("tasks", 0),
        ("capacity", 0),
        ("duration", 0),
        ("lowest_reserve", 99_999),
        ("highest_reserve", 9 * CREDIT),
        ("runway", -1),
        ("power", float("nan")),
        ("failure", 1.1),
        ("fee_bps", 10_001),
    ],
)
def test_rules_out_of_range_are_named(name, value):
    with pytest.raises(SettingOutOfRange, match=f"^{name} is {value}"):
        Rules(**{name: value})


def test_what_cannot_be_done_is_refused():
    with pytest.raises(SettingOutOfRange, match=r"^batch is 0"):
        Markets(RULES, 0, 1)
    with pytest.raises(SettingOutOfRange, match=r"^the number of rivals is 3, but must be 1 or 2"):
        SingleLearner([halfway] * 3, RULES)
    env = SingleLearner([truthful, halfway], RULES)
    env.reset(seed=0)
    for bad in (1.5, float("nan")):
        with pytest.raises(SettingOutOfRange, match=r"^the action is"):
            env.step(np.array([bad], np.float32))
    while not env.step(np.array([0.0], np.float32))[2]:
        pass
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(np.array([0.0], np.float32))
