"""Lives of a market at random: most parties take the step that is due, some do what comes to their mind.

What is done is for the subclass to say: ``attempt`` does it to the model alone, or to the contracts too.
"""

import hashlib
import random
from dataclasses import replace

from cast import (
    AGENTS,
    ANYONE,
    BUYERS,
    EVALUATOR,
    JUDGE,
    MODES,
    ODD_RESERVES,
    PART_WINDOWS,
    RESERVES,
    SCORES,
    SKILL,
    WINDOWS,
    secret_of,
    work_of,
)
from eth_utils.crypto import keccak
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from model import Mode, Params, Relayed, Round, SignedBid, SignedCommitment, Stage, State, account_of
from spending import Spending
from strays import Strays


class Walk(Strays, Spending, RuleBasedStateMachine):
    """``people`` are addresses: nobody, buyers, owners, an evaluator, anyone, the treasury, a contract that judges."""

    def __init__(self, market, people):
        super().__init__()
        self.market, self.people = market, people
        self.openings, self.entries, self.signers = {}, {}, {}
        self.past, self.dice = b"", random.Random(0)

    def attempt(self, what, caller, *arguments):
        raise NotImplementedError

    def warp_to(self, time):
        raise NotImplementedError

    # One rule, and one draw for all it needs: of many, Hypothesis leaves out or repeats so much that few lives
    # would get far.
    @rule(seed=st.integers(0, 2**32 - 1))
    def step(self, seed):
        # Hypothesis likes few and small seeds: whatever came before makes them different.
        self.past = hashlib.sha256(self.past + seed.to_bytes(4)).digest()
        self.dice = random.Random(self.past)
        alive = [task for task in self.market.tasks.values() if not task.state.is_final]
        chance = self.dice.random()
        if not alive or (chance < 0.15 and len(alive) < 2):
            self.post()
        elif chance < 0.7:
            task = self.dice.choice(alive)
            for _ in range(self.dice.randint(1, 3)):
                self.live_on(task)
        elif chance < 0.82:
            for _ in range(self.dice.randint(2, 8)):
                self.spend()
        elif chance < 0.96:
            for _ in range(self.dice.randint(1, 8)):
                self.stray()
        else:
            self.warp_near(self.dice.choice(alive))

    # What is due

    def live_on(self, task):
        due = {
            State.OPEN: self.auction,
            State.AWARDED: self.work,
            State.SUBMITTED: self.judge,
            State.REJECTED: self.be_rejected,
            State.DISPUTED: self.hear,
            State.RULED: self.be_ruled,
            State.DEFAULTED: self.succeed,
        }
        if task.state in due:
            due[task.state](task)

    def auction(self, task):
        if not task.touched and self.dice.random() < 0.08:
            self.attempt("cancel", task.requester, task.id)
        elif task.mode is Mode.RACE:
            self.race(task)
        elif self.market.now < task.bidding_end:
            bidders = self.dice.sample(AGENTS, self.dice.randint(1, len(AGENTS)))
            for agent in bidders[:1] if task.mode is Mode.DIRECT else bidders:
                self.bid(task, agent)
            if task.state is State.OPEN and self.dice.random() < 0.7:
                self.warp_to(task.bidding_end)
        elif self.market.now < task.reveal_end:
            for agent in [agent for agent in task.bids if self.dice.random() < 0.9]:
                self.reveal(task.id, agent)
            self.warp_to(task.reveal_end)
        else:
            self.attempt("finalize", self.anyone(), task.id)
            for agent in [agent for agent in task.bids if task.sealed(agent)]:
                self.attempt("forfeit", self.anyone(), task.id, agent)

    def race(self, task):
        if self.market.now < task.bidding_end:
            for agent in self.dice.choices(AGENTS, k=5):
                self.enter(task.id, agent)
            if self.dice.random() < 0.8:
                self.warp_to(task.bidding_end)
        elif self.market.now < task.reveal_end:
            for agent in task.race.entries if task.race else ():
                if self.dice.random() < 0.8:
                    self.show(task.id, agent)
            self.warp_to(task.reveal_end)
        elif task.race and task.race.deadline:
            self.judge_head(task)
        else:
            self.attempt("advance", self.anyone(), task.id, self.dice.choice((0, 1, 9, 9)))
        if task.race and task.race.over:
            self.leave_race(task)

    def judge_head(self, task):
        head, chance = task.race.head, self.dice.random()
        if task.race.entries[head].stage is Stage.CONVENED:
            payee = account_of(self.people[EVALUATOR])
            if chance < 0.8:
                score = self.dice.choice((10, 59, 59, 60))
                self.attempt("decide_entry", self.anyone(), task.id, head, score, payee)
            else:
                self.attempt("give_up_entry", self.anyone(), task.id, head)
        elif chance < 0.2:
            self.warp_to(task.race.deadline)
            self.attempt("release_race", self.anyone(), task.id)
        elif not task.by_pool:
            score = self.dice.choice((10, 59, 59, 60))
            self.attempt("judge", task.params.evaluator, task.id, head, score)
        elif task.race.unsealed:
            self.attempt("convene_entry", self.anyone(), task.id)
        else:
            self.attempt("unseal_race", self.anyone(), task.id, task.file, secret_of(task.id))

    def leave_race(self, task):
        for agent, entry in task.race.entries.items():
            if entry.stage is Stage.SHOWN:
                self.attempt("withdraw_entry", self.anyone(), task.id, agent)
            elif entry.stage is Stage.SEALED:
                self.attempt("forfeit_entry", self.anyone(), task.id, agent)

    def work(self, task):
        if task.depth < 2 and self.dice.random() < 0.15:
            self.post(self.owner(task.agent), task)
        self.warp_to(self.market.now + self.dice.choice((0, 0, 1, 100, 101, 150, 200)))
        if self.market.now < task.deadline:
            self.submit(task)
        else:
            self.attempt("declare_default", self.anyone(), task.id)

    def judge(self, task):
        if task.round is not Round.NONE:
            self.hear(task)
        elif not task.by_pool and self.dice.random() < 0.8:
            evaluator = task.params.evaluator
            self.attempt("evaluate", evaluator, task.id, self.dice.choice(SCORES))
        else:
            self.warp_to(task.deadline)
            self.attempt("release", self.anyone(), task.id)

    def be_rejected(self, task):
        if self.dice.random() < 0.75:
            self.attempt("dispute", self.owner(task.agent), task.id, task.file, work_of(task.id))
        else:
            self.warp_to(task.deadline)
            self.attempt("close_rejected", self.anyone(), task.id)

    def hear(self, task):
        if task.round is Round.CONVENED and self.dice.random() < 0.75:
            self.attempt("unseal", self.anyone(), task.id, task.file, secret_of(task.id))
        elif task.round is Round.CONVENED:
            self.warp_to(task.deadline)
            self.attempt("close_sealed", self.anyone(), task.id)
        elif self.dice.random() < 0.8:
            payee = account_of(self.people[EVALUATOR])
            self.attempt("decide", self.anyone(), task.id, self.dice.choice((10, 59, 60, 90)), payee)
        else:
            self.attempt("give_up_case", self.anyone(), task.id)

    def be_ruled(self, task):
        if self.dice.random() < 0.6:
            loser = task.requester if task.passed else self.owner(task.agent)
            self.attempt("appeal", loser, task.id)
        else:
            self.warp_to(task.deadline)
            self.attempt("close_ruled", self.anyone(), task.id)

    def succeed(self, task):
        if self.dice.random() < 0.75:
            heir = task.ranking[1].agent
            self.attempt("take_over", self.owner(heir), task.id, heir)
        else:
            self.warp_to(task.deadline)
            self.attempt("close_defaulted", self.anyone(), task.id)

    # Steps

    def post(self, caller=None, parent=None):
        number = len(self.market.tasks) + 1
        caller = caller or self.people[self.dice.choice(BUYERS)]
        mode = self.dice.choice(MODES)
        params = Params(
            specification=b"\1" * 32,
            seal=keccak(secret_of(number)),
            skill=SKILL,
            mode=mode,
            reserve=self.dice.choice(ODD_RESERVES if self.dice.random() < 0.05 else RESERVES),
            evaluator=self.dice.choice([self.people[EVALUATOR], caller, self.market.pool]),
            passing_score=60,
            parent_id=parent.id if parent else 0,
            **(PART_WINDOWS if parent else WINDOWS),
        )
        if mode in (Mode.OPEN, Mode.DIRECT):
            params = replace(params, reveal_window=0)
        elif mode is Mode.RACE and self.dice.random() < 0.95:
            params = replace(params, evaluator=self.dice.choice((self.market.pool, self.people[JUDGE])))
        self.attempt("create_task", caller, params)

    def bid(self, task, agent):
        caller = self.owner(agent)
        if task.mode in (Mode.SECOND_PRICE, Mode.FIRST_PRICE):
            self.commit(task, agent, caller)
        elif task.mode is Mode.DIRECT:
            self.attempt("accept", task.requester, self.signed_bid(task, agent))
        elif self.dice.random() < 0.5:
            self.attempt("bid", caller, task.id, agent, self.price(task), self.promise())
        elif self.dice.random() < 0.5:
            self.attempt("bid_for", self.anyone(), self.signed_bid(task, agent))
        else:
            batch = [self.signed_bid(task, one) for one in self.dice.sample(AGENTS, 2)]
            self.attempt("bid_many", self.anyone(), batch)

    def commit(self, task, agent, caller):
        opening = self.price(task), self.promise(), self.dice.randbytes(32)
        digest = self.market.digest_of(task.id, agent, *opening)
        chance = self.dice.random()
        if chance < 0.6:
            done = self.attempt("commit", caller, task.id, agent, digest)
        else:
            relayed = self.signed_commitment(task, agent, digest)
            what, given = ("commit_for", relayed) if chance < 0.8 else ("commit_many", [relayed])
            self.attempt(what, self.anyone(), given)
            bid = task.sealed(agent)
            done = bid is not None and bid.digest == digest
        if done:
            self.openings[task.id, agent] = opening

    def reveal(self, task_id, agent):
        opening = self.openings.get((task_id, agent), (1, 1, bytes(32)))
        self.attempt("reveal", self.anyone(), task_id, agent, *opening)

    def enter(self, task_id, agent):
        opening = hashlib.sha256(self.dice.randbytes(4)).digest(), self.dice.randbytes(32)
        digest = self.market.seal_of(task_id, agent, *opening)
        if self.attempt("enter", self.owner(agent), task_id, agent, digest):
            self.entries[task_id, agent] = opening

    def show(self, task_id, agent):
        opening = self.entries.get((task_id, agent), (bytes(32), bytes(32)))
        self.attempt("show", self.anyone(), task_id, agent, *opening)

    def submit(self, task):
        self.attempt("submit", self.owner(task.agent), task.id, hashlib.sha256(work_of(task.id)).digest())

    def signed_bid(self, task, agent):
        until, nonce = self.market.now + self.dice.choice((0, 1, 99, 99, 99)), self.dice.randint(0, 40)
        item = SignedBid(task.id, agent, self.price(task), self.promise(), until, nonce)
        return self.relayed(item, agent)

    def signed_commitment(self, task, agent, digest):
        known = task.sealed(agent)
        replaces = known.digest if known and self.dice.random() < 0.9 else 0
        until = self.market.now + self.dice.choice((0, 1, 99, 99))
        return self.relayed(SignedCommitment(task.id, agent, digest, replaces, until), agent)

    def relayed(self, item, agent):
        """Signed by the agent's owner; now and then by another in its name."""
        return Relayed(item, self.owner(agent), genuine=self.dice.random() < 0.95)

    def warp_near(self, task):
        ends = [end for end in (task.bidding_end, task.reveal_end, task.deadline) if end > self.market.now]
        self.warp_to(min(ends, default=self.market.now + 10) + self.dice.choice((-1, 0, 1)))

    # Words

    def owner(self, agent):
        return self.market.agents[agent].owner

    def anyone(self):
        return self.people[ANYONE]

    def price(self, task):
        return task.reserve * self.dice.randint(1, 102) // 100

    def promise(self):
        return self.dice.choice((*(100,) * 12, *(1, 50, 200, 300) * 2, 0))
