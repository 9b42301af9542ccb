"""Every call of the contracts, and lives of a market at random: the index says what events and contracts say."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from against_truth import strays
from agreement import differences, number_of
from api_against_truth import asked, contracts_of
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from nodes import running_node
from raw_logs import Chain
from raw_truth import Truth
from sqlalchemy import func, select

from agents.chain.abi import encode
from agents.chain.bindings import (
    action_logger,
    market_governor,
    structs,
    task_marketplace,
    timelock_controller,
)
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.tailer import LoggedEvent
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.handlers import HANDLERS, KINDS, SILENT
from agents.explorer.handlers.common import ZERO_ADDRESS
from agents.explorer.handlers.tasks import title
from agents.explorer.indexer import Indexer
from agents.market.domain import Round, TaskState
from agents.market.specification import skill_bytes
from agents.market.view import MarketView

sys.path.insert(0, str(Path(__file__).parents[1] / "market"))

import valid_calls as good
from stage import STUB, Stage
from test_law import Together

MISSING = {
    "actions": action_logger.ActionLogger,
    "governor": market_governor.MarketGovernor,
    "marketplace": task_marketplace.TaskMarketplace,
    "timelock": timelock_controller.TimelockController,
}
"""Contracts that a stage does without; nothing is at their addresses."""


def deployment_of(stage):
    contracts = {
        "token": stage.token,
        "ledger": stage.ledger,
        "registry": stage.registry,
        "tasks": stage.tasks,
        "auction": stage.auction,
        "incentives": stage.incentives,
        "messages": stage.messages,
        "pool": stage.pool,
        "meter": stage.meter,
        "race": stage.races,
        "parameters": stage.parameters,
        "votes": stage.votes,
    }
    for place, (name, kind) in enumerate(MISSING.items(), 1):
        contracts[name] = kind(f"0x{place:040X}")
    genesis = stage.ask("eth_getBlockByNumber", "0x0", False)["hash"]
    return Deployment(chain_id=31337, genesis_hash=genesis, deploy_block=0, **contracts)


class Watched:
    """A stage with an index, which follows it through all that is undone."""

    def __init__(self, stage, url, folder):
        self.stage, self.url, self.folder = stage, url, folder
        self.deployment = deployment_of(stage)
        self.engine = open_engine(f"sqlite:///{folder}/index.db")
        self.indexer = Indexer(stage.rpc, self.deployment, self.engine, patience=0.0)
        self.forget()

    def close(self):
        self.stage.loop.run_until_complete(self.indexer.close())
        self.engine.dispose()

    def restart(self):
        self.stage.restart()
        self.forget()

    def forget(self):
        self.view, self.block = MarketView(), -1

    def hear(self):
        """The view knows what the chain's logs say by themselves."""
        head = int(self.stage.ask("eth_blockNumber"), 16)
        span = {"fromBlock": hex(self.block + 1), "toBlock": hex(head)}
        asked = span | {"address": list(self.deployment.decoders)}
        times = {}
        for log in map(Log.read, self.stage.ask("eth_getLogs", asked) if head > self.block else ()):
            if log.block not in times:
                header = self.stage.ask("eth_getBlockByNumber", hex(log.block), False)
                times[log.block] = int(header["timestamp"], 16)
            event = log.decode(self.deployment.decoders[log.address])
            if event is not None:
                where = log.block, log.index, log.tx_hash, log.address
                self.view.apply(LoggedEvent(*where, event, times[log.block]))
        self.block = head

    def check(self):
        """The index holds what the events say, and its books add up; how often credits moved, by kind and reason."""
        self.stage.loop.run_until_complete(self.indexer.catch_up())
        self.hear()
        with self.engine.connect() as db:
            assert differences(db, self.view) == []
            assert db.scalar(select(func.count()).where(~schema.conservation.c.holds)) == 0
            entry = schema.entries.c
            kinds = select(entry.kind, entry.reason, func.count()).group_by(entry.kind, entry.reason)
            return {(kind, why): count for kind, why, count in db.execute(kinds)}

    def reckon(self):
        """The figures of the tables and of the API are those that raw logs add up to."""
        truth = Truth(Chain(self.url, contracts_of(self.deployment)))
        with self.engine.connect() as db:
            assert strays(db, truth) == []
        answers = asked(self.deployment, self.engine, self.folder, truth)
        assert self.stage.loop.run_until_complete(answers) == []

    def ask_the_contracts(self):
        """What the contracts hold is what the index says."""
        with self.engine.connect() as db:
            parts = (credits_of(db, self.stage), tasks_of(db, self.stage), agents_of(db, self.stage))
            asked = [one for part in parts for one in part]
        found = self.stage.read([call for call, _, _ in asked])
        for (call, fields, values), one in zip(asked, found, strict=True):
            shown = tuple(getattr(one, field) for field in fields) if fields else (one,)
            assert shown == values, (call.name, call.data[4:].hex())


