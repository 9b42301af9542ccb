"""What handlers make of events that no other test brings about on a chain."""

import pytest
from folding import CONTRACTS, Told

from agents.chain.bindings import (
    action_logger,
    agent_registry,
    credit_token,
    evaluator_pool,
    ledger,
    market_governor,
    message_hub,
    race_board,
    task_manager,
    timelock_controller,
    usage_meter,
)
from agents.chain.bindings.structs import TaskParams
from agents.chain.words import checksummed
from agents.explorer import schema
from agents.explorer.handlers import handles
from agents.market.domain import account_of, account_of_agent

NOBODY = "0x" + "0" * 40
OWNER, OTHER, PROVIDER = (checksummed("0x" + byte * 20) for byte in ("a1", "b2", "c3"))
DIGEST, ROOT, CHANNEL = b"\1" * 32, b"\2" * 32, b"\3" * 32


@pytest.fixture
def told(tmp_path):
    told = Told(tmp_path)
    told.tell(agent_registry.Registered(1, "", OWNER), agent_registry.Transfer(NOBODY, OWNER, 1))
    yield told
    told.close()


# Governance


def proposed(told, number=7):
    created = market_governor.ProposalCreated(
        number, OWNER, (OTHER,), (0,), ("",), (b"\xaa",), 100, 200, "Lower the fee\0"
    )
    told.tell(created)
    return str(number)


def test_a_proposal_is_voted_on_queued_and_carried_out(told):
    number = proposed(told, 1 << 255)
    told.tell(market_governor.VoteCast(OWNER, 1 << 255, 1, 30, "yes"))
    told.tell(market_governor.VoteCastWithParams(OTHER, 1 << 255, 0, 10, "", b""))
    told.tell(
        timelock_controller.CallScheduled(DIGEST, 0, OTHER, 1 << 70, b"\xaa", bytes(32), 60),
        timelock_controller.CallSalt(DIGEST, ROOT),
        market_governor.ProposalQueued(1 << 255, 1 << 255),
    )
    operation = schema.hex_text(DIGEST)
    found = told.row(schema.proposals)
    assert (found["id"], found["status"], found["operation"]) == (number, "queued", operation)
    assert (found["votes_for"], found["votes_against"], found["voters"]) == (30, 10, 2)
    assert found["description"] == "Lower the fee\ufffd"
    assert found["eta"] == (1 << 63) - 1
    scheduled = told.row(schema.operations)
    assert (scheduled["status"], scheduled["ready_at"]) == ("scheduled", told.time + 60)
    told.tell(
        timelock_controller.CallExecuted(DIGEST, 0, OTHER, 1 << 70, b"\xaa"),
        market_governor.ProposalExecuted(1 << 255),
    )
    assert told.row(schema.proposals)["executed_at"] == told.time
    assert told.row(schema.operations)["status"] == "executed"
    call = told.row(schema.operation_calls)
    assert (call["value"], call["executed"]) == (str(1 << 70), True)
    assert told.links("proposal", number) == [2, 3, 4, 5, 6]


def test_a_proposal_and_an_operation_can_be_taken_back(told):
    proposed(told)
    told.tell(timelock_controller.CallScheduled(DIGEST, 0, OTHER, 0, b"", bytes(32), 60))
    told.tell(market_governor.ProposalCanceled(7), timelock_controller.Cancelled(DIGEST))
    assert told.row(schema.proposals)["status"] == "canceled"
    assert told.row(schema.operations)["status"] == "canceled"
    # It may come back later.
    told.tell(timelock_controller.CallScheduled(DIGEST, 0, OTHER, 0, b"", bytes(32), 60))
    assert told.row(schema.operations)["ended_at"] is None


def test_a_role_is_held_until_it_is_revoked(told):
    told.tell(credit_token.RoleGranted(DIGEST, OWNER, OTHER))
    told.tell(timelock_controller.RoleGranted(DIGEST, OWNER, OTHER))
    told.tell(credit_token.RoleRevoked(DIGEST, OWNER, OTHER))
    roles = {row["contract"]: row["held"] for row in told.all(schema.roles)}
    assert roles == {"CreditToken": False, "TimelockController": True}


# Agents


def test_actions_are_counted_batch_by_batch(told):
    told.tell(action_logger.BatchCommitted(1, 1, OWNER, ROOT, 1, 5))
    told.tell(action_logger.BatchCommitted(1, 2, OWNER, DIGEST, 6, 2))
    assert told.row(schema.agents)["actions"] == 7
    second = told.row(schema.action_batches, batch=2)
    assert (second["first"], second["count"], second["root"]) == (6, 2, schema.hex_text(DIGEST))


