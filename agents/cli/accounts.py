"""Accounts and amounts as a person writes them, and what accounts hold."""

import re
from dataclasses import dataclass

from eth_utils.address import is_address

from agents.chain.deployment import Deployment
from agents.chain.reader import read
from agents.chain.rpc import Rpc
from agents.chain.words import checksummed
from agents.errors import SettingOutOfRange
from agents.explorer.schema.columns import account_text
from agents.market.domain import AGENT_FLAG, account_of, account_of_agent
from agents.money import parse_credits

_AGENT = re.compile(r"agent[: ]([0-9]{1,40})")


def account_from(text: str, own: str | None = None) -> int:
    """The Ledger account of ``agent:5`` or of an address; of the address ``own`` for ``me``.

    Raises SettingOutOfRange for anything else.
    """
    wanted = text.strip()
    if own is not None and wanted == "me":
        return account_of(own)
    agent = _AGENT.fullmatch(wanted)
    if agent is not None:
        return account_of_agent(int(agent[1]))
    if wanted.startswith("0x") and is_address(wanted):
        return account_of(wanted)
    raise SettingOutOfRange("the account", text, "agent:5, an address, or me for this wallet's own")


def amount_from(text: str) -> int:
    """Units; raises InvalidAmount, or SettingOutOfRange for none."""
    units = parse_credits(text)
    if units == 0:
        raise SettingOutOfRange("the amount", text, "more than 0 credits")
    return units


@dataclass(frozen=True, slots=True)
class Holding:
    """What one account holds, in units; wei, as decimal text, and tokens only of addresses."""

    account: str
    free: int
    locked: int
    debt: int
    outside: int | None
    wei: str | None


async def held_by(rpc: Rpc, deployment: Deployment, account: int) -> Holding:
    """What the account holds now."""
    parts = await read(rpc, deployment.ledger.balance_of(account))
    outside = wei = None
    if not account & AGENT_FLAG:
        address = checksummed(f"0x{account:040x}")
        outside = await read(rpc, deployment.token.balance_of(address))
        wei = str(int(await rpc.call("eth_getBalance", address, "latest"), 16))
    return Holding(account_text(account), parts.free, parts.locked, parts.debt, outside, wei)