# Each part: what is asked, which fields of the answer are meant, and what they are in the index.


def credits_of(db, stage):
    for row in db.execute(select(schema.accounts)).mappings():
        account = number_of(row["account"])
        parts = row["free"], row["locked"], row["debt"]
        yield stage.ledger.balance_of(account), ("free", "locked", "debt"), parts
        creditor = number_of(row["creditor"]) if row["creditor"] else 0
        yield stage.ledger.creditor_of(account), (), (creditor,)
    totals = {row.key: row.value for row in db.execute(select(schema.totals))}
    yield stage.ledger.pending_burn(), (), (totals.get("pending_burn", 0),)
    yield stage.token.balance_of(stage.ledger.address), (), (totals["held"],)
    yield stage.token.total_supply(), (), (totals["minted"] - totals.get("destroyed", 0),)
    for row in db.execute(select(schema.token_balances)):
        yield stage.token.balance_of(row.address), (), (row.amount,)


def tasks_of(db, stage):
    states, rounds = ({title(one): one for one in kind} for kind in (TaskState, Round))
    for row in db.execute(select(schema.tasks)).mappings():
        kept = {
            "requester": row["requester"],
            "reserve": row["reserve"],
            "created_at": row["created_time"],
            "agent_id": row["agent"] or 0,
            "price": row["price"],
            "state": states[row["state"]],
            "score": row["score"] or 0,
            "lateness": row["lateness"] or 0,
            "weight": row["weight"],
            "fee_bps": row["fee_bps"],
        }
        if not states[row["state"]].is_final:
            kept |= {"round": rounds[row["round"]], "deadline": row["deadline"] or 0}
        if row["mode"] != "Race":
            kept["promised_at"] = row["promised_at"] or 0
        yield stage.tasks.get_task(row["id"]), tuple(kept), tuple(kept.values())
        yield stage.tasks.deposit_of(row["id"]), (), (row["deposit"],)


def agents_of(db, stage):
    for row in db.execute(select(schema.agents)).mappings():
        yield stage.registry.owner_of(row["id"]), (), (row["owner"],)
        yield stage.registry.get_agent_wallet(row["id"]), (), (row["wallet"] or ZERO_ADDRESS,)
        yield stage.registry.is_active(row["id"]), (), (row["active"],)
        yield stage.registry.ownership_epoch(row["id"]), (), (row["epoch"],)
        yield stage.registry.get_parent_agent(row["id"]), (), (row["parent"] or 0,)
        mine = schema.reputations.c.agent == row["id"], schema.reputations.c.epoch == row["epoch"]
        for record in db.execute(select(schema.reputations).where(*mine)):
            tag = skill_bytes(record.skill)
            sums = record.experience, record.merit
            yield stage.incentives.record_of(row["id"], tag), ("experience", "merit"), sums
            yield stage.incentives.quality_of(row["id"], tag), (), (record.quality,)
    for row in db.execute(select(schema.channels).where(schema.channels.c.open)).mappings():
        names = "deposit", "redeemed", "exit_end", "owner_epoch", "epoch"
        channel = stage.meter.channel_of(row["agent"], row["signer"], row["provider"])
        yield channel, names, tuple(row[name] for name in names)
    for row in db.execute(select(schema.pledges)).mappings():
        pledge = row["amount"], row["release_at"] or 0
        yield stage.meter.pledge_of(row["agent"]), ("amount", "release_at"), pledge


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    with running_node() as node:
        stage = Stage(node.url)
        watched = Watched(stage, node.url, tmp_path_factory.mktemp("watched"))
        yield watched
        watched.close()
        stage.close()


def test_every_event_has_a_handler_or_is_named_as_one_that_needs_none():
    assert {*HANDLERS} | SILENT == {*KINDS}
    assert not SILENT & {*HANDLERS}


