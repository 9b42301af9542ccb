"""Thinking costs credits: what a party's metered model calls came to is paid into the provider's account.

The party's own wallet signs. The chain is the account book: what was paid is what the view saw transferred.
"""

import structlog

from agents.chain.wallet import Wallet
from agents.errors import ContractError, RetryableError, RpcError
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from agents.mind.notes import Notes
from agents.money import CREDIT

THRESHOLD = CREDIT // 2
"""A party pays when it owes this much, or when it leaves."""

log = structlog.get_logger(__name__)


class Billing:
    """One party's running account with the model's provider."""

    def __init__(
        self,
        name: str,
        wallet: Wallet,
        account: int,
        provider: int,
        *,
        market: Marketplace,
        view: MarketView,
        notes: Notes,
    ) -> None:
        self._name, self._wallet = name, wallet
        self._account, self._provider = account, provider
        self._market, self._view, self._notes = market, view, notes

    @property
    def paid(self) -> int:
        """Units paid so far."""
        return self._view.transferred.get((self._account, self._provider), 0)

    @property
    def owed(self) -> int:
        """Units metered and not paid yet."""
        return max(0, self._notes.thinking.cost - self.paid)

    @property
    def is_due(self) -> bool:
        """Whether there is something to pay."""
        return self.owed >= THRESHOLD and self._view.balance(self._account).free >= THRESHOLD

    async def pay(self, threshold: int = THRESHOLD) -> None:
        """Pay what is owed, as far as free credits go, if it is at least ``threshold`` units."""
        amount = min(self.owed, self._view.balance(self._account).free)
        if amount < max(1, threshold):
            return
        # Named by what was paid before: until the view has seen this payment, the same one is meant.
        intent = f"{self._name}:think:{self.paid}"
        try:
            await self._market.transfer(self._wallet, self._account, self._provider, amount, intent=intent)
        except (ContractError, RetryableError, RpcError) as error:
            log.warning("thinking.unpaid", agent=self._name, owed=self.owed, reason=str(error))
