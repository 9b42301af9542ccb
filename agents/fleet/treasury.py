"""Thinking costs credits: what a party has in its channel to the provider of models, and how it is kept filled.

The party's own wallet signs. The rule:

- a lot is what one call with a long prompt can come to at the model's price, and at least a credit;
- while a task is bid for or worked on, a channel that holds less than half of the most that the task's work can come
  to is filled with a lot, or with what is missing if that is more, but with no more than half of what is spare;
- a call that is refused for want of credits has the channel filled with a lot, or with what is missing, at once, as
  far as all that is spare goes; then it is asked again;
- such a payment covers the worst case of the call, as it is reckoned here, and no more, whatever the gateway claims;
  and nothing is paid while more than a lot and the worst cases of the calls in flight was paid in that no answer has
  told the use of: so a gateway that takes the money and does not think gets little of it;
- spare is what is free, less the bonds of the bids that are decided on and not sealed yet. What is locked in bonds is
  never touched, and whoever owes pays in nothing.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from agents.chain.wallet import Wallet
from agents.errors import ContractError, RetryableError, RpcError, ThinkingUnpaid
from agents.llm.gateway.client import worst_cost
from agents.llm.prices import Price, cost
from agents.llm.protocol import Model, ModelAnswer, ModelRequest, Usage
from agents.market.channels import Channel
from agents.market.domain import TaskState, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.mind.notes import Notes
from agents.mind.percept import bonds_to_come
from agents.money import CREDIT

LONG_CALL = Usage(2_000, 1_000)
"""What a lot covers: so many tokens read, and so many written."""
TRIES = 4
"""How often a call is made whose channel the party's other calls empty meanwhile."""
BLOCKS = 20
"""How many blocks a payment that was mined is looked for in."""

log = structlog.get_logger(__name__)


def lot(price: Price) -> int:
    """What is paid in at a time, in units, at this price of the model."""
    return max(CREDIT, cost(LONG_CALL, price))