CALLS = [
    *(good.cancel, good.evaluate, good.release, good.declare_default, good.take_over),
    good.close_defaulted,
    *(good.close_rejected, good.close_sealed, good.appeal, good.close_ruled, good.post_part),
    *(good.forfeit, good.bid, good.bid_for, good.accept, good.commit_for, good.judge, good.release_race),
    *(good.withdraw_entry, good.forfeit_entry, good.announce_leave, good.leave_seat, good.tally),
    *(good.withdraw, good.transfer, good.repay, good.forgive, good.mint, good.send_tokens),
    *(good.set_active, good.set_skills, good.set_metadata, good.set_wallet, good.set_parent, good.sell),
    *(good.revoke_feedback, good.respond, good.close_channel, good.redeem, good.top_up),
    *(good.set_credit_line, good.unpledge, good.seize, good.send_letter, good.send_within_task, good.reply),
    *(good.publish, good.set_parameters, good.withdraw_votes),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_after_every_call_the_index_says_what_the_events_say(watched, call):
    watched.restart()
    watched.stage.send(*call(watched.stage))
    reasons = watched.check()
    assert not [pair for pair in reasons if pair[1] == "other"]
    watched.ask_the_contracts()
    watched.reckon()


def test_texts_of_any_kind_are_kept_and_stop_nothing(watched):
    watched.restart()
    stage, odd = watched.stage, b"\xff<script>\xc3("
    # As text goes into a call, but with bytes that are none.
    call = stage.registry.register_with_agent_uri("")
    raw = replace(call, data=call.data[:4] + encode(["bytes"], [odd]))
    stage.send(raw, good.OWNER)
    stage.send(stage.registry.set_metadata(1, "k" * 5_000, b"\0" * 100), good.OWNER)
    stage.send(stage.registry.set_metadata(1, "a\0\u202eb", b""), good.OWNER)
    stage.send(stage.registry.set_skills(1, [structs.Skill(odd.ljust(16, b"\0"), 5)]), good.OWNER)
    stage.send(stage.messages.publish(good.AGENT, odd.ljust(32, b"\1"), bytes(32), odd), good.OWNER)
    stage.send(stage.meter.set_credit_line(1, (1 << 64) - 1), good.EVALUATOR)
    stage.send(stage.messages.set_blocked(good.BUYERS_OWN, (1 << 256) - 1, True), good.BUYER)
    watched.check()
    with watched.engine.connect() as db:
        uri = db.scalar(select(schema.agents.c.uri).order_by(schema.agents.c.id.desc()))
        assert uri == odd.decode("utf-8", "replace")
        keys = {row.key for row in db.execute(select(schema.agent_metadata))}
        assert {"agentWallet", "a\ufffd\u202eb"} < keys
        assert max(map(len, keys)) < 300
        assert db.scalar(select(schema.skills.c.skill)) == odd.ljust(16, b"\0").hex()
        assert db.scalar(select(schema.messages.c.topic)) == odd.ljust(32, b"\1").hex()
        assert db.scalar(select(schema.credit_lines.c.amount)) == str((1 << 64) - 1)
        assert db.scalar(select(schema.message_blocks.c.sender)) == "0x" + "f" * 64


LIVES = int(os.environ.get("AGORA_INDEX_LIVES", "3"))


class Indexed(Together):
    """A life that is watched: after each step the index is compared."""

    watched: ClassVar = None
    seen: ClassVar = set()

    def __init__(self):
        self.watched.forget()
        super().__init__(self.watched.stage)

    @invariant()
    def the_index_agrees(self):
        self.seen.update(self.watched.check())

    def teardown(self):
        self.the_index_agrees()
        self.watched.ask_the_contracts()
        self.watched.reckon()


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    with running_node() as node:
        stage = Stage(node.url, pool=STUB)
        watched = Watched(stage, node.url, tmp_path_factory.mktemp("lives"))
        yield watched
        watched.close()
        stage.close()


def test_through_lives_at_random_the_index_says_what_the_contracts_say(lives, monkeypatch):
    monkeypatch.setattr(Indexed, "watched", lives)
    monkeypatch.setattr(Indexed, "seen", set())
    few = settings(
        max_examples=LIVES,
        stateful_step_count=40,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Indexed, settings=few)
    # A panel of the stub is paid, and no event says for what.
    assert {pair for pair in Indexed.seen if pair[1] == "other"} <= {("Paid", "other")}
    usual = {
        ("Paid", "reward"),
        ("Paid", "fee"),
        ("Locked", "bond"),
        ("Burned", "bond"),
        ("Paid", "thinking"),
    }
    assert usual <= Indexed.seen
