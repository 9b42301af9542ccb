"""Every method of the marketplace on a real node: its effect in events, in the contracts and in the balances."""

import hashlib
import itertools

import pytest
from eth_utils import keccak
from world import CAPITAL, RESERVE

from agents.chain.bindings import errors, ledger, structs, task_manager
from agents.chain.deployment import Deployment
from agents.chain.outbox import Outbox
from agents.chain.reader import read
from agents.market.domain import (
    APPEAL_SIZE,
    PANEL_SIZE,
    AwardMode,
    Balance,
    Round,
    TaskState,
    account_of,
    account_of_agent,
    bond_of,
)
from agents.market.gas import LIMITS
from agents.market.marketplace import Marketplace, TaskTerms
from agents.market.specification import skill_bytes
from agents.money import CREDIT

BOND = bond_of(RESERVE)
WORK = b"The colour is blue."
RESULT = hashlib.sha256(WORK).digest()
PRICE, PROMISED = 5 * CREDIT, 100


class Stage:
    """A requester with credits, two agents, and one task that is taken from state to state."""

    def __init__(self, world, wallets):
        self.world, self.market, self.deployment = world, world.market, world.deployment
        _, self.buyer, self.ada, self.bob, self.stranger = wallets
        self.account = account_of(self.buyer.address)
        self.names = (f"intent {number}" for number in itertools.count())

    @property
    def intent(self):
        return next(self.names)

    @property
    def task(self):
        return self.world.view.tasks[self.task_id]

    def terms(self, **changes):
        fields = {
            "specification": b"\1" * 32,
            "skill": "extraction",
            "reserve": RESERVE,
            "evaluator": self.buyer.address,
            "bidding_window": 60,
            "reveal_window": 60,
            "delivery_window": 600,
            "review_window": 120,
        }
        return TaskTerms(**fields | changes)

    async def begin(self):
        await self.world.give(self.buyer, self.account, CAPITAL, "buyer")
        self.ada_id = await self.world.register("Ada", self.ada)
        self.bob_id = await self.world.register("Bob", self.bob)
        self.now = await self.market.terms()
        self.escrow = RESERVE + self.now.deposit(RESERVE)
        return self

    async def open(self, **changes):
        self.task_id = await self.market.create_task(self.buyer, self.terms(**changes), intent=self.intent)
        await self.world.catch_up()

    async def cancelled(self):
        await self.open()
        await self.market.cancel(self.buyer, self.task_id, intent=self.intent)
        await self.world.catch_up()

    async def committed(self, price=PRICE, promised=PROMISED, **changes):
        await self.open(**changes)
        await self.market.commit(self.ada, self.task_id, self.ada_id, price, promised, intent=self.intent)
        await self.world.catch_up()

    async def bidding_over(self, **values):
        await self.committed(**values)
        await self.world.reach(self.task.bidding_end)

    async def revealed(self, **changes):
        await self.bidding_over(**changes)
        await self.market.reveal(self.ada, self.task_id, self.ada_id, PRICE, PROMISED, intent=self.intent)
        await self.world.reach(self.task.reveal_end)

    async def unopened(self):
        await self.committed()
        await self.world.reach(self.task.reveal_end)

    async def awarded(self, **changes):
        await self.revealed(**changes)
        await self.market.finalize(self.stranger, self.task_id, intent=self.intent)
        await self.world.catch_up()

    async def submitted(self, **changes):
        await self.awarded(**changes)
        await self.market.submit(self.ada, self.task_id, RESULT, intent=self.intent)
        await self.world.catch_up()

    async def late(self):
        await self.awarded()
        await self.world.reach(self.task.deadline)

    async def vacant(self):
        """Ada won and let the task lie; Bob, who bid twice as much, may have it."""
        await self.committed()
        await self.market.commit(self.bob, self.task_id, self.bob_id, 2 * PRICE, PROMISED, intent=self.intent)
        await self.world.reach(self.task.bidding_end)
        for wallet, agent_id, price in ((self.ada, self.ada_id, PRICE), (self.bob, self.bob_id, 2 * PRICE)):
            await self.market.reveal(wallet, self.task_id, agent_id, price, PROMISED, intent=self.intent)
        await self.world.reach(self.task.reveal_end)
        await self.market.finalize(self.stranger, self.task_id, intent=self.intent)
        await self.world.catch_up()
        await self.world.reach(self.task.deadline)
        await self.market.declare_default(self.stranger, self.task_id, intent=self.intent)
        await self.world.catch_up()

    async def rejected(self):
        await self.submitted()
        await self.market.evaluate(self.buyer, self.task_id, 59, intent=self.intent)
        await self.world.catch_up()

    async def holds(self, account, free, locked=0):
        """The contract and the view agree that the account has this."""
        await self.world.catch_up()
        found = await self.market.balance(account)
        assert found == self.world.view.balance(account)
        assert found == Balance(free, locked)

    async def disputed(self):
        await self.world.seat(self.stranger, PANEL_SIZE + APPEAL_SIZE)
        await self.rejected()
        await self.market.dispute(self.ada, self.task, WORK, intent=self.intent)
        await self.world.catch_up()

    async def ruled(self, score):
        """A panel of three heard the dispute and found ``score``."""
        await self.disputed()
        await self.market.unseal(self.buyer, self.task, intent=self.intent)
        await self.judge(score)

    async def judge(self, score):
        await self.world.judge(self.stranger, self.deployment.tasks.address, self.task_id, score)

    async def on_chain(self):
        return await read(self.world.rpc, self.world.deployment.tasks.get_task(self.task_id))

    async def stands(self, state):
        await self.world.catch_up()
        assert ((await self.on_chain()).state, self.task.state) == (state, state)


