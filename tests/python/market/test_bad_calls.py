"""Calls with one broken fact, on all contracts: each fails with its own error and values, and changes nothing.

Every call is in ``valid_calls``, and is first seen to be right as it stands there.
"""

import hashlib
from dataclasses import dataclass, field

import pytest
import valid_calls as good
from cast import AGENTS, CAPITAL
from eth_utils.crypto import keccak
from model import Mode, Round, State, account_of, account_of_agent
from model.law import MAX_PROMISE, MAX_RESERVE, MAX_WORK, MIN_RESERVE
from stage import AT, CAP, NOBODY, PEOPLE, START, TERMS, TOKENS, told
from valid_calls import (
    AGENT,
    ANYONE,
    BIDDING_END,
    BUYER,
    BUYERS_OWN,
    CASE,
    CHANNEL,
    DEADLINE,
    EVALUATOR,
    JUDGING,
    MINTER,
    NOTHING,
    OWNER,
    PRICE,
    RESERVE,
    RESULT,
    REVEAL_END,
    REVIEW_END,
    RIVAL,
    RULED_END,
    SALT,
    SCORING_END,
    WEEK,
)

from agents.errors import RpcError
from agents.money import CREDIT

DAY = 86_400
WINDOW = TERMS.min_window, TERMS.max_window
UNKNOWN = account_of_agent(9)
OWNERS_OWN = account_of(OWNER)
OTHER_RESULT = b"\7" * 32
PARAMETERS_ROLE, MINTER_ROLE = keccak(text="PARAMETERS_ROLE"), keccak(text="MINTER_ROLE")
WORK_TOO_LONG = bytes(MAX_WORK + 1)
LONGEST = {"digest": NOTHING, "payload": bytes(4096)}
EMPTY_DIGEST = hashlib.sha256().digest()


def at(seconds):
    """A block time: so many seconds after the beginning."""
    return START + seconds


@dataclass(frozen=True)
class Bad:
    """``broken`` is the fact that differs from the valid call; ``error`` is how the chain says so."""

    valid: object
    broken: dict
    error: tuple
    given: dict = field(default_factory=dict)
    """What the valid call has that is not its default."""