def test_an_agent_that_is_sold_begins_anew_and_keeps_its_claims(told):
    told.tell(agent_registry.SkillSet(1, b"law".ljust(16, b"\0"), 80))
    told.tell(agent_registry.EncryptionKeySet(1, ROOT))
    told.tell(agent_registry.EncryptionKeySet(1, bytes(32)), agent_registry.Transfer(OWNER, OTHER, 1))
    agent = told.row(schema.agents)
    assert (agent["owner"], agent["epoch"], agent["encryption_key"]) == (OTHER, 1, None)
    assert [row["address"] for row in told.all(schema.agent_owners)] == [OTHER]
    assert told.row(schema.skills)["weight"] == 80
    told.tell(agent_registry.ActiveSet(1, False))
    assert told.row(schema.skill_totals)["agents"] == 0
    told.tell(agent_registry.ActiveSet(1, False))
    told.tell(agent_registry.SkillSet(1, b"law".ljust(16, b"\0"), 0))
    told.tell(agent_registry.ActiveSet(1, True))
    assert told.row(schema.skill_totals)["agents"] == 0
    assert [row["weight"] for row in told.all(schema.skill_history)] == [80, 0]


# Thinking


def test_an_overdrawn_voucher_costs_the_agent_what_it_owes_and_not_what_was_lost(told):
    agent, meter = account_of_agent(1), account_of(CONTRACTS["UsageMeter"])
    told.tell(ledger.Deposited(agent, OWNER, 100))
    told.tell(usage_meter.ChannelOpened(CHANNEL, 1, PROVIDER, OWNER, 0, 0, 40), ledger.Held(agent, meter, 40))
    told.tell(
        usage_meter.Redeemed(CHANNEL, 70, ROOT),
        usage_meter.Overdrawn(CHANNEL, 20, 10),
        ledger.DebtRecorded(agent, account_of(PROVIDER), 20),
        ledger.Paid(meter, account_of(PROVIDER), 40),
    )
    one = told.row(schema.redemptions)
    assert [one[name] for name in ("amount", "paid", "owed", "lost", "thinking")] == [70, 40, 20, 10, 60]
    row = told.row(schema.agents)
    assert (row["thinking"], row["in_channels"], row["debt"], row["balance_free"]) == (60, 0, 20, 60)
    assert told.row(schema.accounts, account="agent:1")["creditor"] == PROVIDER
    assert told.row(schema.totals, key="agents:indebted")["value"] == 1
    told.tell(ledger.DebtForgiven(agent, account_of(PROVIDER), 20))
    assert told.row(schema.accounts, account="agent:1")["creditor"] is None
    assert told.row(schema.totals, key="agents:indebted")["value"] == 0
    told.tell(usage_meter.ExitStarted(CHANNEL, 99), usage_meter.VoucherSkipped(CHANNEL, 1 << 250, 4))
    told.tell(usage_meter.VoucherSkipped(ROOT, 1, 1))
    told.tell(usage_meter.ChannelClosed(CHANNEL, 0))
    channel = told.row(schema.channels)
    assert (channel["exit_end"], channel["skipped"], channel["open"]) == (99, 1, False)
    assert [(row["redemptions"], row["amount"]) for row in told.all(schema.usage_hours)] == [(1, 60)]
    # The skipped voucher that was of no known channel is not linked to it.
    assert set(told.links("agent", 1)) == {1, 2, 3, 4, 5, 6, 8}


# The evaluator pool


def posted(told, task=1):
    params = TaskParams(DIGEST, ROOT, b"law".ljust(16, b"\0"), 0, 100, OTHER, 60, 50, 40, 200, 60, 0)
    told.tell(task_manager.TaskCreated(task, OTHER, params.skill, params, 250, 10, 10, 25))


