"""How a party comes to the market: gas money, an identity, skills and a first deposit, each step once."""

import asyncio
import base64
import hashlib
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from agents.chain.devnet import CHAIN_ID
from agents.chain.wallet import Wallet
from agents.errors import InsufficientFunds, RetryableError
from agents.fleet.definitions import AgentDefinition
from agents.fleet.session import Office, Session
from agents.market.domain import account_of, account_of_agent
from agents.money import CREDIT, format_credits
from agents.requester import NAME as REQUESTER

GAS_MONEY = 10**17
"""Wei for each wallet: thousands of times what it ever has pending, on a dev chain's fees."""
TRIES, PAUSE_SECONDS = 10, 5.0
"""How often an enrolment is tried, and how long it rests in between, while the node does not answer."""
AT_ONCE = 1000
"""How many agents are enrolled side by side."""
CAPITAL = 100 * CREDIT
"""What a new agent starts with on a dev chain."""

log = structlog.get_logger(__name__)


async def fund_gas(session: Session, wallets: Sequence[Wallet]) -> None:
    """Each wallet can pay for gas; raises NoFaucet off a dev chain for one that cannot."""
    minimum = GAS_MONEY if session.deployment.chain_id == CHAIN_ID else 1
    await session.faucet.fund([wallet.address for wallet in wallets], minimum)


@dataclass(frozen=True, slots=True)
class Recruit:
    """Who is to take part, with the claims that it makes."""

    definition: AgentDefinition
    wallet: Wallet
    claims: Mapping[str, int]


async def enrol_all(
    session: Session, office: Office, recruits: Sequence[Recruit], done: Callable[[int], None] | None = None
) -> list[int]:
    """All are registered, make their claims and have credits and gas money; returns their ids, in order.

    ``done`` is told how many are, whenever there is one more. Needs a caught-up view.
    """
    await fund_gas(session, [recruit.wallet for recruit in recruits])
    await _stock_capital(session, recruits)
    places, count = asyncio.Semaphore(AT_ONCE), itertools.count(1)

    async def one(recruit: Recruit) -> int:
        async with places:
            agent_id = await _patiently(session, office, recruit)
        if done is not None:
            done(next(count))
        return agent_id

    ids = await asyncio.gather(*(one(recruit) for recruit in recruits))
    log.info("agents.enrolled", agents=len(ids))
    return list(ids)


async def _patiently(session: Session, office: Office, recruit: Recruit) -> int:
    """``enrol``, tried again after failures of the way to the node: one of thousands must not end it for all."""
    for _ in range(TRIES - 1):
        try:
            return await enrol(session, office, recruit)
        except RetryableError as error:
            log.warning("enrolment.postponed", agent=recruit.definition.name, reason=str(error))
            await asyncio.sleep(PAUSE_SECONDS)
    return await enrol(session, office, recruit)


async def enrol(session: Session, office: Office, recruit: Recruit) -> int:
    """The agent is registered, makes its claims and has credits; returns its id. Needs a caught-up view."""
    definition, wallet, claims = recruit.definition, recruit.wallet, recruit.claims
    view, name = session.feed.view, definition.name
    agent_id = view.agent_of_owner.get(wallet.address) or await office.market.register(
        wallet, registration_uri(definition), intent=f"{name}:register"
    )
    account = account_of_agent(agent_id)
    if account not in view.balances:
        # The first deposit and the claims do not wait for each other.
        await asyncio.gather(
            claim_skills(session, office, definition.name, wallet, agent_id, claims),
            _bring_capital(session, office, name, wallet, account),
        )
    else:
        await claim_skills(session, office, definition.name, wallet, agent_id, claims)
    log.debug("agent.enrolled", agent=name, agent_id=agent_id, wallet=wallet.address)
    return agent_id


async def _stock_capital(session: Session, recruits: Sequence[Recruit]) -> None:
    """On a dev chain the faucet deposits, and mints for all at once what they will need."""
    view = session.feed.view
    ids = {one.definition.name: view.agent_of_owner.get(one.wallet.address) for one in recruits}
    needy = [name for name, one in ids.items() if one is None or account_of_agent(one) not in view.balances]
    if needy and session.deployment.chain_id == CHAIN_ID:
        # Named by who needs it: if only some of them get theirs before a crash, the rest is minted for again.
        who = hashlib.sha256("\n".join(needy).encode()).hexdigest()[:16]
        token, ledger = session.deployment.token, session.deployment.ledger
        units = len(needy) * CAPITAL
        await session.faucet.stock(token, ledger.address, units, intent=f"capital:{who}:mint")


async def _bring_capital(session: Session, office: Office, name: str, wallet: Wallet, account: int) -> None:
    if session.deployment.chain_id == CHAIN_ID:
        ledger = session.deployment.ledger
        await session.faucet.deposit(ledger, account, CAPITAL, intent=f"{name}:capital:deposit")
    else:
        await bring_credits(session, office, wallet, account, CAPITAL, purpose=f"{name}:capital")


async def claim_skills(
    session: Session, office: Office, name: str, wallet: Wallet, agent_id: int, claims: Mapping[str, int]
) -> None:
    """The agent's claims on chain are these; others that it made stay."""
    claimed = session.feed.view.skills.get(agent_id, {})
    changed = {skill: weight for skill, weight in claims.items() if claimed.get(skill, 0) != weight}
    if changed:
        what = ",".join(f"{skill}={weight}" for skill, weight in sorted(changed.items()))
        await office.market.set_skills(wallet, agent_id, changed, intent=f"{name}:skills:{what}")


async def bring_credits(
    session: Session, office: Office, wallet: Wallet, account: int, amount: int, *, purpose: str
) -> None:
    """``amount`` moves into the Ledger account; on a dev chain it is minted first. Once for each purpose.

    Raises InsufficientFunds when the wallet does not hold it and nobody mints.
    """
    if session.deployment.chain_id == CHAIN_ID:
        token = session.deployment.token
        await session.faucet.mint(token, wallet.address, amount, intent=f"{purpose}:mint")
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
        await bring_credits(session, office, wallet, account, missing, purpose=purpose)


async def enrol_requester(session: Session, office: Office, wallet: Wallet) -> int:
    """The requester is registered as an agent without skills, so that it can pay for its thinking; returns its id."""
    known = session.feed.view.agent_of_owner.get(wallet.address)
    if known is not None:
        return known
    uri = registration_uri(AgentDefinition(REQUESTER, "a requester", {}))
    agent_id = await office.market.register(wallet, uri, intent=f"{REQUESTER}:register")
    await session.feed.catch_up()
    return agent_id


async def fund_judging(
    session: Session, office: Office, wallet: Wallet, agent_id: int, needed: int, *, purpose: str
) -> None:
    """The requester's agent has ``needed`` free credits."""
    account = account_of_agent(agent_id)
    missing = needed - session.feed.view.balance(account).free
    if missing > 0:
        await bring_credits(session, office, wallet, account, missing, purpose=purpose)


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
