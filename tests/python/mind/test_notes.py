"""Notes survive: everything is read back from the file as it was written, by agent."""

import pytest
from world import draft

from agents.chain.store import Store
from agents.llm.protocol import Usage
from agents.market.domain import AwardMode
from agents.mind.notes import _SCHEMA, Belief, BidNote, Notes, OfferNote, ThinkingNote
from agents.mind.postings import Postings


class File:
    """A store that can be closed and opened again, as by another process."""

    def __init__(self, path):
        self.path, self.store = path, Store.open(path)

    def reopened(self):
        self.store.close()
        self.store = Store.open(self.path)
        return self.store


@pytest.fixture
def file(tmp_path):
    file = File(tmp_path / "notes.db")
    yield file
    file.store.close()


def test_bids_are_read_back_in_order_and_the_later_decision_counts(file):
    notes = Notes(file.store, "Ada")
    planned = BidNote(9, "planned", "", 5, 6, 7, 0.5)
    notes.put_bid(planned)
    notes.put_bid(BidNote(2, "skipped", "no document"))
    notes.put_bid(BidNote(2, "refused", "too dear", 1, 2))
    again = Notes(file.reopened(), "Ada")
    assert again.bids == [BidNote(2, "refused", "too dear", 1, 2), planned]
    assert again.bid(9) == planned
    assert again.bid(1) is None


def test_what_a_bid_believed_is_read_back(file):
    belief = Belief(0.25, "the prior", {"floor": 0.125, "rivals": 2.0}, 9, 0.5, 0.75)
    Notes(file.store, "Ada").put_bid(BidNote(1, "planned", price=5, belief=belief))
    Notes(file.store, "Ada").put_bid(BidNote(2, "planned"))
    again = Notes(file.reopened(), "Ada")
    assert again.bid(1).belief == belief
    assert again.bid(2).belief == Belief()


def test_a_store_of_before_there_were_beliefs_is_read(file):
    file.store.migrate("notes-1", _SCHEMA)
    row = ("Ada", 3, "planned", "", 5, 6, 7, 0.5)
    columns = "agent, task, status, reason, price, promised, cost_estimate, fit"
    file.store.db.execute(f"INSERT INTO bids ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    notes = Notes(file.reopened(), "Ada")
    assert notes.bids == [BidNote(3, "planned", "", 5, 6, 7, 0.5)]


def test_the_newest_offer_is_read_back(file):
    notes = Notes(file.store, "Ada")
    assert notes.last_offer() is None
    notes.put_offer(OfferNote(1, 100, {"writing": (80, 70)}))
    notes.put_offer(OfferNote(2, 200, {"writing": (80, 60), "research": (50, 55)}))
    assert Notes(file.reopened(), "Ada").last_offer() == OfferNote(
        2, 200, {"writing": (80, 60), "research": (50, 55)}
    )
    assert Notes(file.store, "Bob").last_offer() is None


def test_agents_do_not_see_each_others_notes(file):
    Notes(file.store, "Ada").put_bid(BidNote(1, "planned"))
    Notes(file.store, "Ada").put_result(1, b"\1" * 32, "m")
    Notes(file.store, "Ada").put_failure(2, "rubbish")
    Notes(file.store, "Ada").add_thinking(Usage(1, 0), 2, 1, "work")
    bob = Notes(file.reopened(), "Bob")
    assert (bob.bids, bob.result(1), bob.cost(1), bob.failure(2)) == ([], None, None, None)
    assert bob.thinking == ThinkingNote()


def test_results_failures_and_thinking_are_read_back(file):
    notes = Notes(file.store, "Ada")
    notes.put_result(1, b"\1" * 32, "m")
    notes.put_failure(2, "rubbish")
    notes.add_thinking(Usage(8, 2), 100, 1, "work")
    notes.add_thinking(Usage(5), 50)
    again = Notes(file.reopened(), "Ada")
    assert (again.result(1), again.cost(1), again.failure(2)) == (b"\1" * 32, 100, "rubbish")
    assert again.thinking == ThinkingNote(calls=2, tokens=15, cost=150)


def test_an_outcome_is_unlearned_until_the_lesson_is_kept(file):
    notes = Notes(file.store, "Ada")
    for note in (BidNote(1, "planned"), BidNote(2, "skipped"), BidNote(3, "planned")):
        notes.put_bid(note)
    assert list(notes.live) == [1, 3]
    notes.put_learned([1], "wise")
    again = Notes(file.reopened(), "Ada")
    assert list(again.live) == [3]
    assert again.policy_state() == "wise"


def test_an_opinion_is_kept_beside_the_decision(file):
    notes = Notes(file.store, "Ada")
    notes.put_bid(BidNote(1, "planned", price=5))
    notes.put_opinion(1, "yes: it is short")
    row = file.reopened().db.execute("SELECT opinion, price FROM bids").fetchone()
    assert tuple(row) == ("yes: it is short", 5)


def test_postings_are_read_back_with_their_answer_keys(file):
    drafts = [
        draft("blue"),
        draft("1", kind="number", reward=7, mode=AwardMode.SEALED_FIRST_PRICE),
        draft(kind="judge"),
    ]
    put = Postings(file.store).put("examples", 1, drafts)
    again = Postings(file.reopened())
    assert again.latest("examples") == put
    assert again.latest("others") == []
    for posting, one in zip(put, drafts, strict=True):
        assert posting.digest == one.specification.digest()
        assert posting.key == one.key
        assert (posting.reward, posting.mode, posting.task_id) == (one.reward, one.mode, None)
    assert "blue" not in repr(put), "answers are in no repr"


def test_postings_have_one_intent_each_over_all_batches_and_sources(file):
    postings = Postings(file.store)
    batches = [postings.put(source, batch, [draft(), draft()]) for source in ("a", "b") for batch in (1, 2)]
    assert postings.latest("a") == batches[1], "the newest batch"
    assert len({posting.intent for batch in batches for posting in batch}) == 8


def test_a_posting_is_found_by_its_task(file):
    postings = Postings(file.store)
    postings.put_task(postings.put("a", 1, [draft(), draft()])[1], 17)
    again = Postings(file.reopened())
    assert again.of_task(17).number == 1
    assert again.of_task(18) is None
    assert [posting.task_id for posting in again.latest("a")] == [None, 17]


def test_verdicts_are_read_back(file):
    Postings(file.store).put_verdict(3, 77, "nearly")
    again = Postings(file.reopened())
    assert again.verdict(3) == (77, "nearly")
    assert again.verdict(4) is None


def test_what_is_forgotten_is_read_again(file):
    notes = Notes(file.store, "Ada")
    notes.put_bid(BidNote(1, "skipped", "no document"))
    notes.put_result(1, b"\1" * 32, "m")
    notes.put_failure(1, "rubbish")
    notes.forget(1)
    assert notes.bid(1) == BidNote(1, "skipped", "no document")
    assert (notes.result(1), notes.failure(1)) == (b"\1" * 32, "rubbish")


def test_a_bid_is_live_from_the_decision_until_it_was_learned_from_or_given_up(file):
    notes = Notes(file.store, "Ada")
    for number in (1, 2, 3):
        notes.put_bid(BidNote(number, "planned"))
    notes.put_bid(BidNote(2, "refused"))
    notes.put_learned([3], "wise")
    assert list(notes.live) == [1]
    assert [notes.bid(number).status for number in (1, 2, 3)] == ["planned", "refused", "planned"]
