"""``agora task cancel``, ``dispute``, ``appeal``, ``unseal``, ``take-over`` and ``close``: what becomes of a task."""

from contextlib import asynccontextmanager

from world import CHAIN_ID, World, saying

from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.fleet.single import wallet_index
from agents.market.domain import TaskState, account_of, account_of_agent
from agents.money import CREDIT

COLOUR = ("--title", "Colour", "--description", "Which colour?", "--skill", "extraction", "--reward", "20")
WINDOWS = ("--bidding", "60", "--reveal", "60", "--delivery", "600", "--review", "600")


async def posted(newcomer, world):
    made = await newcomer.tells("task", "create", *COLOUR, "--answer", "blue", *WINDOWS)
    await world.catch_up()
    return made["tasks"][0]["id"]


@asynccontextmanager
async def fleet(world, folder):
    """The world once more, for parties that let go of their wallets at the end."""
    store = Store.open(folder / "fleet.db")
    own = World(
        world.rpc,
        world.deployment,
        store,
        Sender(world.rpc, store, CHAIN_ID, interval=0.01, deadline=10),
        world.folder,
    )
    await own.catch_up()
    yield own
    await own.close()
    store.close()
    await world.catch_up()


async def worker(newcomer, own, name, answer, price):
    """An agent of the newcomer's seed."""
    made = await newcomer.tells("agent", "create", name, "--credits", 100)
    await own.catch_up()
    wallet = Seed.open(newcomer.home).wallet(wallet_index(name))
    return own.agent(name, wallet, made["id"], saying(answer), price * CREDIT)


async def test_a_task_that_nobody_wants_is_cancelled_or_closed(newcomer, world, tmp_path):
    number, other = await posted(newcomer, world), await posted(newcomer, world)
    key = tmp_path / "other.key"
    key.write_text("11" * 32)
    refusal = await newcomer.refused("task", "cancel", number, "--key-file", key)
    assert f"is for {newcomer.wallet.address} alone" in refusal
    refusal = await newcomer.refused("task", "close", number)
    assert f"task {number} cannot be closed now: it is Open. Agents may bid. (until 20" in refusal
    told = await newcomer.tells("task", "cancel", number)
    assert (told["id"], told["step"], told["state"]) == (number, "cancel", "Cancelled")
    assert [one["reason"] for one in told["money"]] == ["refund"]
    assert (await world.rpc.call("eth_getTransactionReceipt", told["tx"]))["status"] == "0x1"
    refusal = await newcomer.refused("task", "cancel", number)
    assert refusal.endswith("it is Cancelled. Nothing is left to be done.")
    assert "there is no task 9" in await newcomer.refused("task", "dispute", 9)
    await world.reach(world.view.tasks[other].reveal_end)
    said = await newcomer.does("task", "close", other)
    assert f"task {other} is Expired; transaction 0x" in said
    assert "refund" in said
    held = await world.market.balance(account_of(newcomer.wallet.address))
    assert (held.locked, held.free) == (0, held.total)


async def test_a_rejection_is_disputed_appealed_and_carried_out(newcomer, world, wallets, tmp_path):
    await world.seat(wallets[4], 20)
    number = await posted(newcomer, world)
    async with fleet(world, tmp_path) as own:
        nora = await worker(newcomer, own, "Nora", "Red.", 5)
        await own.award(number, nora)
        await own.turn(nora)
    assert (await newcomer.tells("task", "evaluate", number))["state"] == "Rejected"
    assert "say --yes" in await newcomer.refused("task", "dispute", number)
    told = await newcomer.tells("task", "dispute", number, "--yes")
    fee = (await world.market.terms()).appeal_fee
    assert told["state"] == "Disputed", told["happened"]
    assert any("dispute" in one for one in told["happened"]), told["happened"]
    locked = [one for one in told["money"] if one["part_to"] == "locked"]
    assert [(one["account_to"], one["amount"]) for one in locked] == [("agent:1", fee)]
    await newcomer.tells("task", "unseal", number)
    await world.judge(wallets[4], world.deployment.tasks.address, number, 90)
    assert world.view.tasks[number].state is TaskState.RULED
    assert "Who lost may ask the larger panel." in await newcomer.refused("task", "close", number)
    assert (await newcomer.tells("task", "appeal", number, "--yes"))["state"] == "Disputed"
    await world.judge(wallets[4], world.deployment.tasks.address, number, 95)
    shown = await newcomer.tells("task", "show", number)
    assert (shown["state"], shown["score"]) == ("Settled", 95)
    assert (await world.market.balance(account_of_agent(1))).free > 100 * CREDIT


async def test_a_worker_that_does_not_deliver_is_replaced(newcomer, world, tmp_path):
    number = await posted(newcomer, world)
    async with fleet(world, tmp_path) as own:
        nora = await worker(newcomer, own, "Nora", "Blue.", 5)
        omar = await worker(newcomer, own, "Omar", "Blue.", 6)
        await own.award(number, nora, omar)
    assert world.view.tasks[number].agent_id == 1
    await world.reach(world.view.tasks[number].deadline)
    told = await newcomer.tells("task", "close", number)
    assert (told["step"], told["state"]) == ("close", "Defaulted")
    told = await newcomer.tells("task", "take-over", number, "--yes")
    assert told["state"] == "Awarded"
    assert (await newcomer.tells("task", "show", number))["agent"] == 2
