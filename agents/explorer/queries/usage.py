"""Thinking: channels, redemptions, and what was thought by whom."""

from typing import Any

from sqlalchemy import bindparam, func, select

from agents.explorer import schema
from agents.explorer.api.models import Channel, Page, Redemption, Usage, UsageByAgent, UsagePoint
from agents.explorer.queries.asked import ChannelsAsked, RedemptionsAsked
from agents.explorer.queries.index import Index
from agents.explorer.queries.pages import Listing, equal
from agents.explorer.queries.span import bounds, first_seq, within
from agents.explorer.queries.totals import totals_of

MOST_CHANNELS, MOST_AGENTS, SPANS = 20, 50, 240
HOUR = 3_600

_agents, _channels, _redeemed = schema.agents.c, schema.channels.c, schema.redemptions.c


_NAMED_CHANNELS = select(schema.channels, _agents.name.label("agent_name")).select_from(
    schema.channels.outerjoin(schema.agents, _agents.id == _channels.agent)
)
_CHANNELS = Listing(_NAMED_CHANNELS, [_channels.id], equal(schema.channels, "agent", "provider", "open"))
_OF_AGENT = (
    _NAMED_CHANNELS.where(_channels.agent == bindparam("agent"))
    .order_by(_channels.open.desc(), _channels.created_block.desc(), _channels.id)
    .limit(MOST_CHANNELS)
)
_REDEMPTIONS = Listing(
    select(schema.redemptions, _agents.name.label("agent_name")).select_from(
        schema.redemptions.outerjoin(schema.agents, _agents.id == _redeemed.agent)
    ),
    [_redeemed.seq],
    {**equal(schema.redemptions, "agent", "provider", "channel"), **within(_redeemed.seq)},
)


def _channel(row: dict[str, Any]) -> Channel:
    return Channel.model_validate({**row, "exit_end": row["exit_end"] or None})


def list_channels(index: Index, asked: ChannelsAsked) -> Page[Channel]:
    """Channels that pass the filters."""
    rows, following = _CHANNELS.page(index.connection, asked.cut, asked.filters("agent", "provider", "open"))
    return Page(items=[_channel(row) for row in rows], next=following)


def channels_of(index: Index, agent: int) -> list[Channel]:
    """An agent's channels, the open ones first, then the newest."""
    return [_channel(row) for row in index.all(_OF_AGENT, agent=agent)]


def list_redemptions(index: Index, asked: RedemptionsAsked) -> Page[Redemption]:
    """Redemptions that pass the filters."""
    wanted = asked.filters("agent", "provider", "channel") | bounds(index, asked, first_seq)
    rows, following = _REDEMPTIONS.page(index.connection, asked.cut, wanted)
    return Page(items=[Redemption.model_validate(row) for row in rows], next=following)


def usage(index: Index) -> Usage:
    """Thinking as a whole."""
    totals = totals_of(index)
    opened = select(func.count(), func.count(_channels.provider.distinct())).where(_channels.open)
    count, providers = index.connection.execute(opened).one()
    return Usage(
        redeemed=totals["thinking"],
        deposited=totals["in_channels"],
        open_channels=count,
        debts=totals["debt"],
        providers=providers,
        bucket=HOUR,
        points=_points(index),
        agents=_by_agent(index),
    )


def _points(index: Index) -> list[UsagePoint]:
    hours = schema.usage_hours.c
    query = (
        select(
            hours.start.label("time"),
            func.sum(hours.amount).label("amount"),
            func.sum(hours.redemptions).label("redemptions"),
        )
        .group_by(hours.start)
        .order_by(hours.start.desc())
        .limit(SPANS)
    )
    return [UsagePoint.model_validate(row) for row in index.all(query)[::-1]]


def _by_agent(index: Index) -> list[UsageByAgent]:
    query = select(_agents.id, _agents.name, _agents.thinking, _agents.earned).where(_agents.thinking > 0)
    rows = index.all(query.order_by(_agents.thinking.desc(), _agents.id).limit(MOST_AGENTS))
    ids = [row["id"] for row in rows]
    held = (
        select(_channels.agent, func.count().label("count"), func.sum(_channels.deposit).label("rest"))
        .where(_channels.agent.in_(ids), _channels.open)
        .group_by(_channels.agent)
    )
    open_of = {row["agent"]: row for row in index.all(held)}
    none = {"count": 0, "rest": 0}
    return [
        UsageByAgent.model_validate(
            {**row, "agent": row["id"], "open_channels": held["count"], "rest": int(held["rest"])}
        )
        for row in rows
        for held in [open_of.get(row["id"], none)]
    ]
