"""One requester on a real chain: what it posts, how it scores, and how it brings its tasks to their end."""

import json

import pytest
from world import CAPITAL, RESERVE, WINDOWS, Asked, draft, saying

from agents.chain.bindings import task_manager
from agents.chain.bindings.errors import InsufficientFree
from agents.errors import AnswerInvalid, ModelUnavailable
from agents.market.domain import AwardMode, Balance, Round, TaskState, account_of, account_of_agent, bond_of
from agents.market.specification import AnswerKey
from agents.money import CREDIT

BOND = bond_of(RESERVE)


@pytest.fixture
async def buyer(world, wallets):
    return await world.new_requester(wallets[1])


async def delivered(world, wallets, buyer, answer, **changes):
    """A task of the buyer, to which an agent has submitted ``answer``."""
    agent = await world.new_agent("Ada", wallets[2], saying(answer))
    (task,) = await world.post(buyer, draft(**changes))
    await world.award(task.id, agent)
    assert await world.turn(agent) == ["Submit"]
    return agent, world.view.tasks[task.id]


async def test_post_locks_the_escrow_and_says_on_chain_what_the_draft_said(world, buyer):
    first, second = await world.post(
        buyer, draft(), draft(mode=AwardMode.SEALED_FIRST_PRICE, reward=3 * CREDIT)
    )
    assert (first.reserve, first.mode, first.skill) == (RESERVE, AwardMode.SEALED_SECOND_PRICE, "extraction")
    assert (second.reserve, second.mode) == (3 * CREDIT, AwardMode.SEALED_FIRST_PRICE)
    assert first.reveal_end - first.bidding_end == WINDOWS.reveal
    assert first.evaluator == first.requester == buyer.wallet.address
    terms = await world.market.terms()
    assert first.terms == second.terms == terms
    assert first.seal != second.seal
    escrow = sum(reserve + terms.deposit(reserve) for reserve in (RESERVE, 3 * CREDIT))
    assert await world.market.balance(account_of(buyer.wallet.address)) == Balance(CAPITAL - escrow, escrow)
    document = await world.content.get_specification(first.specification)
    assert document.title == "Find the colour"
    assert document.checker.kind == "exact"


async def test_the_same_batch_is_posted_once_whoever_asks_again(world, wallets, buyer):
    (task,) = await world.post(buyer, draft())
    again = world.requester(wallets[1])
    assert await world.post(again, draft("red")) == [task], "the batch that was begun, not the new draft"
    assert await buyer.post(await buyer.prepare("test", [])) == [task.id]
    assert set(world.view.tasks) == {task.id}


async def test_a_batch_whose_posting_was_interrupted_is_completed(world, wallets, buyer):
    drafts = [draft(), draft(description="Which colour is the blue door?")]
    batch = await buyer.prepare("test", drafts)
    await buyer.post(batch[:1])
    again = world.requester(wallets[1])
    ids = await again.post(await again.prepare("test", drafts))
    await world.catch_up()
    assert ids == sorted(world.view.tasks)
    assert len(ids) == 2


async def test_a_batch_that_has_ended_makes_room_for_the_next(world, buyer):
    (task,) = await world.post(buyer, draft())
    await world.market.cancel(buyer.wallet, task.id, intent="cancel")
    await world.catch_up()
    (other,) = await world.post(buyer, draft())
    assert other.id != task.id
    assert other.specification != task.specification, "a fresh salt, so nobody knows the answer from before"


async def test_a_right_answer_is_paid(world, wallets, buyer):
    _, task = await delivered(world, wallets, buyer, " BLUE. ")
    assert await world.turn(buyer) == ["Evaluate"]
    assert world.view.tasks[task.id].score == 100
    assert buyer.postings.verdict(task.id) == (100, "right")


async def test_the_answer_can_be_read_once_the_task_has_ended_and_not_before(world, wallets, buyer):
    _, task = await delivered(world, wallets, buyer, "blue")
    await buyer.publish_answers()
    assert [posting.task_id for posting in buyer.postings.unpublished()] == [task.id]
    await world.turn(buyer)
    await buyer.publish_answers()
    assert buyer.postings.unpublished() == []
    (document,) = world.store.db.execute(
        "SELECT published FROM postings WHERE task = ?", (task.id,)
    ).fetchone()
    key = AnswerKey.from_bytes(await world.content.get(document))
    assert key.answer == "blue"
    assert key.opens(await world.content.get_specification(task.specification))


