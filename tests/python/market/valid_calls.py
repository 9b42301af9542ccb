"""Calls that are right. Each makes ready what it needs, and returns the call and its sender; each of its keywords is
one fact, which a test can break. ``at`` is the second after the beginning at which it is sent.
"""

import hashlib

import cast
from cast import BUYERS, OWNERS, SKILL, WINDOWS, secret_of
from eth_utils.crypto import keccak
from model import Mode, account_of, account_of_agent
from stage import ADMIN, AT, CHAIN_ID, LEAVE_DELAY, PEOPLE, START, TERMS

from agents.chain.abi import encode
from agents.chain.bindings import structs
from agents.money import CREDIT

BUYER, OWNER, RIVAL = PEOPLE[BUYERS[0]], PEOPLE[OWNERS[0]], PEOPLE[OWNERS[1]]
EVALUATOR, ANYONE, MINTER = PEOPLE[cast.EVALUATOR], PEOPLE[cast.ANYONE], PEOPLE[ADMIN]
NOTHING = bytes(32)
AGENT, BUYERS_OWN, CREDITOR = account_of_agent(1), account_of(BUYER), account_of(ANYONE)
RESERVE, PRICE, PROMISED = 20 * CREDIT, 5 * CREDIT, 100
SPECIFICATION, SECRET, SALT = b"\1" * 32, secret_of(1), b"\3" * 32
SEAL = keccak(SECRET)
WORK = b"the work"
RESULT = hashlib.sha256(WORK).digest()
SEATS = range(3)
EVERY_SEAT = range(7)
CASE = (AT["TaskManager"], 1)
BIDDING_END, REVEAL_END = 50, 90
DEADLINE, REVIEW_END = REVEAL_END + 200, REVEAL_END + 60
SCORING_END, RULED_END = REVIEW_END + 60, REVIEW_END + 120
CHANNEL_KEY = keccak(encode(("uint256", "address", "address"), (1, OWNER, EVALUATOR)))
CHANNEL = keccak(CHANNEL_KEY + bytes(32))
JUDGING = AT["MessageHub"]
"""A contract that judges a race: any will do."""


def warp(s, at):
    if s.now < START + at:
        s.warp(START + at)


def as_params(**changes):
    kept = {
        "specification": SPECIFICATION,
        "seal": SEAL,
        "skill": SKILL,
        "mode": Mode.SECOND_PRICE,
        "reserve": RESERVE,
        "evaluator": EVALUATOR,
        "passing_score": 60,
        **WINDOWS,
        "parent_id": 0,
    }
    if changes.get("mode") in (Mode.OPEN, Mode.DIRECT):
        kept["reveal_window"] = 0
    return structs.TaskParams(**(kept | changes))


# Tasks


def post(s, sender=BUYER, **changes):
    return s.tasks.create_task(as_params(**changes)), sender


def post_part(s, sender=OWNER, task=1, delivery_window=20):
    awarded(s)
    windows = {"bidding_window": 6, "reveal_window": 5, "review_window": 9}
    params = as_params(
        reserve=CREDIT, parent_id=task, delivery_window=delivery_window, evaluator=BUYER, **windows
    )
    s.send(s.ledger.deposit(account_of(OWNER), PRICE), MINTER)
    return s.tasks.create_task(params), sender


def cancel(s, sender=BUYER, task=1, bids=0):
    s.send(*post(s))
    if bids:
        s.send(s.auction.commit(1, 1, 1), OWNER)
    return s.tasks.cancel(task), sender


def submit(s, sender=OWNER, task=1, result=RESULT, at=REVEAL_END, before=0):
    awarded(s)
    for _ in range(before):
        s.send(s.tasks.submit(1, RESULT), OWNER)
    warp(s, at)
    return s.tasks.submit(task, result), sender


def evaluate(s, sender=EVALUATOR, score=100, at=REVEAL_END):
    submitted(s)
    warp(s, at)
    return s.tasks.evaluate(1, score), sender


