"""``agora ledger``: what accounts hold, what moved, and moving some of it."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from agents.cli.checks import audit
from agents.cli.options import Credits, Cursor, KeyFile, ListLimit, Oldest, WalletIndex, Yes
from agents.console import run_command
from agents.explorer.kinds import Reason
from agents.fleet.options import AsJson, Provider

ledger = typer.Typer(help="Credits: balances, transfers, and every movement.", no_args_is_help=True)
ledger.command()(audit)

Accounts = Annotated[
    list[str] | None, typer.Argument(help="agent:5, an address, or me; without one this wallet's own.")
]
To = Annotated[str, typer.Argument(help="Whose account gets them: agent:5, an address, or me.")]
From = Annotated[str, typer.Option("--from", help="Whose account pays: me, or an agent of the seed's.")]
OfAccount = Annotated[str | None, typer.Option("--account", help="agent:5, an address, or me: either side.")]
OfReason = Annotated[Reason | None, typer.Option("--reason", help="Why they moved.")]
OfTask = Annotated[int | None, typer.Option("--task", help="The task that they moved for.")]
OfAgent = Annotated[int | None, typer.Option("--agent", help="The agent that they are about.")]
AtLeast = Annotated[
    str | None, typer.Option("--at-least", metavar="CREDITS", help="Only movements of so much or more.")
]


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
        from agents.cli.accounts import account_from, held_by
        from agents.cli.common import deployed, quiet_settings
        from agents.cli.desk import Signer
        from agents.cli.ledger_views import holdings
        from agents.cli.show import document, page

        settings, asked = quiet_settings(provider), accounts or ["me"]
        own = Signer(wallet, key_file).wallet(settings).address if "me" in asked else None
        wanted = [account_from(one, own) for one in asked]
        async with deployed(settings) as (rpc, deployment):
            held = [await held_by(rpc, deployment, one) for one in wanted]
        if as_json:
            return document({"items": [asdict(one) for one in held]})
        return page(holdings(held))

    run_command(command)


@ledger.command()
def transfer(
    to: To,
    amount: Credits,
    source: From = "me",
    yes: Yes = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Move credits between accounts of the Ledger, from one that this wallet, or another of the seed, owns."""

    async def command() -> Iterable[str]:
        from agents.cli.accounts import account_from, amount_from
        from agents.cli.common import deployed, quiet_settings
        from agents.cli.desk import Signer, open_desk
        from agents.cli.identities import transfer as move
        from agents.cli.owners import check_payee, owner_of
        from agents.cli.show import confirmed, credits_of, document
        from agents.explorer.schema.columns import account_text

        settings, signer = quiet_settings(provider), Signer(wallet, key_file)
        own, units = signer.wallet(settings), amount_from(amount)
        payer, payee = account_from(source, own.address), account_from(to, own.address)
        async with deployed(settings) as (rpc, deployment):
            await check_payee(rpc, deployment, payee)
            payer_wallet = await owner_of(rpc, deployment, settings, payer, own, alone=signer.unasked)
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
        from agents.cli.accounts import account_from
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer
        from agents.cli.index import reading
        from agents.cli.ledger_views import entries
        from agents.cli.listing import asking, shown_page
        from agents.explorer.queries.asked import EntriesAsked
        from agents.explorer.queries.ledger import list_entries
        from agents.explorer.schema.columns import account_text
        from agents.money import parse_credits

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
        from agents.cli.common import quiet_settings
        from agents.cli.index import reading
        from agents.cli.ledger_views import overview as whole
        from agents.cli.show import document, page
        from agents.explorer.queries.ledger import ledger_overview

        async with reading(quiet_settings(provider)) as index:
            found = await index.ask(ledger_overview)
        return document(found.model_dump(mode="json")) if as_json else page(*whole(found))

    run_command(command)
