"""The audit: an honest chain adds up at every block, and whatever is altered on it is found and named."""

import pytest
from eth_utils import keccak
from world import CAPITAL

from agents.chain.reader import read
from agents.chain.rpc import quantity
from agents.lab.audit import Audit, audit_chain, obligations
from agents.market.domain import account_name, account_of, account_of_agent
from agents.money import CREDIT

SLOTS = 20
"""How many storage slots of a contract are searched for the one that holds a value."""


async def store_at(world, contract, slot, value):
    """Write a storage slot behind the contracts' back, in a block of its own: Hardhat amends the newest one."""
    await world.rpc.call("evm_mine")
    await world.rpc.call(
        "hardhat_setStorageAt", contract, quantity(slot), "0x" + value.to_bytes(32, "big").hex()
    )
    await world.rpc.call("evm_mine")


async def find(world, contract, slots, value):
    """The one of ``slots`` that holds ``value``."""
    for slot in slots:
        if int(await world.rpc.call("eth_getStorageAt", contract, quantity(slot), "latest"), 16) == value:
            return slot
    raise LookupError(f"no slot of {contract} holds {value}")


async def balance_slot(world, account):
    """Where the Ledger keeps the account's parts, and what is there."""
    parts = await world.market.balance(account)
    value = parts.debt << 192 | parts.locked << 96 | parts.free
    slots = (
        int.from_bytes(keccak(account.to_bytes(32, "big") + at.to_bytes(32, "big"))) for at in range(SLOTS)
    )
    return await find(world, world.deployment.ledger.address, slots, value), value


async def all_stand(world, number):
    """Whether every contract has code in the block."""
    asked = [("eth_getCode", (address, quantity(number))) for address in world.deployment.decoders]
    return all(code != "0x" for code in await world.rpc.batch(asked))


async def audited(world):
    return await audit_chain(world.rpc, world.deployment)


async def test_an_honest_chain_is_conserved_at_every_block(lived):
    report = await audited(lived)
    assert report.differences == []
    assert report.conserved
    assert (report.tasks, report.last_block) == (3, lived.feed.block)
    with_events = [block.number for block in lived.tailer.replay() if block.events]
    standing = [number for number in with_events if await all_stand(lived, number)]
    assert len(standing) < len(with_events), "the contracts came one after the other"
    assert report.blocks_checked == len(standing) + 1, "each of these, and the head"
    supply = await read(lived.rpc, lived.deployment.token.total_supply())
    assert report.minted == report.held + report.burned == supply
    assert report.burned == CREDIT, "half of the rejected worker's bond"
    assert report.as_json()["conserved"] is True


async def test_burned_tokens_that_are_destroyed_change_nothing(lived, wallets):
    before = await audited(lived)
    await lived.market.flush_burn(wallets[4], intent="flush")
    after = await audited(lived)
    assert after.conserved
    assert (after.minted, after.held, after.burned) == (before.minted, before.held, before.burned)


async def test_tokens_that_somebody_sends_to_the_ledger_are_no_difference(lived, wallets):
    token, vault = lived.deployment.token, lived.deployment.ledger.address
    await lived.faucet.mint(token, wallets[4].address, 7, intent="gift")
    await lived.sender.send(wallets[4], token.transfer(vault, 7), intent="give")
    assert (await audited(lived)).differences == []


@pytest.mark.parametrize(
    ("part", "place"), [("free credits of", 0), ("locked credits of", 96), ("the debt of", 192)]
)
async def test_an_account_that_was_altered_is_named(lived, part, place):
    account = account_of_agent(lived.view.agents[1].id)
    slot, value = await balance_slot(lived, account)
    await store_at(lived, lived.deployment.ledger.address, slot, value + (1 << place))
    report = await audited(lived)
    assert not report.conserved
    assert any(f"{part} {account_name(account)}" in line for line in report.differences)
    assert f"block {report.last_block}" in report.differences[0]


async def test_credits_moved_between_accounts_are_found_though_the_sum_is_right(lived, wallets):
    vault = lived.deployment.ledger.address
    rich, poor = account_of(wallets[1].address), account_of_agent(1)
    for account, change in ((rich, -5), (poor, 5)):
        slot, value = await balance_slot(lived, account)
        await store_at(lived, vault, slot, value + change)
    report = await audited(lived)
    named = " ".join(report.differences)
    assert account_name(rich) in named
    assert account_name(poor) in named
    assert "tokens held" not in named


async def test_tokens_made_out_of_nothing_are_found(lived):
    token = lived.deployment.token
    supply = await read(lived.rpc, token.total_supply())
    await store_at(lived, token.address, await find(lived, token.address, range(SLOTS), supply), supply + 1)
    report = await audited(lived)
    assert any("tokens in being" in line for line in report.differences)


async def test_tokens_taken_out_of_the_ledger_are_found(lived):
    token, vault = lived.deployment.token, lived.deployment.ledger.address
    held = await read(lived.rpc, token.balance_of(vault))
    slots = (
        int.from_bytes(keccak(account_of(vault).to_bytes(32, "big") + at.to_bytes(32, "big")))
        for at in range(SLOTS)
    )
    await store_at(lived, token.address, await find(lived, token.address, slots, held), held - 1)
    report = await audited(lived)
    assert any("tokens held by the Ledger" in line for line in report.differences)