def release(s, at=REVIEW_END):
    submitted(s)
    warp(s, at)
    return s.tasks.release(1), ANYONE


def declare_default(s, at=DEADLINE):
    awarded(s)
    warp(s, at)
    return s.tasks.declare_default(1), ANYONE


def close_defaulted(s, at=DEADLINE + 60):
    take_over(s)
    warp(s, at)
    return s.tasks.close_defaulted(1), ANYONE


def close_rejected(s, at=REVIEW_END):
    rejected(s)
    warp(s, at)
    return s.tasks.close_rejected(1), ANYONE


def dispute(s, sender=OWNER, result=RESULT, work=WORK, at=REVEAL_END, leaving=0):
    rejected(s)
    for seat in range(leaving):
        s.send(s.pool.announce_leave(seat), EVALUATOR)
    warp(s, at)
    return s.tasks.dispute(1, structs.File(SPECIFICATION, SEAL, result), work), sender


def unseal(s, result=RESULT, secret=SECRET, at=REVEAL_END, shown=0):
    s.send(*dispute(s))
    call = s.tasks.unseal(1, structs.File(SPECIFICATION, SEAL, result), secret)
    warp(s, at)
    for _ in range(shown):
        s.send(call, ANYONE)
    return call, ANYONE


def close_sealed(s, at=REVIEW_END):
    s.send(*dispute(s))
    warp(s, at)
    return s.tasks.close_sealed(1), ANYONE


def appeal(s, sender=OWNER, at=SCORING_END):
    s.send(*tally(s))
    for _ in range(len(EVERY_SEAT) - len(SEATS)):
        s.send(s.pool.take_seat(), EVALUATOR)
    warp(s, at)
    return s.tasks.appeal(1), sender


def close_ruled(s, at=RULED_END):
    s.send(*tally(s))
    warp(s, at)
    return s.tasks.close_ruled(1), ANYONE


def rule(s, sender=AT["EvaluatorPool"]):
    s.send(*unseal(s))
    return s.tasks.rule(1, True, 90), sender


def award(s, sender=AT["BidAuction"], task=1):
    s.send(*post(s))
    return s.tasks.award(task, 1, 0, PRICE, PROMISED), sender


def awarded(s):
    s.send(*reveal(s))
    warp(s, REVEAL_END)
    s.send(s.auction.finalize(1), ANYONE)


def submitted(s):
    awarded(s)
    s.send(s.tasks.submit(1, RESULT), OWNER)


def rejected(s):
    submitted(s)
    s.send(s.tasks.evaluate(1, 10), EVALUATOR)


# Bids


def commit(s, sender=OWNER, task=1, digest=1, at=0, mode=Mode.SECOND_PRICE):
    s.send(*post(s, mode=mode))
    warp(s, at)
    return s.auction.commit(task, 1, digest), sender


def reveal(s, agent=1, bid=(PRICE, PROMISED), salt=SALT, at=BIDDING_END):
    s.send(*commit(s, digest=s.digest_of(1, 1, *bid, SALT)))
    warp(s, at)
    return s.auction.reveal(1, agent, *bid, salt), ANYONE


def forfeit(s, agent=1, at=REVEAL_END):
    s.send(*commit(s))
    warp(s, at)
    return s.auction.forfeit(1, agent), ANYONE


def finalize(s, task=1, at=REVEAL_END, **changes):
    s.send(*post(s, **changes))
    warp(s, at)
    return s.auction.finalize(task), ANYONE


def take_over(s, agent=2, sender=RIVAL, at=DEADLINE, defaulted=True):
    s.send(*post(s))
    for bidder, owner in ((1, OWNER), (2, RIVAL)):
        digest = s.digest_of(1, bidder, bidder * PRICE, PROMISED, SALT)
        s.send(s.auction.commit(1, bidder, digest), owner)
    warp(s, BIDDING_END)
    for bidder in (1, 2):
        s.send(s.auction.reveal(1, bidder, bidder * PRICE, PROMISED, SALT), ANYONE)
    warp(s, REVEAL_END)
    s.send(s.auction.finalize(1), ANYONE)
    warp(s, DEADLINE)
    if defaulted:
        s.send(s.tasks.declare_default(1), ANYONE)
    warp(s, at)
    return s.auction.take_over(1, agent), sender