TASKS = [
    Bad(good.post, {"specification": NOTHING}, ("EmptySpecification",)),
    Bad(good.post, {"seal": NOTHING}, ("EmptySeal",)),
    Bad(good.post, {"skill": bytes(16)}, ("EmptySkill",)),
    Bad(good.post, {"evaluator": NOBODY}, ("InvalidEvaluator",)),
    Bad(good.post, {"reserve": 99_999}, ("ReserveOutOfBounds", 99_999, MIN_RESERVE, MAX_RESERVE)),
    Bad(good.post, {"reserve": 2**48}, ("ReserveOutOfBounds", 2**48, MIN_RESERVE, MAX_RESERVE)),
    Bad(
        good.post,
        {"reserve": 150 * CREDIT},
        ("InsufficientFree", BUYERS_OWN, CAPITAL["buyer"], 165 * CREDIT + TERMS.appeal_fee),
    ),
    Bad(good.post, {"passing_score": 0}, ("ScoreOutOfBounds", 0, 1, 100)),
    Bad(good.post, {"passing_score": 101}, ("ScoreOutOfBounds", 101, 1, 100)),
    Bad(good.post, {"bidding_window": 4}, ("WindowOutOfBounds", 4, *WINDOW)),
    Bad(good.post, {"reveal_window": 0}, ("WindowOutOfBounds", 0, *WINDOW)),
    Bad(good.post, {"delivery_window": 30 * DAY + 1}, ("WindowOutOfBounds", 30 * DAY + 1, *WINDOW)),
    Bad(good.post, {"review_window": 4}, ("WindowOutOfBounds", 4, *WINDOW)),
    Bad(good.post, {"reveal_window": 40}, ("WindowOutOfBounds", 40, 0, 0), {"mode": Mode.OPEN}),
    Bad(good.post, {"mode": Mode.RACE}, ("EvaluatorNotContract", EVALUATOR)),
    Bad(good.post, {"parent_id": 9}, ("TaskNotFound", 9)),
    Bad(good.post_part, {"sender": ANYONE}, ("NotWorker", 1, ANYONE)),
    Bad(
        good.post_part,
        {"delivery_window": 181},
        ("EndsAfterParent", 1, at(REVEAL_END + 201), at(DEADLINE)),
    ),
    Bad(good.cancel, {"sender": ANYONE}, ("NotRequester", 1, ANYONE)),
    Bad(good.cancel, {"task": 9}, ("TaskNotFound", 9)),
    Bad(good.cancel, {"bids": 1}, ("HasCommitments", 1)),
    Bad(good.submit, {"sender": ANYONE}, ("NotWorker", 1, ANYONE)),
    Bad(good.submit, {"result": NOTHING}, ("EmptyResult",)),
    Bad(good.submit, {"at": DEADLINE}, ("WindowClosed", 1, at(DEADLINE), at(DEADLINE))),
    Bad(good.submit, {"before": 1}, ("WrongState", 1, State.SUBMITTED)),
    Bad(good.evaluate, {"sender": ANYONE}, ("NotEvaluator", 1, ANYONE)),
    Bad(good.evaluate, {"score": 101}, ("ScoreOutOfBounds", 101, 0, 100)),
    Bad(good.evaluate, {"at": REVIEW_END}, ("WindowClosed", 1, at(REVIEW_END), at(REVIEW_END))),
    Bad(good.release, {"at": REVIEW_END - 1}, ("WindowOpen", 1, at(REVIEW_END), at(REVIEW_END - 1))),
    Bad(good.declare_default, {"at": DEADLINE - 1}, ("WindowOpen", 1, at(DEADLINE), at(DEADLINE - 1))),
    Bad(good.close_defaulted, {"at": DEADLINE + 59}, ("WindowOpen", 1, at(DEADLINE + 60), at(DEADLINE + 59))),
    Bad(good.close_rejected, {"at": REVIEW_END - 1}, ("WindowOpen", 1, at(REVIEW_END), at(REVIEW_END - 1))),
    Bad(good.dispute, {"sender": ANYONE}, ("NotWorker", 1, ANYONE)),
    Bad(good.dispute, {"result": OTHER_RESULT}, ("WrongFile", 1)),
    Bad(good.dispute, {"work": WORK_TOO_LONG}, ("WorkTooLong", MAX_WORK + 1, MAX_WORK)),
    Bad(good.dispute, {"work": b""}, ("WrongWork", 1, RESULT, EMPTY_DIGEST)),
    Bad(good.dispute, {"leaving": 1}, ("PanelTooLarge", 3, 2)),
    Bad(good.dispute, {"at": REVIEW_END}, ("WindowClosed", 1, at(REVIEW_END), at(REVIEW_END))),
    Bad(good.unseal, {"secret": SALT}, ("WrongSecret", 1)),
    Bad(good.unseal, {"result": OTHER_RESULT}, ("WrongFile", 1)),
    Bad(good.unseal, {"shown": 1}, ("WrongRound", 1, Round.UNSEALED)),
    Bad(good.close_sealed, {"at": REVIEW_END - 1}, ("WindowOpen", 1, at(REVIEW_END), at(REVIEW_END - 1))),
    Bad(good.appeal, {"sender": BUYER}, ("NotAppellant", 1, BUYER)),
    Bad(good.appeal, {"at": RULED_END}, ("WindowClosed", 1, at(RULED_END), at(RULED_END))),
    Bad(good.close_ruled, {"at": RULED_END - 1}, ("WindowOpen", 1, at(RULED_END), at(RULED_END - 1))),
    Bad(good.rule, {"sender": ANYONE}, ("NotPool", ANYONE)),
    Bad(good.award, {"sender": ANYONE}, ("NotAuction", ANYONE)),
]

