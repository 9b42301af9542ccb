"""``agora agent``: agents of one's own, and those of others."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from agents.cli.options import Credits, Cursor, KeyFile, ListLimit, OfSkill, Oldest, WalletIndex
from agents.console import run_command
from agents.fleet.options import AsJson, Provider

agent = typer.Typer(help="Agents: register one, fund it, look at any.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name; the same name is the same agent.")]
Skills = Annotated[
    str | None, typer.Option(help="What it claims to be good at, from 0 to 100: research=80,writing.")
]
Role = Annotated[str, typer.Option(help="A few words on what it is, for its card.")]
Card = Annotated[
    Path | None, typer.Option(help="A JSON file that becomes its card (ERC-8004), in place of name and role.")
]
Uri = Annotated[str | None, typer.Option(help="Where its card is, if it is published.")]
Fund = Annotated[
    str | None, typer.Option("--credits", metavar="CREDITS", help="Give it so many credits from this wallet.")
]
AgentId = Annotated[int, typer.Argument(min=1, help="The agent's id.")]
OfActive = Annotated[
    bool | None, typer.Option("--active/--away", help="Only those that take part, or do not.")
]
OfOwner = Annotated[str | None, typer.Option("--owner", help="The address that owns them.")]
OfParent = Annotated[int | None, typer.Option("--parent", help="The agent that they are children of.")]
OfText = Annotated[str | None, typer.Option("--text", help="Words of the name or the card.")]
Sort = Annotated[
    Literal["id", "earned", "wins", "quality", "balance", "debt"],
    typer.Option(help="What the order goes by."),
]
NEWEST_BIDS = 10
"""That are shown of an agent."""


@agent.command()
def create(
    name: Name,
    skills: Skills = None,
    role: Role = "",
    card: Card = None,
    uri: Uri = None,
    capital: Fund = None,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Register an agent: an ERC-8004 identity with a card, and its claims.

    Its wallet is one of the seed's, by its name, so that `python agents/agent.py --name NAME` lets it earn; or the one
    that --wallet or --key-file names.
    """

    async def command() -> Iterable[str]:
        from agents.cli.accounts import amount_from
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer, open_desk
        from agents.cli.identities import Identity, fund, register, uri_of
        from agents.cli.show import document
        from agents.fleet.single import check_name, office_of, parse_capabilities, wallet_index
        from agents.fleet.starting import open_seed

        check_name(name)
        identity = Identity(name, uri_of(name, role, card, uri), parse_capabilities(skills) if skills else {})
        amount = None if capital is None else amount_from(capital)
        settings, signer = quiet_settings(provider), Signer(wallet, key_file)
        own = open_seed(settings, None).wallet(wallet_index(name)) if signer.unasked else None
        office = office_of(name) if signer.unasked else None
        async with open_desk(settings, signer, own, office) as desk:
            agent_id, address = await register(desk, identity), desk.wallet.address
        if amount is not None:
            async with open_desk(settings, Signer()) as purse:
                await fund(purse, agent_id, amount)
        if as_json:
            claims = dict(identity.skills)
            return document(
                {"id": agent_id, "name": name, "wallet": address, "uri": identity.uri, "skills": claims}
            )
        return [f"agent {agent_id} is {name}, of wallet {address}"]

    run_command(command)


@agent.command(name="fund")
def fund_agent(
    agent_id: AgentId,
    amount: Credits,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Give an agent credits from this wallet's account; on a dev chain missing ones are minted."""

    async def command() -> Iterable[str]:
        from agents.cli.accounts import amount_from
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer, open_desk
        from agents.cli.identities import fund
        from agents.cli.show import credits_of, document
        from agents.market.domain import account_of_agent

        units = amount_from(amount)
        async with open_desk(quiet_settings(provider), Signer(wallet, key_file)) as desk:
            await fund(desk, agent_id, units)
            balance = await desk.market.balance(account_of_agent(agent_id))
        if as_json:
            return document(
                {"id": agent_id, "free": balance.free, "locked": balance.locked, "debt": balance.debt}
            )
        return [
            f"agent {agent_id} has {credits_of(balance.total)} credits, {credits_of(balance.free)} of them free"
        ]

    run_command(command)


@agent.command(name="list")
def list_agents(
    skill: OfSkill = None,
    active: OfActive = None,
    owner: OfOwner = None,
    parent: OfParent = None,
    text: OfText = None,
    sort: Sort = "id",
    limit: ListLimit = 20,
    cursor: Cursor = None,
    oldest: Oldest = False,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Agents, the newest first, or those that come first by what they earned, won, or hold."""

    async def command() -> Iterable[str]:
        from agents.cli.agent_views import listed
        from agents.cli.common import quiet_settings
        from agents.cli.index import reading
        from agents.cli.listing import asking, shown_page
        from agents.explorer.queries.agents import list_agents as agents_of
        from agents.explorer.queries.asked import AgentsAsked

        asked = asking(
            AgentsAsked,
            skill=skill,
            active=active,
            owner=owner,
            parent=parent,
            text=text,
            sort=sort,
            limit=limit,
            cursor=cursor,
            order="asc" if oldest else "desc",
        )
        async with reading(quiet_settings(provider)) as index:
            found = await index.ask(agents_of, asked)
        return shown_page(found, listed, "no such agent", as_json=as_json)

    run_command(command)


@agent.command()
def show(agent_id: AgentId, provider: Provider = None, as_json: AsJson = False) -> None:
    """All there is about one agent: who it is, what it claims and has earned, and its newest bids."""

    async def command() -> Iterable[str]:
        from agents.cli.agent_views import shown
        from agents.cli.common import quiet_settings
        from agents.cli.index import reading
        from agents.cli.show import document, page
        from agents.explorer.queries.agent_page import agent_page
        from agents.explorer.queries.agents import list_agent_bids
        from agents.explorer.queries.asked import BidsAsked

        async with reading(quiet_settings(provider)) as index:
            card = await index.ask(agent_page, agent_id)
            bids = await index.ask(list_agent_bids, agent_id, BidsAsked(limit=NEWEST_BIDS))
        if as_json:
            return document(card.model_dump(mode="json"))
        return page(*shown(card, bids.items))

    run_command(command)