def bid(s, sender=OWNER, price=PRICE, promised=PROMISED, mode=Mode.OPEN, at=0):
    s.send(*post(s, mode=mode))
    if mode is Mode.OPEN:
        s.send(s.auction.bid(1, 1, 2 * PRICE, PROMISED), OWNER)
    warp(s, at)
    return s.auction.bid(1, 1, price, promised), sender


def signed_bid(s, signer, valid_until, nonce):
    values = 1, 1, PRICE, PROMISED, START + valid_until, nonce
    return structs.RelayedBid(structs.SignedBid(*values), signer, s.sign("SignedBid", values, OWNER))


def bid_for(s, signer=OWNER, valid_until=9, nonce=0):
    s.send(*post(s, mode=Mode.OPEN))
    s.send(s.auction.invalidate_nonces(0, 1 << 7), OWNER)
    return s.auction.bid_for(signed_bid(s, signer, valid_until, nonce)), ANYONE


def bid_many(s, count=1):
    s.send(*post(s, mode=Mode.OPEN))
    return s.auction.bid_many([signed_bid(s, OWNER, 9, 0)] * count), ANYONE


def accept(s, sender=BUYER, mode=Mode.DIRECT):
    s.send(*post(s, mode=mode))
    return s.auction.accept(signed_bid(s, OWNER, 9, 0)), sender


def commit_for(s, replaces=0, signer=OWNER):
    s.send(*post(s))
    values = 1, 1, 5, replaces, START + 9
    signature = s.sign("SignedCommitment", values, OWNER)
    signed = structs.RelayedCommitment(structs.SignedCommitment(*values), signer, signature)
    return s.auction.commit_for(signed), ANYONE


# Races


def enter(s, sender=OWNER, task=1, digest=SALT, at=0, mode=Mode.RACE):
    s.send(*post(s, mode=mode, evaluator=JUDGING))
    warp(s, at)
    return s.races.enter(task, 1, digest), sender


def entry(task, agent, result=RESULT):
    kinds = "uint256", "address", "uint256", "uint256", "bytes32", "bytes32"
    return keccak(encode(kinds, (CHAIN_ID, AT["RaceBoard"], task, agent, result, SALT)))


def show(s, agent=1, result=RESULT, salt=SALT, at=BIDDING_END):
    s.send(*enter(s, digest=entry(1, 1, result)))
    warp(s, at)
    return s.races.show(1, agent, result, salt), ANYONE


def shown(s):
    """The race of two, whose works are shown."""
    s.send(*enter(s, digest=entry(1, 1)))
    s.send(s.races.enter(1, 2, entry(1, 2)), RIVAL)
    warp(s, BIDDING_END)
    for agent in (1, 2):
        s.send(s.races.show(1, agent, RESULT, SALT), ANYONE)


def advance(s, task=1, at=REVEAL_END, times=1):
    shown(s)
    warp(s, at)
    for _ in range(times - 1):
        s.send(s.races.advance(1, 9), ANYONE)
    return s.races.advance(task, 9), ANYONE


def judge(s, sender=JUDGING, agent=1, score=100, at=REVEAL_END):
    s.send(*advance(s))
    warp(s, at)
    return s.races.judge(1, agent, score), sender


def withdraw_entry(s, agent=2, judged=True):
    s.send(*advance(s))
    if judged:
        s.send(s.races.judge(1, 1, 100), JUDGING)
    return s.races.withdraw(1, agent), RIVAL


def release_race(s, at=REVIEW_END):
    s.send(*advance(s))
    warp(s, at)
    return s.races.release(1), ANYONE


def forfeit_entry(s, agent=1, at=REVEAL_END):
    s.send(*enter(s))
    warp(s, at)
    return s.races.forfeit(1, agent), ANYONE


