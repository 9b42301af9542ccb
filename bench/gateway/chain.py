"""What thinking costs on chain: gas of a channel's opening, of a top-up, and of redeeming vouchers, on a real node.

Fifty agents register, open a channel each and pay into it once more. Each thinks a hundred times, which a gateway's
own books charge and their own wallets sign for; then all newest vouchers are redeemed in one transaction, and so again,
when nothing is new on chain any more: neither the channels' first redemption nor the provider's account. Gas is what
receipts of these transactions say.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID, Devnet
from agents.chain.faucet import Faucet
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Wallet
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.vouchers import Domain
from agents.market.domain import account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from agents.money import CREDIT
from bench.gateway.books import prices, think, wallet
from bench.gateway.load import told

CHANNELS, CALLS = 50, 100
CAPITAL, DEPOSIT, TOP_UP = 60 * CREDIT, 40 * CREDIT, 10 * CREDIT
MONEY = 10**18
WANTED = 1_000


def run(channels: int = CHANNELS, calls: int = CALLS) -> dict[str, Any]:
    """Gas, in all and for each channel and each call."""
    return asyncio.run(_run(channels, calls))


async def _run(channels: int, calls: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as name:
        folder = Path(name)
        async with Devnet(block_ms=0) as net, Rpc(net.url) as rpc:
            await net.deploy(folder / "addresses.json")
            deployment = await Deployment.load(folder / "addresses.json", rpc)
            store = Store.open(folder / "store.db")
            store.pin(CHAIN_ID, deployment.genesis_hash)
            town = _Town(rpc, deployment, store, folder)
            try:
                figures = await town.measure(channels, calls)
            finally:
                await town.close()
    for what, row in figures.items():
        told(what, row)
    return figures


class _Town:
    """The agents and the one whom they pay."""

    def __init__(self, rpc: Rpc, deployment: Deployment, store: Store, folder: Path) -> None:
        self._deployment, self._store = deployment, store
        self._sender = Sender(rpc, store, CHAIN_ID, interval=0.02)
        self._faucet = Faucet(rpc, store, CHAIN_ID)
        self._market = Marketplace(rpc, deployment, self._sender)
        self._feed = MarketFeed(
            Tailer(rpc, store, deployment.decoders, deployment.deploy_block), MarketView()
        )
        self._provider = wallet(0)
        self._meter = Meter(
            store,
            self._feed.view,
            Domain(CHAIN_ID, deployment.meter.address),
            self._provider.address,
            prices(folder),
            self._feed.now,
        )

    async def close(self) -> None:
        """Let go of the node."""
        await self._sender.close()
        await self._faucet.close()
        self._store.close()

    async def measure(self, channels: int, calls: int) -> dict[str, Any]:
        """All of it, in order."""
        wallets = [wallet(number) for number in range(1, channels + 1)]
        await self._faucet.fund([one.address for one in (self._provider, *wallets)], MONEY)
        agents = dict(zip(await asyncio.gather(*map(self._enrol, wallets)), wallets, strict=True))
        opened = [await self._open(agent_id, own) for agent_id, own in agents.items()]
        topped_up = [await self._top_up(agent_id, own) for agent_id, own in agents.items()]
        await self._feed.catch_up()
        for agent_id, own in agents.items():
            self._meter.enlist(agent_id, f"agent {agent_id}", own)
        first, again = [await self._redeemed(agents, calls, number) for number in (1, 2)]
        return {
            "a channel": {
                "opened": round(sum(opened) / channels),
                "topped up": round(sum(topped_up) / channels),
            },
            "first redemption": _row(first, channels, calls),
            "each further redemption": _row(again, channels, calls),
            "all of a channel's first 200 calls": {
                "gas a call": round(
                    (sum(opened) + sum(topped_up) + first + again) / channels / (2 * calls), 1
                )
            },
        }

    async def _enrol(self, own: Wallet) -> int:
        agent_id = await self._market.register(own, "data:,agent", intent=f"{own.address}:register")
        token, account = self._deployment.token, account_of_agent(agent_id)
        await self._faucet.mint(token, own.address, CAPITAL, intent=f"{own.address}:mint")
        await self._market.deposit(own, account, CAPITAL, intent=f"{own.address}:deposit")
        return agent_id

    async def _open(self, agent_id: int, own: Wallet) -> int:
        meter = self._deployment.meter
        call = meter.open(agent_id, own.address, self._provider.address, DEPOSIT)
        return (await self._sender.send(own, call, intent=f"{agent_id}:open")).gas_used

    async def _top_up(self, agent_id: int, own: Wallet) -> int:
        receipt = await self._market.top_up(
            own, agent_id, own.address, self._provider.address, TOP_UP, intent=f"{agent_id}:top-up"
        )
        return receipt.gas_used

    async def _redeemed(self, agents: dict[int, Wallet], calls: int, number: int) -> int:
        for _ in range(calls):
            await asyncio.gather(*(think(self._meter, agent_id) for agent_id in agents))
        vouchers = [one.as_struct() for one in self._meter.books.vouchers()]
        receipt = await self._market.redeem_many(
            self._provider, self._provider.address, vouchers, intent=f"redeem:{number}"
        )
        await self._feed.catch_up()
        for agent_id in agents:
            account = self._meter.account(agent_id)
            assert account.redeemed == account.settled, "every call is paid for"
        return receipt.gas_used


def _row(gas: int, channels: int, calls: int) -> dict[str, Any]:
    a_call = gas / channels / calls
    return {
        "vouchers": channels,
        "calls a voucher": calls,
        "gas": gas,
        "gas a voucher": round(gas / channels),
        "gas a call": round(a_call, 1),
        "wanted": WANTED,
        "met": a_call <= WANTED,
    }


if __name__ == "__main__":
    run()
