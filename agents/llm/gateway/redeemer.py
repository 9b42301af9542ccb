"""Turns vouchers into credits: the newest of each channel goes to the chain, in batches, when that is worth its gas.

What a batch is called follows from what is in it, so that the same one is sent once, whatever crashes; and what the
chain has redeemed of a channel it does not redeem again, so that another one with the same voucher in it moves nothing.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import structlog

from agents.chain.bindings import usage_meter
from agents.chain.logs import Receipt
from agents.chain.rpc import pieces
from agents.chain.tailer import BlockEvents
from agents.chain.wallet import Wallet
from agents.errors import ContractError, RetryableError, RpcError
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.tree import keccak
from agents.llm.gateway.vouchers import Voucher
from agents.market.channels import Channel
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from agents.money import CREDIT

BATCH = 100
"""Vouchers in one transaction."""
ENOUGH = 5 * CREDIT
"""Units for which a channel's voucher is redeemed before the end."""
STALE = 3
"""The contract's word for a voucher that is for no more than was redeemed."""

log = structlog.get_logger(__name__)


class Redeemer:
    """Redeems for one provider. It follows a feed: a block may show that a channel is being left, or was redeemed."""

    def __init__(
        self,
        meter: Meter,
        market: Marketplace,
        view: MarketView,
        wallet: Wallet,
        *,
        enough: int = ENOUGH,
        batch: int = BATCH,
    ) -> None:
        """``wallet`` pays the gas; it need not be the provider's. ``enough`` is the units for which one voucher is
        worth it, ``batch`` how many go in one transaction."""
        self._meter, self._market, self._view, self._wallet = meter, market, view, wallet
        self._enough, self._size = enough, batch
        self._held: dict[bytes, Voucher] = {}
        """The newest voucher of each channel, until the view knows it as redeemed."""
        self._sent: dict[bytes, int] = {}
        """By channel, what was redeemed by transactions whose blocks the view may not have yet."""
        self._turn = asyncio.Lock()
        self.reset()
        meter.on_voucher.append(self._hold)

    def take(self, block: BlockEvents) -> None:
        """A block was taken in: what was redeemed in it is done."""
        for logged in block.events:
            event = logged.event
            if isinstance(event, usage_meter.Redeemed | usage_meter.ChannelClosed):
                self._forget(event.channel_id)

    def reset(self) -> None:
        """Blocks have left the chain, and what was redeemed in them is not."""
        self._sent.clear()
        self._held = {voucher.channel_id: voucher for voucher in self._meter.books.vouchers()}

    @property
    def waiting(self) -> int:
        """Units that vouchers are good for and that were not redeemed yet."""
        return sum(voucher.cumulative - channel.redeemed for voucher, channel in self._unredeemed())

    async def turn(self) -> int:
        """Redeem what is due now: of channels that are in debt or being left, and where enough has gathered. Returns
        how many vouchers were sent; what the chain or the node refuses stays for the next turn."""
        if self._turn.locked():
            return 0
        async with self._turn:
            sent = 0
            for batch in self._batches(
                one for one, channel in self._unredeemed() if self._is_due(one, channel)
            ):
                try:
                    await self._redeem(batch)
                except (ContractError, RetryableError, RpcError) as error:
                    log.warning("vouchers.unredeemed", vouchers=len(batch), reason=str(error))
                    break
                sent += len(batch)
            return sent

    async def redeem_all(self) -> int:
        """Redeem all that is held; returns how many vouchers were sent. Raises what the chain or the node refuses."""
        async with self._turn:
            sent = 0
            for batch in self._batches(voucher for voucher, _ in self._unredeemed()):
                await self._redeem(batch)
                sent += len(batch)
            return sent

    def _hold(self, voucher: Voucher) -> None:
        held = self._held.get(voucher.channel_id)
        if held is None or held.cumulative < voucher.cumulative:
            self._held[voucher.channel_id] = voucher

    def _unredeemed(self) -> Iterator[tuple[Voucher, Channel]]:
        """The vouchers for which there is something to have."""
        for voucher in self._held.values():
            channel = self._view.channels.with_id(voucher.channel_id)
            if channel is None:
                continue
            if voucher.cumulative > max(channel.redeemed, self._sent.get(voucher.channel_id, 0)):
                yield voucher, channel

    def _batches(self, vouchers: Iterable[Voucher]) -> Iterator[Sequence[Voucher]]:
        """In an order that the vouchers alone decide."""
        return pieces(sorted(vouchers, key=lambda one: (one.agent_id, one.channel_id)), self._size)

    def _is_due(self, voucher: Voucher, channel: Channel) -> bool:
        new = voucher.cumulative - channel.redeemed
        return bool(channel.exit_end) or new > channel.deposit or new >= self._enough

    async def _redeem(self, batch: Sequence[Voucher]) -> None:
        digests = [
            self._meter.domain.digest(one.channel_id, one.cumulative, one.receipts_root) for one in batch
        ]
        receipt = await self._market.redeem_many(
            self._wallet,
            self._meter.provider,
            [voucher.as_struct() for voucher in batch],
            intent=f"redeem:{keccak(b''.join(digests)).hex()[:32]}",
        )
        self._sent |= {voucher.channel_id: voucher.cumulative for voucher in batch}
        self._report(receipt)

    def _report(self, receipt: Receipt) -> None:
        address = self._market.deployment.meter.address
        for skipped in receipt.all(usage_meter.VoucherSkipped, address):
            if skipped.flaw != STALE:
                log.warning(
                    "voucher.skipped",
                    channel=skipped.channel_id.hex(),
                    cumulative=skipped.cumulative,
                    flaw=skipped.flaw,
                )
        for overdrawn in receipt.all(usage_meter.Overdrawn, address):
            log.info(
                "channel.overdrawn",
                channel=overdrawn.channel_id.hex(),
                owed=overdrawn.owed,
                lost=overdrawn.lost,
            )

    def _forget(self, channel_id: bytes) -> None:
        channel, voucher = self._view.channels.with_id(channel_id), self._held.get(channel_id)
        if voucher and (channel is None or channel.redeemed >= voucher.cumulative):
            del self._held[channel_id]
            self._sent.pop(channel_id, None)
