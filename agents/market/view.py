"""The market as its events tell it: a fold, kept in memory, that agents and the audit read.

Nothing here asks the chain: the same events in the same order give the same view. Each event costs O(1).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import (
    agent_registry,
    bid_auction,
    credit_token,
    incentive_engine,
    ledger,
    task_manager,
)
from agents.chain.tailer import LoggedEvent
from agents.chain.words import checksummed
from agents.market.channels import Channels
from agents.market.demand import Demand
from agents.market.domain import (
    DIGEST_TAIL,
    Agent,
    AwardMode,
    Balance,
    Bid,
    Commitment,
    MarketTerms,
    Reputation,
    Round,
    Task,
    TaskState,
    skill_name,
)
from agents.market.stakes import Stakes

ZERO_ADDRESS = "0x" + "00" * 20


class MarketView:
    """Tasks, bids, agents, reputations and balances after the events applied so far."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: the view of a chain without events."""
        self.tasks: dict[int, Task] = {}
        self.open: dict[int, Task] = {}
        """The tasks that are not final; a subset of ``tasks``."""
        self.commitments: dict[tuple[int, int], Commitment] = {}
        """By task and agent: sealed bids that are neither opened nor forfeited."""
        self.bids: dict[int, list[Bid]] = {}
        """By task: revealed bids in the order of their reveal."""
        self.held: defaultdict[int, set[int]] = defaultdict(set)
        """By agent: the open tasks that were awarded to it."""
        self.taken_over: set[int] = set()
        """The tasks whose runner-up took the defaulter's place."""
        self.agents: dict[int, Agent] = {}
        self.agent_of_owner: dict[str, int] = {}
        """The newest agent id that each address registered or received."""
        self.skills: dict[int, dict[str, int]] = {}
        self.balances: dict[int, Balance] = {}
        """By Ledger account."""
        self.contributed: dict[int, int] = {}
        """By account: what was deposited less what was withdrawn."""
        self.pending_burn = 0
        self.minted = 0
        self.destroyed = 0
        """Tokens minted and destroyed since deployment."""
        self.stakes = Stakes()
        self.channels = Channels()
        self.demand = Demand()
        self._reputations: defaultdict[tuple[int, int], dict[str, Reputation]] = defaultdict(dict)
        """By agent and epoch, by skill."""
        self._timestamp = 0
        self._order = 0

    def apply(self, logged: LoggedEvent) -> None:
        """Take one event into account."""
        self.stakes.apply(logged.event)
        self.channels.apply(logged.event)
        self.demand.apply(logged.event)
        handler = _HANDLERS.get(type(logged.event))
        if handler is not None:
            self._timestamp = logged.timestamp
            handler(self, logged.event)

    def balance(self, account: int) -> Balance:
        """The account's parts; empty for one that never had credits."""
        return self.balances.get(account, Balance())

    def epoch_of(self, agent_id: int) -> int:
        """How often the agent was handed over."""
        agent = self.agents.get(agent_id)
        return agent.epoch if agent else 0

    def reputation(self, agent_id: int, skill: str) -> Reputation:
        """The agent's record under its present owner."""
        return self.reputations(agent_id).get(skill, Reputation())

    def reputations(self, agent_id: int) -> Mapping[str, Reputation]:
        """The agent's records by skill, under its present owner."""
        return self._reputations.get((agent_id, self.epoch_of(agent_id)), {})

    def ranking(self, task_id: int) -> list[Bid]:
        """The revealed bids in the auction's order, best first."""
        return sorted(self.bids.get(task_id, []), key=lambda bid: bid.rank)

    # Tasks

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        params = event.params
        bidding_end = self._timestamp + params.bidding_window
        self.put(
            Task(
                id=event.task_id,
                requester=event.requester,
                skill=skill_name(params.skill),
                mode=AwardMode(params.mode),
                reserve=params.reserve,
                evaluator=params.evaluator,
                passing_score=params.passing_score,
                bidding_end=bidding_end,
                reveal_end=bidding_end + params.reveal_window,
                delivery_window=params.delivery_window,
                review_window=params.review_window,
                terms=MarketTerms(event.fee_bps, event.bond_percent, event.seat_fee),
                specification=params.specification,
                seal=params.seal,
                parent_id=params.parent_id,
            )
        )

    def _task_awarded(self, event: task_manager.TaskAwarded) -> None:
        self._change(
            event.task_id,
            state=TaskState.AWARDED,
            agent_id=event.agent_id,
            price=event.price,
            deadline=event.deadline,
            defaulted=False,
        )

    def _result_submitted(self, event: task_manager.ResultSubmitted) -> None:
        self._change(
            event.task_id,
            state=TaskState.SUBMITTED,
            result=event.result,
            lateness=event.lateness,
            deadline=event.review_end,
        )

    def _task_evaluated(self, event: task_manager.TaskEvaluated) -> None:
        self._change(event.task_id, score=event.score)

    def _task_rejected(self, event: task_manager.TaskRejected) -> None:
        self._change(event.task_id, state=TaskState.REJECTED, deadline=event.dispute_end)

    def _task_settled(self, event: task_manager.TaskSettled) -> None:
        self._change(event.task_id, state=TaskState.SETTLED, silent=event.silent)

    def _task_disputed(self, event: task_manager.TaskDisputed) -> None:
        self._change(event.task_id, state=TaskState.DISPUTED, deadline=event.unseal_end)

    def _panel_convened(self, event: task_manager.PanelConvened) -> None:
        self._change(event.task_id, round=Round.CONVENED)

    def _secret_shown(self, event: task_manager.SecretShown) -> None:
        self._change(event.task_id, round=Round.UNSEALED)

    def _task_ruled(self, event: task_manager.TaskRuled) -> None:
        self._change(event.task_id, score=event.score)
        if event.appeal_end:
            self._change(event.task_id, state=TaskState.RULED, deadline=event.appeal_end)

    def _task_appealed(self, event: task_manager.TaskAppealed) -> None:
        self._change(event.task_id, state=TaskState.DISPUTED, round=Round.APPEAL)

    def _task_defaulted(self, event: task_manager.TaskDefaulted) -> None:
        self._change(event.task_id, state=TaskState.DEFAULTED, defaulted=True, deadline=event.take_over_end)

    def _task_refunded(self, event: task_manager.TaskRefunded) -> None:
        # Cancelled and expired tasks are refunded too, and stay what they are.
        if not self.tasks[event.task_id].state.is_final:
            self._change(event.task_id, state=TaskState.REFUNDED)

    def _task_cancelled(self, event: task_manager.TaskCancelled) -> None:
        self._change(event.task_id, state=TaskState.CANCELLED)

    def _task_expired(self, event: task_manager.TaskExpired) -> None:
        self._change(event.task_id, state=TaskState.EXPIRED)

    def _change(self, task_id: int, **changes: Any) -> None:
        self.put(replace(self.tasks[task_id], **changes))

    def put(self, task: Task) -> None:
        """The task stands as given."""
        before = self.tasks.get(task.id)
        if before is not None and before.agent_id:
            self.held[before.agent_id].discard(task.id)
        self.tasks[task.id] = task
        if task.state.is_final:
            self.open.pop(task.id, None)
            return
        self.open[task.id] = task
        if task.agent_id:
            self.held[task.agent_id].add(task.id)

    # Bids

    def _bid_committed(self, event: bid_auction.BidCommitted) -> None:
        key = (event.task_id, event.agent_id)
        self.commitments[key] = Commitment(*key, event.digest, event.quality)

    def _bid_revealed(self, event: bid_auction.BidRevealed) -> None:
        sealed = self.commitments.pop((event.task_id, event.agent_id), None)
        bids = self.bids.setdefault(event.task_id, [])
        tie_break = sealed.digest >> DIGEST_TAIL if sealed else self._order
        self._order += 1
        bids[:] = [bid for bid in bids if bid.agent_id != event.agent_id]
        bids.append(Bid(event.task_id, event.agent_id, event.price, event.promised, event.quality, tie_break))

    def _task_taken_over(self, event: bid_auction.TaskTakenOver) -> None:
        self.taken_over.add(event.task_id)

    def _bond_forfeited(self, event: bid_auction.BondForfeited) -> None:
        del self.commitments[event.task_id, event.agent_id]

    # Agents

    def _registered(self, event: agent_registry.Registered) -> None:
        self.agents[event.agent_id] = Agent(event.agent_id, event.owner, event.owner, event.agent_uri)
        self.agent_of_owner[event.owner] = event.agent_id

    def _agent_transferred(self, event: agent_registry.Transfer) -> None:
        if event.from_ == ZERO_ADDRESS:
            return
        agent = self.agents[event.token_id]
        if self.agent_of_owner.get(event.from_) == agent.id:
            del self.agent_of_owner[event.from_]
        self.agents[agent.id] = replace(agent, owner=event.to, epoch=agent.epoch + 1)
        self.agent_of_owner[event.to] = agent.id

    def _metadata_set(self, event: agent_registry.MetadataSet) -> None:
        if event.metadata_key == "agentWallet":
            wallet = checksummed(f"0x{event.metadata_value.hex()}") if event.metadata_value else None
            self.agents[event.agent_id] = replace(self.agents[event.agent_id], wallet=wallet)

    def _uri_updated(self, event: agent_registry.URIUpdated) -> None:
        self.agents[event.agent_id] = replace(self.agents[event.agent_id], uri=event.new_uri)

    def _active_set(self, event: agent_registry.ActiveSet) -> None:
        self.agents[event.agent_id] = replace(self.agents[event.agent_id], active=event.active)

    def _skill_set(self, event: agent_registry.SkillSet) -> None:
        self.skills.setdefault(event.agent_id, {})[skill_name(event.tag)] = event.weight

    def _reputation_updated(self, event: incentive_engine.ReputationUpdated) -> None:
        records = self._reputations[event.agent_id, event.epoch]
        records[skill_name(event.skill)] = Reputation(event.experience, event.merit)

    # Credits

    def _deposited(self, event: ledger.Deposited) -> None:
        self._move(event.account, free=event.amount)
        self._contribute(event.account, event.amount)

    def _withdrawn(self, event: ledger.Withdrawn) -> None:
        self._move(event.account, free=-event.amount)
        self._contribute(event.account, -event.amount)

    def _contribute(self, account: int, amount: int) -> None:
        # Who was paid in the market can withdraw without ever having deposited.
        self.contributed[account] = self.contributed.get(account, 0) + amount

    def _transferred(self, event: ledger.Transferred) -> None:
        self._move(event.from_, free=-event.amount)
        self._move(event.to, free=event.amount)

    def _locked(self, event: ledger.Locked) -> None:
        self._move(event.account, free=-event.amount, locked=event.amount)

    def _unlocked(self, event: ledger.Unlocked) -> None:
        self._move(event.account, free=event.amount, locked=-event.amount)

    def _paid(self, event: ledger.Paid) -> None:
        self._move(event.from_, locked=-event.amount)
        self._move(event.to, free=event.amount)

    def _held(self, event: ledger.Held) -> None:
        self._move(event.from_, free=-event.amount)
        self._move(event.to, locked=event.amount)

    def _debt_recorded(self, event: ledger.DebtRecorded) -> None:
        self._move(event.debtor, debt=event.amount)

    def _debt_paid(self, event: ledger.DebtPaid) -> None:
        self._move(event.payer, free=-event.amount)
        self._move(event.debtor, debt=-event.amount)
        self._move(event.creditor, free=event.amount)

    def _debt_forgiven(self, event: ledger.DebtForgiven) -> None:
        self._move(event.debtor, debt=-event.amount)

    def _burned(self, event: ledger.Burned) -> None:
        self._move(event.from_, locked=-event.amount)
        self.pending_burn += event.amount

    def _burn_flushed(self, event: ledger.BurnFlushed) -> None:
        self.pending_burn -= event.amount

    def _token_transferred(self, event: credit_token.Transfer) -> None:
        if event.from_ == ZERO_ADDRESS:
            self.minted += event.value
        if event.to == ZERO_ADDRESS:
            self.destroyed += event.value

    def _move(self, account: int, free: int = 0, locked: int = 0, debt: int = 0) -> None:
        before = self.balance(account)
        self.balances[account] = Balance(before.free + free, before.locked + locked, before.debt + debt)