# The pool


def convene(s, sender=AT["TaskManager"], **changes):
    kept = {"case_id": 9, "size": 3, "fee": 30, "born_before": START, "window": 60, "entropy": SALT}
    return s.pool.convene(structs.Case(**(kept | changes))), sender


def announce_leave(s, sender=EVALUATOR, seat=0, times=1):
    for _ in range(times - 1):
        s.send(s.pool.announce_leave(seat), sender)
    return s.pool.announce_leave(seat), sender


def leave_seat(s, seat=0, at=LEAVE_DELAY):
    s.send(s.pool.announce_leave(0), EVALUATOR)
    warp(s, at)
    return s.pool.leave_seat(seat), ANYONE


def draw(s, case=1):
    s.send(*unseal(s))
    for _ in range(2):
        s.warp(s.now)
    return s.pool.draw(AT["TaskManager"], case), ANYONE


def digest_of_score(seat, score=10):
    kinds = "uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes32"
    values = CHAIN_ID, AT["EvaluatorPool"], *CASE, 1, seat, score, SALT
    return int.from_bytes(keccak(encode(kinds, values))[:26])


def commit_score(s, sender=EVALUATOR, case=1, seat=0, digest=1, at=REVEAL_END, times=1):
    s.send(*draw(s))
    warp(s, at)
    call = s.pool.commit_score(AT["TaskManager"], case, seat, digest)
    for _ in range(times - 1):
        s.send(call, sender)
    return call, sender


def reveal_score(s, sender=EVALUATOR, seat=0, score=10, salt=SALT, at=REVIEW_END, times=1):
    s.send(*draw(s))
    for member in SEATS:
        s.send(s.pool.commit_score(*CASE, member, digest_of_score(member, score)), EVALUATOR)
    warp(s, at)
    call = s.pool.reveal_score(*CASE, seat, score, salt)
    for _ in range(times - 1):
        s.send(call, sender)
    return call, sender


def tally(s, at=SCORING_END):
    s.send(*reveal_score(s))
    for seat in SEATS[1:]:
        s.send(s.pool.reveal_score(*CASE, seat, 10, SALT), EVALUATOR)
    warp(s, at)
    return s.pool.tally(*CASE), ANYONE


# Credits


def deposit(s, account=AGENT, amount=CREDIT, sender=MINTER):
    return s.ledger.deposit(account, amount), sender


def withdraw(s, sender=OWNER, to=OWNER, amount=CREDIT, debt=0):
    indebt(s, debt)
    return s.ledger.withdraw(AGENT, to, amount), sender


def transfer(s, sender=OWNER, to=BUYERS_OWN, amount=CREDIT):
    return s.ledger.transfer(AGENT, to, amount), sender


def repay(s, sender=OWNER, amount=5, debt=5):
    indebt(s, debt)
    return s.ledger.repay(AGENT, AGENT, amount), sender


def forgive(s, sender=ANYONE, debt=5):
    indebt(s, debt)
    return s.ledger.forgive(AGENT), sender


def lock(s, sender=AT["TaskManager"], amount=CREDIT):
    return s.ledger.lock(AGENT, amount), sender


def unlock(s, amount=CREDIT):
    s.send(*lock(s))
    return s.ledger.unlock(AGENT, amount), AT["TaskManager"]


def owe(s, sender=AT["UsageMeter"], amount=5, creditor=CREDITOR):
    indebt(s, 5)
    return s.ledger.owe(AGENT, creditor, amount), sender


def flush_burn(s, burned=5):
    s.send(*lock(s))
    if burned:
        s.send(s.ledger.burn(AGENT, burned), AT["TaskManager"])
    return s.ledger.flush_burn(), ANYONE


def indebt(s, debt):
    """Agent 1 owes so much to anyone."""
    if debt:
        s.send(s.ledger.owe(AGENT, CREDITOR, debt), AT["UsageMeter"])