BIDS = [
    Bad(good.commit, {"digest": 0}, ("EmptyCommitment",)),
    Bad(good.commit, {"task": 9}, ("TaskNotOpen", 9)),
    Bad(good.commit, {"mode": Mode.OPEN}, ("WrongMode", 1, Mode.OPEN)),
    Bad(good.commit, {"sender": ANYONE}, ("CannotBid", 1, ANYONE)),
    Bad(good.commit, {"at": BIDDING_END}, ("BiddingClosed", 1, at(BIDDING_END), at(BIDDING_END))),
    Bad(good.reveal, {"at": BIDDING_END - 1}, ("RevealNotOpen", 1, at(BIDDING_END), at(BIDDING_END - 1))),
    Bad(good.reveal, {"at": REVEAL_END}, ("RevealClosed", 1, at(REVEAL_END), at(REVEAL_END))),
    Bad(good.reveal, {"agent": 2}, ("NoCommitment", 1, 2)),
    Bad(good.reveal, {"salt": NOTHING}, ("WrongOpening", 1, 1)),
    Bad(good.reveal, {"bid": (RESERVE + 1, 100)}, ("PriceOutOfBounds", RESERVE + 1, RESERVE)),
    Bad(good.reveal, {"bid": (PRICE, 2**32)}, ("PromiseOutOfBounds", 2**32, MAX_PROMISE)),
    Bad(good.forfeit, {"at": REVEAL_END - 1}, ("RevealStillOpen", 1, at(REVEAL_END), at(REVEAL_END - 1))),
    Bad(good.forfeit, {"agent": 2}, ("NoCommitment", 1, 2)),
    Bad(good.finalize, {"at": REVEAL_END - 1}, ("RevealStillOpen", 1, at(REVEAL_END), at(REVEAL_END - 1))),
    Bad(good.finalize, {"mode": Mode.RACE}, ("WrongMode", 1, Mode.RACE), {"evaluator": JUDGING}),
    Bad(good.take_over, {"agent": 1}, ("NotRunnerUp", 1, 1)),
    Bad(good.take_over, {"sender": ANYONE}, ("CannotBid", 2, ANYONE)),
    Bad(good.take_over, {"defaulted": False}, ("NotDefaulted", 1, State.AWARDED)),
    Bad(good.take_over, {"at": DEADLINE + 60}, ("WindowClosed", 1, at(DEADLINE + 60), at(DEADLINE + 60))),
    Bad(good.bid, {"price": 0}, ("PriceOutOfBounds", 0, RESERVE)),
    Bad(good.bid, {"price": 2 * PRICE}, ("NotAnImprovement", 1, 1, 2 * PRICE, 2 * PRICE)),
    Bad(good.bid, {"promised": 0}, ("PromiseOutOfBounds", 0, MAX_PROMISE)),
    Bad(good.bid, {"mode": Mode.DIRECT}, ("WrongMode", 1, Mode.DIRECT)),
    Bad(good.bid_for, {"valid_until": 0}, ("SignatureExpired", START, START)),
    Bad(good.bid_for, {"signer": RIVAL}, ("InvalidSignature", RIVAL)),
    Bad(good.bid_for, {"nonce": 7}, ("NonceUsed", OWNER, 7)),
    Bad(good.bid_many, {"count": 0}, ("EmptyBatch",)),
    Bad(good.accept, {"sender": ANYONE}, ("NotRequester", 1, ANYONE)),
    Bad(good.accept, {"mode": Mode.OPEN}, ("WrongMode", 1, Mode.OPEN)),
    Bad(good.commit_for, {"replaces": 6}, ("CommitmentChanged", 1, 1, 6, 0)),
]

RACES = [
    Bad(good.enter, {"digest": NOTHING}, ("EmptyDigest",)),
    Bad(good.enter, {"task": 9}, ("NotARace", 9)),
    Bad(good.enter, {"mode": Mode.OPEN}, ("NotARace", 1)),
    Bad(good.enter, {"sender": ANYONE}, ("CannotEnter", 1, ANYONE)),
    Bad(good.enter, {"at": BIDDING_END}, ("WindowClosed", 1, at(BIDDING_END), at(BIDDING_END))),
    Bad(good.show, {"agent": 2}, ("WrongEntryStage", 1, 2, 0)),
    Bad(good.show, {"salt": NOTHING}, ("WrongOpening", 1, 1)),
    Bad(good.show, {"result": NOTHING}, ("EmptyResult",)),
    Bad(good.show, {"at": REVEAL_END}, ("WindowClosed", 1, at(REVEAL_END), at(REVEAL_END))),
    Bad(good.advance, {"at": REVEAL_END - 1}, ("WindowOpen", 1, at(REVEAL_END), at(REVEAL_END - 1))),
    Bad(good.advance, {"times": 2}, ("HeadWaits", 1, 1)),
    Bad(good.judge, {"sender": ANYONE}, ("NotEvaluator", 1, ANYONE)),
    Bad(good.judge, {"agent": 2}, ("NotHead", 1, 2, 1)),
    Bad(good.judge, {"score": 101}, ("ScoreOutOfBounds", 101, 0, 100)),
    Bad(good.judge, {"at": REVIEW_END}, ("WindowClosed", 1, at(REVIEW_END), at(REVIEW_END))),
    Bad(good.withdraw_entry, {"judged": False}, ("RaceNotOver", 1)),
    Bad(good.withdraw_entry, {"agent": 1}, ("WrongEntryStage", 1, 1, 4)),
    Bad(good.release_race, {"at": REVIEW_END - 1}, ("WindowOpen", 1, at(REVIEW_END), at(REVIEW_END - 1))),
    Bad(good.forfeit_entry, {"at": REVEAL_END - 1}, ("WindowOpen", 1, at(REVEAL_END), at(REVEAL_END - 1))),
]

