"""What an index must be: the same as one that was made of the final chain at a stroke, and as the market's view."""

import shutil
from pathlib import Path

from scripted_chain import rpc_to
from sqlalchemy import select

from agents.chain.logs import Log
from agents.chain.tailer import LoggedEvent
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.handlers.tasks import title
from agents.explorer.indexer import Indexer
from agents.explorer.versions import migrate
from agents.market.view import MarketView

HISTORY = {"undo", "reorgs"}
"""Tables that tell how an index came to be what it is."""

_COMPILED = {}
"""The same few queries, asked in hundreds of databases."""


def dump(engine):
    """All that is in the tables of an SQLite file but for the index's own history: in the order of its bytes."""
    with engine.connect() as db:
        return {
            name: sorted(map(repr, db.exec_driver_sql(f'SELECT * FROM "{name}"')))
            for name in schema.metadata.tables
            if name not in HISTORY | {"cursor"}
        }


def rows_of(engine, only=None):
    """All rows of all tables but those of the index's own history, or of some, in the order of their keys."""
    found = {}
    with engine.connect().execution_options(compiled_cache=_COMPILED) as db:
        for table in schema.metadata.sorted_tables:
            if table.name in HISTORY or (only and table.name not in only):
                continue
            rows = [dict(row) for row in db.execute(select(table)).mappings()]
            keys = [column.name for column in table.primary_key]
            found[table.name] = sorted(rows, key=lambda row, keys=keys: [row[key] for key in keys])
    for row in found.get("cursor", []):
        del row["epoch"], row["undo_from"]
    return found


def differences(one, other):
    """The rows that are in one index only, at most a few of each table."""
    return {
        name: (
            [row for row in rows if row not in other[name]][:3],
            [row for row in other[name] if row not in rows][:3],
        )
        for name, rows in one.items()
        if rows != other[name]
    }


def fresh(folder: Path, name: str):
    """A new index in SQLite, whose tables are there: made once, and copied."""
    first = folder / "empty.db"
    if not first.exists():
        engine = open_engine(f"sqlite:///{first}")
        migrate(engine)
        engine.dispose()
    path = folder / f"{name}.db"
    shutil.copy(first, path)
    return open_engine(f"sqlite:///{path}")


async def folded(chain, engine):
    """The index of the chain, made at a stroke without faults."""
    async with rpc_to(chain) as rpc, Indexer(rpc, chain.deployment, engine) as indexer:
        await indexer.catch_up()
    return engine


def view_of(chain):
    """The market's view after all events of the chain."""
    view = MarketView()
    decoders = chain.deployment.decoders
    for block in chain.blocks:
        for raw in block.logs:
            log = Log.read(raw)
            event = log.decode(decoders[log.address])
            time = int(block.raw["timestamp"], 16)
            view.apply(LoggedEvent(log.block, log.index, log.tx_hash, log.address, event, time))
    return view


VIEWED = {"tasks", "agents", "accounts", "bids", "reputations", "totals"}
"""The tables of which a view knows."""


def as_viewed(rows):
    """What both a view and the tables know, as the tables have it."""
    return {
        "tasks": {
            row["id"]: (row["state"], row["price"], row["agent"] or 0, row["score"]) for row in rows["tasks"]
        },
        "agents": {row["id"]: (row["owner"], row["epoch"], row["active"]) for row in rows["agents"]},
        "balances": {
            row["account"]: (row["free"], row["locked"], row["debt"], row["contributed"])
            for row in rows["accounts"]
        },
        "bids": {
            (row["task"], row["agent"]): row["price"] for row in rows["bids"] if row["price"] is not None
        },
        "reputations": {
            (row["agent"], row["skill"], row["epoch"]): (row["experience"], row["merit"])
            for row in rows["reputations"]
        },
        "burn": sum(row["value"] for row in rows["totals"] if row["key"] == "pending_burn"),
    }


def viewed(view):
    """The same, as the view has it."""
    accounts = {
        schema.account_text(account): (one.free, one.locked, one.debt, view.contributed.get(account, 0))
        for account, one in view.balances.items()
    }
    return {
        "tasks": {
            one.id: (title(one.state), one.price, one.agent_id, one.score) for one in view.tasks.values()
        },
        "agents": {one.id: (one.owner, one.epoch, one.active) for one in view.agents.values()},
        "balances": accounts,
        "bids": {(bid.task_id, bid.agent_id): bid.price for bids in view.bids.values() for bid in bids},
        "reputations": {
            (agent, skill, epoch): (one.experience, one.merit)
            for (agent, epoch), records in view._reputations.items()
            for skill, one in records.items()
        },
        "burn": view.pending_burn,
    }