def mint(s, sender=MINTER, amount=CREDIT):
    return s.token.mint(BUYER, amount), sender


def send_tokens(s, sender=MINTER, to=BUYER, amount=CREDIT):
    return s.token.transfer(to, amount), sender


def authorized(s, kind, call, values, signer, spent):
    signature = s.sign(kind, values, signer)
    if spent:
        s.send(call(*values, signature), ANYONE)
    return call(*values, signature)


def transfer_authorized(s, signer=MINTER, valid_after=-1, valid_before=9, spent=False):
    values = MINTER, ANYONE, CREDIT, START + valid_after, START + valid_before, SALT
    call = s.token.transfer_with_authorization
    return authorized(s, "TransferWithAuthorization", call, values, signer, spent), ANYONE


def receive_authorized(s, sender=ANYONE):
    values = MINTER, ANYONE, CREDIT, START - 1, START + 9, SALT
    call = s.token.receive_with_authorization
    return authorized(s, "ReceiveWithAuthorization", call, values, MINTER, spent=False), sender


# Agents


def set_active(s, sender=OWNER, agent=1):
    return s.registry.set_active(agent, False), sender


def set_skills(s, sender=OWNER, tag=SKILL, weight=100):
    return s.registry.set_skills(1, [structs.Skill(tag, weight)]), sender


def set_metadata(s, sender=OWNER, key="model"):
    return s.registry.set_metadata(1, key, b"small"), sender


def set_wallet(s, wallet=BUYER, deadline=300, signer=BUYER):
    signature = s.sign("AgentWalletSet", (1, wallet, OWNER, START + deadline), signer)
    return s.registry.set_agent_wallet(1, wallet, START + deadline, signature), OWNER


def set_parent(s, agent=5, parent=1, times=1):
    s.send(s.registry.register(), OWNER)
    for _ in range(times - 1):
        s.send(s.registry.set_parent_agent(agent, parent), OWNER)
    return s.registry.set_parent_agent(agent, parent), OWNER


def sell(s, sender=OWNER, locked=0, debt=0):
    indebt(s, debt)
    if locked:
        s.send(s.ledger.lock(AGENT, locked), AT["TaskManager"])
    return s.registry.transfer_from(OWNER, BUYER, 1), sender


# Feedback


def settled(s):
    submitted(s)
    s.send(s.tasks.evaluate(1, 100), EVALUATOR)


def give_feedback(s, sender=BUYER, value=5, decimals=0, approved=False, times=1):
    settled(s)
    if approved:
        s.send(s.registry.approve(BUYER, 1), OWNER)
    call = s.incentives.give_feedback(1, value, decimals, "", "", "", "", NOTHING)
    for _ in range(times - 1):
        s.send(call, sender)
    return call, sender


def revoke_feedback(s, index=1, times=1):
    s.send(*give_feedback(s))
    for _ in range(times - 1):
        s.send(s.incentives.revoke_feedback(1, index), BUYER)
    return s.incentives.revoke_feedback(1, index), BUYER


def respond(s, client=BUYER, uri="ipfs://answer"):
    s.send(*give_feedback(s))
    return s.incentives.append_response(1, client, 1, uri, NOTHING), OWNER


def report(s, sender=AT["TaskManager"]):
    return s.incentives.report(structs.Outcome(1, 0, SKILL, BUYER, PRICE, 90, 0, 25, True)), sender


# Channels


def open_channel(s, sender=OWNER, signer=OWNER, times=1, amount=CREDIT, debt=0):
    indebt(s, debt)
    call = s.meter.open(1, signer, EVALUATOR, amount)
    for _ in range(times - 1):
        s.send(call, sender)
    return call, sender


def top_up(s, provider=EVALUATOR, leaving=False):
    s.send(*open_channel(s))
    if leaving:
        s.send(s.meter.start_exit(1, OWNER, EVALUATOR), OWNER)
    return s.meter.top_up(1, OWNER, provider, CREDIT), OWNER