POOL = [
    Bad(good.convene, {"sender": ANYONE}, ("NotClient", ANYONE)),
    Bad(good.convene, {"size": 2}, ("PanelEven", 2)),
    Bad(good.convene, {"size": 5}, ("PanelTooLarge", 5, 3)),
    Bad(good.convene, {"fee": 31}, ("InvalidFee", 31, 3)),
    Bad(good.convene, {"window": 0}, ("WindowOutOfBounds", 0, 1, 2**24 - 1)),
    Bad(good.convene, {"born_before": START + 1}, ("BirthInFuture", START + 1, START)),
    Bad(good.announce_leave, {"sender": ANYONE}, ("NotHolder", 0, ANYONE)),
    Bad(good.announce_leave, {"times": 2}, ("AlreadyLeaving", 0, at(60))),
    Bad(good.leave_seat, {"at": 59}, ("LeaveTooEarly", 0, at(60), at(59))),
    Bad(good.leave_seat, {"seat": 1}, ("NotLeaving", 1)),
    Bad(good.draw, {"case": 9}, ("WrongStage", CASE[0], 9, 0)),
    Bad(good.commit_score, {"digest": 0}, ("EmptyDigest",)),
    Bad(good.commit_score, {"sender": ANYONE}, ("NotMember", *CASE, 0, ANYONE)),
    Bad(good.commit_score, {"times": 2}, ("AlreadyCommitted", *CASE, 0)),
    Bad(good.commit_score, {"at": REVIEW_END}, ("StageOver", *CASE, at(REVIEW_END), at(REVIEW_END))),
    Bad(good.reveal_score, {"salt": NOTHING}, ("WrongScoreOpening", *CASE, 0)),
    Bad(good.reveal_score, {"score": 101}, ("ScoreOutOfBounds", 101, 0, 100)),
    Bad(good.reveal_score, {"times": 2}, ("AlreadyRevealed", *CASE, 0)),
    Bad(
        good.reveal_score,
        {"at": REVIEW_END - 1},
        ("StageNotOver", *CASE, at(REVIEW_END), at(REVIEW_END - 1)),
    ),
    Bad(good.tally, {"at": SCORING_END - 1}, ("StageNotOver", *CASE, at(SCORING_END), at(SCORING_END - 1))),
]

