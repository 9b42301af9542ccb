"""Every call of the contracts, and lives of a market at random: the index says what events and contracts say."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from nodes import running_node
from sqlalchemy import select
from watching import Watched

from agents.chain.abi import encode
from agents.chain.bindings import structs
from agents.explorer import schema
from agents.explorer.handlers import HANDLERS, KINDS, SILENT

sys.path.insert(0, str(Path(__file__).parents[1] / "market"))

import valid_calls as good
from rare_life import RareLife
from stage import STUB, Stage
from test_law import Together


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
    watched.reckon(watched.truth())


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


def test_what_is_rare_is_as_contracts_and_raw_logs_say(watched):
    watched.restart()
    life = RareLife(watched.stage)
    for part in life.parts:
        part()
        reasons = watched.check()
        assert not [pair for pair in reasons if pair[1] == "other"], part.__name__
        watched.look()
    watched.ask_the_contracts()
    truth = watched.truth()
    watched.reckon(truth)
    watched.look_at_the_api(truth)


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
        self.watched.reckon(self.watched.truth())


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
