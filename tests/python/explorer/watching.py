"""A market on a node with an index that follows it, and is compared with events, raw logs and what contracts say."""

from contextlib import closing

import against_truth
import against_views
import api_against_truth
from agreement import differences, number_of
from raw_logs import Chain
from raw_truth import Truth
from raw_views import Views
from sqlalchemy import func, select

from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.tailer import LoggedEvent
from agents.explorer import schema
from agents.explorer.database import open_engine
from agents.explorer.handlers.common import ZERO_ADDRESS
from agents.explorer.handlers.tasks import title
from agents.explorer.indexer import Indexer
from agents.market.domain import Round, TaskState
from agents.market.specification import skill_bytes
from agents.market.view import MarketView


def deployment_of(stage):
    contracts = {
        "token": stage.token,
        "ledger": stage.ledger,
        "registry": stage.registry,
        "tasks": stage.tasks,
        "auction": stage.auction,
        "incentives": stage.incentives,
        "messages": stage.messages,
        "pool": stage.pool,
        "meter": stage.meter,
        "race": stage.races,
        "parameters": stage.parameters,
        "votes": stage.votes,
        "actions": stage.actions,
        "marketplace": stage.marketplace,
        "timelock": stage.timelock,
        "governor": stage.governor,
    }
    genesis = stage.ask("eth_getBlockByNumber", "0x0", False)["hash"]
    return Deployment(chain_id=31337, genesis_hash=genesis, deploy_block=0, **contracts)


class Watched:
    """A stage with an index, which follows it through all that is undone."""

    def __init__(self, stage, url, folder):
        self.stage, self.url, self.folder = stage, url, folder
        self.deployment = deployment_of(stage)
        self.contracts = api_against_truth.contracts_of(self.deployment)
        self.engine = open_engine(f"sqlite:///{folder}/index.db")
        self.indexer = Indexer(stage.rpc, self.deployment, self.engine, patience=0.0)
        self.forget()

    def close(self):
        self.stage.loop.run_until_complete(self.indexer.close())
        self.engine.dispose()

    def restart(self):
        self.stage.restart()
        self.forget()

    def forget(self):
        self.view, self.block = MarketView(), -1

    def hear(self):
        """The view knows what the chain's logs say by themselves."""
        head = int(self.stage.ask("eth_blockNumber"), 16)
        span = {"fromBlock": hex(self.block + 1), "toBlock": hex(head)}
        asked = span | {"address": list(self.deployment.decoders)}
        times = {}
        for log in map(Log.read, self.stage.ask("eth_getLogs", asked) if head > self.block else ()):
            if log.block not in times:
                header = self.stage.ask("eth_getBlockByNumber", hex(log.block), False)
                times[log.block] = int(header["timestamp"], 16)
            event = log.decode(self.deployment.decoders[log.address])
            if event is not None:
                where = log.block, log.index, log.tx_hash, log.address
                self.view.apply(LoggedEvent(*where, event, times[log.block]))
        self.block = head

    def check(self):
        """The index holds what the events say, and its books add up; how often credits moved, by kind and reason."""
        self.stage.loop.run_until_complete(self.indexer.catch_up())
        self.hear()
        with self.engine.connect() as db:
            assert differences(db, self.view) == []
            assert db.scalar(select(func.count()).where(~schema.conservation.c.holds)) == 0
            entry = schema.entries.c
            kinds = select(entry.kind, entry.reason, func.count()).group_by(entry.kind, entry.reason)
            return {(kind, why): count for kind, why, count in db.execute(kinds)}

    def truth(self):
        """What raw logs add up to now."""
        return Truth(Chain(self.url, self.contracts))

    def reckon(self, truth):
        """The figures of the tables and of the API are those of the truth."""
        with self.engine.connect() as db:
            assert against_truth.strays(db, truth) == []
        assert self.of_the_api(api_against_truth.strays, truth) == []

    def look(self):
        """What contracts answer to their views is what the tables say."""
        with closing(Views(self.url, self.contracts)) as views, self.engine.connect() as db:
            assert against_views.strays(db, views) == []

    def look_at_the_api(self, truth):
        """What contracts answer to their views is what the API says."""
        with closing(Views(self.url, self.contracts)) as views:
            assert self.of_the_api(against_views.api_strays, views, truth) == []

    def of_the_api(self, ask, *about):
        async def asked():
            head = int(await self.stage.rpc.call("eth_blockNumber"), 16)
            here = self.deployment, self.engine, self.folder, head
            async with api_against_truth.application(*here) as client:
                return await ask(client, *about)

        return self.stage.loop.run_until_complete(asked())

    def ask_the_contracts(self):
        """What the contracts hold is what the index says."""
        with self.engine.connect() as db:
            parts = (credits_of(db, self.stage), tasks_of(db, self.stage), agents_of(db, self.stage))
            asked = [one for part in parts for one in part]
        found = self.stage.read([call for call, _, _ in asked])
        for (call, fields, values), one in zip(asked, found, strict=True):
            shown = tuple(getattr(one, field) for field in fields) if fields else (one,)
            assert shown == values, (call.name, call.data[4:].hex())