CREDITS = [
    Bad(good.deposit, {"amount": 0}, ("ZeroAmount",)),
    Bad(good.deposit, {"account": UNKNOWN}, ("InvalidAccount", UNKNOWN)),
    Bad(good.deposit, {"sender": ANYONE}, ("ERC20InsufficientAllowance", AT["Ledger"], 0, CREDIT)),
    Bad(good.withdraw, {"to": NOBODY}, ("ZeroAddress",)),
    Bad(good.withdraw, {"sender": ANYONE}, ("NotAccountOwner", AGENT, ANYONE)),
    Bad(good.withdraw, {"debt": 5}, ("InDebt", AGENT, 5)),
    Bad(
        good.withdraw,
        {"amount": CAPITAL["agent"] + 1},
        ("InsufficientFree", AGENT, CAPITAL["agent"], CAPITAL["agent"] + 1),
    ),
    Bad(good.transfer, {"to": UNKNOWN}, ("InvalidAccount", UNKNOWN)),
    Bad(good.transfer, {"amount": 0}, ("ZeroAmount",)),
    Bad(good.repay, {"amount": 6}, ("Overpaid", AGENT, 5, 6)),
    Bad(good.repay, {"sender": ANYONE}, ("NotAccountOwner", AGENT, ANYONE)),
    Bad(good.forgive, {"sender": OWNER}, ("NotAccountOwner", account_of(ANYONE), OWNER)),
    Bad(good.forgive, {"debt": 0}, ("NoDebt", AGENT)),
    Bad(good.lock, {"sender": ANYONE}, ("NotMarket", ANYONE)),
    Bad(good.unlock, {"amount": CREDIT + 1}, ("InsufficientLocked", AGENT, CREDIT, CREDIT + 1)),
    Bad(good.owe, {"sender": ANYONE}, ("NotMeter", ANYONE)),
    Bad(good.owe, {"creditor": OWNERS_OWN}, ("OtherCreditor", AGENT, account_of(ANYONE))),
    Bad(good.flush_burn, {"burned": 0}, ("ZeroAmount",)),
    Bad(good.mint, {"sender": ANYONE}, ("AccessControlUnauthorizedAccount", ANYONE, MINTER_ROLE)),
    Bad(good.mint, {"amount": CAP}, ("ERC20ExceededCap", CAP + TOKENS, CAP)),
    Bad(good.send_tokens, {"to": NOBODY}, ("ERC20InvalidReceiver", NOBODY)),
    Bad(good.send_tokens, {"sender": ANYONE}, ("ERC20InsufficientBalance", ANYONE, 0, CREDIT)),
    Bad(good.transfer_authorized, {"signer": ANYONE}, ("InvalidAuthorization", MINTER, SALT)),
    Bad(good.transfer_authorized, {"valid_after": 0}, ("AuthorizationNotYetValid", START, START)),
    Bad(good.transfer_authorized, {"valid_before": 0}, ("AuthorizationExpired", START, START)),
    Bad(good.transfer_authorized, {"spent": True}, ("AuthorizationSpent", MINTER, SALT)),
    Bad(good.receive_authorized, {"sender": OWNER}, ("NotPayee", ANYONE, OWNER)),
]

AGENTS_OWN = [
    Bad(good.set_active, {"sender": ANYONE}, ("NotAuthorized", 1, ANYONE)),
    Bad(good.set_active, {"agent": 9}, ("ERC721NonexistentToken", 9)),
    Bad(good.set_skills, {"tag": bytes(16)}, ("EmptySkillTag",)),
    Bad(good.set_skills, {"weight": 101}, ("WeightTooHigh", good.SKILL, 101)),
    Bad(good.set_metadata, {"key": "agentWallet"}, ("ReservedMetadataKey", "agentWallet")),
    Bad(good.set_wallet, {"wallet": NOBODY}, ("InvalidWallet",)),
    Bad(good.set_wallet, {"deadline": -1}, ("SignatureExpired", START - 1, START)),
    Bad(good.set_wallet, {"deadline": 301}, ("DeadlineTooFar", at(301), at(300))),
    Bad(good.set_wallet, {"signer": ANYONE}, ("InvalidWalletSignature", 1, BUYER)),
    Bad(good.set_parent, {"parent": 2}, ("NotAgentOwner", 2, OWNER)),
    Bad(good.set_parent, {"parent": 5}, ("InvalidParent", 5, 5)),
    Bad(good.set_parent, {"times": 2}, ("ParentAlreadySet", 5, 1)),
    Bad(good.sell, {"sender": ANYONE}, ("ERC721InsufficientApproval", ANYONE, 1)),
    Bad(good.sell, {"locked": CREDIT}, ("AgentHasLockedCredits", 1, CREDIT)),
    Bad(good.sell, {"debt": 5}, ("AgentInDebt", 1, 5)),
]

FEEDBACK = [
    Bad(good.give_feedback, {"sender": ANYONE}, ("NoFeedbackRight", 1, ANYONE)),
    Bad(good.give_feedback, {"times": 2}, ("NoFeedbackRight", 1, BUYER)),
    Bad(good.give_feedback, {"value": 10**38 + 1}, ("ValueOutOfBounds", 10**38 + 1, -(10**38), 10**38)),
    Bad(good.give_feedback, {"decimals": 19}, ("TooManyDecimals", 19, 18)),
    Bad(good.give_feedback, {"approved": True}, ("SelfFeedback", 1, BUYER)),
    Bad(good.revoke_feedback, {"index": 2}, ("FeedbackNotFound", 1, BUYER, 2)),
    Bad(good.revoke_feedback, {"times": 2}, ("AlreadyRevoked", 1, BUYER, 1)),
    Bad(good.respond, {"uri": ""}, ("EmptyResponseURI",)),
    Bad(good.respond, {"client": ANYONE}, ("FeedbackNotFound", 1, ANYONE, 1)),
    Bad(good.report, {"sender": ANYONE}, ("NotTaskManager", ANYONE)),
]

