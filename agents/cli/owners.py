"""Whose an account is, and which of the seed's wallets may move what is on it."""

from agents.chain.deployment import Deployment
from agents.chain.reader import read, read_many
from agents.chain.rpc import Rpc
from agents.chain.wallet import Seed, Wallet
from agents.chain.words import checksummed
from agents.errors import NoSuchThing, NotForThisWallet
from agents.explorer.handlers.identities import name_in
from agents.explorer.schema.columns import account_text
from agents.fleet.session import FIRST_AGENT_WALLET
from agents.fleet.single import wallet_index
from agents.fleet.starting import open_seed
from agents.market.domain import AGENT_FLAG
from agents.settings import Settings

KNOWN_WALLETS = FIRST_AGENT_WALLET + 200
"""Of the seed, among which the owner of an agent is looked for."""


async def check_payee(rpc: Rpc, deployment: Deployment, account: int) -> None:
    """Credits of an agent that is not there would be nobody's. Raises NoSuchThing."""
    if account & AGENT_FLAG and not await read(rpc, deployment.registry.exists(account ^ AGENT_FLAG)):
        raise NoSuchThing("agent", account ^ AGENT_FLAG, "agora agent list")


async def owner_of(
    rpc: Rpc, deployment: Deployment, settings: Settings, account: int, own: Wallet, *, alone: bool
) -> Wallet:
    """The wallet that owns the account: ``own``, or where that was not asked for, another of the seed.

    Raises NotForThisWallet, NoSuchThing.
    """
    await check_payee(rpc, deployment, account)
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
