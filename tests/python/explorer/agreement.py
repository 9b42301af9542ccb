"""Where the index and a market's view in memory, which have heard the same events, do not say the same."""

from sqlalchemy import select

from agents.explorer import schema
from agents.explorer.handlers.tasks import title
from agents.market.domain import account_of, account_of_agent

ZERO = "0x" + "00" * 32


def differences(connection, view):
    """Each part as both have it, where they differ."""
    index = Index(connection)
    parts = [
        ("balances", index.balances(), balances_of(view)),
        ("contributions", index.contributions(), nonzero(view.contributed)),
        ("tasks", index.tasks(), {one.id: task_of(one) for one in view.tasks.values()}),
        ("taken over", index.taken_over(), view.taken_over),
        ("sealed bids", index.sealed(), sealed_of(view)),
        ("bids", index.bids(), bids_of(view)),
        ("agents", index.agents(), {one.id: agent_of(one) for one in view.agents.values()}),
        ("owners", index.owners(), view.agent_of_owner),
        ("claims", index.claims(), {key: value for key, value in view.skills.items() if value}),
        ("records", index.records(), records_of(view)),
        ("entries", index.race_stakes(), {key: value for key, value in view.stakes.entries.items() if value}),
        ("seats", index.seats(), nonzero(view.stakes.seats)),
        ("channels", index.channels(), {one.id: channel_of(one) for one in view.channels}),
        ("spent", index.spent(), nonzero(view.channels._spent)),
        ("pledges", index.pledges(), nonzero(view.channels.pledges)),
        ("notices", index.notices(), view.channels._noticed),
        ("lines", index.lines(), view.channels._lines),
        ("totals", index.totals(), totals_of(view)),
    ]
    return [f"{name}: {only(ours, theirs)}" for name, ours, theirs in parts if ours != theirs]


def only(ours, theirs):
    """What is different, in short."""
    if isinstance(ours, dict):
        keys = [key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)]
        return [(key, ours.get(key), theirs.get(key)) for key in keys[:3]]
    return ours, theirs


def nonzero(amounts):
    return {key: value for key, value in amounts.items() if value}


def balances_of(view):
    return {
        account: (one.free, one.locked, one.debt)
        for account, one in view.balances.items()
        if one.free or one.locked or one.debt
    }


def task_of(task):
    return {
        "requester": task.requester,
        "skill": task.skill,
        "mode": title(task.mode),
        "state": title(task.state),
        "reserve": task.reserve,
        "evaluator": task.evaluator,
        "passing_score": task.passing_score,
        "bidding_end": task.bidding_end,
        "reveal_end": task.reveal_end,
        "delivery_window": task.delivery_window,
        "review_window": task.review_window,
        "fee_bps": task.terms.fee_bps,
        "bond_percent": task.terms.bond_percent,
        "seat_fee": task.terms.seat_fee,
        "specification": f"0x{task.specification.hex()}",
        "seal": f"0x{task.seal.hex()}",
        "parent": task.parent_id or None,
        "agent": task.agent_id or None,
        "price": task.price,
        "deadline": task.deadline or None,
        "result": None if task.result is None else f"0x{task.result.hex()}",
        "score": task.score,
        "lateness": task.lateness,
        "silent": task.silent,
        "defaulted": task.defaulted,
        "round": title(task.round),
        "bond": task.bond,
    }


def sealed_of(view):
    return {key: (f"0x{one.digest:050x}", one.quality) for key, one in view.commitments.items()}


def bids_of(view):
    """The bids of each task, best first."""
    return {
        task_id: [(bid.agent_id, bid.price, bid.promised, bid.quality) for bid in view.ranking(task_id)]
        for task_id, bids in view.bids.items()
        if bids
    }


def agent_of(agent):
    return agent.owner, agent.wallet, agent.uri, agent.active, agent.epoch


def records_of(view):
    return {
        (agent, epoch, skill): (one.experience, one.merit, one.quality)
        for (agent, epoch), records in view._reputations.items()
        for skill, one in records.items()
    }


def channel_of(channel):
    return (
        *(channel.agent_id, channel.signer, channel.provider, channel.epoch, channel.owner_epoch),
        *(channel.deposit, channel.redeemed, channel.root, channel.exit_end),
    )


def totals_of(view):
    return {
        "minted": view.minted,
        "destroyed": view.destroyed,
        "pending_burn": view.pending_burn,
        "free": sum(one.free for one in view.balances.values()),
        "locked": sum(one.locked for one in view.balances.values()),
        "debt": sum(one.debt for one in view.balances.values()),
        "in_channels": view.channels.deposits,
        "pledged": sum(view.channels.pledges.values()),
        "staked": sum(view.stakes.seats.values()),
        "thinking": sum(view.channels._spent.values()),
        "tasks": len(view.tasks),
        "agents": len(view.agents),
        "agents:active": sum(one.active for one in view.agents.values()),
    }


