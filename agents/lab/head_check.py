"""Holds what contracts keep about bids, deposits, debts and reputations against what events add up to, at one block."""

from collections.abc import Callable, Sequence
from typing import Any

from agents.chain.abi import Call
from agents.chain.deployment import Deployment
from agents.chain.reader import read_many
from agents.chain.rpc import Rpc
from agents.lab.judge import Judge, known_records
from agents.market.domain import account_name
from agents.market.view import MarketView

TAG_BYTES = 16

Expect = Callable[[int, str, int, int], None]
"""Notes a difference: the block, what it is about, what the contracts say, what the events do."""


class HeadCheck:
    """One pass over all that is known at a block."""

    def __init__(
        self, rpc: Rpc, deployment: Deployment, view: MarketView, judge: Judge, expect: Expect
    ) -> None:
        self._rpc, self._deployment = rpc, deployment
        self._view, self._judge, self._expect = view, judge, expect

    async def run(self, number: int) -> None:
        """Compare everything at block ``number``. Raises TransportError."""
        await self._deposits(number)
        await self._rankings(number)
        await self._sealed_bids(number)
        await self._creditors(number)
        await self._reputations(number)

    async def _deposits(self, number: int) -> None:
        pool = self._deployment.pool.address
        tasks = list(self._view.tasks.values())
        calls = [self._deployment.tasks.deposit_of(task.id) for task in tasks]
        for task, found in zip(tasks, await self._read(calls, number), strict=True):
            due = task.terms.deposit(task.reserve, task.evaluator == pool)
            self._expect(number, f"the deposit of task {task.id}", found, due)

    async def _rankings(self, number: int) -> None:
        tasks = [task_id for task_id in self._view.tasks if self._judge.is_ranked_by_quality(task_id)]
        calls = [self._deployment.auction.get_ranking(task_id) for task_id in tasks]
        for task_id, found in zip(tasks, await self._read(calls, number), strict=True):
            known = [bid for bid in found if bid.agent_id]
            due = self._judge.ranking(task_id)
            self._expect(number, f"the number of best bids for task {task_id}", len(known), len(due))
            for place, (kept, told) in enumerate(zip(known, due, strict=False), 1):
                what = f"bid {place} for task {task_id}"
                self._expect(number, f"the agent of {what}", kept.agent_id, told.agent_id)
                self._expect(number, f"the price of {what}", kept.price, told.price)
                self._expect(number, f"the quality of {what}", kept.quality, told.quality)

    async def _sealed_bids(self, number: int) -> None:
        sealed = list(self._view.commitments.values())
        calls = [self._deployment.auction.get_commitment(one.task_id, one.agent_id) for one in sealed]
        for one, found in zip(sealed, await self._read(calls, number), strict=True):
            what = f"the sealed bid of agent {one.agent_id} for task {one.task_id}"
            self._expect(number, what, found, one.digest)

    async def _creditors(self, number: int) -> None:
        debtors = [account for account, balance in self._view.balances.items() if balance.debt]
        calls = [self._deployment.ledger.creditor_of(account) for account in debtors]
        for account, found in zip(debtors, await self._read(calls, number), strict=True):
            due = self._judge.creditors[account]
            self._expect(number, f"the creditor of {account_name(account)}", found, due)

    async def _reputations(self, number: int) -> None:
        records = list(known_records(self._judge, self._view))
        calls = [
            self._deployment.incentives.record_of(agent_id, _tag(skill)) for agent_id, skill, _ in records
        ]
        for (agent_id, skill, due), found in zip(records, await self._read(calls, number), strict=True):
            what = f"reputation of agent {agent_id} in {skill}"
            self._expect(number, f"the experience in the {what}", found.experience, due.experience)
            self._expect(number, f"the merit in the {what}", found.merit, due.merit)

    async def _read(self, calls: Sequence[Call[Any]], number: int) -> list[Any]:
        return await read_many(self._rpc, calls, block=number)


def _tag(skill: str) -> bytes:
    """The contracts' tag of a skill; one that is longer than a tag is the hex of one that is no text."""
    return bytes.fromhex(skill) if len(skill) > TAG_BYTES else skill.encode("ascii").ljust(TAG_BYTES, b"\0")