@pytest.fixture
async def stage(world, wallets):
    return await Stage(world, wallets).begin()


# Credits


async def test_deposit_needs_no_approval_and_moves_tokens_into_the_account(stage, world):
    account = account_of_agent(stage.ada_id)
    await world.faucet.mint(world.deployment.token, stage.bob.address, 7, intent="mint")
    await stage.market.deposit(stage.bob, account, 3, intent="deposit")
    await stage.holds(account, CAPITAL + 3)
    assert await stage.market.wallet_credits(stage.bob.address) == 4
    assert (await world.events(ledger.Deposited))[-1] == ledger.Deposited(account, stage.bob.address, 3)
    await stage.market.deposit(stage.bob, account, 4, intent="another permit, with the next nonce")
    await stage.holds(account, CAPITAL + 7)


async def test_the_same_intent_deposits_once(stage, world):
    await world.faucet.mint(world.deployment.token, stage.bob.address, 10, intent="mint")
    for _ in range(3):
        await stage.market.deposit(stage.bob, stage.account, 5, intent="once")
    await stage.holds(stage.account, CAPITAL + 5)


async def test_withdraw_pays_tokens_to_whom_the_owner_names(stage, world):
    account = account_of_agent(stage.ada_id)
    await stage.market.withdraw(stage.ada, account, stage.stranger.address, 9, intent="withdraw")
    await stage.holds(account, CAPITAL - 9)
    assert await stage.market.wallet_credits(stage.stranger.address) == 9
    assert world.view.contributed[account] == CAPITAL - 9


async def test_transfer_moves_free_credits_and_writes_what_it_is_told_beside_it(stage, world, store):
    source, target = account_of_agent(stage.ada_id), account_of_agent(stage.bob_id)
    store.db.execute("CREATE TABLE beside (word TEXT)")
    await stage.market.transfer(
        stage.ada,
        source,
        target,
        11,
        intent="t",
        extra=lambda db: db.execute("INSERT INTO beside VALUES ('x')"),
    )
    await stage.holds(source, CAPITAL - 11)
    await stage.holds(target, CAPITAL + 11)
    assert store.db.execute("SELECT count(*) FROM beside").fetchone()[0] == 1


async def test_flush_burn_destroys_the_tokens_of_burned_credits(stage, world):
    await stage.unopened()
    await stage.market.forfeit(stage.stranger, stage.task_id, stage.ada_id, intent="forfeit")
    supply = await read(world.rpc, world.deployment.token.total_supply())
    await stage.market.flush_burn(stage.stranger, intent="flush")
    await world.catch_up()
    assert await read(world.rpc, world.deployment.token.total_supply()) == supply - BOND
    assert (world.view.pending_burn, world.view.destroyed) == (0, BOND)
    assert world.view.minted - world.view.destroyed == supply - BOND


# Agents


