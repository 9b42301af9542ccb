"""Sentences with figures: amounts that differ read differently, and quality is said as the page has it."""

import pytest

from agents.explorer.api.models.tasks import AwardBid
from agents.explorer.queries.auctions import why_of
from agents.explorer.sentences import places_for, quality_words, sentence
from agents.money import CREDIT, format_credits


def bid(agent, price, quality):
    effective = price * 10_000 / quality
    return AwardBid(agent=agent, agent_name=None, price=price, quality=quality, effective=effective)


def task(price, reserve=10 * CREDIT):
    return {"price": price, "reserve": reserve, "agent": 1, "mode": "SealedSecondPrice", "taken_over": False}


def test_award_in_figures():
    why = why_of(task(2_500_000), bid(1, CREDIT, 5_000), bid(2, 4 * CREDIT, 8_000), 3)
    assert (
        "agent 1's is the lowest for its quality: 1.00 credits at quality 0.5000, in effect 2.00 credits."
        in why
    )
    assert why.endswith("4.00 credits x 0.5000 / 0.8000 = 2.50 credits: 2.50 credits.")


def test_amounts_that_are_close_are_told_apart():
    why = why_of(task(1_000_010), bid(1, 1_000_000, 10_000), bid(2, 1_000_010, 10_000), 2)
    assert "1.00000 credits at quality 1.0000" in why
    assert "= 1.00001 credits: 1.00001 credits." in why


@pytest.mark.parametrize(
    ("amounts", "places"),
    [((), 2), ((0, 0), 2), ((10_000, 20_000), 2), ((10_000, 11_000), 3), ((1,), 6), ((5, 5), 6), ((100,), 4)],
)
def test_fewest_decimals(amounts, places):
    assert places_for(*amounts) == places
    texts = {format_credits(one, places) for one in {0, *amounts}}
    assert len(texts) == len({0, *amounts})


def test_quality_as_a_part_of_one():
    assert [quality_words(one) for one in (0, 77, 5_000, 10_000)] == ["0.0000", "0.0077", "0.5000", "1.0000"]
    told = sentence(
        "BidAuction", "BidRevealed", {"agentId": 3, "price": CREDIT, "taskId": 7, "quality": 5_000}
    )
    assert told == "agent 3 bids 1.00 credits for task 7 at quality 0.5000"


@pytest.mark.parametrize(
    ("silent", "said"),
    [
        (False, "The first work in the race that passed was agent 1's"),
        (True, "Nobody judged agent 1's work in time"),
    ],
)
def test_race_says_whether_its_work_was_judged(silent, said):
    assert why_of(task(CREDIT) | {"mode": "Race", "silent": silent}, None, None, 0).startswith(said)


def test_direct_award_is_compared_with_nothing():
    assert "directly, at the price that it signed" in why_of(task(CREDIT) | {"mode": "Direct"}, None, None, 1)
