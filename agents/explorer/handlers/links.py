"""What an event touches, so that the events of a task, an agent, an account or a message are one query.

An agent's own account is linked as the agent. Cases of the evaluator pool are linked as their tasks too, and what
happens to a channel as its agent's.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import agent_registry, ledger, message_hub
from agents.explorer import schema
from agents.explorer.handlers.clues import case_of
from agents.explorer.handlers.common import ZERO_ADDRESS
from agents.explorer.handlers.kinds import KINDS
from agents.explorer.handlers.registry import Place
from agents.explorer.rows import Rows

Link = tuple[str, str]
"""A kind, and the key of one of that kind."""

_IDS = {
    "task_id": "task",
    "agent_id": "agent",
    "message_id": "message",
    "thread_id": "thread",
    "proposal_id": "proposal",
    "lock_id": "lock",
}
_ACCOUNTS = frozenset({"account", "from_", "to", "debtor", "creditor", "payer", "sender"})
"""Arguments that are Ledger accounts, where they are numbers."""
_AGENTS = {(agent_registry.ParentAgentSet, "parent_id"), (agent_registry.Transfer, "token_id")}
"""Arguments of these events that are agents under another name."""


def links_of(at: Place, rows: Rows) -> dict[Link, None]:
    """Everything that the event at this place touches, each once."""
    event = at.logged.event
    found = dict.fromkeys(_plain(event))
    if (channel := getattr(event, "channel_id", None)) is not None:
        found |= dict.fromkeys(_channel(channel, rows))
    if (case := getattr(event, "case_id", None)) is not None and (client := getattr(event, "client", None)):
        found |= dict.fromkeys(_case(client, case, at))
    return found


def _plain(event: Event) -> Iterator[Link]:
    for name, kind in _NAMED[type(event)]:
        value = getattr(event, name)
        if kind == "address":
            yield from _addresses((value,))
        elif kind == "addresses":
            yield from _addresses(value)
        elif kind == "account":
            account = schema.account_text(value)
            agent = schema.agent_of(account)
            yield ("account", account) if agent is None else ("agent", str(agent))
        elif value:  # no task, or no agent, is told by 0
            yield kind, str(value)


def _addresses(addresses: tuple[str, ...]) -> Iterator[Link]:
    for address in addresses:
        if address != ZERO_ADDRESS:
            yield "account", address


def _channel(channel_id: bytes, rows: Rows) -> Iterator[Link]:
    channel = schema.hex_text(channel_id)
    yield "channel", channel
    row = rows.get(schema.channels, (channel,))
    if row is not None:
        yield "agent", str(row["agent"])
        yield "account", row["provider"]


def _case(client: str, case_id: int, at: Place) -> Iterator[Link]:
    yield "case", f"{client}/{case_id}"
    task, agent = case_of(at.deed, client, case_id)
    if task is not None:
        yield "task", str(task)
    if agent is not None:
        yield "agent", str(agent)


def _named(kind: type[Event]) -> tuple[tuple[str, str], ...]:
    """The arguments that name something, and what each of them names."""
    found = []
    counts_accounts = kind.__module__ in (ledger.__name__, message_hub.__name__)
    for field, (abi_type, _) in zip(_arguments(kind), kind.FIELDS, strict=True):
        if abi_type == "address":
            found.append((field, "address"))
        elif abi_type == "address[]":
            found.append((field, "addresses"))
        elif field in _IDS:
            found.append((field, _IDS[field]))
        elif counts_accounts and field in _ACCOUNTS and abi_type == "uint256":
            found.append((field, "account"))
        elif (kind, field) in _AGENTS:
            found.append((field, "agent"))
    return tuple(found)


def _arguments(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)]


_NAMED = {kind: _named(kind) for kind in KINDS}