async def test_register_gives_an_id_that_the_wallet_owns(stage, world):
    agent_id = await stage.market.register(stage.stranger, "data:,Eve", intent="register")
    await world.catch_up()
    agent = world.view.agents[agent_id]
    assert (agent.owner, agent.wallet, agent.uri, agent.active) == (
        stage.stranger.address,
        stage.stranger.address,
        "data:,Eve",
        True,
    )
    assert world.view.agent_of_owner[stage.stranger.address] == agent_id
    assert await read(world.rpc, world.deployment.registry.owner_of(agent_id)) == stage.stranger.address
    assert await stage.market.register(stage.stranger, "data:,Eve", intent="register") == agent_id, "once"


async def test_set_skills_claims_and_withdraws(stage, world):
    await stage.market.set_skills(stage.ada, stage.ada_id, {"writing": 70, "research": 100}, intent="claim")
    await stage.market.set_skills(stage.ada, stage.ada_id, {"writing": 0}, intent="withdraw")
    await world.catch_up()
    assert world.view.skills[stage.ada_id] == {"writing": 0, "research": 100}


async def test_set_active_is_told_and_can_be_taken_back(stage, world):
    for number, active in enumerate((False, True)):
        await stage.market.set_active(stage.ada, stage.ada_id, active, intent=f"active {number}")
        await world.catch_up()
        assert world.view.agents[stage.ada_id].active is active


# Requesters


async def test_terms_are_what_a_new_task_keeps(stage, world):
    found = await read(world.rpc, world.deployment.parameters.current())
    assert (stage.now.fee_bps, stage.now.bond_percent, stage.now.seat_fee) == (
        found.fee_bps,
        found.bond_percent,
        found.seat_fee,
    )
    await stage.open()
    assert stage.task.terms == stage.now


async def test_create_task_locks_the_escrow_and_tells_all_terms(stage, world):
    await stage.open(passing_score=77, mode=AwardMode.SEALED_FIRST_PRICE, evaluator=stage.stranger.address)
    await stage.stands(TaskState.OPEN)
    await stage.holds(stage.account, CAPITAL - stage.escrow, stage.escrow)
    task, found = stage.task, await stage.on_chain()
    auction = await read(world.rpc, world.deployment.auction.get_auction(stage.task_id))
    deposit = await read(world.rpc, world.deployment.tasks.deposit_of(stage.task_id))
    assert deposit == stage.escrow - RESERVE
    assert task.requester == found.requester == stage.buyer.address
    assert task.evaluator == found.evaluator == stage.stranger.address
    assert (task.passing_score, task.mode, task.reserve) == (77, AwardMode.SEALED_FIRST_PRICE, RESERVE)
    assert (found.passing_score, auction.mode, found.reserve) == (77, 1, RESERVE)
    assert (task.bidding_end, task.reveal_end) == (auction.bidding_end, auction.bidding_end + 60)
    assert (task.delivery_window, task.review_window, task.terms.fee_bps) == (600, 120, found.fee_bps)
    secret = stage.market.secret(stage.buyer, b"\1" * 32)
    assert (task.specification, task.seal) == (b"\1" * 32, keccak(secret))
    file = structs.File(task.specification, task.seal, bytes(32))
    assert found.file == await read(world.rpc, world.deployment.tasks.file_of(file))


async def test_create_task_with_permit_needs_no_earlier_deposit(stage, world):
    account = account_of(stage.stranger.address)
    await world.faucet.mint(world.deployment.token, stage.stranger.address, stage.escrow + 5, intent="mint")
    terms = stage.terms(evaluator=stage.stranger.address)
    for _ in range(2):
        stage.task_id = await stage.market.create_task_with_permit(
            stage.stranger, terms, stage.escrow + 1, intent="once"
        )
    await stage.holds(account, 1, stage.escrow)
    assert stage.task.requester == stage.stranger.address
    assert await stage.market.wallet_credits(stage.stranger.address) == 4
    assert await read(world.rpc, world.deployment.tasks.task_count()) == stage.task_id, "one task"


async def test_cancel_gives_the_escrow_back(stage):
    await stage.cancelled()
    await stage.stands(TaskState.CANCELLED)
    await stage.holds(stage.account, CAPITAL)


# The auction


