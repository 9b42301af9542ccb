import pytest

from agents.chain.faucet import Faucet
from agents.chain.reader import read
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.errors import ContractError, NoFaucet


@pytest.fixture
async def faucet(rpc, store):
    faucet = Faucet(rpc, store, 31337)
    yield faucet
    await faucet.close()


async def test_fund_pays_those_who_have_too_little(rpc, faucet):
    seed = Seed.create()
    addresses = [seed.wallet(index).address for index in range(30)]
    assert await faucet.fund(addresses[:20], 10**18) == 20
    assert await faucet.fund(addresses, 10**18) == 10, "the first 20 have enough"
    assert await faucet.fund(addresses, 2 * 10**18) == 0, "the half is enough"
    held = await rpc.batch([("eth_getBalance", (one, "latest")) for one in addresses])
    assert [int(one, 16) for one in held] == [10**18] * 30


async def test_mint_happens_once_for_each_intent(rpc, faucet, deployment):
    address = Seed.create().wallet(0).address
    for intent in ("first", "first", "second"):
        await faucet.mint(deployment.token, address, 500, intent=intent)
    assert await read(rpc, deployment.token.balance_of(address)) == 1000


async def test_what_was_stocked_is_deposited_once_for_each_intent(rpc, faucet, deployment):
    ledger = deployment.ledger
    await faucet.stock(deployment.token, ledger.address, 1000, intent="stock")
    for intent in ("first", "first", "second"):
        await faucet.deposit(ledger, 77, 500, intent=intent)
    assert (await read(rpc, ledger.balance_of(77))).free == 1000
    with pytest.raises(ContractError):
        await faucet.deposit(ledger, 77, 10**15, intent="more than there is")


async def test_two_processes_may_use_the_faucet_at_once(rpc, faucet, deployment, tmp_path):
    other_store = Store.open(tmp_path / "other.db")
    other = Faucet(rpc, other_store, 31337)
    seed = Seed.create()
    addresses = [seed.wallet(index).address for index in range(6)]
    for _ in range(2):
        await faucet.fund(addresses[:3], 10**18)
        await other.fund(addresses[3:], 10**18)
        await faucet.mint(deployment.token, addresses[0], 1, intent="one")
        await other.mint(deployment.token, addresses[0], 1, intent="one")
    assert await read(rpc, deployment.token.balance_of(addresses[0])) == 2
    await other.close()
    other_store.close()


async def test_no_faucet_off_a_dev_chain(rpc, store, deployment, wallets):
    faucet = Faucet(rpc, store, 1)
    assert await faucet.fund([wallets[1].address], 1) == 0, "who has enough needs no faucet"
    poor = Seed.create().wallet(0).address
    with pytest.raises(NoFaucet, match=poor):
        await faucet.fund([poor], 1)
    with pytest.raises(NoFaucet):
        await faucet.mint(deployment.token, poor, 1, intent="x")
