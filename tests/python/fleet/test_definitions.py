"""Who is in a fleet, by number, and who stands alone, by name."""

import pytest

from agents.agent_config import PROFILES
from agents.errors import SettingOutOfRange
from agents.fleet.definitions import AGENT_DEFINITIONS, MOST_AGENTS, fleet
from agents.fleet.session import FIRST_AGENT_WALLET, PROVIDER_WALLET, REQUESTER_WALLET
from agents.fleet.single import DEFAULT_WEIGHT, parse_capabilities, wallet_index
from agents.market.specification import skill_bytes


def test_the_definitions_are_five_with_profiles_and_skills_that_exist():
    assert [one.name for one in AGENT_DEFINITIONS] == [
        "Research",
        "Development",
        "Analytics",
        "Creative",
        "BlockchainExpert",
    ]
    for one in AGENT_DEFINITIONS:
        assert one.profile in PROFILES
        assert all(
            len(skill_bytes(skill)) == 16 and 0 < weight <= 100 for skill, weight in one.capabilities.items()
        )


@pytest.mark.parametrize("count", [0, 1, 5, 6, 12, 1000])
def test_a_fleet_has_as_many_agents_as_asked_all_with_names_of_their_own(count):
    agents = fleet(count)
    assert len(agents) == len({one.name for one in agents}) == count


def test_from_the_sixth_on_names_are_numbered_and_all_else_is_repeated():
    agents = fleet(12)
    assert [one.name for one in agents[4:8]] == [
        "BlockchainExpert",
        "Research-2",
        "Development-2",
        "Analytics-2",
    ]
    assert agents[10].name == "Research-3"
    assert (agents[5].capabilities, agents[5].profile) == (agents[0].capabilities, agents[0].profile)


@pytest.mark.parametrize("count", [-1, MOST_AGENTS + 1])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(SettingOutOfRange, match=f"number of agents is {count}"):
        fleet(count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("research", {"research": DEFAULT_WEIGHT}),
        ("research=80,writing", {"research": 80, "writing": DEFAULT_WEIGHT}),
        (" research=0 , ,writing=100,", {"research": 0, "writing": 100}),
    ],
)
def test_capabilities_are_skills_with_weights(text, expected):
    assert parse_capabilities(text) == expected


@pytest.mark.parametrize(
    "text", ["", " , ", "research=101", "research=-1", "research=x", "Research", "a b", "x" * 24, "=5"]
)
def test_other_capabilities_are_refused(text):
    with pytest.raises(SettingOutOfRange):
        parse_capabilities(text)


def test_an_agent_that_stands_alone_has_the_same_wallet_each_time_and_none_of_a_fleets():
    assert wallet_index("Ada") == wallet_index("Ada") != wallet_index("Bob")
    for name in ("Ada", "Bob", "Agent"):
        assert (
            max(REQUESTER_WALLET, PROVIDER_WALLET, FIRST_AGENT_WALLET + MOST_AGENTS)
            < wallet_index(name)
            < 2**31
        )