def close_channel(s, sender=EVALUATOR):
    s.send(*open_channel(s))
    return s.meter.close(1, OWNER, EVALUATOR), sender


def redeem(s, cumulative=7, signer=OWNER, at=0, leaving=False):
    """A voucher after one for 5."""
    s.send(*open_channel(s))
    s.send(voucher(s, 5, OWNER), ANYONE)
    if leaving:
        s.send(s.meter.start_exit(1, OWNER, EVALUATOR), OWNER)
    warp(s, at)
    return voucher(s, cumulative, signer), ANYONE


def voucher(s, cumulative, signer):
    signature = s.sign("Voucher", (CHANNEL, cumulative, SALT), signer)
    return s.meter.redeem(EVALUATOR, structs.Claim(1, OWNER, cumulative, SALT), signature)


def set_credit_line(s, agent=1):
    return s.meter.set_credit_line(agent, CREDIT), EVALUATOR


def unpledge(s, sender=OWNER, pledged=CREDIT, at=60, debt=0):
    if pledged:
        s.send(s.meter.pledge(1, pledged), OWNER)
        s.send(s.meter.start_unpledge(1), OWNER)
    indebt(s, debt)
    warp(s, at)
    return s.meter.unpledge(1), sender


def seize(s, sender=ANYONE, pledged=CREDIT):
    """Anyone is the creditor; the debt was recorded in the meter's name, so it has been owed for ever."""
    if pledged:
        s.send(s.meter.pledge(1, pledged), OWNER)
    indebt(s, 5)
    return s.meter.seize(1), sender


# Messages


def send_letter(s, sender=BUYER, blocked=False, max_postage=5, **changes):
    s.send(s.messages.set_postage(AGENT, 5), OWNER)
    if blocked:
        s.send(s.messages.set_blocked(AGENT, BUYERS_OWN, True), OWNER)
    kept = {"from_": BUYERS_OWN, "to": AGENT, "task_id": 0, "digest": SALT, "payload": b""}
    return s.messages.send(structs.Letter(max_postage=max_postage, **(kept | changes))), sender


def send_within_task(s, to=AGENT):
    awarded(s)
    return s.messages.send(structs.Letter(BUYERS_OWN, to, 1, 0, SALT, b"")), BUYER


def reply(s, thread=1):
    s.send(*send_letter(s))
    return s.messages.reply(thread, structs.Letter(AGENT, BUYERS_OWN, 0, 0, SALT, b"")), OWNER


def publish(s, sender=OWNER, topic=SALT):
    return s.messages.publish(AGENT, topic, SALT, b""), sender


def set_postage(s, sender=OWNER, postage=100 * CREDIT):
    return s.messages.set_postage(AGENT, postage), sender


# The vote


def set_parameters(s, sender=AT["TimelockController"], **changes):
    kept = {
        "fee_bps": TERMS.fee_bps,
        "bond_percent": TERMS.bond_percent,
        "named_weight": TERMS.named_weight,
        "min_window": TERMS.min_window,
        "max_window": TERMS.max_window,
        "seat_fee": TERMS.seat_fee,
        "overdraft_limit": CREDIT,
    }
    return s.parameters.set(structs.Parameters(**(kept | changes))), sender


WEEK = 7 * 86_400


def lock_votes(s, amount=CREDIT, period=2 * WEEK, allowance=CREDIT):
    s.send(s.token.approve(AT["VotingCredits"], allowance), MINTER)
    return s.votes.lock(amount, period), MINTER


def give_notice(s, sender=MINTER, lock=1, times=1):
    s.send(*lock_votes(s))
    for _ in range(times - 1):
        s.send(s.votes.give_notice(lock), sender)
    return s.votes.give_notice(lock), sender


def withdraw_votes(s, to=MINTER, at=2 * WEEK, noticed=True):
    s.send(*lock_votes(s))
    if noticed:
        s.send(s.votes.give_notice(1), MINTER)
    warp(s, at)
    return s.votes.withdraw(1, to), MINTER
