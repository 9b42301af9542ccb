"""AgentRegistry: who agents are, whose they are, and what they claim."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote_to_bytes

from agents.chain.bindings import agent_registry
from agents.chain.words import checksummed
from agents.explorer import schema
from agents.explorer.handlers.common import ZERO_ADDRESS, change, existing, key_text, tag_text
from agents.explorer.handlers.registry import Place, handles
from agents.explorer.handlers.skills import count_skill
from agents.explorer.handlers.totals import count
from agents.explorer.rows import Rows
from agents.market.domain import QUALITY_FLOOR

WALLET = "agentWallet"
LONGEST_FILE = 16_384
"""Characters of a registration file in a data URI that are read for the agent's name."""
LONGEST_NAME = 200


def name_in(uri: str) -> str | None:
    """The name in an ERC-8004 registration file that is in the URI itself; None where there is none."""
    head, comma, body = uri.partition(",")
    if not comma or not head.startswith("data:application/json") or len(body) > LONGEST_FILE:
        return None
    try:
        data = base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
        document: Any = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        return None
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name:
        return None
    # A lone surrogate is no text that a database can keep.
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return schema.plain_text(whole[:LONGEST_NAME])


@handles(agent_registry.Registered)
def _registered(event: agent_registry.Registered, at: Place, rows: Rows) -> None:
    rows.put(
        schema.agents,
        {
            "id": event.agent_id,
            "owner": event.owner,
            "wallet": event.owner,
            "uri": schema.plain_text(event.agent_uri),
            "name": name_in(event.agent_uri),
            **at.birth,
            **at.columns,
        },
    )
    _owns(rows, at, event.owner, event.agent_id)
    count(rows, at, "agents")
    count(rows, at, "agents:active")


@handles(agent_registry.Transfer)
def _transferred(event: agent_registry.Transfer, at: Place, rows: Rows) -> None:
    if event.from_ == ZERO_ADDRESS:
        return
    agent = existing(rows, schema.agents, event.token_id)
    owned = rows.get(schema.agent_owners, (event.from_,))
    if owned is not None and owned["agent"] == event.token_id:
        rows.delete(schema.agent_owners, (event.from_,))
    # The record under the former owner does not count any more.
    anew = {"experience": 0, "merit": 0, "quality": QUALITY_FLOOR, "epoch": agent["epoch"] + 1}
    change(rows, at, schema.agents, event.token_id, owner=event.to, **anew)
    _owns(rows, at, event.to, event.token_id)


def _owns(rows: Rows, at: Place, address: str, agent_id: int) -> None:
    rows.put(schema.agent_owners, {"address": address, "agent": agent_id, **at.columns})


@handles(agent_registry.MetadataSet)
def _metadata_set(event: agent_registry.MetadataSet, at: Place, rows: Rows) -> None:
    value = schema.hex_text(event.metadata_value)
    row = {"agent": event.agent_id, "key": key_text(event.metadata_key), "value": value, **at.columns}
    rows.put(schema.agent_metadata, row)
    if event.metadata_key == WALLET:
        wallet = checksummed(value) if event.metadata_value else None
        change(rows, at, schema.agents, event.agent_id, wallet=wallet)


@handles(agent_registry.URIUpdated)
def _uri_updated(event: agent_registry.URIUpdated, at: Place, rows: Rows) -> None:
    uri = {"uri": schema.plain_text(event.new_uri), "name": name_in(event.new_uri)}
    change(rows, at, schema.agents, event.agent_id, **uri)


@handles(agent_registry.ActiveSet)
def _active_set(event: agent_registry.ActiveSet, at: Place, rows: Rows) -> None:
    agent = existing(rows, schema.agents, event.agent_id)
    if agent["active"] == event.active:
        return
    step = 1 if event.active else -1
    change(rows, at, schema.agents, event.agent_id, active=event.active)
    count(rows, at, "agents:active", step)
    for nth in range(agent["claims"]):
        claim = existing(rows, schema.claim_order, event.agent_id, nth)["skill"]
        if existing(rows, schema.skills, event.agent_id, claim)["weight"]:
            count_skill(rows, at, claim, agents=step)


@handles(agent_registry.SkillSet)
def _skill_set(event: agent_registry.SkillSet, at: Place, rows: Rows) -> None:
    skill, agent = tag_text(event.tag), existing(rows, schema.agents, event.agent_id)
    before = rows.get(schema.skills, (event.agent_id, skill))
    claim = {"agent": event.agent_id, "skill": skill, "weight": event.weight, **at.columns}
    rows.put(schema.skills, claim)
    rows.add(schema.skill_history, {"seq": at.seq, **claim})
    if before is None:
        nth = agent["claims"]
        order = {"agent": event.agent_id, "nth": nth, "skill": skill, **at.columns}
        rows.put(schema.claim_order, order)
        change(rows, at, schema.agents, event.agent_id, claims=nth + 1)
    step = bool(event.weight) - bool(before and before["weight"])
    if step and agent["active"]:
        count_skill(rows, at, skill, agents=step)


@handles(agent_registry.ParentAgentSet)
def _parent_set(event: agent_registry.ParentAgentSet, at: Place, rows: Rows) -> None:
    change(rows, at, schema.agents, event.agent_id, parent=event.parent_id or None)


@handles(agent_registry.EncryptionKeySet)
def _encryption_key_set(event: agent_registry.EncryptionKeySet, at: Place, rows: Rows) -> None:
    shown = schema.hex_text(event.key) if any(event.key) else None
    change(rows, at, schema.agents, event.agent_id, encryption_key=shown)