CHANNELS = [
    Bad(good.open_channel, {"sender": ANYONE}, ("CannotAct", 1, ANYONE)),
    Bad(good.open_channel, {"signer": NOBODY}, ("ZeroAddress",)),
    Bad(good.open_channel, {"times": 2}, ("AlreadyOpen", CHANNEL)),
    Bad(good.open_channel, {"amount": 0}, ("ZeroAmount",)),
    Bad(good.open_channel, {"debt": 5}, ("InDebt", AGENT, 5)),
    Bad(good.top_up, {"leaving": True}, ("Leaving", CHANNEL, at(60))),
    Bad(good.close_channel, {"sender": OWNER}, ("ExitNotOver", CHANNEL, 0, START)),
    Bad(good.redeem, {"signer": ANYONE}, ("VoucherRefused", CHANNEL, 7, 5)),
    Bad(good.redeem, {"cumulative": 5}, ("VoucherRefused", CHANNEL, 5, 3)),
    Bad(good.redeem, {"cumulative": 2**64}, ("VoucherRefused", CHANNEL, 2**64, 4)),
    Bad(good.redeem, {"leaving": True}, ("VoucherRefused", CHANNEL, 7, 2), {"at": 60}),
    Bad(good.set_credit_line, {"agent": 9}, ("AgentNotFound", 9)),
    Bad(good.unpledge, {"at": 59}, ("StillPledged", 1, at(60), at(59))),
    Bad(good.unpledge, {"pledged": 0}, ("NothingPledged", 1)),
    Bad(good.unpledge, {"debt": 5}, ("AgentIndebted", 1, 5)),
    Bad(good.seize, {"sender": OWNER}, ("NotCreditor", 1, OWNER)),
    Bad(good.seize, {"pledged": 0}, ("NothingPledged", 1)),
]

MESSAGES = [
    Bad(good.send_letter, {"sender": ANYONE}, ("CannotSpeakFor", BUYERS_OWN, ANYONE)),
    Bad(good.send_letter, {"to": UNKNOWN}, ("InvalidRecipient", UNKNOWN)),
    Bad(good.send_letter, {"blocked": True}, ("SenderBlocked", AGENT, BUYERS_OWN)),
    Bad(good.send_letter, {"payload": b"both"}, ("InvalidBody", SALT, 4)),
    Bad(good.send_letter, {"payload": bytes(4097)}, ("PayloadTooLong", 4097, 4096), LONGEST),
    Bad(good.send_letter, {"max_postage": 4}, ("PostageAboveLimit", AGENT, 5, 4)),
    Bad(good.send_letter, {"task_id": 9}, ("TaskNotFound", 9)),
    Bad(
        good.send_within_task, {"to": account_of_agent(2)}, ("NotParties", 1, BUYERS_OWN, account_of_agent(2))
    ),
    Bad(good.reply, {"thread": 2}, ("NotInThread", 2, AGENT, BUYERS_OWN)),
    Bad(good.publish, {"topic": NOTHING}, ("EmptyTopic",)),
    Bad(good.set_postage, {"postage": 100 * CREDIT + 1}, ("PostageTooHigh", 100 * CREDIT + 1, 100 * CREDIT)),
]

