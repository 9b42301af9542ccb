"""Many agents that see the same task in the same turn share one pass of the prior, through all that lies between."""

from dataclasses import replace

import pytest
from test_standings import TASK
from world import Alike, draft

from agents.agent import LLMAgent
from agents.chain.bindings import agent_registry
from agents.chain.store import Store
from agents.chain.wallet import Seed
from agents.fleet.definitions import fleet
from agents.fleet.strategies import Shared, open_strategy
from agents.llm.scripted import ScriptedModel
from agents.market.content import ContentStore
from agents.market.domain import AwardMode, Balance, account_of_agent
from agents.market.specification import skill_bytes
from agents.market.view import MarketView
from agents.mind.hands import Hands
from agents.mind.notes import Notes
from agents.money import CREDIT
from agents.openai_integration import OpenAIIntegration

AGENTS = 200
NOW = 1000


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "notes.db")
    yield store
    store.close()


async def test_agents_that_think_in_one_turn_share_one_pass(store, tmp_path):
    content, view, shared = ContentStore(str(tmp_path / "content")), MarketView(), Shared()
    digest = await content.put_json(draft().specification.model_dump(mode="json"))
    mode = AwardMode.SEALED_FIRST_PRICE
    task = replace(TASK, skill="extraction", mode=mode, specification=digest, bidding_end=NOW + 60)
    view.tasks[task.id] = view.open[task.id] = task
    wallet = Seed.create().wallet(0)
    agents = []
    for number, definition in enumerate(fleet(AGENTS), 1):
        # No two have the same floor.
        definition = replace(definition, profile="balanced", capabilities={"extraction": 60 + number % 40})
        strategy = open_strategy(definition, None, shared)
        view.balances[account_of_agent(number)] = Balance(100 * CREDIT)
        if number <= 3:
            view.demand.apply(agent_registry.SkillSet(number, skill_bytes("extraction"), 50))
        mind = OpenAIIntegration(
            ScriptedModel(lambda _request: ""),
            Alike(),
            agent_name=definition.name,
            capabilities=definition.capabilities,
        )
        agents.append(
            LLMAgent(
                Hands(definition.name, wallet, None, lambda: NOW, number),
                mind=mind,
                policy=strategy.policy,
                view=view,
                content=content,
                notes=Notes(store, definition.name),
                clock=lambda: NOW,
            )
        )
    for agent in agents:
        agent.think(agent.perceive())
    for agent in agents:
        await agent.settle_thoughts()
    notes = [agent.notes.bid(task.id) for agent in agents]
    assert {note.status for note in notes} == {"planned"}
    assert len({note.price for note in notes}) >= 40
    assert shared.prior.passes <= 3