# Each part: what is asked, which fields of the answer are meant, and what they are in the index.


def credits_of(db, stage):
    for row in db.execute(select(schema.accounts)).mappings():
        account = number_of(row["account"])
        parts = row["free"], row["locked"], row["debt"]
        yield stage.ledger.balance_of(account), ("free", "locked", "debt"), parts
        creditor = number_of(row["creditor"]) if row["creditor"] else 0
        yield stage.ledger.creditor_of(account), (), (creditor,)
    totals = {row.key: row.value for row in db.execute(select(schema.totals))}
    yield stage.ledger.pending_burn(), (), (totals.get("pending_burn", 0),)
    yield stage.token.balance_of(stage.ledger.address), (), (totals["held"],)
    yield stage.token.total_supply(), (), (totals["minted"] - totals.get("destroyed", 0),)
    for row in db.execute(select(schema.token_balances)):
        yield stage.token.balance_of(row.address), (), (row.amount,)


def tasks_of(db, stage):
    states, rounds = ({title(one): one for one in kind} for kind in (TaskState, Round))
    for row in db.execute(select(schema.tasks)).mappings():
        kept = {
            "requester": row["requester"],
            "reserve": row["reserve"],
            "created_at": row["created_time"],
            "agent_id": row["agent"] or 0,
            "price": row["price"],
            "state": states[row["state"]],
            "score": row["score"] or 0,
            "lateness": row["lateness"] or 0,
            "weight": row["weight"],
            "fee_bps": row["fee_bps"],
        }
        if not states[row["state"]].is_final:
            kept |= {"round": rounds[row["round"]], "deadline": row["deadline"] or 0}
        if row["mode"] != "Race":
            kept["promised_at"] = row["promised_at"] or 0
        yield stage.tasks.get_task(row["id"]), tuple(kept), tuple(kept.values())
        yield stage.tasks.deposit_of(row["id"]), (), (row["deposit"],)


def agents_of(db, stage):
    for row in db.execute(select(schema.agents)).mappings():
        yield stage.registry.owner_of(row["id"]), (), (row["owner"],)
        yield stage.registry.get_agent_wallet(row["id"]), (), (row["wallet"] or ZERO_ADDRESS,)
        yield stage.registry.is_active(row["id"]), (), (row["active"],)
        yield stage.registry.ownership_epoch(row["id"]), (), (row["epoch"],)
        yield stage.registry.get_parent_agent(row["id"]), (), (row["parent"] or 0,)
        mine = schema.reputations.c.agent == row["id"], schema.reputations.c.epoch == row["epoch"]
        for record in db.execute(select(schema.reputations).where(*mine)):
            tag = skill_bytes(record.skill)
            sums = record.experience, record.merit
            yield stage.incentives.record_of(row["id"], tag), ("experience", "merit"), sums
            yield stage.incentives.quality_of(row["id"], tag), (), (record.quality,)
    for row in db.execute(select(schema.channels).where(schema.channels.c.open)).mappings():
        names = "deposit", "redeemed", "exit_end", "owner_epoch", "epoch"
        channel = stage.meter.channel_of(row["agent"], row["signer"], row["provider"])
        yield channel, names, tuple(row[name] for name in names)
    for row in db.execute(select(schema.pledges)).mappings():
        pledge = row["amount"], row["release_at"] or 0
        yield stage.meter.pledge_of(row["agent"]), ("amount", "release_at"), pledge
