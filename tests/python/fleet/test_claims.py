"""Learned capabilities go back to the chain: by the agent's own call, when they differ enough, once in a while."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from world import Alike, saying

from agents.chain.bindings import agent_registry
from agents.chain.store import Store
from agents.fleet.claims import SECONDS, Claims, claims_of
from agents.fleet.definitions import AgentDefinition
from agents.learning.capabilities import Capabilities
from agents.mind.notes import Notes, OfferNote
from agents.openai_integration import OpenAIIntegration

ADA = AgentDefinition("Ada", "a reader", {"extraction": 80, "writing": 40})


class Registered:
    """An agent on chain whose capabilities are set by hand."""

    def __init__(self, world, wallet, agent_id):
        self.world, self.wallet, self.agent_id = world, wallet, agent_id
        self.notes = Notes(world.store, "Ada")
        self.mind = OpenAIIntegration(
            saying("blue").model, Alike(), agent_name="Ada", capabilities=ADA.capabilities
        )
        self.capabilities = Capabilities(ADA.capabilities, rate=1.0)
        self.now = 1_000_000
        self.claims = self.new_claims()

    def new_claims(self, notes=None):
        return Claims(
            ADA,
            self.wallet,
            self.agent_id,
            market=self.world.market,
            view=self.world.view,
            notes=notes or self.notes,
            mind=self.mind,
            capabilities=self.capabilities,
            clock=lambda: self.now,
        )

    def learn(self, skill, weight):
        self.capabilities.seen[skill] = (10**9, weight * 10.0**9)

    async def offered(self):
        """What is on chain after an offer."""
        await self.claims.offer()
        await self.world.catch_up()
        return self.world.view.skills[self.agent_id]

    async def set_skill_events(self):
        return len(await self.world.events(agent_registry.SkillSet))


@pytest.fixture
async def ada(world, wallets):
    agent_id = await world.register("Ada", wallets[2])
    await world.market.set_skills(wallets[2], agent_id, ADA.capabilities, intent="claims")
    await world.catch_up()
    return Registered(world, wallets[2], agent_id)


async def test_only_a_difference_of_five_points_is_offered(ada):
    ada.learn("extraction", 75.6)
    ada.learn("writing", 43)
    assert await ada.offered() == {"extraction": 80, "writing": 40}
    ada.learn("extraction", 75.4)
    assert await ada.offered() == {"extraction": 75, "writing": 40}
    assert ada.mind._capabilities == {"extraction": 75, "writing": 40}, "its fit follows"


async def test_offers_wait_for_each_other(ada):
    ada.learn("extraction", 60)
    await ada.offered()
    ada.learn("extraction", 90)
    ada.now += SECONDS - 1
    assert (await ada.offered())["extraction"] == 60
    ada.now += 1
    assert (await ada.offered())["extraction"] == 90
    assert ada.notes.last_offer().number == 2


async def test_what_was_learned_is_claimed_again_after_a_restart_until_the_definition_changes(ada):
    ada.learn("extraction", 60)
    ada.learn("writing", 70)
    await ada.offered()
    notes = Notes(ada.world.store, "Ada")
    assert claims_of(ADA, notes) == {"extraction": 60, "writing": 70}
    changed = replace(ADA, capabilities={"extraction": 85, "writing": 40, "poetry": 5})
    assert claims_of(changed, notes) == {"extraction": 85, "writing": 70, "poetry": 5}


async def test_a_later_offer_keeps_what_an_earlier_one_said_of_other_skills(ada):
    ada.learn("extraction", 60)
    await ada.offered()
    ada.learn("writing", 70)
    ada.now += SECONDS
    await ada.offered()
    assert claims_of(ADA, ada.notes) == {"extraction": 60, "writing": 70}


async def test_the_same_offer_is_not_sent_twice_after_a_crash(ada):
    """The offer was noted and sent, and the process died before anybody saw it."""
    ada.learn("extraction", 60)
    await ada.claims.offer()
    before = await ada.set_skill_events()
    again = ada.new_claims(Notes(ada.world.store, "Ada"))
    await again.offer()
    ada.now += SECONDS
    await again.offer()
    assert await ada.set_skill_events() == before


async def test_what_the_chain_refuses_is_logged_and_offered_again_later(world, wallets, ada):
    stranger = Registered(world, wallets[3], ada.agent_id)
    stranger.learn("extraction", 60)
    stranger.claims = stranger.new_claims()
    with capture_logs() as logs:
        assert (await stranger.offered())["extraction"] == 80
    assert "claims.not_offered" in {log["event"] for log in logs}
    stranger.wallet, stranger.now = wallets[2], stranger.now + SECONDS
    stranger.claims = stranger.new_claims()
    assert (await stranger.offered())["extraction"] == 60


def test_without_an_offer_the_definition_is_claimed(tmp_path):
    store = Store.open(tmp_path / "s.db")
    notes = Notes(store, "Ada")
    assert claims_of(ADA, notes) == ADA.capabilities
    notes.put_offer(OfferNote(1, 5, {"extraction": (79, 60)}))
    assert claims_of(ADA, notes) == ADA.capabilities, "of another definition"
    store.close()
