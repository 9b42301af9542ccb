"""``agora ledger``: what accounts hold, what moved, and moving some of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from agents.chain.deployment import Deployment
from agents.chain.reader import read, read_many
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed, Wallet
from agents.chain.words import checksummed
from agents.cli.accounts import account_from
from agents.cli.checks import audit
from agents.cli.common import deployed, quiet_settings
from agents.cli.desk import KeyFile, Signer, WalletIndex, open_desk
from agents.cli.identities import transfer as move
from agents.cli.index import reading
from agents.cli.ledger_views import entries
from agents.cli.ledger_views import overview as whole
from agents.cli.listing import Cursor, ListLimit, Oldest, asking, shown_page
from agents.cli.show import confirmed, credits_of, document, page, table
from agents.console import run_command
from agents.errors import NoSuchThing, NotForThisWallet, SettingOutOfRange
from agents.explorer.api.models.ledger import Reason
from agents.explorer.handlers.identities import name_in
from agents.explorer.queries.asked import EntriesAsked
from agents.explorer.queries.ledger import ledger_overview, list_entries
from agents.explorer.schema.columns import account_text
from agents.fleet.app import open_seed
from agents.fleet.options import AsJson, Provider
from agents.fleet.session import FIRST_AGENT_WALLET
from agents.fleet.single import wallet_index
from agents.market.domain import AGENT_FLAG
from agents.money import parse_credits
from agents.settings import Settings

KNOWN_WALLETS = FIRST_AGENT_WALLET + 200
"""Of the seed, among which the owner of an agent is looked for."""

ledger = typer.Typer(help="Credits: balances, transfers, and every movement.", no_args_is_help=True)
ledger.command()(audit)

Accounts = Annotated[
    list[str] | None, typer.Argument(help="agent:5, an address, or me; without one this wallet's own.")
]
To = Annotated[str, typer.Argument(help="Whose account gets them: agent:5, an address, or me.")]
Amount = Annotated[str, typer.Argument(metavar="CREDITS", help="How many credits.")]
From = Annotated[str, typer.Option("--from", help="Whose account pays: me, or an agent of the seed's.")]
OfAccount = Annotated[str | None, typer.Option("--account", help="agent:5, an address, or me: either side.")]
OfReason = Annotated[Reason | None, typer.Option("--reason", help="Why they moved.")]
OfTask = Annotated[int | None, typer.Option("--task", help="The task that they moved for.")]
OfAgent = Annotated[int | None, typer.Option("--agent", help="The agent that they are about.")]
AtLeast = Annotated[
    str | None, typer.Option("--at-least", metavar="CREDITS", help="Only movements of so much or more.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class _Held:
    """What one account holds, in units; wei and tokens only of addresses."""

    account: str
    free: int
    locked: int
    debt: int
    outside: int | None
    wei: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "free": self.free,
            "locked": self.locked,
            "debt": self.debt,
            "outside": self.outside,
            "wei": None if self.wei is None else str(self.wei),
        }

    def cells(self) -> list[str]:
        eth = "" if self.wei is None else f"{self.wei / 10**18:,.4f}"
        return [self.account, *map(credits_of, (self.free, self.locked, self.debt, self.outside)), eth]


@ledger.command()
def balance(
    accounts: Accounts = None,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """What accounts hold now: free and locked in the Ledger, owed, and outside it."""

    async def command() -> Iterable[str]:
        settings, asked = quiet_settings(provider), accounts or ["me"]
        own = Signer(wallet, key_file).wallet(settings).address if "me" in asked else None
        wanted = [account_from(one, own) for one in asked]
        async with deployed(settings) as (rpc, deployment):
            held = [await _held(rpc, deployment, one) for one in wanted]
        if as_json:
            return document({"items": [one.as_json() for one in held]})
        return page(
            table(["account", ">free", ">locked", ">owed", ">outside", ">ETH"], [one.cells() for one in held])
        )

    run_command(command)


@ledger.command()
def transfer(
    to: To,
    amount: Amount,
    source: From = "me",
    yes: Yes = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Move credits between accounts of the Ledger, from one that this wallet, or another of the seed, owns."""

    async def command() -> Iterable[str]:
        settings, signer = quiet_settings(provider), Signer(wallet, key_file)
        own, units = signer.wallet(settings), parse_credits(amount)
        if units == 0:
            raise SettingOutOfRange("the amount", amount, "more than 0 credits")
        payer, payee = account_from(source, own.address), account_from(to, own.address)
        async with deployed(settings) as (rpc, deployment):
            await _check_payee(rpc, deployment, payee)
            payer_wallet = await _owner_of(
                rpc, deployment, settings, payer, own, alone=wallet is None and key_file is None
            )
        names = account_text(payer), account_text(payee)
        if not yes and not confirmed(
            f"move {credits_of(units)} credits from {names[0]} to {names[1]}?", "--yes"
        ):
            return []
        async with open_desk(settings, signer, payer_wallet) as desk:
            await desk.bring_gas(payer_wallet.address)
            sent = await move(desk, payer_wallet, payer, payee, units)
            left = await desk.market.balance(payer)
        if as_json:
            return document(
                {"from": names[0], "to": names[1], "amount": units, "tx": sent, "left": left.free}
            )
        return [f"{credits_of(units)} credits moved; {names[0]} has {credits_of(left.free)} left free"]

    run_command(command)


