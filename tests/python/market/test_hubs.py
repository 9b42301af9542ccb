"""Messages, action logs and pages of tasks on a real node, as a client in Python writes and reads them."""

import hashlib
from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from world import CAPITAL, draft

from agents.chain.bindings import errors, ledger, message_hub
from agents.chain.bindings.structs import Action, Filter, Letter
from agents.chain.reader import read
from agents.market.domain import account_of, account_of_agent
from agents.market.specification import skill_bytes
from agents.money import CREDIT

BODY = hashlib.sha256(b"a question").digest()
ANY = Filter(skill=bytes(16), states=0, modes=0, min_reserve=0, max_reserve=0)


async def test_letters_pay_the_recipients_postage_and_threads_hold(world, wallets):
    buyer, owner = wallets[1], wallets[2]
    agent_id = await world.register("ada", owner, capital=0)
    writer, agent = account_of(buyer.address), account_of_agent(agent_id)
    await world.give(buyer, writer, CAPITAL, "buyer")
    hub, send = world.deployment.messages, world.sender.send
    await send(owner, hub.set_postage(agent, CREDIT), intent="postage")
    letter = Letter(from_=writer, to=agent, task_id=0, max_postage=CREDIT, digest=BODY, payload=b"")
    with pytest.raises(errors.PostageAboveLimit) as caught:
        await send(buyer, hub.send(replace(letter, max_postage=CREDIT - 1)), intent="too dear")
    assert (caught.value.to, caught.value.postage) == (agent, CREDIT)
    await send(buyer, hub.send(letter), intent="send")
    answer = Letter(from_=agent, to=writer, task_id=0, max_postage=0, digest=bytes(32), payload=b"sealed")
    await send(owner, hub.reply(1, answer), intent="reply")

    assert await world.events(message_hub.MessageSent) == [
        message_hub.MessageSent(1, 1, writer, agent, 0, CREDIT, BODY, b""),
        message_hub.MessageSent(2, 1, agent, writer, 0, 0, bytes(32), b"sealed"),
    ]
    assert await world.events(ledger.Paid) == [ledger.Paid(writer, agent, CREDIT)]
    balance = await read(world.rpc, world.deployment.ledger.balance_of(agent))
    assert (balance.free, balance.locked) == (CREDIT, 0)


def leaf_of(agent_id, action):
    packed = encode(["uint256", "uint64", "bytes32"], [agent_id, action.sequence, action.digest])
    return keccak(keccak(packed))


async def test_actions_are_verified_against_a_root_made_off_the_chain(world, wallets):
    agent_id = await world.register("ada", wallets[2], capital=0)
    log = world.deployment.actions
    done = [Action(sequence, hashlib.sha256(bytes([sequence])).digest()) for sequence in (1, 2)]
    leaves = [leaf_of(agent_id, one) for one in done]
    assert await read(world.rpc, log.leaf_of(agent_id, done[0])) == leaves[0]
    root = keccak(b"".join(sorted(leaves)))
    await world.sender.send(wallets[2], log.commit_batch(agent_id, 1, root, len(done)), intent="log")

    for action, proof in zip(done, reversed(leaves), strict=True):
        assert await read(world.rpc, log.verify(agent_id, 1, action, [proof]))
    assert not await read(world.rpc, log.verify(agent_id, 1, Action(2, done[0].digest), [leaves[1]]))
    with pytest.raises(errors.WrongBatch) as caught:
        await world.sender.send(wallets[2], log.commit_batch(agent_id, 1, root, 2), intent="again")
    assert (caught.value.expected, caught.value.batch) == (2, 1)


async def test_pages_show_the_tasks_that_the_view_has(world, wallets):
    agent_id = await world.register("ada", wallets[2], capital=0)
    requester = await world.new_requester(wallets[1])
    posted = await world.post(requester, draft(), draft("green"), draft("red"))
    window = world.deployment.marketplace
    first = await read(world.rpc, window.browse(ANY, 0, 2))
    rest = await read(world.rpc, window.browse(ANY, first.next, 2))
    found = [one.task_id for one in (*first.page, *rest.page)]
    assert found == sorted((task.id for task in posted), reverse=True)
    assert rest.next == 0

    task_id = posted[0].id
    assert (await read(world.rpc, window.match_of(agent_id, task_id))).score == 0
    [skill] = {one.auction.skill for one in first.page}
    assert skill == skill_bytes("extraction")
