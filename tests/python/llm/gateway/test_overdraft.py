"""One call into debt, and out of it by work: the whole way, on a real market."""

import pytest
from world import RESERVE, draft, saying

from agents.chain.bindings.ledger import DebtPaid
from agents.errors import ContractError, PaymentRequired
from agents.lab.audit import audit_chain
from agents.market.domain import TaskState, account_of_agent
from agents.money import CREDIT

DEPOSIT, LINE = CREDIT // 1000, CREDIT // 2


async def test_work_that_was_bid_on_pays_the_debt_and_its_agent_thinks_again(thinkers, wallets):
    world, provider = thinkers.world, thinkers.provider
    requester = await world.new_requester(wallets[1])
    (task,) = await world.post(requester, draft())
    ada = await world.new_agent("ada", thinkers.owner, saying("blue"))
    agent_id = ada.hands.agent_id
    thinkers.signers[agent_id] = thinkers.owner
    await thinkers.do("set_credit_line", agent_id, LINE, by=provider)
    await thinkers.open_channel(agent_id, DEPOSIT)
    thinkers.meter.enlist(agent_id, "ada", thinkers.owner)
    before = await thinkers.earned()

    await world.award(task.id, ada)
    await thinkers.think(agent_id, DEPOSIT + LINE // 2, worst=DEPOSIT + LINE, task=task.id)
    await world.turn(ada)
    assert world.view.tasks[task.id].state is TaskState.SUBMITTED, "what is won is done, whatever is owed"
    with pytest.raises(PaymentRequired) as refused:
        thinkers.admit(agent_id, 1)
    assert refused.value.code == "indebted"
    assert await thinkers.redeemer.turn() == 1, "a debt is redeemed at once"
    await world.catch_up()
    balance = await thinkers.balance(agent_id)
    assert balance.debt == LINE // 2
    with pytest.raises(PaymentRequired) as refused:
        thinkers.admit(agent_id, 1)
    assert (refused.value.code, refused.value.detail["owed"]) == ("indebted", LINE // 2)
    with pytest.raises(ContractError):
        await thinkers.top_up(agent_id, DEPOSIT)

    await world.turn(requester)
    assert world.view.tasks[task.id].state is TaskState.SETTLED
    paid = await world.events(DebtPaid)
    assert [(one.debtor, one.amount) for one in paid] == [(account_of_agent(agent_id), LINE // 2)]
    after = await thinkers.balance(agent_id)
    assert after.debt == 0
    fee = RESERVE * task.terms.fee_bps // 10_000
    assert after.free - balance.free == RESERVE - fee - LINE // 2 + balance.locked
    assert await thinkers.earned() - before == DEPOSIT + LINE // 2, "the provider has all of it"

    await thinkers.top_up(agent_id, DEPOSIT)
    receipt = await thinkers.think(agent_id, DEPOSIT)
    assert receipt.cumulative == 2 * DEPOSIT + LINE // 2
    await thinkers.redeem_all()
    assert await thinkers.earned() - before == receipt.cumulative
    assert (await audit_chain(world.rpc, world.deployment)).differences == []