@pytest.mark.parametrize(("answer", "score"), [("the sum is 1,042.", 100), ("1042.5", 0), ("none", 0)])
async def test_numbers_are_compared_as_numbers(world, wallets, buyer, answer, score):
    agent = await world.new_agent("Ada", wallets[2], Asked())
    digest = await world.content.put_json({"answer": answer})
    (task,) = await world.post(buyer, draft("1042", kind="number"))
    await world.award(task.id, agent)
    await world.market.submit(wallets[2], task.id, digest, intent="by hand")
    await world.catch_up()
    await world.turn(buyer)
    assert world.view.tasks[task.id].score == score


@pytest.mark.parametrize(
    ("verdict", "score"), [(("yes", "yes"), 100), (("no", "yes"), 50), (("no", "no"), 0)]
)
async def test_a_judged_task_is_scored_by_its_rubric_and_the_model_is_named(world, wallets, verdict, score):
    said = json.dumps(dict(zip(("c1", "c2"), verdict, strict=True)))
    buyer = await world.new_requester(wallets[1], Asked(judge=said))
    agent = await world.new_agent("Ada", wallets[2], Asked(work=json.dumps({"text": "Well done."})))
    (task,) = await world.post(buyer, draft(kind="judge"))
    await world.award(task.id, agent)
    await world.turn(agent)
    assert await world.turn(buyer) == ["Evaluate"]
    done = world.view.tasks[task.id]
    assert (done.score, done.state) == (score, TaskState.SETTLED if score == 100 else TaskState.REJECTED)
    assert buyer.postings.verdict(task.id)[1].endswith("says scripted")