def number_of(account):
    """A Ledger account as the contracts have it."""
    agent = schema.agent_of(account)
    return account_of(account) if agent is None else account_of_agent(agent)


class Index:
    """The tables in the words of the view."""

    def __init__(self, connection):
        self.connection = connection

    def rows(self, table):
        return self.connection.execute(select(table)).mappings().all()

    def balances(self):
        found = {
            number_of(row["account"]): (row["free"], row["locked"], row["debt"])
            for row in self.rows(schema.accounts)
        }
        return {account: parts for account, parts in found.items() if any(parts)}

    def contributions(self):
        return nonzero({number_of(row["account"]): row["contributed"] for row in self.rows(schema.accounts)})

    def tasks(self):
        found = {}
        for row in self.rows(schema.tasks):
            names = (*task_names, "bond")
            found[row["id"]] = {name: row[name] for name in names}
            found[row["id"]]["deadline"] = row["deadline"] or None
            if row["mode"] == "Race":
                found[row["id"]]["score"] = None  # The view keeps those of entries only.
            found[row["id"]]["lateness"] = row["lateness"] or 0
        return found

    def taken_over(self):
        return {row["id"] for row in self.rows(schema.tasks) if row["taken_over"]}

    def sealed(self):
        return {
            (row["task"], row["agent"]): (row["digest"], row["quality"])
            for row in self.rows(schema.bids)
            if row["status"] == "sealed"
        }

    def bids(self):
        found = {}
        for row in self.rows(schema.bids):
            if row["price"] is not None:
                found.setdefault(row["task"], []).append(row)
        return {
            task: [
                (row["agent"], row["price"], row["promised"], row["quality"])
                for row in sorted(rows, key=lambda row: (row["price"] / row["quality"], row["tie_break"]))
            ]
            for task, rows in found.items()
        }

    def agents(self):
        return {
            row["id"]: (row["owner"], row["wallet"], row["uri"], row["active"], row["epoch"])
            for row in self.rows(schema.agents)
        }

    def owners(self):
        return {row["address"]: row["agent"] for row in self.rows(schema.agent_owners)}

    def claims(self):
        found = {}
        for row in self.rows(schema.skills):
            found.setdefault(row["agent"], {})[row["skill"]] = row["weight"]
        return found

    def records(self):
        return {
            (row["agent"], row["epoch"], row["skill"]): (row["experience"], row["merit"], row["quality"])
            for row in self.rows(schema.reputations)
        }

    def race_stakes(self):
        return {
            (row["task"], row["agent"]): row["locked"]
            for row in self.rows(schema.race_entries)
            if row["locked"]
        }

    def seats(self):
        found = {}
        for row in self.rows(schema.seats):
            found[row["holder"]] = found.get(row["holder"], 0) + row["stake"]
        return nonzero(found)

    def channels(self):
        return {
            bytes.fromhex(row["id"][2:]): (
                *(row["agent"], row["signer"], row["provider"], row["epoch"], row["owner_epoch"]),
                *(row["deposit"], row["redeemed"], bytes.fromhex(row["root"][2:]), row["exit_end"]),
            )
            for row in self.rows(schema.channels)
            if row["open"]
        }

    def spent(self):
        return nonzero({row["id"]: row["thinking"] for row in self.rows(schema.agents)})

    def pledges(self):
        return nonzero({row["agent"]: row["amount"] for row in self.rows(schema.pledges)})

    def notices(self):
        return {row["agent"] for row in self.rows(schema.pledges) if row["release_at"]}

    def lines(self):
        return {
            (row["provider"], row["agent"]): (int(row["amount"]), row["owner_epoch"])
            for row in self.rows(schema.credit_lines)
        }

    def totals(self):
        found = {row["key"]: row["value"] for row in self.rows(schema.totals)}
        return {name: found.get(name, 0) for name in total_names}


task_names = (
    *("requester", "skill", "mode", "state", "reserve", "evaluator", "passing_score", "bidding_end"),
    *("reveal_end", "delivery_window", "review_window", "fee_bps", "bond_percent", "seat_fee"),
    *("specification", "seal", "parent", "agent", "price", "deadline", "result", "score", "lateness"),
    *("silent", "defaulted", "round"),
)
total_names = (
    *("minted", "destroyed", "pending_burn", "free", "locked", "debt", "in_channels", "pledged"),
    *("staked", "thinking", "tasks", "agents", "agents:active"),
)
