"""A market with some past."""

import pytest
from world import draft, saying

from agents.market.domain import TaskState
from agents.money import CREDIT


@pytest.fixture
async def lived(world, wallets):
    """A chain with one task settled, one rejected and refunded, and one open with two sealed bids."""
    buyer = await world.new_requester(wallets[1])
    good = await world.new_agent("Ada", wallets[2], saying("blue"))
    other = await world.new_agent("Bob", wallets[3], saying("blue"), price=8 * CREDIT)
    _, rejected = await world.post(buyer, draft(), draft("red"))
    await world.turn(good, other)
    await world.reach(rejected.bidding_end)
    await world.turn(good, other)
    await world.reach(rejected.reveal_end + 3)
    for _ in range(2):
        await world.turn(good, other, buyer)
    await world.reach(world.view.tasks[rejected.id].deadline)
    await world.turn(buyer)
    await world.post(buyer, draft(), source="more")
    await world.turn(good, other)
    states = [world.view.tasks[task_id].state for task_id in sorted(world.view.tasks)]
    assert states == [TaskState.SETTLED, TaskState.REFUNDED, TaskState.OPEN]
    assert len(world.view.commitments) == 2
    return world
