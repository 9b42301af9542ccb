"""Sends a party's decisions to the chain, each under one intent, and waits a while with what was refused."""

from collections import Counter
from collections.abc import Callable

import structlog

from agents.chain.logs import Receipt
from agents.chain.wallet import Wallet
from agents.errors import AgoraError, ContractError, RetryableError, RpcError
from agents.market.marketplace import Marketplace
from agents.mind import actions
from agents.mind.actions import Action

PAUSE = 5
"""Chain seconds before something is tried again that the chain, the network or the model refused."""

_STEPS = {
    actions.Finalize: Marketplace.finalize,
    actions.Release: Marketplace.release,
    actions.DeclareDefault: Marketplace.declare_default,
    actions.CloseRejected: Marketplace.close_rejected,
    actions.CloseDefaulted: Marketplace.close_defaulted,
    actions.CloseSealed: Marketplace.close_sealed,
    actions.CloseRuled: Marketplace.close_ruled,
}
"""What anyone may send, and nothing but the task must be named for."""

log = structlog.get_logger(__name__)


class Hands:
    """One party's wallet at work. ``clock`` gives the chain's time; ``agent_id`` is 0 for a requester."""

    def __init__(
        self, name: str, wallet: Wallet, market: Marketplace, clock: Callable[[], int], agent_id: int = 0
    ) -> None:
        self.name, self.wallet, self.agent_id = name, wallet, agent_id
        self._market, self._clock = market, clock
        self._resting: dict[tuple[str, int], int] = {}
        self._under_way: set[str] = set()
        self._done: dict[tuple[str, int], int] = {}
        """What has succeeded, which the view may not know before its clock reaches the time."""
        self._refusals: Counter[str] = Counter()
        self._log = log.bind(agent=name)

    async def attempt(self, action: Action) -> AgoraError | None:
        """Send the action; returns why it did not reach the chain, or None when it did."""
        self._under_way.add(action.intent)
        try:
            return await self._attempt(action)
        finally:
            self._under_way.discard(action.intent)

    async def _attempt(self, action: Action) -> AgoraError | None:
        refusals = self._refusals[action.intent]
        # What was refused is dead and stays so under its name; only what may still be pending keeps it.
        again = f":again-{refusals}" if refusals else ""
        try:
            receipt = await self._send(action, f"{self.name}:{action.intent}{again}")
        except RetryableError as error:
            self.rest(action.kind, action.task_id, str(error))
            return error
        except (ContractError, RpcError) as error:
            self._refusals[action.intent] += 1
            self.rest(action.kind, action.task_id, str(error))
            return error
        self._done[action.kind, action.task_id] = self._clock() + 1
        place = {"block": receipt.block, "tx": receipt.tx_hash}
        self._log.info(f"{action.kind}.mined", task=action.task_id, **place)
        return None

    def is_free(self, action: Action) -> bool:
        """Whether the action is not resting, not on its way to the chain, and not there already."""
        what = action.kind, action.task_id
        if action.intent in self._under_way or self._done.get(what, 0) > self._clock():
            return False
        return self.is_ready(*what)

    def is_ready(self, kind: str, task_id: int) -> bool:
        """Whether nothing of this kind is resting."""
        return self._resting.get((kind, task_id), 0) <= self._clock()

    def rest(self, kind: str, task_id: int, reason: str) -> None:
        """Leave this alone for PAUSE seconds."""
        self._resting[kind, task_id] = self._clock() + PAUSE
        self._log.warning(f"{kind}.postponed", task=task_id, reason=reason)

    def rested(self) -> int | None:
        """The chain time at which the first of what rests may be tried again; None if nothing rests."""
        now = self._clock()
        self._resting = {what: until for what, until in self._resting.items() if until > now}
        self._done = {what: until for what, until in self._done.items() if until > now}
        return min(self._resting.values(), default=None)

    async def _send(self, action: Action, intent: str) -> Receipt:
        market, wallet, task_id = self._market, self.wallet, action.task_id
        step = _STEPS.get(type(action))
        if step is not None:
            return await step(market, wallet, task_id, intent=intent)
        match action:
            case actions.Commit(_, price, promised):
                return await market.commit(wallet, task_id, self.agent_id, price, promised, intent=intent)
            case actions.Reveal(_, price, promised):
                return await market.reveal(wallet, task_id, self.agent_id, price, promised, intent=intent)
            case actions.Submit(_, result):
                return await market.submit(wallet, task_id, result, intent=intent)
            case actions.Evaluate(_, score):
                return await market.evaluate(wallet, task_id, score, intent=intent)
            case actions.Forfeit(_, agent_id):
                return await market.forfeit(wallet, task_id, agent_id, intent=intent)
            case actions.Unseal(_, task):
                return await market.unseal(wallet, task, intent=intent)
            case actions.TakeOver():
                return await market.take_over(wallet, task_id, self.agent_id, intent=intent)
            case _:
                raise TypeError(f"{action.kind} is not something to send")