async def test_a_burn_that_was_forgotten_is_found(lived):
    vault = lived.deployment.ledger.address
    pending = await read(lived.rpc, lived.deployment.ledger.pending_burn())
    assert pending > 0
    await store_at(lived, vault, await find(lived, vault, range(SLOTS), pending), 0)
    report = await audited(lived)
    assert any("burned but not destroyed" in line for line in report.differences)


async def test_a_fault_that_was_mended_later_is_found_in_its_block(lived, wallets):
    account = account_of(wallets[4].address)
    await lived.give(wallets[4], account, CAPITAL, "eve")
    vault = lived.deployment.ledger.address
    slot, value = await balance_slot(lived, account)
    await store_at(lived, vault, slot, value + 100)
    await lived.market.withdraw(
        wallets[4], account, wallets[4].address, 1, intent="seen in a block with an event"
    )
    wrong = int(await lived.rpc.call("eth_blockNumber"), 16)
    await store_at(lived, vault, slot, value - 1)
    report = await audited(lived)
    assert [line.split(":")[0] for line in report.differences] == [f"block {wrong}"]


async def test_a_task_whose_price_was_altered_is_named(lived):
    """Slot 3 of a task holds its worker and its price; the events are what everybody saw."""
    tasks = lived.deployment.tasks
    found = await read(lived.rpc, tasks.get_task(1))
    word = found.agent_id | found.price << 64 | found.epoch << 112 | found.deadline << 144
    word |= found.promised_at << 184 | found.state << 216 | found.score << 224 | found.lateness << 232
    slots = (
        int.from_bytes(keccak((1).to_bytes(32, "big") + at.to_bytes(32, "big"))) + 3 for at in range(SLOTS)
    )
    slot = await find(lived, tasks.address, slots, word)
    await store_at(lived, tasks.address, slot, word + (1 << 64))
    report = await audited(lived)
    assert [line.split(": ")[1] for line in report.differences] == ["the price of task 1"]


def entry(key, slot):
    """Where a mapping in ``slot`` keeps what is under ``key``."""
    return int.from_bytes(keccak(key.to_bytes(32, "big") + slot.to_bytes(32, "big")))


async def test_a_reputation_that_was_altered_is_named(lived):
    incentives, skill = lived.deployment.incentives, b"extraction".ljust(16, b"\0")
    agent = next(one for one in lived.view.agents if lived.view.reputation(one, "extraction").experience)
    record = await read(lived.rpc, incentives.record_of(agent, skill))
    word = record.merit << 128 | record.experience
    tag = int.from_bytes(skill.ljust(32, b"\0"))
    slots = (entry(tag, entry(0, entry(agent, at))) for at in range(SLOTS))
    await store_at(lived, incentives.address, await find(lived, incentives.address, slots, word), word + 1)
    report = await audited(lived)
    assert [line.split(": ")[1] for line in report.differences] == [
        f"the experience in the reputation of agent {agent} in extraction"
    ]


async def test_a_best_bid_and_a_sealed_bid_that_were_altered_are_named(lived):
    auction = lived.deployment.auction
    ranking = await read(lived.rpc, auction.get_ranking(1))
    places = sum(bid.agent_id << 64 * at for at, bid in enumerate(ranking))
    slot = await find(lived, auction.address, (entry(1, at) for at in range(SLOTS)), places)
    first, second = ranking[0].agent_id, ranking[1].agent_id
    assert first
    assert second
    await store_at(lived, auction.address, slot, first << 64 | second)
    task_id, agent_id = next(iter(lived.view.commitments))
    sealed = lived.view.commitments[task_id, agent_id]
    kept = sealed.digest << 56 | sealed.quality
    slots = (entry(agent_id, entry(task_id, at)) for at in range(SLOTS))
    await store_at(lived, auction.address, await find(lived, auction.address, slots, kept), kept + (1 << 56))
    named = [line.split(": ")[1] for line in (await audited(lived)).differences]
    assert "the agent of bid 1 for task 1" in named
    assert f"the sealed bid of agent {agent_id} for task {task_id}" in named


async def test_a_market_that_was_robbed_of_its_events_is_not_conserved(lived):
    """The audit reads what it is given: a gap in it shows."""
    blocks = list(lived.tailer.replay())
    events = [block for block in blocks if block.events]
    audit = Audit(lived.rpc, lived.deployment)
    missing = next(
        block for block in events if any("Deposited" in type(one.event).__name__ for one in block.events)
    )
    await audit.run(block for block in blocks if block is not missing)
    assert not audit.report.conserved


async def test_obligations_are_what_the_contracts_have_locked(lived):
    owed = obligations(lived.view, lived.deployment)
    for account in lived.view.balances:
        assert (await lived.market.balance(account)).locked == owed.get(account, 0), account_name(account)
    assert sum(owed.values()) > 0


async def test_an_empty_market_is_conserved(rpc, deployment):
    report = await audit_chain(rpc, deployment)
    assert (report.conserved, report.tasks, report.accounts, report.blocks_checked > 0) == (True, 0, 0, True)