async def test_commit_locks_the_bond_and_shows_only_the_digest(stage, world):
    await stage.committed()
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND, BOND)
    auction = world.deployment.auction
    salt = stage.market.salt(stage.ada, stage.task_id, stage.ada_id)
    expected = await read(
        world.rpc, auction.commitment_of(stage.task_id, stage.ada_id, PRICE, PROMISED, salt)
    )
    found = await read(world.rpc, auction.get_commitment(stage.task_id, stage.ada_id))
    sealed = world.view.commitments[stage.task_id, stage.ada_id]
    assert found == sealed.digest == expected < 2**200
    assert sealed.quality == 5000


@pytest.mark.parametrize("price", [1, RESERVE, 2**48 - 1])
@pytest.mark.parametrize("promised", [1, 2**32 - 1])
async def test_the_commitment_computed_here_is_the_contracts(stage, world, price, promised):
    salt = stage.market.salt(stage.ada, 2**64, 2**40)
    args = (2**64, 2**40, price, promised, salt)
    assert stage.market.commitment(*args) == await read(
        world.rpc, world.deployment.auction.commitment_of(*args)
    )


async def test_a_second_commitment_replaces_the_first_and_locks_nothing_more(stage, world):
    await stage.committed()
    first = world.view.commitments[stage.task_id, stage.ada_id].digest
    await stage.market.commit(stage.ada, stage.task_id, stage.ada_id, PRICE - 1, PROMISED, intent="replace")
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND, BOND)
    assert world.view.commitments[stage.task_id, stage.ada_id].digest != first
    await world.reach(stage.task.bidding_end)
    await stage.market.reveal(stage.ada, stage.task_id, stage.ada_id, PRICE - 1, PROMISED, intent="reveal")
    await world.catch_up()
    assert [bid.price for bid in world.view.ranking(stage.task_id)] == [PRICE - 1]


async def test_reveal_opens_the_bid(stage, world):
    await stage.revealed()
    (bid,) = world.view.ranking(stage.task_id)
    first = (await read(world.rpc, world.deployment.auction.get_ranking(stage.task_id)))[0]
    for name in ("agent_id", "price", "promised", "quality"):
        assert getattr(bid, name) == getattr(first, name), name
    assert not world.view.commitments


@pytest.mark.parametrize(
    ("mode", "paid"), [(AwardMode.SEALED_FIRST_PRICE, PRICE), (AwardMode.SEALED_SECOND_PRICE, RESERVE)]
)
async def test_finalize_awards_the_task_at_the_modes_price(stage, mode, paid):
    await stage.awarded(mode=mode)
    await stage.stands(TaskState.AWARDED)
    found = await stage.on_chain()
    assert (stage.task.agent_id, stage.task.price) == (found.agent_id, found.price) == (stage.ada_id, paid)
    assert stage.task.deadline == found.deadline
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND, BOND)


async def test_a_bid_that_does_not_lead_has_its_bond_back_at_once(stage, world):
    await stage.committed()
    await stage.market.commit(stage.bob, stage.task_id, stage.bob_id, 2 * PRICE, PROMISED, intent="bob")
    await world.reach(stage.task.bidding_end)
    for wallet, agent_id, price in ((stage.ada, stage.ada_id, PRICE), (stage.bob, stage.bob_id, 2 * PRICE)):
        await stage.market.reveal(
            wallet, stage.task_id, agent_id, price, PROMISED, intent=f"reveal {agent_id}"
        )
    await world.reach(stage.task.reveal_end)
    await stage.market.finalize(stage.stranger, stage.task_id, intent="finalize")
    await stage.holds(account_of_agent(stage.bob_id), CAPITAL)
    assert stage.task.price == 2 * PRICE, "the second price"


async def test_finalize_without_a_valid_bid_expires_the_task(stage):
    await stage.unopened()
    await stage.market.finalize(stage.stranger, stage.task_id, intent="finalize")
    await stage.stands(TaskState.EXPIRED)
    await stage.holds(stage.account, CAPITAL)


async def test_forfeit_burns_the_bond(stage, world):
    await stage.unopened()
    await stage.market.forfeit(stage.stranger, stage.task_id, stage.ada_id, intent="forfeit")
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND)
    assert world.view.pending_burn == BOND
    assert await read(world.rpc, world.deployment.ledger.pending_burn()) == BOND
    assert not world.view.commitments


# Work


async def test_submit_delivers_the_digest(stage):
    await stage.submitted()
    await stage.stands(TaskState.SUBMITTED)
    found = await stage.on_chain()
    assert stage.task.result == RESULT
    file = structs.File(stage.task.specification, stage.task.seal, RESULT)
    assert found.file == await read(stage.world.rpc, stage.world.deployment.tasks.file_of(file))
    assert (stage.task.lateness, stage.task.deadline) == (found.lateness, found.deadline)
    assert stage.task.lateness == 0


