import json

import pytest

from agents.chain.deployment import Deployment
from agents.errors import AddressesMissing, AddressesStale, WrongChain


@pytest.fixture
def altered(node, tmp_path):
    """The path of a copy of the address file with some fields changed."""

    def alter(**fields):
        written = json.loads(node.addresses.read_text())
        contracts = written["31337"]["contracts"] | fields.pop("contracts", {})
        written["31337"] |= {"contracts": contracts} | fields
        path = tmp_path / "contract_addresses.json"
        path.write_text(json.dumps(written))
        return path

    return alter


async def test_load_gives_the_typed_contracts(rpc, deployment, node):
    written = json.loads(node.addresses.read_text())["31337"]
    assert deployment.chain_id == 31337
    assert deployment.deploy_block == written["deployBlock"]
    assert list(deployment.decoders) == list(written["contracts"].values())
    assert deployment.key.startswith("31337-")


async def test_load_refuses_a_chain_that_began_otherwise(rpc, altered):
    with pytest.raises(WrongChain, match="deploy-all"):
        await Deployment.load(altered(genesisHash="0x" + "ab" * 32), rpc)


@pytest.mark.parametrize("text", [None, "{}", '{"1": {"genesisHash": "0x', "[]", "\ufffe"])
async def test_load_without_the_chain_in_the_file_says_what_to_do(rpc, tmp_path, text):
    path = tmp_path / "contract_addresses.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(AddressesMissing if text in (None, "{}") else AddressesStale, match="deploy-all"):
        await Deployment.load(path, rpc)


@pytest.mark.parametrize(
    "fields",
    [
        {"contracts": {"Ledger": "0x" + "12" * 20}},
        {"contracts": {"Ledger": "nowhere"}},
        {"deployBlock": -1},
        {"genesisHash": "0x12"},
    ],
)
async def test_load_refuses_what_is_not_there(rpc, altered, fields):
    with pytest.raises(AddressesStale, match="deploy-all"):
        await Deployment.load(altered(**fields), rpc)
