"""``agora usage``: what was thought, and proofs of it against a chain."""

import asyncio
import json

import pytest
import structlog
from thinkers import Thinkers
from typer.testing import CliRunner

from agents.chain.rpc import quantity
from agents.cli import app
from agents.llm.gateway.proving import AT_ONCE, RANGE


@pytest.fixture
async def shell(world, wallets, node, tmp_path, monkeypatch):
    """A market, agents that think in a fleet of this home folder, and a command line."""
    monkeypatch.setenv("AGORA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AGORA_ADDRESSES", str(node.addresses))
    monkeypatch.setenv("AGORA_PROVIDER", node.url)
    monkeypatch.setenv("AGORA_LOG_LEVEL", "ERROR")
    monkeypatch.chdir(tmp_path)
    thinkers = Thinkers(world, wallets)
    thinkers.path = tmp_path / "home" / world.deployment.key / "fleet.db"
    shell = Shell(thinkers.open())
    yield shell
    thinkers.close()
    structlog.reset_defaults()


class Shell:
    """Commands beside a gateway that goes on."""

    def __init__(self, thinkers):
        self.thinkers = thinkers

    async def run(self, *arguments):
        """Exit code, standard output, standard error."""
        done = await asyncio.to_thread(CliRunner().invoke, app, ["usage", *map(str, arguments)])
        return done.exit_code, done.stdout, done.stderr

    async def does(self, *arguments):
        code, said, trouble = await self.run(*arguments)
        assert (code, trouble) == (0, ""), said
        return said

    async def tells(self, *arguments):
        return json.loads(await self.does(*arguments, "--json"))


async def test_what_was_thought_is_told_by_task(shell):
    assert "no call was charged" in await shell.does()
    ada, bob = [await shell.thinkers.agent() for _ in range(2)]
    await shell.thinkers.think(ada, 10, task=3)
    await shell.thinkers.think(bob, 5, task=0)
    for tokens in (20, 30):
        await shell.thinkers.think(ada, tokens, task=4, purpose="work")
    told = await shell.tells()
    assert [(one["agent_id"], one["task"], one["calls"], one["cost"]) for one in told] == [
        *((ada, 4, 2, 50), (bob, 0, 1, 5), (ada, 3, 1, 10))
    ]
    assert {one["model"] for one in told} == {"unit"}
    lines = (await shell.does()).splitlines()
    assert len(lines) == 3
    assert lines[0].split()[:6] == ["task", "4", "agent", str(ada), "0.000050", "credits"]
    assert "no task" in lines[1]
    assert len(await shell.tells("--limit", 1)) == 1
    assert [one["cost"] for one in await shell.tells("--agent", bob)] == [5]
    calls = await shell.tells("--task", 4)
    assert [(one["cost"], one["purpose"]) for one in calls] == [(30, "work"), (20, "work")], (
        "the newest first"
    )
    assert (await shell.does("--task", 4)).splitlines()[0].split()[0] == calls[0]["call"]
    assert "no call for this task" in await shell.does("--task", 9)


async def test_a_call_is_proven_once_its_voucher_was_redeemed(shell):
    ada = await shell.thinkers.agent()
    receipts = [await shell.thinkers.think(ada, tokens) for tokens in (10, 20, 30)]
    code, said, _ = await shell.run("prove", receipts[0].call)
    assert (code, "not yet redeemed: the chain has no voucher" in said) == (1, True)
    await shell.thinkers.redeem_all()
    late = await shell.thinkers.think(ada, 40)
    for one in receipts:
        said = await shell.does("prove", one.call)
        assert "verified by UsageMeter.verifyReceipt" in said
        assert f"0x{one.digest.hex()}" in said
    told = await shell.tells("prove", receipts[1].call)
    assert (told["verified"], told["redeemed"]["cumulative"], len(told["proof"])) == (True, 60, 2)
    code, said, _ = await shell.run("prove", late.call)
    assert code == 1
    assert "not yet redeemed: the newest voucher on chain is for 0.000060 credits, before this call" in said
    await shell.thinkers.world.rpc.call("hardhat_mine", quantity(RANGE * AT_ONCE + 1))
    assert (await shell.tells("prove", receipts[2].call))["verified"], "however long ago it was redeemed"
    await shell.thinkers.redeem_all()
    assert (await shell.tells("prove", late.call))["redeemed"]["cumulative"] == 100


@pytest.mark.parametrize("call", ["nonsense", "0101010101010101-1"])
async def test_what_was_never_charged_is_named(shell, call):
    code, said, trouble = await shell.run("prove", call)
    assert (code, said) == (2, "")
    assert trouble == f"error: there is no receipt '{call}': `agora usage` lists them\n"


async def test_books_that_are_not_those_of_the_chain_are_named(shell):
    ada = await shell.thinkers.agent()
    receipt = await shell.thinkers.think(ada, 10)
    await shell.thinkers.redeem_all()
    shell.thinkers.store.db.execute("UPDATE charged_calls SET cumulative = 11, cost = 11")
    code, _, trouble = await shell.run("prove", receipt.call)
    assert (code, "not what was charged" in trouble) == (2, True)
