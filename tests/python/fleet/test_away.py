"""A fleet that was away: whatever happened meanwhile, each of its agents does what there is to do, and does it once."""

import asyncio
from functools import partial

from world import draft, saying

from agents.chain.bindings import bid_auction, task_manager
from agents.fleet.claims import claims_of
from agents.fleet.crew import Member
from agents.fleet.definitions import AgentDefinition
from agents.fleet.roster import Roster
from agents.market.domain import TaskState
from agents.money import CREDIT


class Idle:
    """The errands of a member that has none."""

    is_due = False

    async def keep(self):
        """Nothing is missing."""


class Free(Idle):
    """Claims that nothing has changed, and lessons that nothing was learned."""

    def is_due(self):
        return False

    def is_bidding(self):
        return True


class Fleet:
    """Agents of a world on a roster; each new one is what another process would make of their notes."""

    def __init__(self, world, ids, wallets, asked):
        self.world, self.roster = world, Roster(world.feed)
        prices = {"Ada": 4 * CREDIT, "Bob": 6 * CREDIT, "Eve": 8 * CREDIT}
        members = []
        for name, agent_id in ids.items():
            agent = world.agent(
                name,
                wallets[agent_id],
                agent_id,
                asked,
                prices[name],
                offers=self.roster.wakeups.offers.setdefault(agent_id, set()),
                tell=partial(self.roster.wake, agent_id),
            )
            definition = AgentDefinition(name, "", {"extraction": 80})
            assert claims_of(definition, agent.notes) == {"extraction": 80}
            members.append(Member(definition, agent, Idle(), Free(), Free()))
        self.roster.admit(members)
        self.members = members

    async def live(self):
        """Steps until nobody has anything to do."""
        for _ in range(4):
            await self.world.feed.catch_up()
            await self.roster.step()
            while self.roster._turns or any(len(member.agent._thoughts) for member in self.members):
                await asyncio.sleep(0)
                for turn in list(self.roster._turns):
                    await turn
                for member in self.members:
                    await member.agent.settle_thoughts()
        await self.world.feed.catch_up()

    async def leave(self):
        await self.roster.stop()


async def test_a_fleet_that_comes_back_does_all_that_it_missed_once(world, wallets):
    asked, ids, owners = saying("blue"), {}, {}
    for number, name in enumerate(("Ada", "Bob", "Eve"), 2):
        ids[name] = await world.register(name, wallets[number])
        owners[ids[name]] = wallets[number]
        await world.market.set_skills(wallets[number], ids[name], {"extraction": 80}, intent=f"{name}:skills")
    requester = await world.new_requester(wallets[1], capital=400 * CREDIT)
    # It was away when the tasks were posted,
    tasks = await world.post(
        requester, *(draft(description=f"Lamp {number} is blue?") for number in range(3))
    )
    fleet = Fleet(world, ids, owners, asked)
    await fleet.live()
    await fleet.leave()
    assert len(await world.events(bid_auction.BidCommitted)) == 9
    # when the bids had to be opened,
    await world.reach(tasks[0].bidding_end)
    fleet = Fleet(world, ids, owners, asked)
    await fleet.live()
    assert len(await world.events(bid_auction.BidRevealed)) == 9
    await fleet.leave()
    # when the auctions had to be ended and the work was hers who bid least,
    await world.reach(max(task.reveal_end for task in tasks) + 1)
    for task in tasks:
        await world.market.finalize(wallets[1], task.id, intent=f"end:{task.id}")
    fleet = Fleet(world, ids, owners, asked)
    await fleet.live()
    assert len(await world.events(task_manager.ResultSubmitted)) == 3
    await fleet.leave()
    # and when the tasks ended: each outcome is learned from, by all who bid, and nothing was done twice.
    await world.turn(requester)
    assert {world.view.tasks[task.id].state for task in tasks} == {TaskState.SETTLED}
    fleet = Fleet(world, ids, owners, asked)
    await fleet.live()
    assert [dict(member.agent.notes.live) for member in fleet.members] == [{}, {}, {}]
    await fleet.leave()
    assert asked.purposes().count("work") == 3
    counts = [
        len(await world.events(kind))
        for kind in (bid_auction.BidCommitted, bid_auction.BidRevealed, task_manager.ResultSubmitted)
    ]
    assert counts == [9, 9, 3]


async def test_a_fleet_that_stays_does_the_same_by_events_and_alarms(world, wallets):
    asked, ids, owners = saying("blue"), {}, {}
    for number, name in enumerate(("Ada", "Bob"), 2):
        ids[name] = await world.register(name, wallets[number])
        owners[ids[name]] = wallets[number]
        await world.market.set_skills(wallets[number], ids[name], {"extraction": 80}, intent=f"{name}:skills")
    requester = await world.new_requester(wallets[1])
    await world.feed.catch_up()
    fleet = Fleet(world, ids, owners, asked)
    await fleet.live()
    (task,) = await world.post(requester, draft())
    await fleet.live()
    await world.reach(task.bidding_end)
    await fleet.live()
    assert len(await world.events(bid_auction.BidRevealed)) == 2
    await world.reach(task.reveal_end)
    await fleet.live()
    assert world.view.tasks[task.id].state is TaskState.SUBMITTED, "ended, awarded, done and delivered"
    await world.turn(requester)
    await fleet.live()
    assert world.view.tasks[task.id].state is TaskState.SETTLED
    assert [dict(member.agent.notes.live) for member in fleet.members] == [{}, {}]
    await fleet.leave()