_HANDLERS: dict[type[Event], Callable[[MarketView, Any], None]] = {
    task_manager.TaskCreated: MarketView._task_created,
    task_manager.TaskAwarded: MarketView._task_awarded,
    task_manager.ResultSubmitted: MarketView._result_submitted,
    task_manager.TaskEvaluated: MarketView._task_evaluated,
    task_manager.TaskRejected: MarketView._task_rejected,
    task_manager.TaskSettled: MarketView._task_settled,
    task_manager.TaskDisputed: MarketView._task_disputed,
    task_manager.PanelConvened: MarketView._panel_convened,
    task_manager.SecretShown: MarketView._secret_shown,
    task_manager.TaskRuled: MarketView._task_ruled,
    task_manager.TaskAppealed: MarketView._task_appealed,
    task_manager.TaskDefaulted: MarketView._task_defaulted,
    bid_auction.TaskTakenOver: MarketView._task_taken_over,
    task_manager.TaskRefunded: MarketView._task_refunded,
    task_manager.TaskCancelled: MarketView._task_cancelled,
    task_manager.TaskExpired: MarketView._task_expired,
    bid_auction.BidCommitted: MarketView._bid_committed,
    bid_auction.BidRevealed: MarketView._bid_revealed,
    bid_auction.BondForfeited: MarketView._bond_forfeited,
    agent_registry.Registered: MarketView._registered,
    agent_registry.Transfer: MarketView._agent_transferred,
    agent_registry.MetadataSet: MarketView._metadata_set,
    agent_registry.URIUpdated: MarketView._uri_updated,
    agent_registry.ActiveSet: MarketView._active_set,
    agent_registry.SkillSet: MarketView._skill_set,
    incentive_engine.ReputationUpdated: MarketView._reputation_updated,
    ledger.Deposited: MarketView._deposited,
    ledger.Withdrawn: MarketView._withdrawn,
    ledger.Transferred: MarketView._transferred,
    ledger.Locked: MarketView._locked,
    ledger.Unlocked: MarketView._unlocked,
    ledger.Paid: MarketView._paid,
    ledger.Held: MarketView._held,
    ledger.DebtRecorded: MarketView._debt_recorded,
    ledger.DebtPaid: MarketView._debt_paid,
    ledger.DebtForgiven: MarketView._debt_forgiven,
    ledger.Burned: MarketView._burned,
    ledger.BurnFlushed: MarketView._burn_flushed,
    credit_token.Transfer: MarketView._token_transferred,
}
