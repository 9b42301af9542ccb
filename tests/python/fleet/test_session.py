"""The session: one process for each office's wallets, one chain for each store, and a start that mends."""

import json

import pytest

from agents.chain.reader import read
from agents.chain.wallet import Seed
from agents.errors import AddressesMissing, AddressesStale, ProviderUnreachable, WalletsInUse, WrongChain
from agents.fleet.app import Job, assemble, batch_of
from agents.fleet.company import report
from agents.fleet.definitions import fleet
from agents.fleet.enrolment import CAPITAL
from agents.fleet.session import open_session
from agents.fleet.treasury import lot
from agents.llm.upstreams.scripted import ScriptedUpstream
from agents.market.domain import account_of_agent
from agents.settings import Settings


@pytest.fixture
def settings(node, tmp_path):
    return Settings(provider=node.url, home=tmp_path / "home", addresses=node.addresses)


def session(settings):
    return open_session(settings, Seed.open(settings.home), ScriptedUpstream(lambda _request: ""))


async def test_a_second_process_on_the_same_wallets_is_refused_by_folder(rpc, settings):
    async with session(settings) as first, session(settings) as second:
        first.open_office("fleet")
        with pytest.raises(WalletsInUse, match=str(settings.home)):
            second.open_office("fleet")
        second.open_office("requester")
    async with session(settings) as third:
        third.open_office("fleet")


async def altered(node, path, **changes):
    """An addresses file with changes in the record of the chain."""
    known = json.loads(node.addresses.read_text())
    path.write_text(json.dumps({"31337": known["31337"] | changes}))
    return path


async def test_a_chain_that_began_otherwise_is_refused(rpc, node, settings, tmp_path):
    addresses = await altered(node, tmp_path / "a.json", genesisHash="0x" + "ab" * 32)
    with pytest.raises(WrongChain, match="deploy again"):
        async with session(settings.model_copy(update={"addresses": addresses})):
            pass


async def test_contracts_that_are_not_there_are_refused(rpc, node, settings, tmp_path):
    contracts = json.loads(node.addresses.read_text())["31337"]["contracts"] | {"Ledger": "0x" + "11" * 20}
    addresses = await altered(node, tmp_path / "a.json", contracts=contracts)
    with pytest.raises(AddressesStale, match="no contract at"):
        async with session(settings.model_copy(update={"addresses": addresses})):
            pass
    with pytest.raises(AddressesMissing):
        async with session(settings.model_copy(update={"addresses": tmp_path / "none.json"})):
            pass


async def test_no_node_is_refused(settings):
    with pytest.raises(ProviderUnreachable, match="start one"):
        async with session(settings.model_copy(update={"provider": "http://127.0.0.1:9"})):
            pass


async def test_each_deployment_has_a_folder_of_its_own(rpc, node, settings):
    async with session(settings) as one:
        assert one.folder.parent == settings.home
        assert one.deployment.key in one.folder.name


async def test_agents_are_enrolled_once_however_often_the_fleet_starts(rpc, settings):
    ids = []
    for _ in range(2):
        async with session(settings) as one:
            crew = await assemble(one, Job(agents=fleet(3)))
            ids.append([member.agent_id for member in crew.members])
            view = one.feed.view
            for member in crew.members:
                assert view.skills[member.agent_id] == dict(member.definition.capabilities)
                balance = await one.offices["fleet"].market.balance(account_of_agent(member.agent_id))
                channel = view.channels.channel(
                    member.agent_id, member.agent.hands.wallet.address, one.gateway.provider
                )
                assert balance.free + channel.deposit == CAPITAL
                assert channel.deposit == lot(one.gateway.price), "paid in once"
            assert len({agent.owner for agent in view.agents.values()}) == len(view.agents) == 3
            assert await read(one.rpc, one.deployment.token.total_supply()) == 3 * CAPITAL
            lines = report(crew)
    assert ids[0] == ids[1]
    assert lines[0] == "settled: 0/0 tasks"
    assert sum("balance 100.00 credits" in line for line in lines) == 3


async def test_a_fleet_that_grows_keeps_the_wallets_it_has(rpc, settings):
    async with session(settings) as one:
        first = [member.agent_id for member in (await assemble(one, Job(agents=fleet(1)))).members]
    async with session(settings) as one:
        second = [member.agent_id for member in (await assemble(one, Job(agents=fleet(2)))).members]
    assert second[:1] == first
    assert len(set(second)) == 2


def test_a_batch_is_named_by_its_content_and_limit(tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text('{"question": "1 + 1?", "answer": "#### 2"}\n' * 2)
    names = {batch_of(False, path, limit)[0] for limit in (None, 1, 2)}
    assert len(names) == 3
    assert batch_of(False, path, None)[0] in names, "the same again"
    assert len(batch_of(False, path, 1)[1]) == 1
    assert (batch_of(True, None, None)[0], len(batch_of(True, None, None)[1])) == ("examples", 12)
    assert batch_of(False, None, None) == (None, [])