def test_scores_of_a_round_without_a_quorum_are_paid_in_the_round_that_was_tallied(told):
    posted(told)
    client = CONTRACTS["TaskManager"]
    for seat in (0, 1):
        told.tell(evaluator_pool.SeatTaken(seat, OWNER, 100))
    told.tell(evaluator_pool.CaseConvened(client, 1, 3, 30, 5, 60, DIGEST))
    told.tell(evaluator_pool.CaseUnsealed(client, 1, ROOT), evaluator_pool.DrawFixed(client, 1, 1, 9, 2))
    told.tell(evaluator_pool.PanelDrawn(client, 1, 1, (0, 1), (OWNER, OWNER), 50, 90))
    told.tell(evaluator_pool.ScoreCommitted(client, 1, 0, 1, 5))
    told.tell(evaluator_pool.ScoreRevealed(client, 1, 0, 1, 80))
    told.tell(
        evaluator_pool.PanelTallied(client, 1, 1, 1),
        evaluator_pool.EvaluatorSlashed(client, 1, 1, OWNER, 20),
        evaluator_pool.DrawFixed(client, 1, 2, 12, 2),
        evaluator_pool.EvaluatorPaid(client, 1, 0, OWNER, 20),
    )
    votes = {row["seat"]: row for row in told.all(schema.panel_votes, round=1)}
    assert (votes[0]["score"], votes[0]["paid"], votes[1]["slashed"]) == (80, 20, 20)
    case = told.row(schema.cases)
    assert (case["task"], case["status"], case["round"], case["tallied"]) == (1, "drawing", 2, 1)
    assert told.row(schema.totals, key="staked")["value"] == 180
    told.tell(evaluator_pool.SeatLeft(0, OWNER, 100), evaluator_pool.SeatMoved(1, 0))
    seat = told.row(schema.seats)
    assert (seat["id"], seat["stake"], seat["slashed"]) == (0, 80, 20)
    assert told.links("case", f"{client}/1")[0] in told.links("task", 1)


def test_the_case_of_a_race_belongs_to_its_task_and_its_entrant(told):
    posted(told, 5)
    case = 5 << 64 | 1
    told.tell(race_board.RaceOpened(5, 10, 30), race_board.EntryCommitted(5, 1, DIGEST, False))
    told.tell(race_board.EntryShown(5, 1, ROOT))
    told.tell(
        race_board.PanelConvened(5, 1, case),
        evaluator_pool.CaseConvened(CONTRACTS["RaceBoard"], case, 3, 30, 5, 60, DIGEST),
    )
    found = told.row(schema.cases)
    assert (found["task"], found["entrant"], found["case"]) == (5, 1, str(case))
    assert told.links("agent", 1)[-1] == told.block
    assert told.row(schema.race_entries)["case"] == str(case)


# Messages and books


def test_a_thread_knows_its_parties_and_its_newest_message(told):
    agent, owner = account_of_agent(1), account_of(OWNER)
    told.tell(message_hub.MessageSent(1, 1, owner, agent, 0, 0, DIGEST, b""))
    told.tell(message_hub.MessageSent(2, 1, agent, owner, 0, 0, bytes(32), b"\xff"))
    told.tell(message_hub.MessagePublished(3, b"news".ljust(32, b"\0"), agent, DIGEST, b""))
    told.tell(message_hub.BlockSet(agent, owner, True))
    thread = told.row(schema.threads)
    assert (thread["opener"], thread["other"], thread["messages"]) == (OWNER, "agent:1", 2)
    assert thread["last_message"] == 2
    assert told.row(schema.messages, id=2)["digest"] is None
    assert told.row(schema.messages, id=3)["topic"] == "news"
    row = told.row(schema.agents)
    assert (row["messages_sent"], row["messages_received"]) == (2, 1)
    assert told.row(schema.message_blocks)["blocked"]
    assert told.links("thread", 1) == [2, 3]


def test_books_that_do_not_add_up_are_seen_and_stay_seen(told):
    vault = CONTRACTS["Ledger"]
    told.tell(credit_token.Transfer(NOBODY, OWNER, 100))
    told.tell(ledger.Deposited(account_of(OWNER), OWNER, 60), credit_token.Transfer(OWNER, vault, 60))
    told.tell(credit_token.Transfer(OWNER, vault, 5))
    assert all(row["holds"] for row in told.all(schema.conservation))
    assert told.row(schema.totals, key="gifts")["value"] == 5
    # Credits from nowhere.
    told.tell(ledger.Deposited(account_of(OWNER), OWNER, 1))
    broken = told.block
    told.tell(ledger.Withdrawn(account_of(OWNER), OWNER, 1))
    assert [row["block"] for row in told.all(schema.conservation, holds=False)] == [broken]
    assert told.row(schema.totals, key="violation")["value"] == broken
    assert told.row(schema.totals, key="checked")["value"] == told.block
    assert told.row(schema.totals, key="checks")["value"] == 5


def test_an_event_without_those_before_it_is_an_error(told):
    with pytest.raises(LookupError, match="tasks has no row"):
        told.tell(task_manager.TaskCancelled(9))


def test_a_handler_cannot_be_replaced():
    with pytest.raises(ValueError, match="TaskCancelled"):
        handles(task_manager.TaskCancelled)(print)
