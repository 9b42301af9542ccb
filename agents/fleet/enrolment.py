"""How a party comes to the market: gas money, an identity, skills and a first deposit, each step once."""

import base64
import json
from collections.abc import Sequence

import structlog

from agents.chain.devnet import CHAIN_ID
from agents.chain.wallet import Wallet
from agents.errors import InsufficientFunds
from agents.fleet.definitions import AgentDefinition
from agents.fleet.session import Office, Session
from agents.market.domain import account_of, account_of_agent
from agents.money import CREDIT, format_credits

GAS_MONEY = 10**18
"""Wei for each wallet: thousands of times what it ever has pending, on a dev chain's fees."""
CAPITAL = 100 * CREDIT
"""What a new agent starts with on a dev chain."""

log = structlog.get_logger(__name__)


async def fund_gas(session: Session, office: Office, wallets: Sequence[Wallet]) -> None:
    """Each wallet can pay for gas; raises NoFaucet off a dev chain for one that cannot."""
    minimum = GAS_MONEY if session.deployment.chain_id == CHAIN_ID else 1
    await office.faucet.fund([wallet.address for wallet in wallets], minimum)


async def enrol(session: Session, office: Office, definition: AgentDefinition, wallet: Wallet) -> int:
    """The agent is registered, claims its skills and has credits; returns its id. Needs a caught-up view."""
    view, market = session.feed.view, office.market
    agent_id = view.agent_of_owner.get(wallet.address)
    if agent_id is None:
        uri = registration_uri(definition)
        agent_id = await market.register(wallet, uri, intent=f"{definition.name}:register")
    claimed = view.skills.get(agent_id, {})
    claims = definition.capabilities
    changed = {skill: weight for skill, weight in claims.items() if claimed.get(skill, 0) != weight}
    if changed:
        name = ",".join(f"{skill}={weight}" for skill, weight in sorted(changed.items()))
        await market.set_skills(wallet, agent_id, changed, intent=f"{definition.name}:skills:{name}")
    account = account_of_agent(agent_id)
    if account not in view.balances:
        await deposit(session, office, wallet, account, CAPITAL, purpose=f"{definition.name}:capital")
    log.info("agent.enrolled", agent=definition.name, agent_id=agent_id, wallet=wallet.address)
    return agent_id


async def deposit(
    session: Session, office: Office, wallet: Wallet, account: int, amount: int, *, purpose: str
) -> None:
    """``amount`` moves into the account; on a dev chain it is minted for that. Once for each purpose.

    Raises InsufficientFunds when the wallet does not hold it and nobody mints.
    """
    if session.deployment.chain_id == CHAIN_ID:
        await office.faucet.mint(session.deployment.token, wallet.address, amount, intent=f"{purpose}:mint")
    else:
        held = await office.market.wallet_credits(wallet.address)
        if held < amount:
            who = f"wallet {wallet.address}"
            raise InsufficientFunds(who, format_credits(held), format_credits(amount), "to take part")
    await office.market.deposit(wallet, account, amount, intent=f"{purpose}:deposit")


async def fund_requester(
    session: Session, office: Office, wallet: Wallet, needed: int, *, purpose: str
) -> None:
    """The requester's account has ``needed`` free credits."""
    account = account_of(wallet.address)
    missing = needed - session.feed.view.balance(account).free
    if missing > 0:
        await deposit(session, office, wallet, account, missing, purpose=purpose)


def registration_uri(definition: AgentDefinition) -> str:
    """The agent's ERC-8004 registration file, as a data URI."""
    document = {
        "type": "https://eips.ethereum.org/EIPS/eip-8004#registration-v1",
        "name": definition.name,
        "description": definition.role,
        "services": [],
        "active": True,
    }
    encoded = base64.b64encode(json.dumps(document, separators=(",", ":")).encode()).decode()
    return f"data:application/json;base64,{encoded}"