VOTE = [
    Bad(
        good.set_parameters, {"sender": ANYONE}, ("AccessControlUnauthorizedAccount", ANYONE, PARAMETERS_ROLE)
    ),
    Bad(good.set_parameters, {"fee_bps": 1_001}, ("FeeTooHigh", 1_001, 1_000)),
    Bad(good.set_parameters, {"bond_percent": 4}, ("BondOutOfBounds", 4, 5, 30)),
    Bad(good.set_parameters, {"named_weight": 51}, ("NamedWeightTooHigh", 51, 50)),
    Bad(good.set_parameters, {"seat_fee": 0}, ("SeatFeeOutOfBounds", 0, 1, 10_000)),
    Bad(
        good.set_parameters,
        {"overdraft_limit": 100 * CREDIT + 1},
        ("OverdraftLimitTooHigh", 100 * CREDIT + 1, 100 * CREDIT),
    ),
    Bad(good.set_parameters, {"min_window": 4}, ("MinWindowOutOfBounds", 4, 5, DAY)),
    Bad(good.set_parameters, {"max_window": DAY - 1}, ("MaxWindowOutOfBounds", DAY - 1, DAY, 30 * DAY)),
    Bad(good.lock_votes, {"period": 2 * WEEK - 1}, ("PeriodOutOfBounds", 2 * WEEK - 1, 2 * WEEK, 52 * WEEK)),
    Bad(good.lock_votes, {"amount": CREDIT - 1}, ("AmountOutOfBounds", CREDIT - 1, CREDIT, 2**128 - 1)),
    Bad(
        good.lock_votes,
        {"allowance": 1},
        ("ERC20InsufficientAllowance", AT["VotingCredits"], 1, CREDIT),
    ),
    Bad(good.give_notice, {"sender": ANYONE}, ("NotLockOwner", 1, ANYONE)),
    Bad(good.give_notice, {"lock": 9}, ("LockNotFound", 9)),
    Bad(good.give_notice, {"times": 2}, ("NoticeAlreadyGiven", 1, at(2 * WEEK))),
    Bad(good.withdraw_votes, {"to": NOBODY}, ("ZeroAddress",)),
    Bad(good.withdraw_votes, {"noticed": False}, ("NoticeNotGiven", 1)),
    Bad(good.withdraw_votes, {"at": 2 * WEEK - 1}, ("StillLocked", 1, at(2 * WEEK), at(2 * WEEK - 1))),
]

TABLE = [*TASKS, *BIDS, *RACES, *POOL, *CREDITS, *AGENTS_OWN, *FEEDBACK, *CHANNELS, *MESSAGES, *VOTE]


def name_of(bad):
    (fact,) = bad.broken
    return f"{bad.valid.__name__}-{fact}-{bad.error[0]}"


@pytest.mark.parametrize("bad", TABLE, ids=name_of)
def test_a_call_with_one_broken_fact_fails_by_its_name_and_changes_nothing(true_stage, bad):
    stage = true_stage
    stage.restart()
    call, sender = bad.valid(stage, **bad.given)
    assert stage.refusal(call, sender) is None, "the call is not valid as it stands"

    stage.restart()
    call, sender = bad.valid(stage, **(bad.given | bad.broken))
    before = picture(stage)
    with pytest.raises(RpcError) as refused:
        stage.send(call, sender)
    assert told(refused.value.data) == bad.error
    assert picture(stage) == before


def picture(stage):
    """Everybody's credits and tokens, and the state of all that a bad call speaks of."""
    people = [*PEOPLE, *AT.values()]
    accounts = [*map(account_of, people), *map(account_of_agent, AGENTS)]
    count = stage.read([stage.tasks.task_count()])[0]
    tasks = range(1, count + 1)
    return count, stage.read(
        [
            *(stage.ledger.balance_of(account) for account in accounts),
            *(stage.token.balance_of(person) for person in people),
            *(stage.tasks.get_task(task) for task in tasks),
            *(stage.auction.get_auction(task) for task in tasks),
            *(stage.auction.get_ranking(task) for task in tasks),
            *(stage.auction.get_commitment(1, agent) for agent in AGENTS),
            *(stage.races.get_entry(1, agent) for agent in AGENTS),
            *(stage.pool.seat_of(seat) for seat in good.EVERY_SEAT),
            *(stage.registry.owner_of(agent) for agent in AGENTS),
            *(stage.incentives.record_of(agent, good.SKILL) for agent in AGENTS),
            stage.auction.is_nonce_used(OWNER, 0),
            stage.races.get_race(1),
            stage.pool.panel_of(*CASE),
            stage.pool.members_of(*CASE),
            stage.ledger.pending_burn(),
            stage.token.total_supply(),
            stage.registry.agent_count(),
            stage.registry.is_active(1),
            stage.registry.get_agent_wallet(1),
            stage.registry.skill_weight(1, good.SKILL),
            stage.incentives.feedback_rights_of(1, BUYER),
            stage.incentives.get_last_index(1, BUYER),
            stage.meter.channel_of(1, OWNER, EVALUATOR),
            stage.meter.pledge_of(1),
            stage.messages.message_count(),
            stage.messages.postage_of(AGENT),
            stage.parameters.current(),
            stage.votes.lock_count(),
            stage.votes.votes_of(MINTER),
        ]
    )
