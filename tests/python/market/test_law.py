"""The contracts against the model: the same calls, the same events or the same refusal, and the same state.

They are the same 25 lives of a market each time; with AGORA_LAW_EXAMPLES, so many other ones.
"""

import os
from dataclasses import astuple

from calls import Calls
from cast import AGENTS, ANYONE, BUYERS, CAPITAL, EVALUATOR, JUDGE, OWNERS, SKILL, TREASURY
from eth_utils.crypto import keccak
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from model import Market, Params, Refused, account_of, account_of_agent
from model.law import KEPT
from stage import TERMS
from walk import Walk

from agents.chain.abi import encode
from agents.chain.bindings import structs
from agents.lab.judge import Judge
from agents.market.domain import skill_name
from agents.market.view import MarketView

EXAMPLES = os.environ.get("AGORA_LAW_EXAMPLES")


def word(*values):
    return keccak(encode(["bytes32"] * len(values), values))


def expected(event):
    """An event of the model as the bindings decode it."""
    name, *values = event
    return (name, *(astuple(value) if isinstance(value, Params) else value for value in values))


def market_of(stage):
    """The model of the stage as it begins."""
    treasury, pool = account_of(stage.people[TREASURY]), stage.at["EvaluatorPool"]
    places = {"judges": [stage.people[JUDGE]], "meter": stage.at["UsageMeter"]}
    oracles = {"digest": stage.digest_of, "seal": stage.seal_of}
    market = Market(stage.now, treasury, pool, TERMS, **places, **oracles)
    for agent, owner in zip(AGENTS, OWNERS, strict=True):
        market.register(stage.people[owner])
        market.deposit(stage.people[0], account_of_agent(agent), CAPITAL["agent"])
    for buyer in BUYERS:
        market.deposit(stage.people[0], account_of(stage.people[buyer]), CAPITAL["buyer"])
    return market


