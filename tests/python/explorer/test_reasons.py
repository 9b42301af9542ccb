"""Why credits moved, where several things happen in one transaction, and in orders that no plain call has."""

import pytest
from folding import CONTRACTS, NAMES

from agents.chain.bindings import (
    bid_auction,
    credit_token,
    ledger,
    message_hub,
    race_board,
    task_manager,
    usage_meter,
)
from agents.explorer import schema
from agents.explorer.handlers import Deed, Logged
from agents.explorer.handlers.reasons import Reason, explain
from agents.market.domain import account_of, account_of_agent

BUYER, OTHER = "0x" + "0" * 38 + "B1", "0x" + "0" * 38 + "B2"
PROVIDER, NOBODY = "0x" + "0" * 38 + "C1", "0x" + "0" * 40
BUYERS, METER = account_of(BUYER), account_of(CONTRACTS["UsageMeter"])
ADA, BOB = account_of_agent(1), account_of_agent(2)
HASH, CHANNEL = b"\7" * 32, b"\1" * 32


class Known:
    """Rows that are there before the transaction."""

    def __init__(self, **tables):
        self.tables = tables

    def get(self, table, key):
        return self.tables.get(table.name, {}).get(key)


TASK = {"requester": BUYER, "agent": 1, "bond": 20}
ROWS = Known(
    tasks={(1,): TASK, (2,): TASK | {"agent": 2}, (3,): TASK | {"agent": None}},
    channels={
        (schema.hex_text(CHANNEL),): {"agent": 1, "provider": PROVIDER},
        (schema.hex_text(HASH),): {"agent": 2, "provider": PROVIDER},
    },
)


def reasons(*events, rows=ROWS):
    """Why the movements among the events happened, in their order."""
    names = [NAMES[type(event).__module__] for event in events]
    logged = [
        Logged(at, name, CONTRACTS[name], event)
        for at, (name, event) in enumerate(zip(names, events, strict=True))
    ]
    found = explain(Deed("0x", logged, CONTRACTS), rows)
    return [found[at] for at in sorted(found)]


def test_two_settlements_in_one_transaction_are_told_apart():
    def settled(task, agent, price):
        worker = account_of_agent(agent)
        return (
            task_manager.TaskSettled(task, agent, price, 1, False),
            ledger.Paid(BUYERS, worker, price - 1),
            ledger.Paid(BUYERS, account_of(OTHER), 1),
            ledger.Unlocked(BUYERS, 5),
            ledger.Unlocked(worker, 20),
        )

    found = reasons(*settled(1, 1, 10), *settled(2, 2, 10))
    words = ["reward", "fee", "refund", "bond"]
    assert found == [Reason(why, 1, 1) for why in words] + [Reason(why, 2, 2) for why in words]


def test_a_burned_bond_belongs_to_the_refund_that_follows():
    def refused(task, worker):
        return (
            ledger.Burned(worker, 10),
            ledger.Unlocked(worker, 10),
            task_manager.TaskRefunded(task, 99),
            ledger.Unlocked(BUYERS, 99),
        )

    rows = Known(tasks={(1,): TASK, (2,): TASK})
    found = reasons(*refused(1, ADA), *refused(2, ADA), rows=rows)
    assert [(one.why, one.task) for one in found] == [
        *(("bond", 1), ("bond", 1), ("refund", 1)),
        *(("bond", 2), ("bond", 2), ("refund", 2)),
    ]


def test_a_reward_that_pays_a_debt_at_once_names_the_task_twice():
    found = reasons(
        task_manager.TaskSettled(1, 1, 10, 0, False),
        ledger.Paid(BUYERS, ADA, 10),
        ledger.DebtPaid(ADA, account_of(PROVIDER), ADA, 4),
        ledger.Unlocked(ADA, 20),
    )
    assert found == [Reason("reward", 1, 1), Reason("debt", 1, 1), Reason("bond", 1, 1)]


def test_a_debt_that_somebody_pays_is_of_no_task():
    assert reasons(ledger.DebtPaid(ADA, account_of(PROVIDER), BUYERS, 4)) == [Reason("debt")]


def test_vouchers_of_one_agent_name_it_and_those_of_several_name_nobody():
    paid = ledger.Paid(METER, account_of(PROVIDER), 30)
    one = reasons(usage_meter.Redeemed(CHANNEL, 10, HASH), usage_meter.Redeemed(CHANNEL, 30, HASH), paid)
    assert one == [Reason("thinking", None, 1)]
    both = reasons(usage_meter.Redeemed(CHANNEL, 10, HASH), usage_meter.Redeemed(HASH, 20, HASH), paid)
    assert both == [Reason("thinking")]


def test_a_bid_that_displaces_the_leader_frees_its_bond():
    found = reasons(
        bid_auction.BidRevealed(3, 2, 5, 60, 5000), ledger.Locked(BOB, 20), ledger.Unlocked(ADA, 20)
    )
    assert found == [Reason("bond", 3, 2), Reason("bond", 3)]


def test_a_task_posted_and_awarded_in_one_transaction_needs_no_rows():
    params = (HASH, HASH, b"x" * 16, 3, 100, BUYER, 60, 50, 0, 50, 50, 0)
    created = task_manager.TaskCreated(9, BUYER, b"x" * 16, params, 250, 10, 10, 0)
    found = reasons(
        created,
        ledger.Locked(BUYERS, 180),
        bid_auction.BidRevealed(9, 1, 50, 60, 5000),
        ledger.Locked(ADA, 20),
        rows=Known(),
    )
    assert found == [Reason("escrow", 9), Reason("bond", 9, 1)]


def test_a_letter_pays_its_own_postage_and_no_other():
    sent = message_hub.MessageSent(1, 1, BUYERS, ADA, 0, 5, HASH, b"")
    moved = ledger.Held(BUYERS, BUYERS, 5), ledger.Paid(BUYERS, ADA, 5)
    assert reasons(sent, *moved, *moved) == [Reason("postage")] * 2 + [Reason("other")] * 2


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (credit_token.Transfer(NOBODY, BUYER, 5), "mint"),
        (credit_token.Transfer(BUYER, NOBODY, 5), "burn"),
        (credit_token.Transfer(BUYER, OTHER, 5), "transfer"),
        (ledger.Transferred(BUYERS, ADA, 5), "transfer"),
        (ledger.BurnFlushed(5), "burn"),
        (ledger.Locked(ADA, 5), "other"),
    ],
)
def test_what_nothing_explains_is_what_it_looks_like(event, why):
    assert [one.why for one in reasons(event)] == [why]


def test_the_tokens_of_a_deposit_are_no_movement_of_their_own_but_a_gift_beside_it_is():
    came = credit_token.Transfer(BUYER, CONTRACTS["Ledger"], 5)
    found = reasons(ledger.Deposited(ADA, BUYER, 5), came, came)
    assert [one.why for one in found] == ["deposit", "leg", "transfer"]


def test_a_race_frees_the_winners_bond_and_its_panels_fee():
    found = reasons(
        race_board.RaceWon(1, 1, False),
        task_manager.TaskSettled(1, 1, 10, 0, False),
        ledger.Paid(BUYERS, ADA, 10),
        ledger.Unlocked(ADA, 20),
        ledger.Unlocked(ADA, 3),
    )
    assert [one.why for one in found] == ["reward", "bond", "panel"]
