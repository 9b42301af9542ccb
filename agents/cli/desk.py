"""Where a person's commands sign: one wallet, its store, and the market as it sees it.

What is sent is stored before it leaves, so a command that is killed loses nothing: the next one with the same wallet
settles first what was left.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agents.chain.deployment import Deployment
from agents.chain.devnet import CHAIN_ID
from agents.chain.faucet import Faucet
from agents.chain.logs import Receipt
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.cli.common import deployed
from agents.cli.options import PERSON_WALLET
from agents.cli.show import tell, working
from agents.errors import AgoraError, BadKeyFile, InsufficientFunds, WalletHeld, WalletsInUse
from agents.fleet.enrolment import GAS_MONEY
from agents.fleet.starting import open_seed
from agents.market.content import ContentStore
from agents.market.domain import account_of
from agents.market.marketplace import Marketplace
from agents.money import format_credits
from agents.settings import Settings

TRIES, PAUSE_SECONDS = 50, 0.2
"""How often a store is asked for that another command has, and the rest in between."""
IN_FLIGHT = 100
_KEY = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Signer:
    """Which wallet signs: one of the home folder's seed by its index, or the key in a file."""

    index: int | None = None
    key_file: Path | None = None

    @property
    def unasked(self) -> bool:
        """Whether nobody has said which."""
        return self.index is None and self.key_file is None

    def wallet(self, settings: Settings) -> Wallet:
        """The wallet. Raises BadKeyFile or WrongPassword; makes a seed where there is none."""
        if self.key_file is not None:
            return wallet_in(self.key_file)
        return open_seed(settings, None).wallet(PERSON_WALLET if self.index is None else self.index)


def wallet_in(path: Path) -> Wallet:
    """The wallet whose private key is in a file; raises BadKeyFile."""
    try:
        found = _KEY.fullmatch(path.read_text("utf-8").strip())
        if found is not None:
            return Wallet(bytes.fromhex(found[1]))
    except (OSError, ValueError):  # The curve refuses a key of zero, or one that is too great.
        pass
    raise BadKeyFile(path)


@dataclass(slots=True)
class Desk:
    """One wallet that signs, on one deployment."""

    settings: Settings
    rpc: Rpc
    deployment: Deployment
    wallet: Wallet
    store: Store
    market: Marketplace
    faucet: Faucet
    content: ContentStore
    settled: Mapping[str, Receipt | AgoraError]
    """How what an earlier command had left pending came out, by its intent."""

    @property
    def account(self) -> int:
        """The wallet's own Ledger account."""
        return account_of(self.wallet.address)

    @property
    def is_dev(self) -> bool:
        """Whether ETH and credits are given away here."""
        return self.deployment.chain_id == CHAIN_ID

    async def bring_gas(self, *addresses: str) -> None:
        """Each address can pay for gas; raises NoFaucet off a dev chain for one that cannot."""
        await self.faucet.fund(addresses, GAS_MONEY if self.is_dev else 1)

    async def afford(self, needed: int, what: str) -> None:
        """The wallet's account has ``needed`` free units; what is missing comes from its tokens, which a dev chain
        mints. Raises InsufficientFunds, which says ``what`` it is for.
        """
        free = (await self.market.balance(self.account)).free
        missing = needed - free
        if missing <= 0:
            return
        held = await self.market.wallet_credits(self.wallet.address)
        if held < missing and not self.is_dev:
            who = f"wallet {self.wallet.address}"
            raise InsufficientFunds(who, format_credits(free + held), format_credits(needed), what)
        # Named by chance, as the balances and not the names say whether to pay again.
        run = secrets.token_hex(8)
        if held < missing:
            units, token = missing - held, self.deployment.token
            await self.faucet.mint(token, self.wallet.address, units, intent=f"afford:mint:{run}")
            tell(f"{format_credits(units)} test credits were minted: this is a dev chain")
        await self.market.deposit(self.wallet, self.account, missing, intent=f"afford:deposit:{run}")

    def has_settled(self, what: str) -> bool:
        """Whether an earlier command was cut off while it did just this."""
        return self._settled(what) is not None

    async def once(self, what: str, send: Callable[[str], Awaitable[Receipt]]) -> Receipt:
        """The receipt of what ``send`` sends under the name it is given.

        If an earlier command was cut off while it did just this, that is it: nothing is sent again.
        """
        receipt = self._settled(what)
        if receipt is not None:
            tell("an earlier command that was cut off had sent this already: it is not sent again")
            return receipt
        return await send(f"{what}#{secrets.token_hex(8)}")

    def _settled(self, what: str) -> Receipt | None:
        outcomes = (outcome for intent, outcome in self.settled.items() if intent.rpartition("#")[0] == what)
        return next((outcome for outcome in outcomes if isinstance(outcome, Receipt)), None)


@asynccontextmanager
async def open_desk(
    settings: Settings, signer: Signer, wallet: Wallet | None = None, office: str | None = None
) -> AsyncIterator[Desk]:
    """A desk for the signer's wallet, or for ``wallet``, with its own store, or the one of this ``office``.

    What an earlier command left pending is settled. Raises WalletHeld while another process signs with the wallet,
    and what ``deployed`` raises.
    """
    own = wallet or signer.wallet(settings)
    async with AsyncExitStack() as stack:
        rpc, deployment = await stack.enter_async_context(deployed(settings))
        folder = settings.home / deployment.key
        path = folder / f"{office}.db" if office else folder / "wallets" / f"{own.address}.db"
        store = await _open_store(path, own.address)
        stack.callback(store.close)
        store.pin(deployment.chain_id, deployment.genesis_hash)
        try:
            store.claim(own.address)
        except WalletsInUse:
            raise WalletHeld(own.address) from None
        sender = Sender(rpc, store, deployment.chain_id, in_flight=IN_FLIGHT)
        stack.push_async_callback(sender.close)
        faucet = Faucet(rpc, store, deployment.chain_id)
        stack.push_async_callback(faucet.close)
        with working("settling what an earlier command left"):
            settled = await sender.recover([own, faucet.wallet])
        yield Desk(
            settings,
            rpc,
            deployment,
            own,
            store,
            Marketplace(rpc, deployment, sender),
            faucet,
            ContentStore(settings.content),
            settled,
        )


async def _open_store(path: Path, address: str) -> Store:
    """The wallet's store; another command may have it for a moment. Raises WalletHeld."""
    for _ in range(TRIES - 1):
        try:
            return Store.open(path)
        except WalletsInUse:
            await asyncio.sleep(PAUSE_SECONDS)
    try:
        return Store.open(path)
    except WalletsInUse:
        raise WalletHeld(address) from None
