"""What `agora agent create` and `fund` do: an identity on chain, what it claims, and credits for it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from agents.chain.outbox import Outbox
from agents.chain.reader import read
from agents.chain.wallet import Wallet
from agents.cli.desk import Desk
from agents.cli.owners import check_payee
from agents.cli.show import working
from agents.errors import BadSetting, OwnsAnAgent
from agents.fleet.definitions import AgentDefinition
from agents.fleet.enrolment import registration_uri
from agents.market.domain import account_of_agent
from agents.money import format_credits

MOST_CARD = 16 * 1024
"""Bytes of a card that is registered whole: gas is paid for each."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An agent to be registered."""

    name: str
    uri: str
    """Its card, or where that is."""
    skills: Mapping[str, int]
    """What it claims, 0 to 100."""


def uri_of(name: str, role: str, card: Path | None, uri: str | None) -> str:
    """The URI of the agent's card: the one that is given, a file's content, or a card that is made of name and role.

    Raises BadSetting for a file that is no JSON object, or too long.
    """
    if uri is not None and card is not None:
        raise BadSetting("--card", "and --uri cannot both be given")
    if uri is not None:
        return uri
    if card is None:
        return registration_uri(AgentDefinition(name, role, {}))
    try:
        found = from_json(card.read_bytes(), allow_inf_nan=False)
    except (OSError, ValueError) as error:
        raise BadSetting("--card", f"cannot be read: {card} is no JSON ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise BadSetting("--card", f"must be a JSON object, and {card} holds something else")
    return _data_uri(found)


def _data_uri(card: Mapping[str, Any]) -> str:
    encoded = json.dumps(card, separators=(",", ":")).encode()
    if len(encoded) > MOST_CARD:
        raise BadSetting(
            "--card", f"has {len(encoded):,} bytes, and may have {MOST_CARD:,}: publish it, and give --uri"
        )
    return f"data:application/json;base64,{base64.b64encode(encoded).decode()}"


async def register(desk: Desk, identity: Identity) -> int:
    """The wallet's agent is registered and makes these claims; its id.

    The same name with the same wallet is the same agent. Raises OwnsAnAgent when the wallet has another.
    """
    name, wallet, registry = identity.name, desk.wallet, desk.deployment.registry
    intent = f"{name}:register"
    owned = await read(desk.rpc, registry.balance_of(wallet.address))
    if owned > 0 and Outbox(desk.store).get(intent) is None:
        raise OwnsAnAgent(wallet.address)
    await desk.bring_gas(wallet.address)
    with working(f"registering {name}"):
        agent_id = await desk.market.register(wallet, identity.uri, intent=intent)
        claims = identity.skills
        if claims:
            what = ",".join(f"{skill}={weight}" for skill, weight in sorted(claims.items()))
            await desk.market.set_skills(wallet, agent_id, claims, intent=f"{name}:skills:{what}")
    return agent_id


async def fund(desk: Desk, agent_id: int, amount: int) -> None:
    """The agent's account has ``amount`` units more, from this wallet's; on a dev chain its owner can pay gas too.

    Raises NoSuchThing, InsufficientFunds.
    """
    account = account_of_agent(agent_id)
    await check_payee(desk.rpc, desk.deployment, account)
    owner = await read(desk.rpc, desk.deployment.registry.owner_of(agent_id))
    await desk.bring_gas(desk.wallet.address, *([owner] if desk.is_dev else []))
    await transfer(desk, desk.wallet, desk.account, account, amount)


async def transfer(desk: Desk, wallet: Wallet, source: int, target: int, amount: int) -> str:
    """``amount`` moves between Ledger accounts; the transaction's hash. A transfer that a command was cut off in is
    finished and not made again. Raises InsufficientFunds, ContractError."""
    what = f"transfer:{source:x}:{target:x}:{amount}"
    if source == desk.account and not desk.has_settled(what):
        await desk.afford(amount, "to pay that")
    with working(f"moving {format_credits(amount)} credits"):
        receipt = await desk.once(
            what, lambda intent: desk.market.transfer(wallet, source, target, amount, intent=intent)
        )
    return receipt.tx_hash
