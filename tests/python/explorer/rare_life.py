"""A life of a market in which all that is rare happens: votes, panels that slash, races, parts, letters, channels.

    python tests/python/explorer/rare_life.py http://127.0.0.1:8545 contract_addresses.json

plays it on an empty Hardhat node and writes down where the contracts are, so that the pages that show it can be looked
at.
"""

import hashlib
import json
import sys
from pathlib import Path

from eth_utils.crypto import keccak

sys.path.insert(0, str(Path(__file__).parents[1] / "market"))

import valid_calls as good
from cast import ANYONE as ANYONE_OF_THEM
from cast import BUYERS, OWNERS
from model import Mode, account_of, account_of_agent
from stage import ADMIN, AT, CHAIN_ID, PEOPLE, TIMELOCK_DELAY, Stage

from agents.chain.abi import encode
from agents.chain.bindings import structs
from agents.money import CREDIT

DAY, WEEK = 86_400, 7 * 86_400
BUYER, OTHER_BUYER = (PEOPLE[one] for one in BUYERS)
WORKERS = {agent: PEOPLE[one] for agent, one in enumerate(OWNERS, 1)}
EVALUATOR, ANYONE, FOUNDER = good.EVALUATOR, PEOPLE[ANYONE_OF_THEM], PEOPLE[ADMIN]
MEMBERS = [EVALUATOR, ANYONE, OTHER_BUYER, *WORKERS.values()]
"""Who takes seats in the pool, beside those that the evaluator has from the beginning."""
SECRET, SALT = good.SECRET, good.SALT
FOR, AGAINST, ABSTAIN = 1, 0, 2
SIGNER, PROVIDER = WORKERS[1], EVALUATOR


