"""All there is about one agent, and what became of it over time."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from sqlalchemy import bindparam, select

from agents.explorer import schema
from agents.explorer.api.models import (
    AgentCard,
    AgentHistory,
    AgentRef,
    BalancePoint,
    Document,
    Feedback,
    Metadata,
    MoneyPoint,
    ReputationPoint,
    SkillPoint,
    SkillStanding,
)
from agents.explorer.queries.agents import agent_values, need_agent, skills_of
from agents.explorer.queries.documents import document_of
from agents.explorer.queries.index import Index
from agents.explorer.queries.usage import channels_of
from agents.market.domain import QUALITY_FLOOR

MOST_CHILDREN, MOST_FEEDBACK, MOST_TASKS, MOST_METADATA = 100, 20, 50, 100
MOST_POINTS, MOST_BALANCES, MOVEMENTS = 1_000, 500, 2_000
_HEX_SHOWN, _TEXT_SHOWN = 1_024, 1_000
"""Bytes and characters of a metadata value."""

Row = Mapping[str, Any]

_agents, _metadata_of, _records = schema.agents.c, schema.agent_metadata.c, schema.reputations.c
_given, _tasks = schema.feedback.c, schema.tasks.c
_accounts, _postages = schema.accounts.c, schema.postages.c

_METADATA = (
    select(_metadata_of.key, _metadata_of.value)
    .where(_metadata_of.agent == bindparam("agent"))
    .order_by(_metadata_of.key)
    .limit(MOST_METADATA)
)
_REPUTATIONS = select(schema.reputations).where(
    _records.agent == bindparam("agent"), _records.epoch == bindparam("epoch")
)
_FEEDBACK = (
    select(schema.feedback)
    .where(_given.agent == bindparam("agent"))
    .order_by(_given.created_block.desc(), _given.log.desc())
    .limit(MOST_FEEDBACK)
)
_NAMES = select(_agents.id, _agents.name, _agents.active)
_REF = _NAMES.where(_agents.id == bindparam("agent"))
_CHILDREN = _NAMES.where(_agents.parent == bindparam("agent")).order_by(_agents.id).limit(MOST_CHILDREN)
_OPEN_TASKS = (
    select(_tasks.id)
    .where(_tasks.agent == bindparam("agent"), _tasks.ended_at.is_(None))
    .order_by(_tasks.id.desc())
    .limit(MOST_TASKS)
)
_CREDITOR = select(_accounts.creditor).where(_accounts.account == bindparam("account"))
_POSTAGE = select(_postages.postage).where(_postages.account == bindparam("account"))


def agent_page(index: Index, agent: int) -> AgentCard:
    """One agent; raises NotInIndex."""
    row = need_agent(index, agent)
    claimed = skills_of(index, [agent]).get(agent, [])
    deployment = index.deployment
    account = schema.agent_account(agent)
    return AgentCard.model_validate(
        {
            **agent_values(row, claimed),
            "registry": f"eip155:{deployment.chain_id}:{deployment.registry.address}",
            "card": card_of(row["uri"]),
            "metadata": _metadata(index, agent),
            "standing": _standing(index, row, claimed),
            "feedback": _feedback(index, agent),
            "channels": channels_of(index, agent),
            "creditor": index.value(_CREDITOR, account=account),
            "postage": index.value(_POSTAGE, account=account),
            "parent_agent": _ref(index, row["parent"]),
            "children": _children(index, agent),
            "open_tasks": _open_tasks(index, agent),
        }
    )


def card_of(uri: str) -> Document:
    """The card that is in the URI itself, or none."""
    head, comma, body = uri.partition(",")
    if not comma or not head.startswith("data:"):
        return Document(digest=None, missing=True, size=None, text=None, truncated=False, value=None)
    data = unquote_to_bytes(body)
    if head.endswith(";base64"):
        try:
            data = base64.b64decode(data, validate=True)
        except binascii.Error:
            return Document(digest=None, missing=True, size=None, text=None, truncated=False, value=None)
    return document_of(None, data)


def _metadata(index: Index, agent: int) -> list[Metadata]:
    return [_shown(row) for row in index.all(_METADATA, agent=agent)]


def _shown(row: Row) -> Metadata:
    value = bytes.fromhex(row["value"][2:])
    try:
        text = value.decode()[:_TEXT_SHOWN]
    except UnicodeDecodeError:
        text = None
    return Metadata(key=row["key"], text=text, hex=f"0x{value[:_HEX_SHOWN].hex()}")


def _standing(index: Index, agent: Row, claimed: list[dict[str, Any]]) -> list[SkillStanding]:
    """Claims and reputations together, the best first."""
    records = index.all(_REPUTATIONS, agent=agent["id"], epoch=agent["epoch"])
    earned = {row["skill"]: row for row in records}
    weights = {row["skill"]: row["weight"] for row in claimed}
    new = {"experience": 0, "merit": 0, "quality": QUALITY_FLOOR}
    standing = [
        SkillStanding.model_validate(
            {**record, "skill": skill, "claimed": weights.get(skill), "reputation": reputation_of(record)}
        )
        for skill in earned.keys() | weights.keys()
        for record in [earned.get(skill, new)]
    ]
    return sorted(standing, key=lambda one: (-one.quality, -(one.claimed or 0), one.skill))


def reputation_of(record: Row) -> float | None:
    """r, 0 to 1; None without experience."""
    return float(record["merit"]) / float(record["experience"]) if record["experience"] else None


def _feedback(index: Index, agent: int) -> list[Feedback]:
    return [
        Feedback.model_validate(
            {
                **row,
                "value": int(row["value"]) / 10 ** row["decimals"],
                "digest": row["hash"] if row["hash"].strip("0x") else None,
            }
        )
        for row in index.all(_FEEDBACK, agent=agent)
    ]


def _ref(index: Index, agent: int | None) -> AgentRef | None:
    if agent is None:
        return None
    row = index.one(_REF, agent=agent)
    return None if row is None else AgentRef.model_validate(row)


def _children(index: Index, agent: int) -> list[AgentRef]:
    return [AgentRef.model_validate(row) for row in index.all(_CHILDREN, agent=agent)]


def _open_tasks(index: Index, agent: int) -> list[int]:
    return index.values(_OPEN_TASKS, agent=agent)


def agent_history(index: Index, agent: int) -> AgentHistory:
    """One agent over time; raises NotInIndex."""
    row = need_agent(index, agent)
    return AgentHistory(
        id=agent,
        skills=[SkillPoint.model_validate(point) for point in _newest(index, schema.skill_history, agent)],
        reputation=[
            ReputationPoint.model_validate({**point, "reputation": reputation_of(point)})
            for point in _newest(index, schema.reputation_history, agent)
        ],
        balance=_balances(index, agent),
        money=_money(index, row),
    )


def _newest(index: Index, table: Any, agent: int) -> list[dict[str, Any]]:
    query = select(table).where(table.c.agent == agent).order_by(table.c.seq.desc()).limit(MOST_POINTS)
    return index.all(query)[::-1]


def _balances(index: Index, agent: int) -> list[BalancePoint]:
    """What the agent had after each block of its newest movements, evenly thinned."""
    entries, account = schema.entries.c, schema.agent_account(agent)
    by_block: dict[int, tuple[int, dict[str, Any]]] = {}
    for side, own in (("from", entries.account_from), ("to", entries.account_to)):
        after = [entries[f"{side}_{part}"].label(part) for part in ("free", "locked", "debt")]
        query = select(entries.seq, entries.block, entries.time, *after).where(own == account)
        for row in index.all(query.order_by(entries.seq.desc()).limit(MOVEMENTS)):
            if row["free"] is not None and row["seq"] >= by_block.get(row["block"], (0,))[0]:
                by_block[row["block"]] = (row["seq"], row)
    points = [by_block[block][1] for block in sorted(by_block)]
    step = max(1, -(-len(points) // MOST_BALANCES))
    return [BalancePoint.model_validate(point) for point in points[::-1][::step][::-1]]


def _money(index: Index, agent: Row) -> list[MoneyPoint]:
    """What it had earned and thought after each reward and redemption, reckoned back from today's sums."""
    entries, account = schema.entries.c, schema.agent_account(agent["id"])
    rewards = (
        select(entries.seq, entries.block, entries.time, entries.task, entries.amount)
        .where(entries.account_to == account, entries.reason.in_(("reward", "compensation")))
        .order_by(entries.seq.desc())
        .limit(MOST_POINTS)
    )
    redeemed = schema.redemptions.c
    costs = (
        select(redeemed.seq, redeemed.block, redeemed.time, redeemed.thinking, redeemed.amount, redeemed.lost)
        .where(redeemed.agent == agent["id"])
        .order_by(redeemed.seq.desc())
        .limit(MOST_POINTS)
    )
    rows = sorted(index.all(rewards) + index.all(costs), key=lambda row: int(row["seq"]))[-MOST_POINTS:]
    earned = agent["earned"] - sum(row["amount"] for row in rows if "task" in row)
    first = next((row for row in rows if "thinking" in row), None)
    thinking = agent["thinking"] if first is None else first["thinking"] - first["amount"] + first["lost"]
    points = []
    for row in rows:
        earned += row["amount"] if "task" in row else 0
        thinking = row.get("thinking", thinking)
        point = {"task": None, **row, "earned": earned, "thinking": thinking}
        points.append(MoneyPoint.model_validate(point))
    return points