@ledger.command()
def history(
    account: OfAccount = None,
    reason: OfReason = None,
    task: OfTask = None,
    agent: OfAgent = None,
    min_amount: AtLeast = None,
    limit: ListLimit = 20,
    cursor: Cursor = None,
    oldest: Oldest = False,
    wallet: WalletIndex = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """What moved, the newest first: of one account, for one task, for one reason, or all of it."""

    async def command() -> Iterable[str]:
        settings = quiet_settings(provider)
        own = Signer(wallet).wallet(settings).address if account == "me" else None
        asked = asking(
            EntriesAsked,
            account=None if account is None else account_text(account_from(account, own)),
            reason=reason,
            task=task,
            agent=agent,
            min_amount=None if min_amount is None else parse_credits(min_amount),
            limit=limit,
            cursor=cursor,
            order="asc" if oldest else "desc",
        )
        async with reading(settings) as index:
            found = await index.ask(list_entries, asked)
        return shown_page(found, entries, "nothing of the kind moved", as_json=as_json)

    run_command(command)


@ledger.command()
def overview(provider: Provider = None, as_json: AsJson = False) -> None:
    """The whole ledger in figures: where all credits are, what moved why, and who holds the most."""

    async def command() -> Iterable[str]:
        async with reading(quiet_settings(provider)) as index:
            found = await index.ask(ledger_overview)
        return document(found.model_dump(mode="json")) if as_json else page(*whole(found))

    run_command(command)


async def _held(rpc: Rpc, deployment: Deployment, account: int) -> _Held:
    parts = await read(rpc, deployment.ledger.balance_of(account))
    outside = wei = None
    if not account & AGENT_FLAG:
        address = checksummed(f"0x{account:040x}")
        outside = await read(rpc, deployment.token.balance_of(address))
        wei = int(await rpc.call("eth_getBalance", address, "latest"), 16)
    return _Held(account_text(account), parts.free, parts.locked, parts.debt, outside, wei)


async def _check_payee(rpc: Rpc, deployment: Deployment, account: int) -> None:
    """Credits of an agent that is not there would be nobody's. Raises NoSuchThing."""
    if account & AGENT_FLAG and not await read(rpc, deployment.registry.exists(account ^ AGENT_FLAG)):
        raise NoSuchThing("agent", account ^ AGENT_FLAG, "agora agent list")


async def _owner_of(
    rpc: Rpc, deployment: Deployment, settings: Settings, account: int, own: Wallet, *, alone: bool
) -> Wallet:
    """The wallet that owns the account: ``own``, or where that was not asked for, another of the seed.

    Raises NotForThisWallet, NoSuchThing.
    """
    await _check_payee(rpc, deployment, account)
    if account & AGENT_FLAG:
        agent_id = account ^ AGENT_FLAG
        calls = [deployment.registry.owner_of(agent_id), deployment.registry.token_uri(agent_id)]
        owner, uri = await read_many(rpc, calls)
    else:
        owner, uri = checksummed(f"0x{account:040x}"), ""
    if owner == own.address:
        return own
    found = _in_seed(open_seed(settings, None), owner, uri) if alone else None
    if found is None:
        raise NotForThisWallet(f"the account {account_text(account)}", owner, own.address)
    return found


def _in_seed(seed: Seed, owner: str, uri: str) -> Wallet | None:
    """The seed's wallet with this address, among those that fleets use and the one of the name on the agent's card."""
    numbers = [*range(KNOWN_WALLETS), *([wallet_index(name)] if (name := name_in(uri)) else [])]
    return next((one for number in numbers if (one := seed.wallet(number)).address == owner), None)