class RareLife:
    """``parts`` are to be lived in this order. What the explorer is to say of it is kept beside."""

    def __init__(self, stage):
        self.s = stage
        self.tasks, self.messages, self.vouchers = 0, 0, 0
        self.proposals = {}
        """By the name that a test knows them by."""
        self.parts = (
            *(self.prepare, self.judge_twice, self.judge_in_vain, self.race, self.divide, self.write),
            *(self.think, self.log, self.rate, self.vote),
        )

    def send(self, sender, call):
        return self.s.send(call, sender)

    def wait(self, seconds):
        self.s.warp(self.s.now + seconds)

    # What the others need

    def prepare(self):
        """Agents have names and skills, members their seats, and voters their credits."""
        for agent, owner in WORKERS.items():
            card = json.dumps({"name": f"Worker {agent}", "description": "Works on what is rare."})
            self.send(owner, self.s.registry.set_agent_uri(agent, f"data:application/json,{card}"))
            self.send(owner, self.s.registry.set_skills(agent, [structs.Skill(good.SKILL, 60 + agent)]))
        for member in MEMBERS:
            self.send(FOUNDER, self.s.ledger.deposit(account_of(member), 30 * CREDIT))
            for _ in range(2):
                self.send(member, self.s.pool.take_seat())
        self.wait(20)

    def posted(self, requester=BUYER, **changes):
        self.tasks += 1
        self.send(requester, self.s.tasks.create_task(good.as_params(**changes)))
        return self.tasks

    def awarded(self, prices, **changes):
        """A task for which agents bid these prices."""
        task = self.posted(**changes)
        for agent, price in prices.items():
            digest = self.s.digest_of(task, agent, price, 100, SALT)
            self.send(WORKERS[agent], self.s.auction.commit(task, agent, digest))
        self.wait(changes.get("bidding_window", 50))
        for agent, price in prices.items():
            self.send(ANYONE, self.s.auction.reveal(task, agent, price, 100, SALT))
        self.wait(changes.get("reveal_window", 40))
        self.send(ANYONE, self.s.auction.finalize(task))
        return task

    def submitted(self, **changes):
        """Agent 1 has done it."""
        task = self.awarded({1: 5 * CREDIT, 2: 8 * CREDIT, 3: 9 * CREDIT}, **changes)
        self.send(WORKERS[1], self.s.tasks.submit(task, good.RESULT))
        return task

    # Panels

    def judge_twice(self):
        """A work is rejected, a panel says that it is good, and a larger one that it is not; both slash a member."""
        task = self.submitted()
        self.send(EVALUATOR, self.s.tasks.evaluate(task, 10))
        self.send(WORKERS[1], self.s.tasks.dispute(task, self.file(), good.WORK))
        self.send(ANYONE, self.s.tasks.unseal(task, self.file(), SECRET))
        self.hear(AT["TaskManager"], task, [90, 85, 10])
        self.send(BUYER, self.s.tasks.appeal(task))
        self.hear(AT["TaskManager"], task, [20, 25, 30, 20, 30, 25, None])

    def judge_in_vain(self):
        """The pool evaluates, and nobody says anything: stakes are burned, twice, and the work is paid."""
        task = self.submitted(evaluator=AT["EvaluatorPool"])
        self.send(ANYONE, self.s.tasks.unseal(task, self.file(), SECRET))
        for _ in range(2):
            self.hear(AT["TaskManager"], task, [None, None, None])

    def file(self):
        return structs.File(good.SPECIFICATION, good.SEAL, good.RESULT)

    def hear(self, client, case, scores, window=60):
        """A panel is drawn, says these scores, and is counted; None says nothing."""
        pool = self.s.pool
        for _ in range(2):
            self.wait(1)
        self.send(ANYONE, pool.draw(client, case))
        [panel] = self.s.read([pool.panel_of(client, case)])
        [votes] = self.s.read([pool.members_of(client, case)])
        seats = self.s.read([pool.seat_of(vote.seat) for vote in votes])
        said = [
            (vote.seat, seat.holder, score)
            for vote, seat, score in zip(votes, seats, scores, strict=True)
            if score is not None
        ]
        for seat, holder, score in said:
            digest = self.sealed(client, case, panel.round, seat, score)
            self.send(holder, pool.commit_score(client, case, seat, digest))
        self.wait(window)
        for seat, holder, score in said:
            self.send(holder, pool.reveal_score(client, case, seat, score, SALT))
        self.wait(window)
        self.send(ANYONE, pool.tally(client, case))

    def sealed(self, client, case, *score):
        kinds = "uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes32"
        return int.from_bytes(
            keccak(encode(kinds, (CHAIN_ID, AT["EvaluatorPool"], client, case, *score, SALT)))[:26]
        )

    # Races

    def race(self):
        """Of four entries one is not shown, one is found too bad by a panel, one wins, and one was not needed."""
        races, task = self.s.races, self.posted(mode=Mode.RACE, evaluator=AT["EvaluatorPool"])
        results = {agent: hashlib.sha256(b"entry %d" % agent).digest() for agent in WORKERS}
        for agent, result in results.items():
            self.send(WORKERS[agent], races.enter(task, agent, self.s.seal_of(task, agent, result, SALT)))
        self.wait(50)
        for agent in (2, 3, 4):
            self.send(ANYONE, races.show(task, agent, results[agent], SALT))
        self.wait(40)
        self.send(ANYONE, races.advance(task, 9))
        file = structs.File(good.SPECIFICATION, good.SEAL, bytes(32))
        self.send(ANYONE, races.unseal(task, file, SECRET))
        for agent, scores in ((2, [10, 20, 15]), (3, [90, 95, 100])):
            self.send(ANYONE, races.convene(task))
            self.hear(AT["RaceBoard"], task << 64 | agent, scores)
        self.send(ANYONE, races.forfeit(task, 1))
        self.send(WORKERS[4], races.withdraw(task, 4))

    # Parts of tasks

    def divide(self):
        """An agent has a part of its task done by another, which has a part of that done by a third."""
        windows = {"bidding_window": 10, "reveal_window": 10, "review_window": 9}
        whole = self.awarded({1: 9 * CREDIT}, delivery_window=2_000)
        for agent in (1, 2):
            self.send(FOUNDER, self.s.ledger.deposit(account_of(WORKERS[agent]), 9 * CREDIT))
        kept = {"evaluator": BUYER, "reserve": 4 * CREDIT}
        half = self.awarded(
            {2: 3 * CREDIT}, requester=WORKERS[1], parent_id=whole, delivery_window=900, **kept, **windows
        )
        kept["reserve"] = 2 * CREDIT
        self.posted(WORKERS[1], parent_id=whole, delivery_window=300, **kept, **windows)
        quarter = self.awarded(
            {3: CREDIT}, requester=WORKERS[2], parent_id=half, delivery_window=300, **kept, **windows
        )
        for agent, task, evaluator in ((3, quarter, BUYER), (2, half, BUYER), (1, whole, EVALUATOR)):
            self.send(WORKERS[agent], self.s.tasks.submit(task, good.RESULT))
            self.send(evaluator, self.s.tasks.evaluate(task, 90))

    # Letters

    def write(self):
        """Two agents talk for postage, one party of a task asks the other, and one tells everybody."""
        hub, [one, two] = self.s.messages, [account_of_agent(agent) for agent in (1, 2)]
        self.send(WORKERS[1], hub.set_postage(one, 5))
        self.send(WORKERS[2], hub.set_postage(two, 250_000))
        thread = self.letter(WORKERS[1], one, two, b"Do you take a part of my task?")
        self.letter(WORKERS[2], two, one, "Yes, for 3 credits \u2713".encode(), thread)
        self.letter(WORKERS[1], one, two, b"\x00\xffnot for you", thread)
        task = self.awarded({2: CREDIT})
        buyer = account_of(BUYER)
        self.letter(BUYER, buyer, two, b"When will it be there?", task=task)
        self.letter(BUYER, buyer, one, b"")
        self.messages += 1
        self.send(
            WORKERS[3],
            hub.publish(account_of_agent(3), good.SKILL.ljust(32, b"\0"), bytes(32), b"I extract."),
        )
        self.send(WORKERS[1], hub.set_blocked(one, account_of(ANYONE), True))

    def letter(self, sender, source, target, payload, thread=None, task=0):
        self.messages += 1
        digest = bytes(32) if payload else hashlib.sha256(b"a long letter").digest()
        letter = structs.Letter(source, target, task, CREDIT, digest, payload)
        hub = self.s.messages
        self.send(sender, hub.reply(thread, letter) if thread else hub.send(letter))
        return self.messages

    # Channels

    def think(self):
        """Agent 1 pays a provider by vouchers, overdraws, and leaves; agent 2 pledges."""
        meter = self.s.meter
        self.send(SIGNER, meter.open(1, SIGNER, PROVIDER, CREDIT))
        self.redeem(300_000)
        self.send(SIGNER, meter.top_up(1, SIGNER, PROVIDER, CREDIT))
        self.redeem(1_400_000)
        self.send(WORKERS[2], meter.pledge(2, 2 * CREDIT))
        self.send(PROVIDER, meter.set_credit_line(1, CREDIT))
        self.redeem(2_300_000)
        self.send(FOUNDER, self.s.ledger.deposit(account_of_agent(1), 2 * CREDIT))
        self.send(SIGNER, self.s.ledger.repay(account_of_agent(1), account_of_agent(1), 300_000))
        self.send(SIGNER, meter.start_exit(1, SIGNER, PROVIDER))
        self.wait(60)
        self.send(SIGNER, meter.close(1, SIGNER, PROVIDER))
        self.send(SIGNER, meter.open(1, SIGNER, PROVIDER, CREDIT))
        self.send(WORKERS[2], meter.start_unpledge(2))
        self.wait(60)
        self.send(WORKERS[2], meter.unpledge(2))

    def redeem(self, cumulative):
        [channel] = self.s.read([self.s.meter.channel_id(1, SIGNER, PROVIDER)])
        self.vouchers += 1
        root = keccak(b"receipts %d" % self.vouchers)
        signature = self.s.sign("Voucher", (channel, cumulative, root), SIGNER)
        claim = structs.Claim(1, SIGNER, cumulative, root)
        self.send(PROVIDER, self.s.meter.redeem(PROVIDER, claim, signature))

    # Actions, and what clients say

    def log(self):
        for agent, batch, count in ((1, 1, 12), (1, 2, 30), (2, 1, 1)):
            root = keccak(b"actions %d %d" % (agent, batch))
            self.send(WORKERS[agent], self.s.actions.commit_batch(agent, batch, root, count))

    def rate(self):
        """The buyer rates both that worked for it, and takes one back; the agent answers."""
        told = ("good", "<b>fast</b>", "https://example.com/extract", "ipfs://why", b"\5" * 32)
        self.send(BUYER, self.s.incentives.give_feedback(1, 875, 1, *told))
        self.send(WORKERS[1], self.s.incentives.append_response(1, BUYER, 1, "ipfs://thanks", b"\6" * 32))
        self.send(WORKERS[1], self.s.incentives.give_feedback(2, -3, 0, "", "", "", "", bytes(32)))
        self.send(WORKERS[1], self.s.incentives.revoke_feedback(2, 1))

    # The vote

    def vote(self):
        """Proposals that are carried out, defeated, without a quorum, taken back, voted on, and still to be."""
        votes, token = self.s.votes, self.s.token
        holders = {FOUNDER: 40_000 * CREDIT, BUYER: 6_000 * CREDIT, OTHER_BUYER: 300 * CREDIT}
        for holder, amount in holders.items():
            if holder != FOUNDER:
                self.send(FOUNDER, token.transfer(holder, amount))
            self.send(holder, token.approve(votes.address, amount))
            self.send(holder, votes.lock(amount, 52 * WEEK if holder == FOUNDER else 26 * WEEK))
        self.send(OTHER_BUYER, votes.delegate(BUYER))
        self.wait(5)
        fee = good.set_parameters(self.s, fee_bps=300, seat_fee=12)[0]
        gift = token.transfer(AT["TimelockController"], CREDIT)
        self.send(FOUNDER, gift)
        spend = token.transfer(ANYONE, CREDIT)
        self.propose("carried out", "# Raise the fee to 3 %\n\nIt pays **evaluators**.", fee, spend)
        self.propose("defeated", "Mint much", token.mint(BUYER, CREDIT), proposer=BUYER)
        self.propose("small", "<script>alert(1)</script>", fee, proposer=BUYER)
        self.propose("taken back", "A mistake", fee)
        self.send(FOUNDER, self.s.governor.cancel(*self.terms("taken back")))
        self.wait(DAY + 1)
        self.cast("carried out", {FOUNDER: FOR, BUYER: AGAINST})
        self.cast("defeated", {FOUNDER: AGAINST, BUYER: FOR})
        self.cast("small", {BUYER: FOR})
        self.send(
            ANYONE, self.s.governor.cast_vote_with_reason(self.proposals["small"][0], ABSTAIN, "no votes")
        )
        self.wait(WEEK)
        self.send(ANYONE, self.s.governor.queue(*self.terms("carried out")))
        self.send(BUYER, votes.give_notice(2))
        self.wait(TIMELOCK_DELAY)
        self.send(ANYONE, self.s.governor.execute(*self.terms("carried out")))
        self.posted(bidding_window=60)
        self.propose("queued", "Mint a little", token.mint(BUYER, CREDIT))
        self.propose("passed", "Lower the fee", good.set_parameters(self.s, fee_bps=100)[0])
        self.wait(DAY + 1)
        for name in ("queued", "passed"):
            self.cast(name, {FOUNDER: FOR})
        self.wait(WEEK - DAY)
        self.propose("voted on", "Raise the fee again", fee)
        self.wait(DAY + 1)
        self.cast("voted on", {FOUNDER: ABSTAIN})
        self.send(ANYONE, self.s.governor.queue(*self.terms("queued")))
        self.propose("to be", "What comes next", fee)

    def propose(self, name, description, *calls, proposer=FOUNDER):
        targets, data = [call.to for call in calls], [call.data for call in calls]
        proposed = targets, [0] * len(calls), data
        self.send(proposer, self.s.governor.propose(*proposed, description))
        terms = *proposed, keccak(text=description)
        [number] = self.s.read([self.s.governor.hash_proposal(*terms)])
        self.proposals[name] = number, terms

    def terms(self, name):
        return self.proposals[name][1]

    def cast(self, name, choices):
        for voter, support in choices.items():
            reason = f"I am {'against' if support == AGAINST else 'for'} it"
            self.send(voter, self.s.governor.cast_vote_with_reason(self.proposals[name][0], support, reason))


def main(url, path):
    stage = Stage(url)
    stage.restart()
    life = RareLife(stage)
    for part in life.parts:
        part()
    genesis = stage.ask("eth_getBlockByNumber", "0x0", False)["hash"]
    known = {"chainId": CHAIN_ID, "genesisHash": genesis, "deployBlock": 1, "contracts": AT}
    Path(path).write_text(json.dumps({str(CHAIN_ID): known}), "utf-8")
    stage.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