class Treasury:
    """One party's channel. ``unredeemed`` is what it has been charged and the chain has not been told, in units."""

    def __init__(
        self,
        name: str,
        wallet: Wallet,
        agent_id: int,
        channel: tuple[str, str],
        *,
        market: Marketplace,
        feed: MarketFeed,
        notes: Notes,
        price: Price,
        unredeemed: Callable[[], int],
    ) -> None:
        """``channel`` is whose vouchers hold in it, and who is paid."""
        self._name, self._wallet, self._agent_id, self._channel = name, wallet, agent_id, channel
        self._market, self._feed, self._notes = market, feed, notes
        self._lot, self._price, self.unredeemed = lot(price), price, unredeemed
        self._doubtful = 0
        """The worst cases of the calls whose cost is not told yet, and of those that were given up."""
        self._untold = max(0, self._unused)
        """Of what was paid in before."""
        self._turn = asyncio.Lock()
        self._refusals = 0

    @property
    def paid_in(self) -> int:
        """Units that were ever paid into the channel that is open, as far as the view knows."""
        channel = self._open
        return 0 if channel is None else channel.covered

    @property
    def room(self) -> int:
        """Units in the channel that are not thought away."""
        channel = self._open
        return 0 if channel is None else max(0, channel.deposit - self.unredeemed())

    @property
    def _entrusted(self) -> int:
        """Units paid in since this began of which no answer has told the use, wherever they are now."""
        return max(0, self._unused - self._untold)

    @property
    def _unused(self) -> int:
        deposit = 0 if self._open is None else self._open.deposit
        return deposit + self._feed.view.channels.spent(self._agent_id) - self._notes.thinking.cost

    @property
    def _open(self) -> Channel | None:
        channel = self._feed.view.channels.channel(self._agent_id, *self._channel)
        return channel if channel is not None and channel.open else None

    @property
    def is_due(self) -> bool:
        """Whether the channel is to be filled for what is bid for or worked on."""
        return not self._turn.locked() and self._due() > 0

    async def keep(self) -> None:
        """Fill the channel, if that is due; what fails is tried again at a later turn."""
        async with self._turn:
            amount = self._due()
            if amount > 0:
                await self._pay(amount)

    async def open(self, amount: int = 0) -> None:
        """The channel has ``amount`` in it, and at least a lot, or as much as there is."""
        async with self._turn:
            missing = max(amount, self._lot) - self.room
            if self.paid_in == 0 or missing > self._lot // 2:
                await self._pay(min(missing, self._spare()))

    def worst(self, model: str, request: ModelRequest) -> int:
        """The most units that the call can cost."""
        return worst_cost(model, request, self._price)

    @contextmanager
    def doubting(self, worst: int) -> Iterator[None]:
        """A call is in flight that can cost so much. One that is given up may have cost it, which nobody tells."""
        self._doubtful += worst
        try:
            yield
        except asyncio.CancelledError:
            raise
        except BaseException:
            self._doubtful -= worst
            raise
        self._doubtful -= worst

    async def fund(self, shortfall: int, paid_in: int) -> bool:
        """Whether a call may be made again that was refused for so many units while ``paid_in`` were paid in."""
        async with self._turn:
            if self.paid_in > paid_in:
                return True
            if self._entrusted >= self._lot + self._doubtful:
                log.warning(
                    "channel.not_filled", agent=self._name, reason="what was paid in is not accounted for"
                )
                return False
            amount = min(max(self._lot, shortfall), self._spare())
            if amount < max(1, shortfall):
                return False
            if not await self._pay(amount):
                return False
            for _ in range(BLOCKS):
                if self.paid_in > paid_in:
                    break
                await self._feed.changed()
            return self.paid_in > paid_in

    def _due(self) -> int:
        """What to pay in before anybody is refused; 0 for nothing."""
        need = self._need()
        room = max(self.room, self._entrusted) if need else 0
        return 0 if room >= need else min(max(self._lot, need - room), self._spare() // 2)

    def _need(self) -> int:
        """Half of the most that the dearest work can come to that is bid for or awarded."""
        tasks = self._feed.view.open
        worst = (
            note.belief.worst_cost
            for task_id, note in self._notes.live.items()
            if (task := tasks.get(task_id)) is not None
            and (
                task.state is TaskState.OPEN
                or (task.state is TaskState.AWARDED and task.agent_id == self._agent_id)
            )
        )
        return max(worst, default=0) // 2

    def _spare(self) -> int:
        balance = self._feed.view.balance(account_of_agent(self._agent_id))
        if balance.debt:
            return 0
        return max(0, balance.free - bonds_to_come(self._feed.view, self._notes, self._agent_id))

    async def _pay(self, amount: int) -> bool:
        """Whether so much was paid in, or had been."""
        if amount <= 0:
            return False
        signer, provider = self._channel
        known = self._feed.view.channels.channel(self._agent_id, signer, provider)
        epoch = 0 if known is None else known.epoch if known.open else known.epoch + 1
        # Named by what was paid before: until the view has seen this payment, the same one is meant.
        again = f":again-{self._refusals}" if self._refusals else ""
        intent = f"{self._name}:channel:{signer}:{epoch}:{self.paid_in}{again}"
        pay = self._market.top_up if known is not None and known.open else self._market.open_channel
        try:
            await pay(self._wallet, self._agent_id, signer, provider, amount, intent=intent)
        except RetryableError as error:
            log.warning("channel.not_filled", agent=self._name, reason=str(error))
            return False
        except (ContractError, RpcError) as error:
            # What was refused is dead and stays so under its name.
            self._refusals += 1
            log.warning("channel.not_filled", agent=self._name, reason=str(error))
            return False
        log.debug("channel.filled", agent=self._name, amount=amount)
        return True


class FundedModel:
    """A model whose party fills its channel when a call is refused for want of credits."""

    def __init__(self, model: Model, treasury: Treasury) -> None:
        self._model, self._treasury = model, treasury

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """The model's answer; raises ThinkingUnpaid when the party has not the credits for it."""
        worst = self._treasury.worst(self._model.name, request)
        with self._treasury.doubting(worst):
            for _ in range(TRIES - 1):
                before = self._treasury.paid_in
                try:
                    return await self._model.complete(request)
                except ThinkingUnpaid as error:
                    # What is missing is a part of the worst case, and of another call's that went into debt.
                    missing = min(error.shortfall, worst)
                    if missing <= 0 or not await self._treasury.fund(missing, before):
                        raise
            return await self._model.complete(request)
