"""What a party does with the usage meter: it pays for thinking, and is paid for it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from agents.chain.abi import Call
from agents.chain.bindings import structs, usage_meter
from agents.chain.deployment import Deployment
from agents.chain.logs import Receipt
from agents.chain.wallet import Wallet
from agents.market.gas import to_redeem


class Thinking(ABC):
    """The usage meter's part of the marketplace. Amounts in units; ``signer`` and ``provider`` are addresses."""

    deployment: Deployment

    @abstractmethod
    async def _send(self, wallet: Wallet, call: Call[Any], intent: str, *, gas: int | None = None) -> Receipt:
        """Send the call, once for each intent."""

    # Agents: the wallet may act for the agent

    async def open_channel(
        self, wallet: Wallet, agent_id: int, signer: str, provider: str, amount: int, *, intent: str
    ) -> bytes:
        """Put ``amount`` of the agent's free credits into a channel to the provider, on which the signer's vouchers
        hold; returns the channel's id."""
        meter = self.deployment.meter
        receipt = await self._send(wallet, meter.open(agent_id, signer, provider, amount), intent)
        return receipt.first(usage_meter.ChannelOpened, meter.address).channel_id

    async def top_up(
        self, wallet: Wallet, agent_id: int, signer: str, provider: str, amount: int, *, intent: str
    ) -> Receipt:
        """Put more of the agent's free credits into its channel."""
        return await self._send(
            wallet, self.deployment.meter.top_up(agent_id, signer, provider, amount), intent
        )

    async def start_exit(
        self, wallet: Wallet, agent_id: int, signer: str, provider: str, *, intent: str
    ) -> Receipt:
        """Begin to leave a channel: when the challenge window is over, it can be closed."""
        return await self._send(wallet, self.deployment.meter.start_exit(agent_id, signer, provider), intent)

    async def pledge(self, wallet: Wallet, agent_id: int, amount: int, *, intent: str) -> Receipt:
        """Lock ``amount`` of the agent's free credits to secure its debts; takes back a notice."""
        return await self._send(wallet, self.deployment.meter.pledge(agent_id, amount), intent)

    async def start_unpledge(self, wallet: Wallet, agent_id: int, *, intent: str) -> Receipt:
        """Give notice that the pledge will be taken back."""
        return await self._send(wallet, self.deployment.meter.start_unpledge(agent_id), intent)

    async def unpledge(self, wallet: Wallet, agent_id: int, *, intent: str) -> Receipt:
        """Unlock the whole pledge, a challenge window after the notice."""
        return await self._send(wallet, self.deployment.meter.unpledge(agent_id), intent)

    # Providers

    async def set_credit_line(self, wallet: Wallet, agent_id: int, amount: int, *, intent: str) -> Receipt:
        """Let the agent owe the wallet up to ``amount`` without a pledge; 0 takes it back."""
        return await self._send(wallet, self.deployment.meter.set_credit_line(agent_id, amount), intent)

    async def seize(self, wallet: Wallet, agent_id: int, *, intent: str) -> Receipt:
        """Have the agent's debt to the wallet paid from its pledge, once its time to pay is over."""
        return await self._send(wallet, self.deployment.meter.seize(agent_id), intent)

    # Anyone

    async def redeem(
        self, wallet: Wallet, provider: str, claim: structs.Claim, signature: bytes, *, intent: str
    ) -> Receipt:
        """Have the provider paid what a voucher is for; raises VoucherRefused where it does not hold."""
        return await self._send(wallet, self.deployment.meter.redeem(provider, claim, signature), intent)

    async def redeem_many(
        self, wallet: Wallet, provider: str, vouchers: Sequence[structs.Voucher], *, intent: str
    ) -> Receipt:
        """As ``redeem`` for each of them, with one payment; what does not hold is passed over, and the receipt has
        a VoucherSkipped for it."""
        call = self.deployment.meter.redeem_many(provider, vouchers)
        return await self._send(wallet, call, intent, gas=to_redeem(len(vouchers)))

    async def close_channel(
        self, wallet: Wallet, agent_id: int, signer: str, provider: str, *, intent: str
    ) -> Receipt:
        """End a channel: the rest goes back to the agent. The provider may at any time, and thereby gives up what it
        has not redeemed; anyone may when the challenge window is over."""
        return await self._send(wallet, self.deployment.meter.close(agent_id, signer, provider), intent)
