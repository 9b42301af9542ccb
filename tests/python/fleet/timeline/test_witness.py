"""The witness: the first block that is not the recorded one is named, and what in it."""

from dataclasses import replace

import pytest

from agents.chain.abi import Call
from agents.chain.bindings.bid_auction import BidAuction
from agents.chain.journal.blocks import Block, Genesis, Origin
from agents.chain.journal.book import Journal
from agents.chain.transaction import Transaction
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import CallFailed, CassetteMiss, RunDiverged
from agents.fleet.timeline.witness import Witness

WALLET = Seed(TEST_PHRASE).wallet(3)
AUCTION = BidAuction("0x" + "11" * 20)


def signed(call: Call, nonce=0):
    transaction = Transaction(31337, nonce, 1, 2000, 21_000, call.to, call.value, call.data)
    return WALLET.sign_transaction(transaction)


def block(number, *transactions):
    root = bytes([number]) * 32
    return Block(
        number, 1000 + number, 7, bytes(32), root, root, transactions, b"8 bytes." * len(transactions)
    )


BLOCKS = [
    block(1),
    block(2, signed(AUCTION.commit(7, 3, 500)), signed(AUCTION.finalize(7), 1)),
    block(3, signed(AUCTION.commit(8, 3, 501), 2)),
]


@pytest.fixture
def witness(tmp_path):
    journal = Journal.open(tmp_path / "run.db")
    journal.begin(Origin(Genesis(1, 2), bytes(32), bytes(32)))
    journal.append(*BLOCKS)
    yield Witness(journal, 1, {WALLET.address: "Research"})
    journal.close()


def parted(witness, mined):
    with pytest.raises(RunDiverged) as failure:
        witness.see(mined)
    assert failure.value.block == mined.number
    return str(failure.value)


def test_the_same_blocks_are_the_same_run(witness):
    assert not witness.is_through
    for one in BLOCKS[1:]:
        witness.see(replace(one))
    assert witness.is_through
    witness.conclude()


def test_a_run_that_ends_too_early_or_too_late_is_told(witness):
    witness.see(BLOCKS[1])
    with pytest.raises(RunDiverged, match="at block 3: the replay ended before it, the recording with 3"):
        witness.conclude()
    witness.see(BLOCKS[2])
    assert "at block 4: the recording had ended" in parted(witness, block(4))


def test_another_second_is_told(witness):
    assert "recorded at second 1002, now at second 1005" in parted(
        witness, replace(BLOCKS[1], timestamp=1005)
    )


def test_another_argument_is_told_by_its_place(witness):
    other = signed(AUCTION.commit(7, 3, 501))
    said = parted(witness, replace(BLOCKS[1], transactions=(other, BLOCKS[1].transactions[1])))
    assert (
        f"its transaction 0 is commit by Research ({WALLET.address}), nonce 0, with other arguments: " in said
    )
    assert "[2]: recorded 500, now 501" in said


def test_another_transaction_is_told_with_its_sender(witness):
    swapped = tuple(reversed(BLOCKS[1].transactions))
    said = parted(witness, replace(BLOCKS[1], transactions=swapped))
    assert "its transaction 0 was commit(7, 3, 500) by Research" in said
    assert f"and now is finalize(7) by Research ({WALLET.address}), nonce 1" in said


def test_a_transaction_that_is_left_out_is_told(witness):
    said = parted(witness, replace(BLOCKS[1], transactions=BLOCKS[1].transactions[:1]))
    assert "its transaction 1 was finalize(7) by Research" in said
    assert said.endswith("and now is none")


def test_another_outcome_is_told(witness):
    said = parted(witness, replace(BLOCKS[1], outcomes=b"8 bytes.8 others"))
    assert "its transaction 1, finalize(7) by Research" in said
    assert "has another outcome" in said


@pytest.mark.parametrize(("field", "word"), [("state_root", "state"), ("hash", "hash")])
def test_what_the_node_makes_of_the_same_transactions_is_told(witness, field, word):
    assert f"lead to another {word}" in parted(witness, replace(BLOCKS[1], **{field: bytes(32)}))


def test_a_call_with_other_words_explains_what_came_before_it():
    error = RunDiverged(9, "something is another")
    miss = CassetteMiss("the prompt has another letter", detail={"difference": "character 3"})
    assert str(error.followed_by(miss)).endswith(
        "something is another. After that: the prompt has another letter"
    )
    same = CassetteMiss("the same words were asked too often", detail={"difference": ""})
    assert error.followed_by(same) is error
    assert error.followed_by(CallFailed(503, "away", "the model is away")) is error