async def test_submit_after_the_promise_is_late_by_its_share_of_the_slack(stage, world):
    await stage.awarded()
    award = stage.task.deadline - 600
    await world.reach(award + 100 + 250)
    await stage.market.submit(stage.ada, stage.task_id, RESULT, intent="submit")
    await world.catch_up()
    assert stage.task.lateness == (await stage.on_chain()).lateness
    assert 50 <= stage.task.lateness <= 52


@pytest.mark.parametrize("score", [60, 100])
async def test_evaluate_pays_from_the_passing_score_on(stage, world, score):
    await stage.submitted()
    await stage.market.evaluate(stage.buyer, stage.task_id, score, intent="evaluate")
    await stage.stands(TaskState.SETTLED)
    fee = stage.task.fee
    assert fee == RESERVE * (await stage.on_chain()).fee_bps // 10_000 > 0
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL + RESERVE - fee)
    await stage.holds(stage.account, CAPITAL - RESERVE)
    treasury = await read(world.rpc, world.deployment.tasks.treasury())
    await stage.holds(treasury, fee)
    assert (stage.task.score, (await stage.on_chain()).score) == (score, score)
    await reputation_agrees(world, stage.ada_id)


async def test_evaluate_below_the_passing_score_rejects_and_close_rejected_ends_it(stage, world):
    await stage.rejected()
    await stage.stands(TaskState.REJECTED)
    assert stage.task.deadline == (await stage.on_chain()).deadline
    await stage.holds(stage.account, CAPITAL - stage.escrow, stage.escrow)
    await world.reach(stage.task.deadline)
    await stage.market.close_rejected(stage.stranger, stage.task_id, intent="close")
    await stage.stands(TaskState.REFUNDED)
    await stage.holds(stage.account, CAPITAL)
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND // 2)
    await reputation_agrees(world, stage.ada_id)


async def test_release_pays_after_silence_and_moves_no_reputation(stage, world):
    await stage.submitted()
    await world.reach(stage.task.deadline)
    await stage.market.release(stage.stranger, stage.task_id, intent="release")
    await stage.stands(TaskState.SETTLED)
    assert stage.task.silent
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL + RESERVE - stage.task.fee)
    assert world.view.reputation(stage.ada_id, "extraction").experience == 0


async def test_declare_default_gives_the_bond_to_the_requester(stage, world):
    await stage.late()
    await stage.market.declare_default(stage.stranger, stage.task_id, intent="default")
    await stage.stands(TaskState.REFUNDED)
    assert stage.task.defaulted
    await stage.holds(stage.account, CAPITAL + BOND)
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND)
    await reputation_agrees(world, stage.ada_id)
    assert world.view.reputation(stage.ada_id, "extraction").value == 0


async def test_take_over_gives_the_runner_up_the_place_for_a_bond(stage, world):
    await stage.vacant()
    await stage.stands(TaskState.DEFAULTED)
    assert stage.task.deadline == (await stage.on_chain()).deadline == world.feed.now() + 120
    await stage.market.take_over(stage.bob, stage.task_id, stage.bob_id, intent="take over")
    await stage.stands(TaskState.AWARDED)
    assert (stage.task.agent_id, stage.task.price) == (stage.bob_id, RESERVE), "with nobody behind it"
    assert world.view.taken_over == {stage.task_id}
    assert not stage.task.defaulted, "not by the one who has it now"
    await stage.holds(account_of_agent(stage.bob_id), CAPITAL - BOND, BOND)
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND)


async def test_close_defaulted_gives_the_escrow_back_when_nobody_takes_over(stage, world):
    await stage.vacant()
    await world.reach(stage.task.deadline)
    await stage.market.close_defaulted(stage.stranger, stage.task_id, intent="close")
    await stage.stands(TaskState.REFUNDED)
    await stage.holds(stage.account, CAPITAL + BOND)


# Disputes


async def test_dispute_shows_the_work_and_locks_the_larger_panels_fee(stage, world):
    await stage.disputed()
    await stage.stands(TaskState.DISPUTED)
    assert stage.task.round is Round.CONVENED
    assert stage.task.deadline == (await stage.on_chain()).deadline
    assert (await world.events(task_manager.TaskDisputed))[-1].work == WORK
    locked = BOND + stage.now.appeal_fee
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL - locked, locked)


