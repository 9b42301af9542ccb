"""ETH and credits for nothing, on dev chains only: the public test phrase's first account pays."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from agents.chain.abi import Call, transfer
from agents.chain.bindings.credit_token import CreditToken
from agents.chain.bindings.ledger import Ledger
from agents.chain.devnet import CHAIN_ID
from agents.chain.logs import Receipt
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import TEST_PHRASE, Seed
from agents.errors import NoFaucet, RpcError

IN_FLIGHT = 1000
BATCH = 100
"""Balances asked for in one request."""
NO_LIMIT = 2**256 - 1
DEPOSIT_GAS = 110_000
"""Half as much again as a first deposit takes."""
TRIES = 5
"""Another process may pay from the same account and use a nonce first; then the next one is tried."""


class Faucet:
    """Pays from the dev chain's first account, which may also mint credits there."""

    def __init__(
        self, rpc: Rpc, store: Store, chain_id: int, draw: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        """``draw`` gives so many random bytes."""
        self._draw = draw
        self._rpc, self._chain_id = rpc, chain_id
        self._sender = Sender(rpc, store, chain_id, in_flight=IN_FLIGHT, shared=True)
        self.wallet = Seed(TEST_PHRASE).wallet(0)
        """The account that pays."""

    async def close(self) -> None:
        """Stop waiting for receipts."""
        await self._sender.close()

    async def fund(self, addresses: Sequence[str], wei: int) -> int:
        """Each address holds at least half of ``wei``; how many had less, and were paid ``wei``.

        Raises NoFaucet off a dev chain.
        """
        asked = [("eth_getBalance", (address, "latest")) for address in addresses]
        held = await self._rpc.batches(asked, BATCH)
        poor = [address for address, has in zip(addresses, held, strict=True) if 2 * int(has, 16) < wei]
        if poor and self._chain_id != CHAIN_ID:
            raise NoFaucet(self._chain_id, poor)
        # Named by chance, as the balance and not the name says whether to pay again.
        run = self._draw(8).hex()
        pays = (self._send(transfer(to, wei), f"faucet:{run}:{to}", gas=21_000) for to in poor)
        await asyncio.gather(*pays)
        return len(poor)

    async def mint(self, token: CreditToken, to: str, units: int, *, intent: str) -> Receipt:
        """``to`` has got ``units`` of new credits, once for each intent. Raises NoFaucet off a dev chain."""
        if self._chain_id != CHAIN_ID:
            raise NoFaucet(self._chain_id, [to])
        return await self._send(token.mint(to, units), intent)

    async def stock(self, token: CreditToken, spender: str, units: int, *, intent: str) -> None:
        """The faucet itself holds ``units`` of new credits, once for each intent, which ``spender`` may take.

        Raises NoFaucet off a dev chain.
        """
        await self._send(token.approve(spender, NO_LIMIT), f"faucet:approve:{spender}")
        await self.mint(token, self.wallet.address, units, intent=intent)

    async def deposit(self, ledger: Ledger, account: int, units: int, *, intent: str) -> Receipt:
        """``units`` move from what was stocked for the Ledger into an account of it, once for each intent."""
        return await self._send(ledger.deposit(account, units), intent, gas=DEPOSIT_GAS)

    async def _send(self, call: Call[Any], intent: str, gas: int | None = None) -> Receipt:
        for attempt in range(TRIES - 1):
            try:
                return await self._sender.send(self.wallet, call, intent=f"{intent}:{attempt}", gas=gas)
            except RpcError as error:
                if "nonce too low" not in error.message.lower():
                    raise
        return await self._sender.send(self.wallet, call, intent=f"{intent}:{TRIES - 1}", gas=gas)
