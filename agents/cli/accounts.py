"""Accounts as a person writes them: ``agent:5``, an address, or ``me``."""

import re

from eth_utils.address import is_address

from agents.errors import SettingOutOfRange
from agents.market.domain import account_of, account_of_agent

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