async def test_unseal_shows_the_requesters_secret_so_that_a_panel_is_drawn(stage, world):
    await stage.disputed()
    await stage.market.unseal(stage.buyer, stage.task, intent="unseal")
    await stage.stands(TaskState.DISPUTED)
    assert stage.task.round is Round.UNSEALED
    (shown,) = await world.events(task_manager.SecretShown)
    assert keccak(shown.secret) == stage.task.seal
    assert await read(world.rpc, world.deployment.pool.pending_draws()) == 1


async def test_close_sealed_pays_the_worker_whose_requester_keeps_its_secret(stage, world):
    await stage.disputed()
    await world.reach(stage.task.deadline)
    await stage.market.close_sealed(stage.stranger, stage.task_id, intent="close")
    await stage.stands(TaskState.SETTLED)
    assert stage.task.silent
    gained = RESERVE - stage.task.fee + RESERVE // 10
    await stage.holds(account_of_agent(stage.ada_id), CAPITAL + gained)
    await stage.holds(stage.account, CAPITAL - RESERVE - RESERVE // 10)


@pytest.mark.parametrize("score", [59, 60])
async def test_close_ruled_carries_the_verdict_out_at_the_losers_cost(stage, world, score):
    await stage.ruled(score)
    await stage.stands(TaskState.RULED)
    assert (stage.task.score, stage.task.deadline) == (score, (await stage.on_chain()).deadline)
    await world.reach(stage.task.deadline)
    await stage.market.close_ruled(stage.stranger, stage.task_id, intent="close")
    fee, tenth = stage.now.panel_fee, RESERVE // 10
    if score >= 60:
        await stage.stands(TaskState.SETTLED)
        await stage.holds(account_of_agent(stage.ada_id), CAPITAL + RESERVE - stage.task.fee + tenth)
        await stage.holds(stage.account, CAPITAL - RESERVE - tenth - fee)
    else:
        await stage.stands(TaskState.REFUNDED)
        await stage.holds(account_of_agent(stage.ada_id), CAPITAL - BOND // 2 - fee)
        await stage.holds(stage.account, CAPITAL)


@pytest.mark.parametrize("score", [59, 60])
async def test_appeal_locks_the_first_panels_fee_again_and_asks_the_larger_one(stage, world, score):
    await stage.ruled(score)
    loser = stage.buyer if score >= 60 else stage.ada
    account = stage.account if score >= 60 else account_of_agent(stage.ada_id)
    locked = (await stage.market.balance(account)).locked
    await stage.market.appeal(loser, stage.task_id, intent="appeal")
    await stage.stands(TaskState.DISPUTED)
    assert stage.task.round is Round.APPEAL
    assert (await stage.market.balance(account)).locked == locked + stage.now.panel_fee
    other = 119 - score
    await stage.judge(other)
    await stage.stands(TaskState.REFUNDED if score >= 60 else TaskState.SETTLED)
    assert stage.task.score == other, "the larger panel saw it otherwise"


async def reputation_agrees(world, agent_id):
    """The view's record and quality are the contract's."""
    incentives, skill = world.deployment.incentives, skill_bytes("extraction")
    record = world.view.reputation(agent_id, "extraction")
    found = await read(world.rpc, incentives.record_of(agent_id, skill))
    assert (record.experience, record.merit) == (found.experience, found.merit)
    assert record.experience > 0
    assert record.quality == await read(world.rpc, incentives.quality_of(agent_id, skill))


# Salts


def test_salts_differ_by_wallet_chain_auction_task_and_agent_and_are_reproducible(
    rpc, deployment, sender, wallets
):
    market = Marketplace(rpc, deployment, sender)
    fields = {name: getattr(deployment, name) for name in Deployment.__slots__}
    other_chain = Deployment(**fields | {"genesis_hash": "0x" + "ab" * 32})
    other_auction = Deployment(**fields | {"auction": type(deployment.auction)("0x" + "ab" * 20)})
    salts = [
        market.salt(wallets[0], 1, 1),
        market.salt(wallets[1], 1, 1),
        market.salt(wallets[0], 2, 1),
        market.salt(wallets[0], 1, 2),
        market.salt(wallets[0], 11, 1),
        market.salt(wallets[0], 1, 11),
        Marketplace(rpc, other_chain, sender).salt(wallets[0], 1, 1),
        Marketplace(rpc, other_auction, sender).salt(wallets[0], 1, 1),
    ]
    assert len(set(salts)) == len(salts)
    assert all(len(salt) == 32 for salt in salts)
    assert Marketplace(rpc, deployment, sender).salt(wallets[0], 1, 1) == salts[0]


# Refusals: each of the contracts' errors comes out as its own type


def commit(stage, wallet, agent_id):
    return stage.market.commit(wallet, stage.task_id, agent_id, PRICE, PROMISED, intent="x")


def reveal(stage, price=PRICE, promised=PROMISED):
    return stage.market.reveal(stage.ada, stage.task_id, stage.ada_id, price, promised, intent="x")


def create(stage, **changes):
    return stage.market.create_task(stage.buyer, stage.terms(**changes), intent="x")


def outbox(world):
    query = "SELECT intent FROM outbox"
    return [Outbox(world.store).get(row["intent"]) for row in world.store.db.execute(query).fetchall()]


MISSING = 10**6
BLIND = {*LIMITS, "set_skills"}
"""The steps that are not tried first."""
REFUSALS = [
    (
        errors.ZeroAmount,
        None,
        lambda s: s.market.withdraw(s.buyer, s.account, s.buyer.address, 0, intent="x"),
    ),
    (
        errors.NotAccountOwner,
        None,
        lambda s: s.market.withdraw(s.bob, s.account, s.bob.address, 1, intent="x"),
    ),
    (
        errors.InsufficientFree,
        None,
        lambda s: s.market.withdraw(s.buyer, s.account, s.buyer.address, CAPITAL + 1, intent="x"),
    ),
    (
        errors.InvalidAccount,
        None,
        lambda s: s.market.transfer(s.buyer, s.account, account_of_agent(MISSING), 1, intent="x"),
    ),
    (errors.ERC20InsufficientBalance, None, lambda s: s.market.deposit(s.buyer, s.account, 1, intent="x")),
    (errors.NotAuthorized, None, lambda s: s.market.set_active(s.bob, s.ada_id, active=False, intent="x")),
    (
        errors.WeightTooHigh,
        None,
        lambda s: s.market.set_skills(s.ada, s.ada_id, {"writing": 101}, intent="x"),
    ),
    (errors.EmptySpecification, None, lambda s: create(s, specification=bytes(32))),
    (errors.ReserveOutOfBounds, None, lambda s: create(s, reserve=99_999)),
    (errors.WindowOutOfBounds, None, lambda s: create(s, bidding_window=1)),
    (errors.ScoreOutOfBounds, None, lambda s: create(s, passing_score=0)),
    (errors.InvalidEvaluator, None, lambda s: create(s, evaluator="0x" + "00" * 20)),
    (errors.InsufficientFree, None, lambda s: create(s, reserve=CAPITAL)),
    (errors.TaskNotFound, None, lambda s: s.market.cancel(s.buyer, MISSING, intent="x")),
    (errors.NotRequester, "open", lambda s: s.market.cancel(s.bob, s.task_id, intent="x")),
    (errors.CannotBid, "open", lambda s: commit(s, s.bob, s.ada_id)),
    (errors.RevealNotOpen, "committed", reveal),
    (errors.HasCommitments, "committed", lambda s: s.market.cancel(s.buyer, s.task_id, intent="x")),
    (errors.RevealStillOpen, "committed", lambda s: s.market.finalize(s.bob, s.task_id, intent="x")),
    (errors.BiddingClosed, "bidding_over", lambda s: commit(s, s.bob, s.bob_id)),
    (errors.WrongOpening, "bidding_over", lambda s: reveal(s, price=PRICE + 1)),
    (
        errors.RevealStillOpen,
        "bidding_over",
        lambda s: s.market.forfeit(s.bob, s.task_id, s.ada_id, intent="x"),
    ),
    (errors.RevealClosed, "unopened", reveal),
    (errors.NoCommitment, "revealed", lambda s: s.market.forfeit(s.bob, s.task_id, s.ada_id, intent="x")),
    (errors.TaskNotOpen, "cancelled", lambda s: commit(s, s.bob, s.bob_id)),
    (errors.NotWorker, "awarded", lambda s: s.market.submit(s.bob, s.task_id, RESULT, intent="x")),
    (errors.EmptyResult, "awarded", lambda s: s.market.submit(s.ada, s.task_id, bytes(32), intent="x")),
    (errors.WindowOpen, "awarded", lambda s: s.market.declare_default(s.bob, s.task_id, intent="x")),
    (errors.WindowClosed, "late", lambda s: s.market.submit(s.ada, s.task_id, RESULT, intent="x")),
    (errors.WrongState, "awarded", lambda s: s.market.evaluate(s.buyer, s.task_id, 100, intent="x")),
    (errors.NotEvaluator, "submitted", lambda s: s.market.evaluate(s.ada, s.task_id, 100, intent="x")),
    (errors.ScoreOutOfBounds, "submitted", lambda s: s.market.evaluate(s.buyer, s.task_id, 101, intent="x")),
    (errors.WindowOpen, "submitted", lambda s: s.market.release(s.ada, s.task_id, intent="x")),
    (errors.WindowOpen, "rejected", lambda s: s.market.close_rejected(s.buyer, s.task_id, intent="x")),
    (errors.NotWorker, "rejected", lambda s: s.market.dispute(s.bob, s.task, WORK, intent="x")),
    (errors.WrongWork, "rejected", lambda s: s.market.dispute(s.ada, s.task, b"other", intent="x")),
    (errors.PanelTooLarge, "rejected", lambda s: s.market.dispute(s.ada, s.task, WORK, intent="x")),
    (errors.WrongRound, "rejected", lambda s: s.market.unseal(s.buyer, s.task, intent="x")),
    (errors.WrongState, "rejected", lambda s: s.market.appeal(s.ada, s.task_id, intent="x")),
    (errors.WrongSecret, "disputed", lambda s: s.market.unseal(s.bob, s.task, intent="x")),
    (errors.WindowOpen, "disputed", lambda s: s.market.close_sealed(s.ada, s.task_id, intent="x")),
    (errors.WrongState, "disputed", lambda s: s.market.close_ruled(s.ada, s.task_id, intent="x")),
    (errors.NotRunnerUp, "vacant", lambda s: s.market.take_over(s.ada, s.task_id, s.ada_id, intent="x")),
    (errors.CannotBid, "vacant", lambda s: s.market.take_over(s.ada, s.task_id, s.bob_id, intent="x")),
    (errors.WindowOpen, "vacant", lambda s: s.market.close_defaulted(s.ada, s.task_id, intent="x")),
]


@pytest.mark.parametrize(
    ("error", "state", "call"), REFUSALS, ids=[f"{error.__name__}-{state}" for error, state, _ in REFUSALS]
)
async def test_a_refusal_is_its_typed_error_and_changes_nothing(stage, world, error, state, call):
    """What is tried first is not sent; a step whose gas is known beforehand is, and reverted."""
    if state:
        await getattr(stage, state)()
    block, sent = int(await world.rpc.call("eth_blockNumber"), 16), outbox(world)
    with pytest.raises(error) as raised:
        await call(stage)
    assert type(raised.value) is error
    assert str(raised.value).startswith(error.__name__)
    reverted = [entry for entry in outbox(world) if entry not in sent]
    assert int(await world.rpc.call("eth_blockNumber"), 16) == block + len(reverted)
    assert {entry.state for entry in reverted} <= {"failed"}
    assert bool(reverted) == bool(BLIND.intersection(call.__code__.co_names))


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (errors.PriceOutOfBounds, {"price": RESERVE + 1}),
        (errors.PriceOutOfBounds, {"price": 0}),
        (errors.PromiseOutOfBounds, {"promised": 0}),
        (errors.PromiseOutOfBounds, {"promised": 2**32}),
    ],
)
async def test_a_bid_that_was_sealed_out_of_bounds_cannot_be_opened(stage, error, values):
    await stage.bidding_over(**values)
    with pytest.raises(error):
        await reveal(stage, **values)


async def test_a_bond_that_the_agent_cannot_lock_is_refused(stage, world):
    poor = await stage.market.register(stage.stranger, "data:,Eve", intent="eve")
    await stage.open()
    with pytest.raises(errors.InsufficientFree) as raised:
        await commit(stage, stage.stranger, poor)
    assert (raised.value.account, raised.value.available, raised.value.needed) == (
        account_of_agent(poor),
        0,
        BOND,
    )