async def test_a_result_that_cannot_be_read_scores_0(world, wallets, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    drafts = [draft(), draft(description="Which colour is the blue door?")]
    tasks = await world.post(buyer, *drafts)
    await world.turn(agent)
    await world.reach(tasks[1].bidding_end)
    await world.turn(agent)
    await world.reach(tasks[1].reveal_end)
    without_answer = await world.content.put_json({"text": "blue"})
    for task, digest in zip(tasks, (b"\7" * 32, without_answer), strict=True):
        await world.market.finalize(wallets[2], task.id, intent=f"finalize:{task.id}")
        await world.market.submit(wallets[2], task.id, digest, intent=f"submit:{task.id}")
    await world.catch_up()
    assert await world.turn(buyer) == ["Evaluate", "Evaluate"]
    assert [world.view.tasks[task.id].score for task in tasks] == [0, 0]
    assert "cannot be read" in buyer.postings.verdict(tasks[0].id)[1]
    assert "no answer" in buyer.postings.verdict(tasks[1].id)[1]


@pytest.mark.parametrize("failure", [ModelUnavailable("busy"), AnswerInvalid("rubbish")])
async def test_a_judge_that_cannot_say_pays_the_worker_in_the_end(world, wallets, failure):
    asked = Asked(judge=failure)
    buyer = await world.new_requester(wallets[1], asked)
    agent = await world.new_agent("Ada", wallets[2], Asked(work=json.dumps({"text": "Well done."})))
    (task,) = await world.post(buyer, draft(kind="judge"))
    await world.award(task.id, agent)
    await world.turn(agent)
    assert await world.turn(buyer) == []
    assert buyer.postings.verdict(task.id) is None
    await world.reach(world.view.tasks[task.id].deadline)
    assert await world.turn(buyer) == [], "the worker goes first"
    await world.reach(world.view.tasks[task.id].deadline + 3)
    assert await world.turn(buyer) == ["Release"]
    assert world.view.tasks[task.id].silent


async def test_a_verdict_is_decided_once_also_after_a_restart(world, wallets):
    asked = Asked(judge=json.dumps({"c1": "yes", "c2": "yes"}))
    buyer = await world.new_requester(wallets[1], asked)
    agent = await world.new_agent("Ada", wallets[2], Asked(work=json.dumps({"text": "Well done."})))
    (task,) = await world.post(buyer, draft(kind="judge"))
    await world.award(task.id, agent)
    await world.turn(agent)
    await buyer.step()
    await buyer._thoughts.settle()
    assert buyer.postings.verdict(task.id) is not None
    asked.said["judge"] = json.dumps({"c1": "no", "c2": "no"})
    again = world.requester(wallets[1], asked)
    assert await world.turn(again) == ["Evaluate"]
    assert world.view.tasks[task.id].score == 100
    assert asked.purposes() == ["judge"]


async def test_unopened_bids_are_forfeited_and_a_task_without_a_bid_expires(world, wallets, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    (task,) = await world.post(buyer, draft())
    await world.turn(agent)
    await world.reach(task.reveal_end)
    assert sorted(await world.turn(buyer)) == ["Finalize", "Forfeit"]
    assert world.view.tasks[task.id].state is TaskState.EXPIRED
    account = account_of_agent(agent.hands.agent_id)
    assert await world.market.balance(account) == Balance(CAPITAL - BOND, 0)
    assert world.view.pending_burn == BOND
    assert await world.market.balance(account_of(buyer.wallet.address)) == Balance(CAPITAL, 0)
    assert not world.view.commitments
    assert await world.turn(buyer) == []


async def test_the_bidders_end_the_auction_before_the_requester_does(world, wallets, buyer):
    agent = await world.new_agent("Ada", wallets[2], saying("blue"))
    (task,) = await world.post(buyer, draft())
    await world.turn(agent)
    await world.reach(task.bidding_end)
    await world.turn(agent)
    await world.reach(task.reveal_end)
    assert await world.turn(buyer) == []
    await world.reach(task.reveal_end + 3)
    assert await world.turn(buyer) == ["Finalize"]


async def rejected(world, wallets, buyer):
    """A task whose worker was rejected, and has asked a panel."""
    await world.seat(wallets[4], 3)
    agent, task = await delivered(world, wallets, buyer, "green")
    assert await world.turn(buyer) == ["Evaluate"]
    work = await world.content.get(world.view.tasks[task.id].result)
    await world.market.dispute(wallets[2], world.view.tasks[task.id], work, intent="dispute")
    await world.catch_up()
    return agent, task.id


async def test_a_dispute_is_unsealed_and_what_the_panel_finds_is_carried_out(world, wallets, buyer):
    _, task_id = await rejected(world, wallets, buyer)
    assert await world.turn(buyer) == ["Unseal"]
    assert world.view.tasks[task_id].round is Round.UNSEALED
    assert await world.turn(buyer) == [], "it is the panel's now"
    await world.judge(wallets[4], world.deployment.tasks.address, task_id, 0)
    assert world.view.tasks[task_id].state is TaskState.RULED
    await world.reach(world.view.tasks[task_id].deadline)
    assert await world.turn(buyer) == ["CloseRuled"]
    assert world.view.tasks[task_id].state is TaskState.REFUNDED


async def test_a_requester_that_comes_too_late_for_its_secret_does_not_show_it(world, wallets, buyer):
    agent, task_id = await rejected(world, wallets, buyer)
    await world.reach(world.view.tasks[task_id].deadline)
    assert await world.turn(agent) == ["CloseSealed"]
    done = world.view.tasks[task_id]
    assert (done.state, done.silent) == (TaskState.SETTLED, True)
    assert not await world.events(task_manager.SecretShown)


async def test_a_requester_leaves_the_tasks_of_others_alone(world, wallets, buyer):
    (task,) = await world.post(buyer, draft())
    await world.reach(task.reveal_end + 100)
    assert await world.turn(world.requester(wallets[3])) == []
    assert world.view.tasks[task.id].state is TaskState.OPEN


async def test_a_requester_that_lost_its_answer_key_stays_silent(world, wallets, buyer, store):
    _, task = await delivered(world, wallets, buyer, "blue")
    with store.transaction() as db:
        db.execute("UPDATE postings SET key = NULL")
    assert await world.turn(buyer) == []
    assert world.view.tasks[task.id].state is TaskState.SUBMITTED


async def test_too_few_credits_for_the_escrow_leave_nothing_half_done(world, wallets):
    buyer = await world.new_requester(wallets[1], capital=RESERVE)
    with pytest.raises(InsufficientFree):
        await world.post(buyer, draft())
    assert not world.view.tasks
    assert buyer.postings.latest("test")[0].task_id is None
    await world.give(wallets[1], account_of(wallets[1].address), RESERVE, "more")
    await world.catch_up()
    (task,) = await world.post(buyer, draft())
    found = await world.events(task_manager.TaskCreated)
    assert [event.task_id for event in found] == [task.id]
