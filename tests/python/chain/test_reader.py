import pytest

from agents.chain.abi import AbiError
from agents.chain.bindings.credit_token import CreditToken
from agents.chain.bindings.errors import AccessControlUnauthorizedAccount, TaskNotFound
from agents.chain.reader import read, read_many
from agents.errors import RpcError


async def test_read_gives_typed_results(rpc, deployment, wallets):
    assert await read(rpc, deployment.token.symbol()) == "AGC"
    assert await read(rpc, deployment.tasks.ledger()) == deployment.ledger.address, (
        "addresses are checksummed"
    )
    assert await read_many(rpc, [deployment.token.balance_of(one.address) for one in wallets]) == [0] * 5
    assert (await read(rpc, deployment.token.eip712_domain())).chain_id == 31337


async def test_read_at_a_block_sees_that_block(rpc, deployment):
    assert await read(rpc, deployment.token.decimals(), block=deployment.deploy_block + 1) == 6
    with pytest.raises(AbiError, match="decimals"):
        await read(rpc, deployment.token.decimals(), block=0)


async def test_refusal_of_a_contract_is_its_typed_error(rpc, deployment, wallets):
    with pytest.raises(TaskNotFound) as caught:
        await read(rpc, deployment.tasks.get_task(99))
    assert caught.value.task_id == 99
    mint = deployment.token.mint(wallets[1].address, 1)
    with pytest.raises(AccessControlUnauthorizedAccount) as caught:
        await read(rpc, mint, sender=wallets[1].address)
    assert caught.value.account == wallets[1].address
    with pytest.raises(TaskNotFound):
        await read_many(rpc, [deployment.tasks.get_task(99)])


async def test_other_reverts_stay_the_nodes_words(rpc, deployment):
    unknown = CreditToken(deployment.ledger.address).symbol()
    with pytest.raises(RpcError, match="revert"):
        await read(rpc, unknown)
