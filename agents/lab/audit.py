"""Recomputes every credit from events alone and holds it against the contracts, at every block.

Checked at each block that has events, from the one on in which all contracts stand, and at the head:

    each account        free and locked parts and debt from events = the contract's
    conservation        Σ accounts + burned but not destroyed = tokens held by the Ledger, less plain gifts to it
    supply              minted = tokens in being + destroyed
    obligations         each account's locked part = what its open tasks, bids, entries, channels, pledges and
                        seats need
    awards              each winner and price, and each bidder's quality = what the rules make of the bids
    reputations         each record = what the outcomes add up to

and at the head, each task's escrow, state, worker, price and best bids, each sealed bid, each debtor's creditor and
each reputation.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.chain.bindings import credit_token, ledger
from agents.chain.deployment import Deployment
from agents.chain.reader import read_many
from agents.chain.rpc import Rpc, quantity
from agents.chain.store import Store
from agents.chain.tailer import BlockEvents, Tailer
from agents.lab.head_check import HeadCheck
from agents.lab.judge import Judge
from agents.market.domain import (
    Round,
    Task,
    TaskState,
    account_name,
    account_of,
    account_of_agent,
    compensation_of,
)
from agents.market.view import MarketView


@dataclass(slots=True)
class AuditReport:
    """What was checked and what did not add up. Money in units."""

    first_block: int = 0
    last_block: int = 0
    blocks_checked: int = 0
    accounts: int = 0
    tasks: int = 0
    minted: int = 0
    held: int = 0
    """Credits that somebody has at the end, in the Ledger or outside."""
    burned: int = 0
    """Credits burned by the end, their tokens destroyed or about to be."""
    differences: list[str] = field(default_factory=list)

    @property
    def conserved(self) -> bool:
        """Whether everything added up at every block."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "conserved": self.conserved,
            "blocks": [self.first_block, self.last_block],
            "blocksChecked": self.blocks_checked,
            "accounts": self.accounts,
            "tasks": self.tasks,
            "minted": self.minted,
            "held": self.held,
            "burned": self.burned,
            "differences": self.differences,
        }


class Audit:
    """One pass over a deployment's blocks, which are given in order and without gaps."""

    def __init__(self, rpc: Rpc, deployment: Deployment) -> None:
        self._rpc, self._deployment = rpc, deployment
        self.view = MarketView()
        self._judge = Judge(self.view)
        self.report = AuditReport(first_block=deployment.deploy_block)
        self._gifts = 0
        self._is_complete = False

    async def run(self, blocks: Iterable[BlockEvents]) -> AuditReport:
        """Check every block; returns the report."""
        last = None
        for block in blocks:
            last = block
            await self.take(block)
        return await self.finish(None if last is None else last.number)

    async def finish(self, head: int | None) -> AuditReport:
        """Check all that there is at block ``head``, the last one taken, if any was; returns the report."""
        if head is not None:
            self.report.last_block = head
            await self._check_block(head, set(self.view.balances))
            await self._check_tasks(head)
            await HeadCheck(self._rpc, self._deployment, self.view, self._judge, self._expect).run(head)
        self.report.accounts = len(self.view.balances)
        self.report.tasks = len(self.view.tasks)
        return self.report

    async def take(self, block: BlockEvents) -> None:
        """Check one block more; where nothing happened, nothing has changed."""
        if not block.events:
            return
        before = dict(self.view.balances)
        wrong: list[str] = []
        for logged in block.events:
            wrong += self._judge.hear(logged.event)
            self.view.apply(logged)
            self._gifts += self._gift(logged.event)
        wrong += self._judge.overdue()
        self.report.differences += (f"block {block.number}: {one}" for one in wrong)
        touched = {
            account for account, balance in self.view.balances.items() if before.get(account) != balance
        }
        await self._check_block(block.number, touched)

    def _gift(self, event: object) -> int:
        """Tokens that reach the Ledger are a deposit or a gift; the deposit's own event takes the gift back."""
        if isinstance(event, credit_token.Transfer) and event.to == self._deployment.ledger.address:
            return event.value
        return -event.amount if isinstance(event, ledger.Deposited) else 0

    async def _check_block(self, number: int, accounts: set[int]) -> None:
        if not await self._stands(number):
            return
        self.report.blocks_checked += 1
        await self._check_totals(number)
        await self._check_accounts(number, sorted(accounts))
        self._check_obligations(number)

    async def _stands(self, number: int) -> bool:
        """Whether all contracts are there; they may have been deployed over several blocks."""
        if not self._is_complete:
            asked = [("eth_getCode", (address, quantity(number))) for address in self._deployment.decoders]
            self._is_complete = "0x" not in await self._rpc.batch(asked)
        return self._is_complete

    async def _check_totals(self, number: int) -> None:
        token, vault = self._deployment.token, self._deployment.ledger
        calls = [token.total_supply(), token.balance_of(vault.address), vault.pending_burn()]
        supply, held, pending = await read_many(self._rpc, calls, block=number)
        view, accounts = self.view, sum(balance.total for balance in self.view.balances.values())
        self._expect(number, "burned but not destroyed", pending, view.pending_burn)
        self._expect(number, "tokens held by the Ledger", held - self._gifts, accounts + view.pending_burn)
        self._expect(number, "tokens in being", supply, view.minted - view.destroyed)
        self.report.minted = view.minted
        self.report.held, self.report.burned = supply - pending, view.destroyed + pending

    async def _check_accounts(self, number: int, accounts: list[int]) -> None:
        calls = [self._deployment.ledger.balance_of(account) for account in accounts]
        for account, found in zip(accounts, await read_many(self._rpc, calls, block=number), strict=True):
            told = self.view.balance(account)
            self._expect(number, f"free credits of {account_name(account)}", found.free, told.free)
            self._expect(number, f"locked credits of {account_name(account)}", found.locked, told.locked)
            self._expect(number, f"the debt of {account_name(account)}", found.debt, told.debt)

    def _check_obligations(self, number: int) -> None:
        owed = obligations(self.view, self._deployment)
        for account, balance in self.view.balances.items():
            if balance.locked != owed.get(account, 0):  # Names are for differences: there are many accounts.
                what = f"what {account_name(account)} has locked for tasks, bids and stakes"
                self._expect(number, what, balance.locked, owed.get(account, 0))

    async def _check_tasks(self, number: int) -> None:
        tasks = list(self.view.tasks.values())
        calls = [self._deployment.tasks.get_task(task.id) for task in tasks]
        for task, found in zip(tasks, await read_many(self._rpc, calls, block=number), strict=True):
            self._expect(number, f"the state of task {task.id}", found.state, task.state)
            self._expect(number, f"the worker of task {task.id}", found.agent_id, task.agent_id)
            self._expect(number, f"the price of task {task.id}", found.price, task.price)
            self._expect(number, f"the reserve of task {task.id}", found.reserve, task.reserve)

    def _expect(self, number: int, what: str, found: int, told: int) -> None:
        if found != told:
            self.report.differences.append(
                f"block {number}: {what}: the contracts say {found}, the events {told}"
            )