class Together(Walk):
    """Everything is done twice."""

    def __init__(self, stage):
        stage.restart()
        super().__init__(market_of(stage), stage.people)
        self.stage, self.calls, self.over = stage, Calls(stage), set()
        # False from a call or a comparison that failed on: then the end of the life has nothing to add.
        self.agreed = True
        people = [account_of(stage.people[one]) for one in (*BUYERS, *OWNERS, EVALUATOR, ANYONE, TREASURY)]
        self.accounts = [*people, *(account_of_agent(agent) for agent in AGENTS)]
        self.accounts.append(account_of(stage.at["UsageMeter"]))

    def attempt(self, what, caller, *arguments):
        self.agreed = False
        call = self.calls.call(what, caller, arguments)
        events, refusal = self.by_the_model(what, caller, arguments)
        if refusal:
            assert self.stage.refusal(call, caller) == refusal, what
        else:
            assert self.stage.send(call, caller) == [expected(event) for event in events], what
        self.agreed = True
        return not refusal

    def by_the_model(self, what, caller, arguments):
        try:
            return getattr(self.market, what)(caller, *arguments), None
        except Refused as refused:
            return [], refused.args

    def warp_to(self, time):
        self.market.now = max(self.market.now, time)
        if self.stage.now < self.market.now:
            self.stage.warp(self.market.now)

    @invariant()
    def states_agree(self):
        """What the contracts hold in one request, but for tasks that were over before: requests take the time here."""
        self.compare([task for task in self.market.tasks.values() if task.id not in self.over])
        self.over = {task.id for task in self.market.tasks.values() if task.state.is_final}

    def teardown(self):
        if self.agreed:
            self.compare(self.market.tasks.values())
            self.audit()

    def audit(self):
        """The audit's rules, which know events alone, find nothing wrong and come to the same records."""
        view = MarketView()
        judge = Judge(view)
        for logged in self.stage.logged:
            assert judge.hear(logged.event) == [], logged
            view.apply(logged)
        assert judge.overdue() == []
        for agent in self.market.agents.values():
            found = judge.records[agent.id, agent.epoch, skill_name(SKILL)]
            assert (found.experience, found.merit) == agent.record(SKILL)

    def compare(self, tasks):
        self.agreed = False
        parts = (
            *(self.credits(), self.tasks(tasks), self.bids(tasks), self.races(tasks)),
            *(self.channels(), self.agents()),
        )
        expected = [one for part in parts for one in part]
        found = self.stage.read([call for call, _, _ in expected])
        for (call, fields, values), one in zip(expected, found, strict=True):
            shown = tuple(getattr(one, field) for field in fields) if fields else (one,)
            assert shown == values, (call.name, call.data[4:].hex())
        self.agreed = True

    # Each part: what is asked, which fields of the answer are meant, and what they are in the model.

    def credits(self):
        ledger, book = self.stage.ledger, self.market.book
        for account in self.accounts:
            kept = book.free[account], book.locked[account], book.debt[account]
            yield ledger.balance_of(account), ("free", "locked", "debt"), kept
        yield ledger.pending_burn(), (), (book.burned,)
        yield self.stage.token.balance_of(ledger.address), (), (book.total(),)

    def tasks(self, tasks):
        for task in tasks:
            agreed = word(task.params.specification, task.params.seal, bytes(32))
            kept = {
                "requester": task.requester,
                "reserve": task.reserve,
                "depth": task.depth,
                "weight": task.weight,
                "file": word(agreed, task.result) if any(task.result) else agreed,
                "agent_id": task.agent,
                "price": task.price,
                "epoch": task.epoch,
                "deadline": task.deadline,
                "promised_at": task.promised_at,
                "state": task.state,
                "score": task.score,
                "lateness": task.lateness,
                "round": task.round,
            }
            yield self.stage.tasks.get_task(task.id), tuple(kept), tuple(kept.values())

    def bids(self, tasks):
        nobody = structs.Bid(0, 0, 0, 0)
        for task in tasks:
            ranked = [structs.Bid(one.agent, one.price, one.promised, one.quality) for one in task.ranking]
            kept = tuple([*ranked, *[nobody] * KEPT][:KEPT])
            yield self.stage.auction.get_ranking(task.id), (), (kept,)
            for agent in task.bids:
                bid = task.sealed(agent)
                yield self.stage.auction.get_commitment(task.id, agent), (), (bid.digest if bid else 0,)

    def races(self, tasks):
        for task in tasks:
            if task.race is None:
                continue
            race, at = task.race, self.stage.races
            kept = {"bond": race.bond, "fee": race.fee, "over": race.over, "unsealed": race.unsealed}
            yield at.get_race(task.id), tuple(kept), tuple(kept.values())
            yield at.head_of(task.id), (), ((race.head if race.deadline else 0, race.deadline),)
            for entry in race.entries.values():
                kept = entry.digest, entry.epoch, entry.stage
                yield at.get_entry(task.id, entry.agent), ("digest", "epoch", "stage"), kept

    def channels(self):
        meter, market = self.stage.meter, self.market
        fields = "epoch", "deposit", "redeemed", "exit_end", "owner_epoch", "open"
        for key, channel in market.channels.items():
            yield meter.channel_of(*key), fields, astuple(channel)
            yield meter.available(*key), (), (market.available(*key),)
        for agent, pledge in market.stakes.items():
            yield meter.pledge_of(agent), ("amount", "release_at", "owed_since"), astuple(pledge)

    def agents(self):
        incentives, registry = self.stage.incentives, self.stage.registry
        for agent in self.market.agents.values():
            yield incentives.record_of(agent.id, SKILL), ("experience", "merit"), agent.record(SKILL)
            yield incentives.quality_of(agent.id, SKILL), (), (agent.quality(SKILL),)
            yield registry.owner_of(agent.id), (), (agent.owner,)
            yield registry.is_active(agent.id), (), (agent.active,)
            yield registry.ownership_epoch(agent.id), (), (agent.epoch,)


def test_the_contracts_do_what_the_model_does(stage):
    lives = settings(
        max_examples=int(EXAMPLES or 25),
        stateful_step_count=40,
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        # Without shrinking: on a chain it takes minutes, and a life of 40 steps can be read.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(lambda: Together(stage), settings=lives)
