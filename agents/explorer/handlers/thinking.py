"""UsageMeter: channels, what providers redeem of them, and what secures debts."""

from agents.chain.bindings import usage_meter
from agents.explorer import schema
from agents.explorer.handlers.common import add_to, change, existing, tally
from agents.explorer.handlers.registry import Place, Row, handles
from agents.explorer.handlers.totals import count, count_bucket
from agents.explorer.rows import Rows

HOUR = 3_600
NO_ROOT = "0x" + "00" * 32


@handles(usage_meter.ChannelOpened)
def _channel_opened(event: usage_meter.ChannelOpened, at: Place, rows: Rows) -> None:
    rows.put(
        schema.channels,
        {
            "id": schema.hex_text(event.channel_id),
            "agent": event.agent_id,
            "signer": event.signer,
            "provider": event.provider,
            "epoch": event.epoch,
            "owner_epoch": event.owner_epoch,
            "deposit": event.amount,
            "paid_in": event.amount,
            "root": NO_ROOT,
            **at.birth,
            **at.columns,
        },
    )
    _fill(rows, at, event.agent_id, event.amount)


@handles(usage_meter.ToppedUp)
def _topped_up(event: usage_meter.ToppedUp, at: Place, rows: Rows) -> None:
    channel = _channel(rows, event.channel_id)
    more = {"deposit": event.amount, "paid_in": event.amount}
    add_to(rows, at, schema.channels, channel["id"], **more)
    _fill(rows, at, channel["agent"], event.amount)


@handles(usage_meter.ExitStarted)
def _exit_started(event: usage_meter.ExitStarted, at: Place, rows: Rows) -> None:
    change(rows, at, schema.channels, schema.hex_text(event.channel_id), exit_end=event.exit_end)


@handles(usage_meter.Redeemed)
def _redeemed(event: usage_meter.Redeemed, at: Place, rows: Rows) -> None:
    channel, root = _channel(rows, event.channel_id), schema.hex_text(event.receipts_root)
    due = event.cumulative - channel["redeemed"]
    paid = min(channel["deposit"], due)
    over = _overdrawn_next(event, at)
    owed, lost = (over.owed, over.lost) if over else (0, 0)
    cost = due - lost
    agent_id: int = channel["agent"]
    change(
        rows,
        at,
        schema.channels,
        channel["id"],
        deposit=channel["deposit"] - paid,
        redeemed=event.cumulative,
        root=root,
        redemptions=channel["redemptions"] + 1,
        owed=channel["owed"] + owed,
        lost=channel["lost"] + lost,
    )
    _fill(rows, at, agent_id, -paid)
    add_to(rows, at, schema.agents, agent_id, thinking=cost)
    rows.add(
        schema.redemptions,
        {
            "seq": at.seq,
            "channel": channel["id"],
            "agent": agent_id,
            "provider": channel["provider"],
            "cumulative": event.cumulative,
            "amount": due,
            "paid": paid,
            "owed": owed,
            "lost": lost,
            "receipts_root": root,
            "thinking": existing(rows, schema.agents, agent_id)["thinking"],
            **at.columns,
        },
    )
    for key, amount in (("thinking", cost), ("owed", owed), ("lost", lost)):
        if amount:
            count(rows, at, key, amount)
    count_bucket(rows, at.block, at.timestamp, thinking=cost)
    _count_hour(rows, at, agent_id, cost)


@handles(usage_meter.VoucherSkipped)
def _voucher_skipped(event: usage_meter.VoucherSkipped, at: Place, rows: Rows) -> None:
    # Most often its channel was closed, or never was.
    if rows.get(schema.channels, (schema.hex_text(event.channel_id),)) is not None:
        add_to(rows, at, schema.channels, schema.hex_text(event.channel_id), skipped=1)


@handles(usage_meter.ChannelClosed)
def _channel_closed(event: usage_meter.ChannelClosed, at: Place, rows: Rows) -> None:
    channel = _channel(rows, event.channel_id)
    closed = {"open": False, "deposit": 0, "rest": event.rest, "closed_at": at.timestamp}
    change(rows, at, schema.channels, channel["id"], **closed)
    _fill(rows, at, channel["agent"], -event.rest)


@handles(usage_meter.Pledged)
def _pledged(event: usage_meter.Pledged, at: Place, rows: Rows) -> None:
    tally(rows, at, schema.pledges, {"agent": event.agent_id}, amount=event.amount)
    change(rows, at, schema.pledges, event.agent_id, release_at=None)
    _pledge(rows, at, event.agent_id, event.amount)


@handles(usage_meter.UnpledgeStarted)
def _unpledge_started(event: usage_meter.UnpledgeStarted, at: Place, rows: Rows) -> None:
    change(rows, at, schema.pledges, event.agent_id, release_at=event.release_at)


@handles(usage_meter.Unpledged)
def _unpledged(event: usage_meter.Unpledged, at: Place, rows: Rows) -> None:
    add_to(rows, at, schema.pledges, event.agent_id, amount=-event.amount)
    change(rows, at, schema.pledges, event.agent_id, release_at=None)
    _pledge(rows, at, event.agent_id, -event.amount)


@handles(usage_meter.PledgeSeized)
def _pledge_seized(event: usage_meter.PledgeSeized, at: Place, rows: Rows) -> None:
    add_to(rows, at, schema.pledges, event.agent_id, amount=-event.amount)
    _pledge(rows, at, event.agent_id, -event.amount)


@handles(usage_meter.CreditLineSet)
def _credit_line_set(event: usage_meter.CreditLineSet, at: Place, rows: Rows) -> None:
    line = {"provider": event.provider, "agent": event.agent_id}
    held = {"amount": str(event.amount), "owner_epoch": event.owner_epoch}
    rows.put(schema.credit_lines, {**line, **held, **at.columns})


def _overdrawn_next(event: usage_meter.Redeemed, at: Place) -> usage_meter.Overdrawn | None:
    """What the voucher took beyond the deposit: the contract tells it right after the redemption."""
    following = at.deed.events[at.index + 1 : at.index + 2]
    over = following[0].event if following else None
    if isinstance(over, usage_meter.Overdrawn) and over.channel_id == event.channel_id:
        return over
    return None


def _channel(rows: Rows, channel_id: bytes) -> Row:
    return existing(rows, schema.channels, schema.hex_text(channel_id))


def _fill(rows: Rows, at: Place, agent_id: int, amount: int) -> None:
    """So much more is in the agent's channels."""
    add_to(rows, at, schema.agents, agent_id, in_channels=amount)
    count(rows, at, "in_channels", amount)


def _pledge(rows: Rows, at: Place, agent_id: int, amount: int) -> None:
    add_to(rows, at, schema.agents, agent_id, pledged=amount)
    count(rows, at, "pledged", amount)


def _count_hour(rows: Rows, at: Place, agent_id: int, amount: int) -> None:
    hour = {"agent": agent_id, "start": at.timestamp - at.timestamp % HOUR}
    tally(rows, at, schema.usage_hours, hour, redemptions=1, amount=amount)