async def audit_chain(rpc: Rpc, deployment: Deployment) -> AuditReport:
    """Read all of the deployment's events anew, from the chain alone, and check them. Raises TransportError."""
    with tempfile.TemporaryDirectory(prefix="agora-audit-") as folder:
        store = Store.open(Path(folder) / "audit.db")
        try:
            tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
            while await tailer.poll():
                pass
            return await Audit(rpc, deployment).run(tailer.replay())
        finally:
            store.close()


def obligations(view: MarketView, deployment: Deployment) -> dict[int, int]:
    """By account, what must be locked: escrows, deposits and panel fees of open tasks, bonds of sealed bids, of
    leading bids and of workers, and stakes."""
    owed = defaultdict(int, view.channels.owed(deployment.meter.address))
    for account, amount in view.stakes.owed().items():
        owed[account] += amount
    for task in view.open.values():
        by_pool = task.evaluator == deployment.pool.address
        requester_fees, worker_fees = _panel_fees(task, by_pool)
        fixed = 0 if by_pool else compensation_of(task.reserve)
        owed[account_of(task.requester)] += task.reserve + fixed + requester_fees
        worker = _bonded(view, task)
        if worker:
            owed[account_of_agent(worker)] += task.bond + worker_fees
    for task_id, agent_id in view.commitments:
        owed[account_of_agent(agent_id)] += view.tasks[task_id].bond
    return owed


def _panel_fees(task: Task, by_pool: bool) -> tuple[int, int]:
    """What requester and worker have locked for panels: both the larger one's fee in a dispute, less what the
    first panel took from the one that it found against."""
    first, larger = task.terms.panel_fee, task.terms.appeal_fee
    ruled = task.state is TaskState.RULED
    if by_pool:
        paid = ruled or task.round is Round.APPEAL
        return larger + (0 if paid else first), larger if task.round is Round.APPEAL else 0
    passed = task.score is not None and task.score >= task.passing_score
    disputed = task.state in (TaskState.DISPUTED, TaskState.RULED)
    return (
        larger - (first if ruled and passed else 0),
        larger - (first if ruled and not passed else 0) if disputed else 0,
    )


def _bonded(view: MarketView, task: Task) -> int:
    """The agent whose bond is locked beside those of sealed bids: the leading bidder's, then the worker's."""
    if task.state is TaskState.OPEN:
        ranking = view.ranking(task.id)
        return ranking[0].agent_id if ranking else 0
    return 0 if task.state is TaskState.DEFAULTED else task.agent_id
